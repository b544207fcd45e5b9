/**
 * Fixed window: time is cut into windows, and each takes so many requests. The cheapest there is, a counter with a time to live
 * (Redis: https://redis.io/docs/latest/commands/incr/, "Pattern: Rate limiter"). It allows twice as many around a window's edge:
 * a whole window's worth at the end of one and again at the beginning of the next.
 */
import { limitOf, type RateLimiter, type RateLimiterOptions } from './rate-limiter.ts';

export function fixedWindow(options: RateLimiterOptions): RateLimiter {
  const limit = limitOf(options);
  let current = -1;
  let count = 0;
  return {
    admit(now) {
      const window = Math.floor(now / options.window);
      if (window !== current) count = 0;
      current = window;
      if (count >= limit) return undefined;
      count++;
      return 0;
    },
  };
}
