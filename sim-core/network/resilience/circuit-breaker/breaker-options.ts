/** What a circuit breaker is told, by resilience4j's names and with its defaults; times are durations, rates are per cent. */
import { minutes, s, type Duration } from '../../../kernel/time.ts';
import type { CallFailed } from '../../call.ts';
import { fixedInterval, type IntervalFunction } from './interval-function.ts';

export interface CircuitBreakerOptions {
  readonly slidingWindowType: 'count' | 'time';
  /** Calls, or seconds: an integer of at least 1. */
  readonly slidingWindowSize: number;
  /** Below so many calls in the window nothing is decided; no more than a window of calls holds. */
  readonly minimumNumberOfCalls: number;
  /** It opens from this share of failures on: above 0, up to 100. */
  readonly failureRateThreshold: number;
  /** And from this share of slow calls on, whether they failed or not. */
  readonly slowCallRateThreshold: number;
  /** A call is slow that took longer. */
  readonly slowCallDurationThreshold: Duration;
  /** How many calls it lets through to see whether all is well again: an integer of at least 1. */
  readonly permittedNumberOfCallsInHalfOpenState: number;
  /** How long it lets none through; `fixedInterval` is resilience4j's `waitDurationInOpenState`. */
  readonly waitIntervalFunctionInOpenState: IntervalFunction;
  /** Whether it is half open as soon as that is over, or not before a call comes. */
  readonly automaticTransitionFromOpenToHalfOpenEnabled: boolean;
  /** How long it waits for the calls of the half-open state before it opens again; 0 for as long as they take. */
  readonly maxWaitDurationInHalfOpenState: Duration;
  /** What it turns to when it has waited for them. */
  readonly transitionToStateAfterWaitDuration: 'open' | 'closed';
  /** Failures that say nothing of the other side: neither counted as failed nor as done. This is asked first. */
  readonly ignoreException: (error: CallFailed) => boolean;
  /** Failures that count as such. What is neither ignored nor recorded counts as done. */
  readonly recordException: (error: CallFailed) => boolean;
  /** Replies that count as failed. */
  readonly recordResult: (reply: unknown) => boolean;
}

export const CIRCUIT_BREAKER_DEFAULTS: CircuitBreakerOptions = {
  slidingWindowType: 'count',
  slidingWindowSize: 100,
  minimumNumberOfCalls: 100,
  failureRateThreshold: 50,
  slowCallRateThreshold: 100,
  slowCallDurationThreshold: minutes(1),
  permittedNumberOfCallsInHalfOpenState: 10,
  waitIntervalFunctionInOpenState: fixedInterval(s(60)),
  automaticTransitionFromOpenToHalfOpenEnabled: false,
  maxWaitDurationInHalfOpenState: 0,
  transitionToStateAfterWaitDuration: 'open',
  ignoreException: () => false,
  recordException: () => true,
  recordResult: () => false,
};

/** Throws a `RangeError` that names the first option which cannot be. */
export function checkBreaker(options: CircuitBreakerOptions): CircuitBreakerOptions {
  const counts = ['slidingWindowSize', 'minimumNumberOfCalls', 'permittedNumberOfCallsInHalfOpenState'] as const;
  for (const name of counts) {
    const value = options[name];
    if (!(Number.isInteger(value) && value >= 1)) complain(name, value, 'an integer of at least 1');
  }
  for (const name of ['failureRateThreshold', 'slowCallRateThreshold'] as const) {
    const value = options[name];
    if (!(value > 0 && value <= 100)) complain(name, value, 'above 0 and at most 100');
  }
  const durations = ['slowCallDurationThreshold', 'maxWaitDurationInHalfOpenState'] as const;
  for (const name of durations) {
    const value = options[name];
    if (!(Number.isInteger(value) && value >= 0)) complain(name, value, 'a whole number of nanoseconds, 0 or more');
  }
  return options;
}

function complain(name: keyof CircuitBreakerOptions, value: number, right: string): never {
  throw new RangeError(`circuit breaker: ${name} is ${value}; it must be ${right}`);
}
