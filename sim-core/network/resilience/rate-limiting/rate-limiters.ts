/** The rate limiters by name; the names are the values that a scenario's parameter takes. */
import { fixedWindow } from './fixed-window.ts';
import { leakyBucketQueue } from './leaky-bucket-queue.ts';
import type { RateLimiterFactory } from './rate-limiter.ts';
import { slidingWindowCounter } from './sliding-window-counter.ts';
import { slidingWindowLog } from './sliding-window-log.ts';
import { tokenBucket } from './token-bucket.ts';
import { unlimited } from './unlimited.ts';

export const rateLimiters = {
  none: unlimited,
  'fixed-window': fixedWindow,
  'sliding-window-log': slidingWindowLog,
  'sliding-window-counter': slidingWindowCounter,
  'token-bucket': tokenBucket,
  'leaky-bucket-queue': leakyBucketQueue,
} satisfies Record<string, RateLimiterFactory>;

export type RateLimiterName = keyof typeof rateLimiters;
