/**
 * A batch size that shrinks when latency rises, to the letter: the latency that requests feel. Where that rises because more come
 * than can be done, smaller batches can do less, and it rises further.
 */
import { grown, shrunk, type BatchLimit, type BatchLimitOptions, type DoneBatch } from './batch-limit.ts';

export class ShrinkOnLatency implements BatchLimit {
  size: number;
  private readonly options: BatchLimitOptions;

  constructor(options: BatchLimitOptions) {
    this.options = options;
    this.size = options.initial;
  }

  done({ isFull, isOk, oldest }: DoneBatch): void {
    if (!isOk || oldest > this.options.target) this.size = shrunk(this.size, this.options);
    else if (isFull) this.size = grown(this.size, this.options);
  }
}
