/**
 * A retry budget: retries are paid for by requests. Each request puts a share of a token into a bucket, each retry takes a
 * whole one out, and where there is none the failure stands. Whatever happens, retries add no more than that share to the
 * load, and a small constant rate so that a caller with few requests may retry at all.
 *
 * As Finagle's RetryBudget, a leaky bucket over a sliding window of ten slices: what was put in and taken out counts for as
 * long as the window (20 % of requests, 10 retries a second and 10 s unless set).
 * https://finagle.github.io/blog/2016/02/08/retry-budgets
 * gRPC's throttling, which counts failures against successes, is `hedging/retry-throttle.ts`.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import { toSeconds, type Duration } from '../../kernel/time.ts';

const SLICES = 10;

export interface RetryBudgetOptions {
  /** Retries that a request pays for: 0.2 lets one in five be retried. */
  readonly share: number;
  /** Retries a second that are always allowed. */
  readonly reserve: number;
  /** How long deposits and withdrawals count. */
  readonly window: Duration;
}

export class RetryBudget {
  private readonly sim: Simulation;
  private readonly share: number;
  private readonly reserve: number;
  private readonly slice: Duration;
  /** Deposits less withdrawals of each slice of the window, the present one at `current` modulo their number. */
  private readonly slices = new Float64Array(SLICES);
  private current: number;

  constructor(sim: Simulation, { share, reserve, window }: RetryBudgetOptions) {
    if (!(share >= 0)) throw new RangeError(`retry budget: share is ${share}; it must be 0 or more`);
    if (!(reserve >= 0)) throw new RangeError(`retry budget: reserve is ${reserve}; it must be 0 or more`);
    if (!(window >= SLICES))
      throw new RangeError(`retry budget: window is ${window} ns; it must be ${SLICES} ns or more`);
    this.sim = sim;
    this.share = share;
    this.reserve = reserve * toSeconds(window);
    this.slice = window / SLICES;
    this.current = Math.floor(sim.now / this.slice);
  }

  /** Retries that could be paid for now. */
  get tokens(): number {
    this.slide();
    return this.slices.reduce((sum, tokens) => sum + tokens, this.reserve);
  }

  /** A request was made. */
  deposit(): void {
    this.slide();
    this.slices[this.current % SLICES] += this.share;
  }

  /** Takes a token for a retry; false if there is none. */
  withdraw(): boolean {
    if (this.tokens < 1) return false;
    this.slices[this.current % SLICES] -= 1;
    return true;
  }

  /** Forgets what is older than the window. */
  private slide(): void {
    const now = Math.floor(this.sim.now / this.slice);
    const passed = Math.min(SLICES, now - this.current);
    for (let i = 1; i <= passed; i++) this.slices[(now - passed + i) % SLICES] = 0;
    this.current = now;
  }
}
