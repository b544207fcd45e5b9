/**
 * latency: keeps traces that took long, from the first start to the last end of what has come of them, whatever was between.
 *
 * Durations are whole milliseconds, rounded down. Spans are looked at one after the other, and the first at which the stretch
 * so far is long enough decides. With an upper threshold that is not the same as to look at the whole: a trace whose spans
 * come in an order in which the stretch passes through the range is kept, though it ends above it.
 */
import { MILLISECOND, type Duration } from '../../../kernel/time.ts';
import type { SamplingPolicy } from './sampling-policy.ts';

export interface LatencyOptions {
  /** From so long on; with an upper threshold longer than that. */
  readonly threshold: Duration;
  /** And up to so long; without it, however long. */
  readonly upperThreshold?: Duration;
}

export function latency({ threshold, upperThreshold }: LatencyOptions): SamplingPolicy {
  const least = Math.floor(threshold / MILLISECOND);
  const most = upperThreshold === undefined ? undefined : Math.floor(upperThreshold / MILLISECOND);
  return {
    evaluate({ spans }) {
      let from = Infinity;
      let until = -Infinity;
      for (const { start, end } of spans) {
        from = Math.min(from, start);
        until = Math.max(until, end);
        const took = Math.floor((until - from) / MILLISECOND);
        if (most === undefined ? took >= least : took > least && took <= most) return 'sampled';
      }
      return 'not-sampled';
    },
  };
}
