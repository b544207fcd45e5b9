/**
 * Sliding window by a log: the instants of the latest requests that went on are kept, and another may if fewer than the limit
 * of them are within one window's length. No window anywhere has more than the limit; the price is a log as long as the
 * limit for everyone who is limited. A request counts for exactly one window's length.
 */
import { limitOf, type RateLimiter, type RateLimiterOptions } from './rate-limiter.ts';

export function slidingWindowLog(options: RateLimiterOptions): RateLimiter {
  // A ring of the latest: that at `next` is the one that went on `limit` requests ago.
  const log = new Float64Array(limitOf(options)).fill(-Infinity);
  let next = 0;
  return {
    admit(now) {
      if (now - log[next] < options.window) return undefined;
      log[next] = now;
      next = (next + 1) % log.length;
      return 0;
    },
  };
}
