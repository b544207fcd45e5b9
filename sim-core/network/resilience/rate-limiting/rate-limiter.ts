/**
 * How many requests may go on: the seam of rate limiters. Each is one file in this folder.
 *
 * All count in whole nanoseconds, so that what is allowed to the instant does not depend on rounding: the gap between two
 * requests at a rate is a whole number of them.
 */
import { SECOND, type Duration, type Time } from '../../../kernel/time.ts';

export interface RateLimiterOptions {
  /** Requests a second that are allowed in the long run: above 0, at most 10^9. */
  readonly perSecond: number;
  /** Token bucket: requests that may come at once after a pause; an integer of at least 1. */
  readonly burst: number;
  /** Leaky bucket: requests that may wait; an integer of at least 1. */
  readonly queueMax: number;
  /** Windows: how long one is. */
  readonly window: Duration;
}

export interface RateLimiter {
  /** How many requests may wait in it, of one in which they do. */
  readonly room?: number;
  /**
   * Asked once for each request, in the order in which they come: how long it waits before it goes on, 0 for not at all;
   * undefined where it is refused.
   */
  admit(now: Time): Duration | undefined;
}

export type RateLimiterFactory = (options: RateLimiterOptions) => RateLimiter;

/** The time from one request to the next at the rate that is allowed. */
export function gapOf({ perSecond }: Pick<RateLimiterOptions, 'perSecond'>): Duration {
  if (perSecond > 0 && perSecond <= SECOND) return Math.round(SECOND / perSecond);
  throw new RangeError(`rate limiter: perSecond is ${perSecond}; it must be above 0 and at most ${SECOND}`);
}

/** How many requests a window may take: what the rate allows in it, and one at least. */
export function limitOf({ perSecond, window }: Pick<RateLimiterOptions, 'perSecond' | 'window'>): number {
  gapOf({ perSecond });
  if (!(Number.isInteger(window) && window > 0)) {
    throw new RangeError(`rate limiter: window is ${window} ns; it must be a whole number of at least 1`);
  }
  // In this order, since 30 x 0.7 is less than 21.
  return Math.max(1, Math.floor((perSecond * window) / SECOND));
}

/** An option that counts requests. */
export function countOf(name: 'burst' | 'queueMax', count: number): number {
  if (Number.isInteger(count) && count >= 1) return count;
  throw new RangeError(`rate limiter: ${name} is ${count}; it must be an integer of at least 1`);
}
