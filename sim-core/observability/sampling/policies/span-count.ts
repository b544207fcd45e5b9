/** span_count: keeps traces of which so many spans have come, at least and at most. A most of 0 is none. */
import type { SamplingPolicy } from './sampling-policy.ts';

export interface SpanCountOptions {
  readonly minSpans: number;
  readonly maxSpans?: number;
}

export const spanCount = ({ minSpans, maxSpans = 0 }: SpanCountOptions): SamplingPolicy => ({
  evaluate: ({ spans }) =>
    spans.length >= minSpans && (maxSpans === 0 || spans.length <= maxSpans) ? 'sampled' : 'not-sampled',
});
