/** The ways to choose a batch size by name: the values that a scenario's parameter may take. */
import { AdaptiveBatch } from './adaptive-batch.ts';
import type { BatchLimit, BatchLimitOptions } from './batch-limit.ts';
import { FixedBatch } from './fixed-batch.ts';
import { ShrinkOnLatency } from './shrink-on-latency.ts';

export type BatchLimitName = 'fixed' | 'adaptive' | 'shrink-on-latency';

export const batchLimits: Readonly<Record<BatchLimitName, (options: BatchLimitOptions) => BatchLimit>> = {
  fixed: (options) => new FixedBatch(options),
  adaptive: (options) => new AdaptiveBatch(options),
  'shrink-on-latency': (options) => new ShrinkOnLatency(options),
};
