/**
 * A batch size that shrinks when latency rises, to the letter: the latency that requests feel. Where that rises because more come
 * than can be done, smaller batches can do less, and it rises further.
 */
import type { Duration } from '../../kernel/time.ts';
import { AdaptiveBatch } from './adaptive-batch.ts';
import type { DoneBatch } from './batch-limit.ts';

export class ShrinkOnLatency extends AdaptiveBatch {
  protected override latencyOf({ oldest }: DoneBatch): Duration {
    return oldest;
  }
}
