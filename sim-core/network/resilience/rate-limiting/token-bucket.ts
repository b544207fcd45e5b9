/**
 * Token bucket: tokens drip in at the rate, up to `burst` of them, and a request takes one or is refused. In any stretch of t
 * seconds at most burst + rate x t go on: how much may come at once is set apart from how much may come in the long run.
 *
 * Tokens are kept as the time that it takes them to drip, which makes it GCRA, the Generic Cell Rate Algorithm of ATM (ITU-T
 * I.371), turned round: that keeps the instant at which the bucket will be full. The tests hold the two to the same answers.
 */
import { countOf, gapOf, type RateLimiter, type RateLimiterOptions } from './rate-limiter.ts';

export function tokenBucket(options: RateLimiterOptions): RateLimiter {
  const gap = gapOf(options);
  const full = countOf('burst', options.burst) * gap;
  let level = full;
  let since = 0;
  return {
    admit(now) {
      level = Math.min(full, level + now - since);
      since = now;
      if (level < gap) return undefined;
      level -= gap;
      return 0;
    },
  };
}
