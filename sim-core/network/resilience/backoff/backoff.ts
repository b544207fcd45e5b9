/** How long a caller waits before it asks again. */
import type { RandomStream } from '../../../kernel/random-stream.ts';
import type { Duration } from '../../../kernel/time.ts';

export interface BackoffOptions {
  /** The scale of the first wait, above 0. */
  readonly base: Duration;
  /** No wait is longer. */
  readonly cap: Duration;
}

export interface Backoff {
  /**
   * The wait before a retry. `retry` counts from 0; `previous` is the wait before, `base` where there was none; `random` are
   * the request's own draws.
   */
  wait(retry: number, previous: Duration, random: RandomStream): Duration;
}

export type BackoffFactory = (options: BackoffOptions) => Backoff;

/** The wait doubles with each retry, from `base` up to `cap`. */
export function doubled({ base, cap }: BackoffOptions, retry: number): Duration {
  // Beyond 2^52 times its base every wait is at its cap, which counts nanoseconds exactly.
  let wait = base;
  for (let i = 0; i < retry && wait < cap; i++) wait *= 2;
  return Math.min(cap, wait);
}
