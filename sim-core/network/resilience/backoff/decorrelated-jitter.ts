/**
 * Decorrelated jitter: anything from `base` to three times the wait before, up to `cap`. The waits grow by their own history,
 * not by the number of the retry.
 * M. Brooker, Exponential Backoff And Jitter, 2015: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import type { Backoff, BackoffOptions } from './backoff.ts';

export const decorrelatedJitter = ({ base, cap }: BackoffOptions): Backoff => ({
  wait(_retry, previous, random) {
    const most = 3 * previous;
    return Math.min(cap, Math.round(base + random.next() * (most - base)));
  },
});
