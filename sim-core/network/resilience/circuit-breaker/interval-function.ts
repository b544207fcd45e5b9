/**
 * How long a breaker stays open, by the how manieth opening in a row it is: resilience4j's `IntervalFunction`, in whole milliseconds as there
 * (https://github.com/resilience4j/resilience4j, resilience4j-core, core/IntervalFunction.java).
 */
import type { RandomStream } from '../../../kernel/random-stream.ts';
import { MILLISECOND, type Duration } from '../../../kernel/time.ts';

/** `attempt` counts the openings since it was last closed, from 1. */
export type IntervalFunction = (attempt: number) => Duration;

/** The same each time; at least a millisecond. */
export function fixedInterval(interval: Duration): IntervalFunction {
  const wait = checked('waitDurationInOpenState', interval);
  return () => wait;
}

export interface ExponentialBackoffOptions {
  readonly initialInterval: Duration;
  /** Each wait is so many times the one before, without a fraction of a millisecond. */
  readonly multiplier: number;
  /** No wait is longer, whatever chance adds. */
  readonly maxInterval: Duration;
  /** A wait is as much longer or shorter, by chance, as this share of it at most: from 0 to 1. */
  readonly randomizationFactor: number;
  readonly random: RandomStream;
}

/** Grows from one opening to the next, and keeps breakers that opened together from trying together. */
export function exponentialRandomBackoff(options: ExponentialBackoffOptions): IntervalFunction {
  const { multiplier, randomizationFactor: factor, random } = options;
  const first = checked('initialInterval', options.initialInterval);
  const most = checked('maxInterval', options.maxInterval);
  if (!(multiplier > 0)) complain('multiplier', multiplier, 'above 0');
  if (!(factor >= 0 && factor <= 1)) complain('randomizationFactor', factor, 'from 0 to 1');
  return (attempt) => {
    let wait = first;
    for (let i = 1; i < attempt; i++) wait = Math.min(Number.MAX_SAFE_INTEGER, whole(wait * multiplier));
    if (factor > 0) wait = whole(wait * (1 - factor + 2 * factor * random.next()));
    return Math.min(most, wait);
  };
}

const whole = (duration: number): Duration => Math.floor(duration / MILLISECOND) * MILLISECOND;

function checked(name: string, interval: Duration): Duration {
  if (!(interval >= MILLISECOND)) complain(name, interval, 'a millisecond or more');
  return whole(interval);
}

function complain(name: string, value: number, right: string): never {
  throw new RangeError(`circuit breaker: ${name} is ${value}; it must be ${right}`);
}
