/**
 * A batch size that is found, as Clipper finds it: one more after each full batch that took no longer than the target, and a share
 * less after one that did, or failed. It looks at the time of the batch, which the size decides, and not at the time that requests
 * have waited, which it does not.
 * D. Crankshaw et al., Clipper: A Low-Latency Online Prediction Serving System, NSDI 2017, section 4.3.1.
 */
import type { Duration } from '../../kernel/time.ts';
import { shrunk, type BatchLimit, type BatchLimitOptions, type DoneBatch } from './batch-limit.ts';

export class AdaptiveBatch implements BatchLimit {
  private readonly options: BatchLimitOptions;
  private found = 1;

  constructor(options: BatchLimitOptions) {
    this.options = options;
    this.size = options.initial;
  }

  get size(): number {
    return this.found;
  }

  set size(size: number) {
    this.found = Math.min(size, this.options.max);
  }

  done(batch: DoneBatch): void {
    const { isFull, isOk } = batch;
    if (!isOk || this.latencyOf(batch) > this.options.target) this.size = shrunk(this.size, this.options);
    else if (isFull) this.size++;
  }

  /** What must not be more than the target. */
  protected latencyOf({ took }: DoneBatch): Duration {
    return took;
  }
}
