/**
 * Leaky bucket as a queue: requests wait in a bucket with room for `queueMax`, and one leaves it every 1/rate seconds. What comes
 * out is smooth, however it went in; what finds the bucket full is refused. (The leaky bucket as a meter, which only counts,
 * is the token bucket by another name.)
 *
 * As in J. Turner, New Directions in Communications, 1986. A request stays for one gap even in an empty bucket. nginx's
 * `limit_req` lets the first one through at once and makes those of a burst wait (or not, with `nodelay`):
 * https://nginx.org/en/docs/http/ngx_http_limit_req_module.html
 */
import type { Time } from '../../../kernel/time.ts';
import { countOf, gapOf, type RateLimiter, type RateLimiterOptions } from './rate-limiter.ts';

export function leakyBucketQueue(options: RateLimiterOptions): RateLimiter {
  const gap = gapOf(options);
  const depth = countOf('queueMax', options.queueMax) * gap;
  /** When the last request in the bucket leaves it. */
  let last: Time = 0;
  return {
    room: options.queueMax,
    admit(now) {
      const leaves = Math.max(now, last) + gap;
      if (leaves - now > depth) return undefined;
      last = leaves;
      return leaves - now;
    },
  };
}
