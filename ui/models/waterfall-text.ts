/** A trace in words and figures: what a span says to who does not see its bar, and the ticks of its own time. */
import type { RequestTrace, SpanSegment, TraceSpan } from '../../sim-core/index.ts';
import { scaleLinear } from 'd3-scale';
import { secondsText } from './measure-text.ts';

/** How long a span spent in one way, in nanoseconds. */
export function spentIn({ segments }: TraceSpan, kind: SpanSegment['kind']): number {
  return segments.filter((segment) => segment.kind === kind).reduce((sum, { from, to }) => sum + to - from, 0);
}

/** `users → app-1, from 0 s for 2.16 s, of which it waits 949 ms`. */
export function spanText({ start }: RequestTrace, span: TraceSpan): string {
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

/** Pixels that the label of a tick takes, and room beside it. */
const TICK_WIDTH = 76;

/** Round instants since the start of the request, as many as have room for their labels on a track of this width. */
export function traceTicks(
  { start, end }: Pick<RequestTrace, 'start' | 'end'>,
  width: number,
): { at: number; text: string }[] {
  const room = Math.max(1, Math.floor(width / TICK_WIDTH));
  const scale = scaleLinear([0, end - start], [0, 1]);
  // A scale may give more ticks than it is asked for: ask for fewer until they fit.
  let ticks = [0];
  for (let wanted = Math.min(5, room); wanted > 0 && ticks.length === 1; wanted--) {
    const found = scale.ticks(wanted).filter((since) => since < 0.97 * (end - start));
    if (found.length > 1 && (width * found[1]) / (end - start) >= TICK_WIDTH) ticks = found;
  }
  return ticks.map((since) => ({ at: start + since, text: secondsText(since / 1e9) }));
}
