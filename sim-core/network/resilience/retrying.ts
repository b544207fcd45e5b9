/**
 * A caller that asks again when a call fails: after a wait by its backoff, up to a number of attempts, as long as whoever it
 * does it for still waits, and where there is a budget or a throttle only as far as that allows it.
 *
 * The other side may push back (gRPC's `grpc-retry-pushback-ms`): it is asked again just when it wants to be, whatever the backoff, which
 * begins anew after that; or not at all. A failure that stands by that, or by the throttle, is the caller's at once.
 * https://github.com/grpc/proposal/blob/master/A6-client-retries.md
 *
 * What it cannot know: whether the call that failed was done after all, and that the other side still works at it.
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { defineSignal } from '../../statistics/signal.ts';
import { CallFailed } from '../call.ts';
import type { Link } from '../link.ts';
import type { RequestContext } from '../request-context.ts';
import type { Backoff } from './backoff/backoff.ts';
import type { RetryThrottle } from './hedging/retry-throttle.ts';
import type { RetryBudget } from './retry-budget.ts';

/** A caller asked: the first time (attempt 1), or again after `waited`. */
export const attemptMade = defineFact('retry.attempt', 'A caller asked, for the first time or again', {
  caller: 'text',
  request: 'request',
  attempt: 'number',
  waited: 'duration',
});

/**
 * A caller has an answer, or gave up: `attempts` used up, out of `time`, the `budget` spent, `throttled`, or told not to ask
 * again (`pushback`).
 */
export const retryEnded = defineFact('retry.ended', 'A caller has its answer, or gave up', {
  caller: 'text',
  request: 'request',
  attempts: 'number',
  outcome: 'text',
});

export const retrySignals = [
  defineSignal({
    name: 'retry.attempts',
    kind: 'counter',
    unit: '{attempt}',
    help: 'Calls that callers made, retries included',
    fact: attemptMade,
  }),
  defineSignal({
    name: 'retry.retries',
    kind: 'counter',
    unit: '{attempt}',
    help: 'Calls that callers made again',
    fact: attemptMade,
    where: (fact) => fact.attempt > 1,
  }),
  defineSignal({
    name: 'retry.rate',
    kind: 'rate',
    unit: '1/s',
    help: 'Calls that callers make again, a second',
    fact: attemptMade,
    where: (fact) => fact.attempt > 1,
  }),
  defineSignal({
    name: 'retry.refused',
    kind: 'counter',
    unit: '{request}',
    help: 'Failures that stood because the budget or the throttle allowed no retry, or the other side wanted none',
    fact: retryEnded,
    where: ({ outcome }) => outcome === 'budget' || outcome === 'throttled' || outcome === 'pushback',
  }),
];

export interface RetryingOptions<Query, Reply> {
  readonly caller: string;
  /** The way to whom is asked; its timeout is that of one attempt. */
  readonly link: Link<Query, Reply>;
  readonly backoff: Backoff;
  /** The wait that a backoff which looks back begins with. */
  readonly base: Duration;
  /** Attempts at most, the first included. */
  readonly attemptsMax: number;
  /** Nothing is begun later than this after the request came into the system. */
  readonly patience: Duration;
  readonly budget?: RetryBudget;
  /** gRPC's `retryThrottling`; of whoever asks the same server the same. */
  readonly throttle?: RetryThrottle;
}

export class Retrying<Query, Reply> {
  private readonly sim: Simulation;
  private readonly options: RetryingOptions<Query, Reply>;
  private readonly draws: KeyedStream;
  private readonly attempted: FactChannel<Fact<typeof attemptMade>>;
  private readonly ended: FactChannel<Fact<typeof retryEnded>>;

  constructor(sim: Simulation, options: RetryingOptions<Query, Reply>) {
    const { caller, attemptsMax } = options;
    if (!(Number.isInteger(attemptsMax) && attemptsMax >= 1)) {
      throw new RangeError(`${caller}: attemptsMax is ${attemptsMax}; it must be an integer of at least 1`);
    }
    this.sim = sim;
    this.options = options;
    this.draws = sim.keyedRandom('backoff');
    this.attempted = sim.facts.channel(attemptMade);
    this.ended = sim.facts.channel(retryEnded);
  }

  /**
   * Asks until there is an answer; throws the last failure when it gives up. Its calls inherit the request's deadline, and nothing is
   * begun later.
   */
  *call(query: Query, request: RequestContext): Behaviour<Reply> {
    const { link, backoff, base, attemptsMax, budget, throttle } = this.options;
    budget?.deposit();
    let waited = 0;
    let previous = base;
    /** Retries since the backoff began. */
    let backoffs = 0;
    for (let attempt = 1; ; attempt++) {
      this.tellAttempt(request, attempt, waited);
      try {
        const reply = yield* link.call(query, request);
        throttle?.succeeded();
        this.tellEnd(request, attempt, 'ok');
        return reply;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        throttle?.failed();
        const { pushback } = error;
        if (pushback === undefined) {
          waited = backoff.wait(backoffs++, previous, this.draws.of(request.id * attemptsMax + attempt - 1));
          previous = waited;
        } else {
          waited = Math.max(0, pushback);
          [previous, backoffs] = [base, 0];
        }
        const refused = this.refusal(attempt, pushback, this.isTooLate(request, waited));
        if (refused !== undefined) {
          this.tellEnd(request, attempt, refused);
          throw error;
        }
      }
      if (waited > 0) yield waited;
    }
  }

  /** Why there is no further attempt, if there is none. */
  private refusal(attempt: number, pushback: Duration | undefined, isTooLate: boolean): string | undefined {
    const { attemptsMax, budget, throttle } = this.options;
    if (attempt >= attemptsMax) return 'attempts';
    if (pushback !== undefined && pushback < 0) return 'pushback';
    if (isTooLate) return 'time';
    if (throttle?.permits === false) return 'throttled';
    return budget === undefined || budget.withdraw() ? undefined : 'budget';
  }

  private isTooLate({ started, deadline }: RequestContext, wait: Duration): boolean {
    return this.sim.now + wait >= Math.min(started + this.options.patience, deadline);
  }

  private tellAttempt(request: RequestContext, attempt: number, waited: Duration): void {
    if (this.attempted.heard) {
      this.attempted.emit({ caller: this.options.caller, request: request.id, attempt, waited });
    }
  }

  private tellEnd(request: RequestContext, attempts: number, outcome: string): void {
    if (this.ended.heard) this.ended.emit({ caller: this.options.caller, request: request.id, attempts, outcome });
  }
}
