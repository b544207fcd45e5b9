/**
 * AIMD: one more after each answer in time while the limit is being used, a tenth less after each that was late or came to nothing.
 * The rule of TCP's congestion avoidance (D. Chiu, R. Jain, 1989) as Netflix's `AIMDLimit` has it at commit 784c960d. It looks at no time but
 * the one it was told is too long, so that it settles where answers just take that.
 */
import { checked, within, type ConcurrencyLimit, type ConcurrencyLimitOptions } from './concurrency-limit.ts';

const BACKOFF = 0.9;

export function aimd(options: ConcurrencyLimitOptions): ConcurrencyLimit {
  let { initial: limit } = checked(options);
  return {
    get limit() {
      return limit;
    },
    sample(rtt, inFlight, dropped) {
      if (dropped || rtt > options.timeout) limit = Math.floor(limit * BACKOFF);
      else if (inFlight * 2 >= limit) limit += 1;
      limit = within(options, limit);
    },
  };
}
