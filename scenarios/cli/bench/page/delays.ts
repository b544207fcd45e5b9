/** How long each change of a field was on its way to the screen, and where on the way it was, out of the page's notes. */
import type { Notes } from './notes.ts';

/** One change: milliseconds from the event to the painted frame, and those of them that were spent on each part of the way. */
export interface Delay {
  readonly total: number;
  /** From the event until the worker was asked: what the page does with a change, and a run before it. */
  readonly asking: number;
  /** The run in the worker, its digest and its verdict included. */
  readonly running: number;
  /** The ways there and back between the threads. */
  readonly handing: number;
  /** The page's models and its document, until that has the result. */
  readonly building: number;
  /** Styles, layout and painting, and what else is done before the frame. */
  readonly painting: number;
}

/** The parts of a delay, with what each is called in a table. */
export const PARTS: Readonly<Record<Exclude<keyof Delay, 'total'>, string>> = {
  asking: 'until the worker is asked',
  running: 'run in the worker',
  handing: 'between the threads',
  building: 'models and document',
  painting: 'until it is painted',
};

/** Of every change that came to the screen: until the result of the first run that was asked for after it was painted. */
export function delaysIn({ inputs, runs, shown }: Notes): Delay[] {
  return inputs.flatMap(({ at }): Delay[] => {
    const run = runs.find((one) => one.at >= at && one.digest !== undefined);
    if (run?.answered === undefined || run.wallMs === undefined) return [];
    const { answered, digest, wallMs } = run;
    const soFar = { asking: run.at - at, running: wallMs, handing: answered - run.at - wallMs };
    // The very result that was on the screen already needs no painting.
    if (shown.findLast((one) => one.at < answered)?.digest === digest) {
      return [{ ...soFar, total: answered - at, building: 0, painting: 0 }];
    }
    const seen = shown.find((one) => one.at >= answered && one.digest === digest);
    if (seen?.painted === undefined) return [];
    return [{ ...soFar, total: seen.painted - at, building: seen.at - answered, painting: seen.painted - seen.at }];
  });
}
