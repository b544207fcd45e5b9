/**
 * Service level indicators: of the valid events, how many were good. Two counters that only grow, as an instrument has them, so
 * that any window's ratio is a quotient of two differences. The Site Reliability Workbook, chapter 2,
 * https://sre.google/workbook/implementing-slos/ ("good events over valid events").
 */
import type { Duration } from '../../kernel/time.ts';

/** What is known of a request when it is over. */
export interface ServedRequest {
  readonly ok: boolean;
  readonly duration: Duration;
}

/** What an indicator makes of a request: it counts for it, against it, or is none of its business. */
export type Verdict = 'good' | 'bad' | 'invalid';

/** Availability: every request is valid, those that succeeded are good. */
export const availability = ({ ok }: ServedRequest): Verdict => (ok ? 'good' : 'bad');

/** Latency: requests that succeeded are valid, those that took no longer than the threshold are good. */
export const latencyUnder =
  (threshold: Duration) =>
  ({ ok, duration }: ServedRequest): Verdict => {
    if (!ok) return 'invalid';
    return duration <= threshold ? 'good' : 'bad';
  };

/** The two counters. */
export class Indicator {
  private goodEvents = 0;
  private badEvents = 0;

  /** Counts one event. */
  judge(verdict: Verdict): void {
    if (verdict === 'good') this.goodEvents++;
    else if (verdict === 'bad') this.badEvents++;
  }

  /** Counts many at once: whole numbers, 0 or more. */
  add(good: number, bad: number): void {
    if (!(Number.isSafeInteger(good) && good >= 0)) throw new RangeError(`good: ${good} is no number of events`);
    if (!(Number.isSafeInteger(bad) && bad >= 0)) throw new RangeError(`bad: ${bad} is no number of events`);
    this.goodEvents += good;
    this.badEvents += bad;
  }

  get bad(): number {
    return this.badEvents;
  }

  get valid(): number {
    return this.goodEvents + this.badEvents;
  }
}
