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
 * begun before the breaker opened and ends while it is half open counts as one of its trials. Does not model waits that grow
 * from one opening to the next; the states that are set by hand (DISABLED, FORCED_OPEN, METRICS_ONLY); and predicates that say which
 * exceptions and results are failures or are ignored: whoever calls says how a call ended.
 */
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration, Time } from '../../../kernel/time.ts';
import { checkBreaker, type CircuitBreakerOptions } from './breaker-options.ts';
import { breakerTurned } from './breaker-signals.ts';
import { CountWindow } from './count-window.ts';
import type { OutcomeWindow } from './outcome-window.ts';
import { TimeWindow } from './time-window.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

export class CircuitBreaker {
  readonly name: string;
  private readonly sim: Simulation;
  private readonly options: CircuitBreakerOptions;
  private readonly turned: FactChannel<Fact<typeof breakerTurned>>;
  private readonly alarmKind: number;
  private current: BreakerState = 'closed';
  private window: OutcomeWindow;
  /** Calls in the window from which on it decides. */
  private minimum: number;
  private refused = 0;
  private since: Time;
  /** Half open: calls that it still lets through. */
  private permits = 0;
  private alarm = -1;

  constructor(sim: Simulation, name: string, options: CircuitBreakerOptions) {
    this.sim = sim;
    this.name = name;
    this.options = checkBreaker(options);
    this.turned = sim.facts.channel(breakerTurned);
    this.alarmKind = sim.eventKind(`${name} has waited`);
    this.since = sim.now;
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
    if (this.current === 'open' && this.sim.now > this.since + this.options.waitDurationInOpenState)
      this.turn('half-open');
    if (this.current === 'closed') return true;
    if (this.current === 'half-open' && this.permits > 0) {
      this.permits--;
      return true;
    }
    this.refused++;
    return false;
  }

  /** A call that was let through was not made, or says nothing of the other side. */
  release(): void {
    if (this.current === 'half-open') this.permits++;
  }

  /** A call that was let through has ended. */
  record(failed: boolean, duration: Duration): void {
    const { options, window, sim } = this;
    window.record(failed, duration > options.slowCallDurationThreshold, sim.now);
    if (this.current === 'open') return;
    const { failureRate, slowCallRate } = this;
    if (failureRate < 0) return;
    // Rates are single-precision numbers there, and so may be a threshold such as 33.3.
    const isTooMuch =
      failureRate >= Math.fround(options.failureRateThreshold) ||
      slowCallRate >= Math.fround(options.slowCallRateThreshold);
    if (isTooMuch) this.turn('open');
    else if (this.current === 'half-open') this.turn('closed');
  }

  private rate(part: number, total: number): number {
    return total === 0 || total < this.minimum ? -1 : Math.fround((part * 100) / total);
  }

  private turn(to: BreakerState): void {
    const { sim, options } = this;
    const from = this.current;
    this.current = to;
    this.since = sim.now;
    if (this.alarm >= 0) sim.cancel(this.alarm);
    this.alarm = -1;
    if (to === 'closed') [this.window, this.minimum] = this.closedWindow();
    if (to === 'half-open') this.beginTrial();
    if (to !== 'open') this.refused = 0;
    if (to === 'open' && options.automaticTransitionFromOpenToHalfOpenEnabled) {
      this.wait(options.waitDurationInOpenState, 'half-open');
    }
    if (this.turned.heard) this.turned.emit({ breaker: this.name, from, to });
  }

  private beginTrial(): void {
    const { minimumNumberOfCalls, permittedNumberOfCallsInHalfOpenState, maxWaitDurationInHalfOpenState } =
      this.options;
    this.permits = permittedNumberOfCallsInHalfOpenState;
    this.window = new CountWindow(this.permits);
    this.minimum = Math.min(minimumNumberOfCalls, this.permits);
    if (maxWaitDurationInHalfOpenState > 0) this.wait(maxWaitDurationInHalfOpenState, 'open');
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
