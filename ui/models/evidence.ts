/** The evidence for a goal that is not reached, in words: when the run broke it, and by what; and where on the page that is seen. */
import type { Breach } from '../../sim-core/index.ts';
import { countText, instantText } from './measure-text.ts';

export interface Evidence {
  readonly text: string;
  /** Nanoseconds. */
  readonly time: number;
  /** What is pointed out: the signal whose chart shows it. */
  readonly signal: string;
  /** Lines of the log that say so; undefined where there are none, and the events of that moment have to do. */
  readonly log: { readonly kind: string; readonly text: string } | undefined;
  /** The first of the requests that it was about. */
  readonly request: number | undefined;
}

/** `sampledOneIn`: facts of one request in so many are kept. */
export function evidenceOf({ from, place, signal, against }: Breach, sampledOneIn: number): Evidence {
  const at = instantText(from);
  const when = {
    turn: `Broken for good from ${at} on`,
    worst: `Broken all along, and furthest off at ${at}`,
    close: `Too close to tell by the row from when on; furthest off at ${at}`,
    end: `Not reached until the end, at ${at}`,
  }[place];
  if (!against) return { text: `${when}.`, time: from, signal, log: undefined, request: undefined };
  const { kind, count, shared } = against;
  const kept =
    sampledOneIn > 1 && against.requests.length > 0 ? ` of the one request in ${sampledOneIn} that is kept` : '';
  const common = shared.map(({ field, value, count: part }) => {
    const share = part < count ? ` in ${countText(part)}` : '';
    return `${field} ${value}${share}`;
  });
  const what = `${count === 1 ? 'one' : countText(count)} ${kind}${kept}${common.length > 0 ? `, with ${common.join(', ')}` : ''}`;
  const words = shared.filter((one) => one.count === count).map(({ field, value }) => `${field}=${value}`);
  return {
    text: `${when}: ${what}.`,
    time: from,
    signal,
    // A word of the log's filter has no spaces.
    log: { kind, text: words.filter((word) => !/\s/.test(word)).join(' ') },
    request: against.requests[0],
  };
}
