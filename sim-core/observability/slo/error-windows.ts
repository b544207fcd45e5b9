/**
 * The error ratio of the last five minutes, hour or three days, from samples of an indicator's two counters at even times: what
 * `increase(bad[1h]) / increase(valid[1h])` says of counters that are scraped where they are evaluated. A window of w reaches from
 * the sample w ago to the present one, both included, as in Prometheus before 3.0, so that nothing is extrapolated. While there are
 * not that many samples yet it reaches back to the first one.
 *
 * A ring as long as the longest window; a ratio costs two differences, however long the window is. Does not model samples that are
 * missing or counters that start again.
 */
import type { Duration } from '../../kernel/time.ts';

export class ErrorWindows {
  /** From one sample to the next. */
  readonly every: Duration;
  private readonly bad: Float64Array;
  private readonly valid: Float64Array;
  private samples = 0;

  /** `longest`: of the windows that are asked for, a whole number of times `every`. */
  constructor(every: Duration, longest: Duration) {
    this.every = every;
    const length = this.steps(longest) + 1;
    this.bad = new Float64Array(length);
    this.valid = new Float64Array(length);
  }

  /** Takes the counters' values of the present instant. */
  sample({ bad, valid }: { readonly bad: number; readonly valid: number }): void {
    const at = this.samples++ % this.bad.length;
    this.bad[at] = bad;
    this.valid[at] = valid;
  }

  /** Of the valid events of a window, the share that was bad; NaN where there was none. */
  ratio(window: Duration): number {
    const { samples, bad, valid } = this;
    const steps = this.steps(window);
    if (steps >= bad.length) {
      throw new RangeError(`window: ${window} ns is longer than ${(bad.length - 1) * this.every} ns, the longest`);
    }
    if (samples === 0) return NaN;
    const last = samples - 1;
    const [now, then] = [last % bad.length, Math.max(0, last - steps) % bad.length];
    return (bad[now] - bad[then]) / (valid[now] - valid[then]);
  }

  private steps(window: Duration): number {
    const steps = window / this.every;
    if (Number.isInteger(steps) && steps >= 1) return steps;
    throw new RangeError(`window: ${window} ns is no whole number of samples, one every ${this.every} ns`);
  }
}
