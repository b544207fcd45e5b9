/**
 * A circuit breaker: watches how calls end, and while too many of them fail or are slow lets none through. M. Nygard, Release
 * It!, 2007; state for state as resilience4j's `CircuitBreakerStateMachine` (its rules are tested against what that answered):
 * https://resilience4j.readme.io/docs/circuitbreaker
 *
 * - Closed: calls go through. After each that ends, if the window holds the least number of calls, it opens when the share of
 *   failures or of slow calls is at its threshold or above.
 * - Open: calls are refused. Half open with the first call that comes *later* than the wait; or, if it is told to, when the wait
 *   is over. What ends now of calls begun before is recorded and decides nothing.
 * - Half open: so many calls go through, all others are refused. When as many have ended, or the least number of calls if that
 *   is smaller, it opens again or closes, by the same thresholds.
 *
 * Each state begins with an empty window, but that of the open state goes on with what it found. Ended is ended: a call that was
 * begun before the breaker opened and ends while it is half open counts as one of its trials. What counts as failed is said by
 * whoever calls (circuit-breaking.ts). Waits may grow from one opening to the next; closing begins anew.
 *
 * By hand it turns to any state, but from closed to half open. Forced open it refuses all, disabled it lets all through, and neither
 * remembers anything; where it is to look on (METRICS_ONLY) it lets all through, remembers, and tells once of each threshold that is
 * reached. Turned open by hand it goes on with what the state before had found. Does not model `transitionOnResult`.
 */
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration, Time } from '../../../kernel/time.ts';
import { checkBreaker, type CircuitBreakerOptions } from './breaker-options.ts';
import { breakerExceeded, breakerTurned } from './breaker-signals.ts';
import { CountWindow } from './count-window.ts';
import { NOTHING_REMEMBERED, type OutcomeWindow } from './outcome-window.ts';
import { TimeWindow } from './time-window.ts';

export const breakerStates = ['closed', 'open', 'half-open', 'forced-open', 'disabled', 'metrics-only'] as const;
export type BreakerState = (typeof breakerStates)[number];

export class CircuitBreaker {
  readonly name: string;
  private readonly sim: Simulation;
  private readonly options: CircuitBreakerOptions;
  private readonly turned: FactChannel<Fact<typeof breakerTurned>>;
  private readonly exceeded: FactChannel<Fact<typeof breakerExceeded>>;
  private readonly alarmKind: number;
  private current: BreakerState = 'closed';
  private window: OutcomeWindow;
  /** Calls in the window from which on it decides. */
  private minimum: number;
  private refused = 0;
  /** How often it has opened since it was last closed. */
  private attempts = 0;
  /** Open: none is let through up to then. */
  private until: Time = 0;
  /** Thresholds of whose reaching has been told in this state. */
  private readonly told = new Set<string>();
  /** Half open: calls that it still lets through. */
  private permits = 0;
  private alarm = -1;

  constructor(sim: Simulation, name: string, options: CircuitBreakerOptions) {
    this.sim = sim;
    this.name = name;
    this.options = checkBreaker(options);
    this.turned = sim.facts.channel(breakerTurned);
    this.exceeded = sim.facts.channel(breakerExceeded);
    this.alarmKind = sim.eventKind(`${name} has waited`);
    [this.window, this.minimum] = this.closedWindow();
  }

  get state(): BreakerState {
    return this.current;
  }

  /** Per cent of the calls in the window that failed; -1 below the least number of calls. */
  get failureRate(): number {
    const { total, failed } = this.window.counts(this.sim.now);
    return this.rate(failed, total);
  }

  /** Per cent of them that were slow; -1 below the least number of calls. */
  get slowCallRate(): number {
    const { total, slow } = this.window.counts(this.sim.now);
    return this.rate(slow, total);
  }

  /** Calls in the window. */
  get bufferedCalls(): number {
    return this.window.counts(this.sim.now).total;
  }

  get failedCalls(): number {
    return this.window.counts(this.sim.now).failed;
  }

  /** Calls refused since the window was begun. */
  get notPermittedCalls(): number {
    return this.refused;
  }

  /** Whether a call may be made now: `record` has to be told how it ends, or `release` that it was none. */
  tryAcquire(): boolean {
    if (this.current === 'open' && this.sim.now > this.until) this.turn('half-open');
    if (this.current === 'half-open' && this.permits > 0) {
      this.permits--;
      return true;
    }
    if (this.current === 'closed' || this.current === 'disabled' || this.current === 'metrics-only') return true;
    this.refused++;
    return false;
  }

  /** A call that was let through was not made, or says nothing of the other side. */
  release(): void {
    if (this.current === 'half-open') this.permits++;
  }

  /** A call that was let through has ended. */
  record(failed: boolean, duration: Duration): void {
    const { options, window, sim, current } = this;
    window.record(failed, duration > options.slowCallDurationThreshold, sim.now);
    if (current === 'open') return;
    const { failureRate, slowCallRate } = this;
    if (failureRate < 0) return;
    // Rates are single-precision numbers there, and so may be a threshold such as 33.3.
    const failures = failureRate >= Math.fround(options.failureRateThreshold);
    const slows = slowCallRate >= Math.fround(options.slowCallRateThreshold);
    if (current !== 'half-open') {
      if (failures) this.tell('failure');
      if (slows) this.tell('slow');
    }
    if (current === 'metrics-only') return;
    if (failures || slows) this.turn('open');
    else if (current === 'half-open') this.turn('closed');
  }

  /** Turns it by hand, to whatever state; throws a `RangeError` for the one way that there is none. */
  transitionTo(to: BreakerState): void {
    if (this.current === 'closed' && to === 'half-open') {
      throw new RangeError(`${this.name}: a closed breaker cannot be half open; turn it open first`);
    }
    this.turn(to);
  }

  private rate(part: number, total: number): number {
    return total === 0 || total < this.minimum ? -1 : Math.fround((part * 100) / total);
  }

  private tell(rate: 'failure' | 'slow'): void {
    if (this.exceeded.heard && !this.told.has(rate)) this.exceeded.emit({ breaker: this.name, rate });
    this.told.add(rate);
  }

  private turn(to: BreakerState): void {
    const { sim, options } = this;
    const from = this.current;
    this.current = to;
    if (this.alarm >= 0) sim.cancel(this.alarm);
    this.alarm = -1;
    this.told.clear();
    if (to === 'open' || to === 'forced-open') this.attempts++;
    else if (to !== 'half-open') this.attempts = 0;
    if (to !== 'open') this.refused = 0;
    if (to === 'closed' || to === 'metrics-only') [this.window, this.minimum] = this.closedWindow();
    if (to === 'disabled' || to === 'forced-open') this.window = NOTHING_REMEMBERED;
    if (to === 'half-open') this.beginTrial();
    if (to === 'open') {
      const wait = options.waitIntervalFunctionInOpenState(this.attempts);
      this.until = sim.now + wait;
      if (options.automaticTransitionFromOpenToHalfOpenEnabled) this.wait(wait, 'half-open');
    }
    if (from !== to && this.turned.heard) this.turned.emit({ breaker: this.name, from, to });
  }

  private beginTrial(): void {
    const { minimumNumberOfCalls, maxWaitDurationInHalfOpenState, transitionToStateAfterWaitDuration } = this.options;
    this.permits = this.options.permittedNumberOfCallsInHalfOpenState;
    this.window = new CountWindow(this.permits);
    this.minimum = Math.min(minimumNumberOfCalls, this.permits);
    if (maxWaitDurationInHalfOpenState > 0)
      this.wait(maxWaitDurationInHalfOpenState, transitionToStateAfterWaitDuration);
  }

  private wait(duration: Duration, next: BreakerState): void {
    const over = (breaker: CircuitBreaker): void => {
      breaker.alarm = -1;
      breaker.turn(next);
    };
    this.alarm = this.sim.schedule(duration, over, this as CircuitBreaker, this.alarmKind);
  }

  private closedWindow(): [OutcomeWindow, number] {
    const { slidingWindowType, slidingWindowSize, minimumNumberOfCalls } = this.options;
    if (slidingWindowType === 'time') return [new TimeWindow(slidingWindowSize, this.sim.now), minimumNumberOfCalls];
    return [new CountWindow(slidingWindowSize), Math.min(minimumNumberOfCalls, slidingWindowSize)];
  }
}
