/** A batch size that somebody chose. */
import type { BatchLimit, BatchLimitOptions } from './batch-limit.ts';

export class FixedBatch implements BatchLimit {
  size: number;

  constructor({ initial }: BatchLimitOptions) {
    this.size = initial;
  }

  done(): void {}
}
