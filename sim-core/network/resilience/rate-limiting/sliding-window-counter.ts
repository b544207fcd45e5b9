/**
 * Sliding window by two counters: of the window before, as much is counted as the sliding window still covers of it, as if its
 * requests had been spread evenly. Two numbers in place of a log, and an estimate: after a burst at the end of a window it
 * lets some through that a log would refuse, though never all at once.
 *
 * As Cloudflare does it: https://blog.cloudflare.com/counting-things-a-lot-of-different-things/
 */
import { limitOf, type RateLimiter, type RateLimiterOptions } from './rate-limiter.ts';

export function slidingWindowCounter(options: RateLimiterOptions): RateLimiter {
  const limit = limitOf(options);
  const { window } = options;
  let current = -1;
  let count = 0;
  let before = 0;
  return {
    admit(now) {
      const number = Math.floor(now / window);
      if (number !== current) {
        before = number === current + 1 ? count : 0;
        current = number;
        count = 0;
      }
      // Both sides times the window, so that nothing is rounded.
      const covered = (number + 1) * window - now;
      if (before * covered + (count + 1) * window > limit * window) return undefined;
      count++;
      return 0;
    },
  };
}
