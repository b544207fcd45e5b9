/**
 * When a collector's exporter asks again after a failure that may pass: after waits that grow by a factor up to the longest one,
 * each drawn from around it; and never, once the next attempt would begin later than `maxElapsedTime` after the first. What it
 * gives up then is dropped.
 *
 * `retry_on_failure` of https://github.com/open-telemetry/opentelemetry-collector/tree/main/exporter/exporterhelper with its
 * defaults; the waits are those of https://github.com/cenkalti/backoff, of which one drawn is from half to one and a half times
 * the interval.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import { s, type Duration, type Time } from '../../kernel/time.ts';

export interface RetryOnFailureOptions {
  readonly initialInterval: Duration;
  /** At least 1. */
  readonly multiplier: number;
  /** A wait is drawn from so much of its interval below to so much above it: from 0 to 1. */
  readonly randomizationFactor: number;
  readonly maxInterval: Duration;
  /** 0: for ever. */
  readonly maxElapsedTime: Duration;
}

export const RETRY_ON_FAILURE: RetryOnFailureOptions = {
  initialInterval: s(5),
  multiplier: 1.5,
  randomizationFactor: 0.5,
  maxInterval: s(30),
  maxElapsedTime: s(300),
};

/** The retries of one batch. */
export class RetryOnFailure {
  private readonly options: RetryOnFailureOptions;
  private readonly deadline: Time;
  private interval: Duration;

  /** `began`: when the first attempt did. */
  constructor(options: RetryOnFailureOptions, began: Time) {
    this.options = options;
    this.interval = options.initialInterval;
    this.deadline = options.maxElapsedTime === 0 ? Infinity : began + options.maxElapsedTime;
  }

  /** How long to wait after a failure at `now`; undefined if it is given up. */
  next(now: Time, random: RandomStream): Duration | undefined {
    const { multiplier, randomizationFactor, maxInterval } = this.options;
    const { interval } = this;
    this.interval = Math.min(maxInterval, interval * multiplier);
    const wait = Math.round(interval * (1 + randomizationFactor * (2 * random.next() - 1)));
    return now + wait > this.deadline ? undefined : wait;
  }
}
