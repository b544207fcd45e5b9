/**
 * How many requests a service works at at once, found out by itself: the seam of adaptive concurrency limits, as in Netflix's
 * concurrency-limits (https://github.com/Netflix/concurrency-limits). By Little's law what is inside is throughput times time: more
 * inside than the service can work at adds time and no throughput, so the time tells when the limit is too high.
 */
import type { RandomStream } from '../../../kernel/random-stream.ts';
import type { Duration } from '../../../kernel/time.ts';

export interface ConcurrencyLimitOptions {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  /** AIMD: an answer that took longer is as good as none. */
  readonly timeout: Duration;
  /** Vegas: when it looks again how fast the service is. */
  readonly random: RandomStream;
}

export interface ConcurrencyLimit {
  /** Requests that may be inside: a whole number of at least 1. */
  readonly limit: number;
  /** A request is over that took `rtt`, with `inFlight` inside as it began, itself among them; `dropped`: it came to nothing. */
  sample(rtt: Duration, inFlight: number, dropped: boolean): void;
}

export type ConcurrencyLimitFactory = (options: ConcurrencyLimitOptions) => ConcurrencyLimit;

/** The options, if they can be. */
export function checked(options: ConcurrencyLimitOptions): ConcurrencyLimitOptions {
  const { initial, min, max } = options;
  const isWhole = [initial, min, max].every(Number.isInteger);
  if (isWhole && min >= 1 && initial >= min && max >= initial) return options;
  throw new RangeError(
    `concurrency limit: min ${min}, initial ${initial}, max ${max}; they must be whole numbers of at least 1, in that order`,
  );
}

/** Between the least and the most that there may be. */
export const within = ({ min, max }: ConcurrencyLimitOptions, limit: number): number =>
  Math.max(min, Math.min(max, limit));
