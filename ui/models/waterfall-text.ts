/** A trace in words and figures: what a span says to who does not see its bar, and the ticks of its own time. */
import { scaleLinear } from 'd3-scale';
import { secondsText } from './measure-text.ts';
import type { Segment, Span, Waterfall } from './waterfall.ts';

/** How long a span spent in one way, in nanoseconds. */
export function spentIn({ segments }: Span, kind: Segment['kind']): number {
  return segments.filter((segment) => segment.kind === kind).reduce((sum, { from, to }) => sum + to - from, 0);
}

/** `users → app-1, from 0 s for 2.16 s, of which it waits 949 ms`. */
export function spanText({ start }: Waterfall, span: Span): string {
  const waits = spentIn(span, 'wait');
  return [
    span.name,
    `from ${secondsText((span.start - start) / 1e9)}`,
    span.ended ? `for ${secondsText((span.end - span.start) / 1e9)}` : 'not ended within what was kept',
    ...(waits > 0 ? [`of which it waits ${secondsText(waits / 1e9)}`] : []),
    ...span.marks.map(({ label }) => label),
    ...(span.outlives ? ['after what began it had ended'] : []),
  ].join(', ');
}

/** Round instants since the start of the request. */
export function traceTicks({ start, end }: Pick<Waterfall, 'start' | 'end'>): { at: number; text: string }[] {
  return scaleLinear([0, end - start], [0, 1])
    .ticks(5)
    .filter((since) => since < 0.97 * (end - start))
    .map((since) => ({ at: start + since, text: secondsText(since / 1e9) }));
}
