/**
 * The library of incidents, from a total outage of one minute to days of errors that nobody would notice. They are so far apart that
 * none stands in the longest window of another, but for the second outage, which comes two hours after the first.
 */
import { days, hours, minutes, type Duration, type Time } from '../../../sim-core/index.ts';
import { instant } from './traffic.ts';

export interface Incident {
  readonly name: string;
  readonly at: Time;
  /** How long it lasts if nobody repairs it. */
  readonly lasts: Duration;
  /** Requests that fail because of it. */
  readonly errorRatio: number;
  /** Of a flapping one: it fails for the first part of every such time. */
  readonly flaps?: { readonly every: Duration; readonly lasts: Duration };
}

export const INCIDENTS: readonly Incident[] = [
  { name: 'outage by night, 10 min', at: instant(0, 20), lasts: minutes(10), errorRatio: 1 },
  { name: 'outage of 1 min', at: instant(3, 4), lasts: minutes(1), errorRatio: 1 },
  { name: 'outage of 10 min', at: instant(6, 4), lasts: minutes(10), errorRatio: 1 },
  { name: 'another minute, 2 h later', at: instant(6, 6), lasts: minutes(1), errorRatio: 1 },
  { name: '1 % for 3 h', at: instant(10, 4), lasts: hours(3), errorRatio: 0.01 },
  { name: '0.5 % for 12 h', at: instant(14, 1), lasts: hours(12), errorRatio: 0.005 },
  {
    name: 'flapping for 4 h',
    at: instant(18, 4),
    lasts: hours(4),
    errorRatio: 0.2,
    flaps: { every: minutes(20), lasts: minutes(2) },
  },
  { name: '10 % for 3 h', at: instant(21, 4), lasts: hours(3), errorRatio: 0.1 },
  { name: '0.2 % for 5 days', at: instant(24, 6), lasts: days(5), errorRatio: 0.002 },
];

/** Those at less than one in a hundred: what spends the budget so slowly that no short window has enough of it. */
export const isSlow = ({ errorRatio }: Pick<Incident, 'errorRatio'>): boolean => errorRatio < 0.01;

/** Requests that fail because of an incident at an instant of it. */
export function errorRatioAt({ at, lasts, errorRatio, flaps }: Incident, instantOfIt: Time): number {
  const since = instantOfIt - at;
  if (since < 0 || since >= lasts) return 0;
  return flaps === undefined || since % flaps.every < flaps.lasts ? errorRatio : 0;
}
