/**
 * What a month of the library brings in the mean, if nobody repairs anything: failures and requests of any stretch of minutes. With room
 * for chance it says in which minutes an alert surely fires on them, and in which it may. Nothing here looks at a run.
 */
import {
  errorBudget,
  MINUTE,
  toSeconds,
  type AlertSeverity,
  type Duration,
  type Time,
} from '../../../sim-core/index.ts';
import { oncePerRun, poissonLow, poissonMost } from '../../application/chance.ts';
import { errorRatioAt, INCIDENTS, type Incident } from './incidents.ts';
import type { Values } from './params.ts';
import { alertsOf, objectiveOf } from './rule-sets.ts';
import { isDeploying, rateAt } from './traffic.ts';

/** An alert in minutes and error ratios. */
export interface ForeseenAlert {
  readonly severity: AlertSeverity;
  readonly windows: readonly number[];
  readonly shortest: number;
  /** The error ratio that each window has to exceed. */
  readonly most: number;
}

/** Sums from the start to the end of each minute. */
type Sums = Float64Array;

export class Forecast {
  readonly alerts: readonly ForeseenAlert[];
  readonly minutes: number;
  readonly requests: Sums;
  /** Failures that no incident causes. */
  readonly others: Sums;
  /** Those that incidents cause. */
  readonly caused: Sums;

  constructor(p: Values) {
    const budget = errorBudget(objectiveOf(p));
    this.alerts = alertsOf(p).map(({ severity, burnRate, windows }) => {
      const inMinutes = windows.map(minuteOf);
      return { severity, windows: inMinutes, shortest: Math.min(...inMinutes), most: burnRate * budget };
    });
    this.minutes = Math.floor(p.length / MINUTE);
    const sums = (): Sums => new Float64Array(this.minutes + 1);
    [this.requests, this.others, this.caused] = [sums(), sums(), sums()];
    const ratios = this.ratiosOfIncidents();
    for (let minute = 0; minute < this.minutes; minute++) {
      const at = minute * MINUTE;
      const come = toSeconds(MINUTE) * rateAt(p, at);
      const deploy = isDeploying(at) ? p.deployErrors : 0;
      this.requests[minute + 1] = this.requests[minute] + come;
      this.others[minute + 1] = this.others[minute] + come * (deploy + (1 - deploy) * p.background);
      this.caused[minute + 1] = this.caused[minute] + come * ratios[minute];
    }
  }

  /** The worst incident's of each minute. */
  private ratiosOfIncidents(): Float64Array {
    const ratios = new Float64Array(this.minutes);
    for (const incident of INCIDENTS) {
      const end = Math.min(this.minutes, minuteOf(incident.at + incident.lasts));
      for (let minute = minuteOf(incident.at); minute < end; minute++) {
        ratios[minute] = Math.max(ratios[minute], errorRatioAt(incident, minute * MINUTE));
      }
    }
    return ratios;
  }

  /** What a sum grows by from one minute to another; outside of the run by nothing. */
  between(sums: Sums, from: number, to: number): number {
    const last = this.minutes;
    return sums[to < 0 ? 0 : to > last ? last : to] - sums[from < 0 ? 0 : from > last ? last : from];
  }

  /** What an incident makes fail, if it is over at that minute at the latest. */
  failuresOf({ at, lasts }: Incident, until = Infinity): number {
    return this.between(this.caused, minuteOf(at), Math.min(until, minuteOf(at + lasts)));
  }

  /** Whether an alert holds at a minute for what failed since another one, incidents before that left out. */
  surelyHolds({ windows, most }: ForeseenAlert, minute: number, since: number): boolean {
    for (const window of windows) {
      const from = minute - window;
      const failures =
        this.between(this.others, from, minute) + this.between(this.caused, Math.max(from, since), minute);
      if (poissonLow(failures) <= most * poissonMost(this.between(this.requests, from, minute))) return false;
    }
    return true;
  }

  mayHold({ windows, most }: ForeseenAlert, minute: number): boolean {
    for (const window of windows) {
      const from = minute - window;
      const failures = this.between(this.others, from, minute) + this.between(this.caused, from, minute);
      if (poissonMost(failures) <= most * poissonLow(this.between(this.requests, from, minute))) return false;
    }
    return true;
  }

  /** Whether what fails without an incident is, by twice as much, too much for the alert's shortest window. */
  mayBeHalfOthers({ shortest, most }: ForeseenAlert, minute: number): boolean {
    const from = minute - shortest;
    const others = poissonMost(this.between(this.others, from, minute));
    return 2 * others > most * poissonLow(this.between(this.requests, from, minute));
  }

  /** Whether an incident surely makes most of the failures in the alert's shortest window, or may. */
  surelyCauses(alert: ForeseenAlert, minute: number): boolean {
    const [caused, others] = this.inShortest(alert, minute);
    return poissonLow(caused) > poissonMost(others);
  }

  mayCause(alert: ForeseenAlert, minute: number): boolean {
    const [caused, others] = this.inShortest(alert, minute);
    return poissonMost(caused) > poissonLow(others) && caused > 0;
  }

  private inShortest({ shortest }: ForeseenAlert, minute: number): [caused: number, others: number] {
    const from = minute - shortest;
    return [this.between(this.caused, from, minute), this.between(this.others, from, minute)];
  }
}

export const forecastOf = oncePerRun((p: Values) => new Forecast(p));

/** An instant or a length of time in minutes. */
export const minuteOf = (time: Time | Duration): number => Math.round(time / MINUTE);
