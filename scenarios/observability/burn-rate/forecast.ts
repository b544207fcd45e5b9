/**
 * What a month of the library brings in the mean, if nobody repairs anything: failures and requests of any stretch of minutes. With room
 * for chance it says in which minutes an alert surely fires on them, and in which it may. Nothing here looks at a run.
 */
import {
  errorBudget,
  MINUTE,
  toSeconds,
  type BurnRateAlert,
  type Duration,
  type Time,
} from '../../../sim-core/index.ts';
import { oncePerRun, poissonLow, poissonMost } from '../../application/chance.ts';
import { errorRatioAt, INCIDENTS, type Incident } from './incidents.ts';
import type { Values } from './params.ts';
import { alertsOf, objectiveOf } from './rule-sets.ts';
import { isDeploying, rateAt } from './traffic.ts';

/** Sums from the start to the end of each minute. */
type Sums = Float64Array;

export class Forecast {
  readonly alerts: readonly BurnRateAlert[];
  readonly minutes: number;
  readonly requests: Sums;
  /** Failures that no incident causes. */
  readonly others: Sums;
  /** Those that incidents cause. */
  readonly caused: Sums;
  private readonly budget: number;

  constructor(p: Values) {
    this.alerts = alertsOf(p);
    this.budget = errorBudget(objectiveOf(p));
    this.minutes = Math.floor(p.length / MINUTE);
    const sums = (): Sums => new Float64Array(this.minutes + 1);
    [this.requests, this.others, this.caused] = [sums(), sums(), sums()];
    for (let minute = 0; minute < this.minutes; minute++) {
      const at = minute * MINUTE;
      const come = toSeconds(MINUTE) * rateAt(p, at);
      const deploy = isDeploying(at) ? p.deployErrors : 0;
      let ratio = 0;
      for (const incident of INCIDENTS) ratio = Math.max(ratio, errorRatioAt(incident, at));
      this.requests[minute + 1] = this.requests[minute] + come;
      this.others[minute + 1] = this.others[minute] + come * (deploy + (1 - deploy) * p.background);
      this.caused[minute + 1] = this.caused[minute] + come * ratio;
    }
  }

  /** What a sum grows by from one minute to another; outside of the run by nothing. */
  between(sums: Sums, from: number, to: number): number {
    const within = (minute: number): number => Math.max(0, Math.min(this.minutes, minute));
    return sums[within(to)] - sums[within(from)];
  }

  /** What an incident makes fail, if it is over at that minute at the latest. */
  failuresOf({ at, lasts }: Incident, until = Infinity): number {
    return this.between(this.caused, minuteOf(at), Math.min(until, minuteOf(at + lasts)));
  }

  /** Whether an alert holds at a minute for what failed since another one, incidents before that left out. */
  surelyHolds(alert: BurnRateAlert, minute: number, since: number): boolean {
    return alert.windows.every((window) => {
      const from = minute - stepsOf(window);
      const failures =
        this.between(this.others, from, minute) + this.between(this.caused, Math.max(from, since), minute);
      return poissonLow(failures) > this.mostOf(alert) * poissonMost(this.between(this.requests, from, minute));
    });
  }

  mayHold(alert: BurnRateAlert, minute: number): boolean {
    return alert.windows.every((window) => {
      const from = minute - stepsOf(window);
      const failures = this.between(this.others, from, minute) + this.between(this.caused, from, minute);
      return poissonMost(failures) > this.mostOf(alert) * poissonLow(this.between(this.requests, from, minute));
    });
  }

  /** Whether what fails without an incident is, by twice as much, too much for the alert's shortest window. */
  mayBeHalfOthers(alert: BurnRateAlert, minute: number): boolean {
    const from = minute - shortest(alert);
    const others = poissonMost(this.between(this.others, from, minute));
    return 2 * others > this.mostOf(alert) * poissonLow(this.between(this.requests, from, minute));
  }

  /** Whether an incident surely makes most of the failures in the alert's shortest window, or may. */
  surelyCauses(alert: BurnRateAlert, minute: number): boolean {
    const [caused, others] = this.inShortest(alert, minute);
    return poissonLow(caused) > poissonMost(others);
  }

  mayCause(alert: BurnRateAlert, minute: number): boolean {
    const [caused, others] = this.inShortest(alert, minute);
    return poissonMost(caused) > poissonLow(others) && caused > 0;
  }

  private inShortest(alert: BurnRateAlert, minute: number): [caused: number, others: number] {
    const from = minute - shortest(alert);
    return [this.between(this.caused, from, minute), this.between(this.others, from, minute)];
  }

  private mostOf({ burnRate }: BurnRateAlert): number {
    return burnRate * this.budget;
  }
}

export const forecastOf = oncePerRun((p: Values) => new Forecast(p));

export const minuteOf = (at: Time): number => Math.round(at / MINUTE);
export const stepsOf = (window: Duration): number => Math.round(window / MINUTE);
/** Of an alert's windows, in minutes. */
export const shortest = ({ windows }: BurnRateAlert): number => stepsOf(Math.min(...windows));
