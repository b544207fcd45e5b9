/**
 * Full jitter: anything from nothing to the exponential wait. It spreads callers most, and its mean wait is half as long.
 * M. Brooker, Exponential Backoff And Jitter, 2015: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
import { doubled, type Backoff, type BackoffOptions } from './backoff.ts';

export const fullJitter = (options: BackoffOptions): Backoff => ({
  wait: (retry, _previous, random) => Math.round(random.next() * doubled(options, retry)),
});
