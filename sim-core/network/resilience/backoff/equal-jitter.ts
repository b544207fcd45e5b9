/**
 * Equal jitter: half of the exponential wait, and anything up to the other half. Nobody comes again at once.
 * M. Brooker, Exponential Backoff And Jitter, 2015: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import { doubled, type Backoff, type BackoffOptions } from './backoff.ts';

export const equalJitter = (options: BackoffOptions): Backoff => ({
  wait(retry, _previous, random) {
    const half = doubled(options, retry) / 2;
    return Math.round(half + random.next() * half);
  },
});
