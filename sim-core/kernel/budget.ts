/**
 * What a run may use up. A run that passes a budget ends with an error that names it: a model that breeds events
 * without end must not hang a page or a continuous-integration job.
 *
 * Memory is bounded by what fills it: the number of pending events. Bytes are deliberately absent, for no two engines
 * count them alike and the error would not come at the same event everywhere.
 */
import { END_OF_TIME, toSeconds, type Time } from './time.ts';

export interface Budget {
  /** Events that may run. */
  readonly eventsMax: number;
  /** Events that may be pending at once: arrivals, timeouts, sleeping processes. */
  readonly pendingMax: number;
  /** Simulated time, in nanoseconds: nothing happens after this instant. */
  readonly timeMax: Time;
}

export const DEFAULT_BUDGET: Budget = { eventsMax: 2_000_000_000, pendingMax: 4_000_000, timeMax: END_OF_TIME };

const WORDS: Readonly<Record<keyof Budget, (limit: number) => string>> = {
  eventsMax: (limit) => `more than ${limit} events have run`,
  pendingMax: (limit) => `more than ${limit} events are pending at once`,
  timeMax: (limit) => `it goes on for more than ${toSeconds(limit)} s`,
};

/** A run passed one of its budgets. */
export class BudgetExceeded extends Error {
  readonly budget: keyof Budget;
  readonly limit: number;

  constructor(budget: keyof Budget, limit: number, atSeconds: number) {
    super(`budget ${budget} passed: ${WORDS[budget](limit)}, at ${atSeconds} s of simulated time`);
    this.name = 'BudgetExceeded';
    this.budget = budget;
    this.limit = limit;
  }
}
