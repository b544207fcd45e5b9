/**
 * What is claimed of each set of alerts, worked out from the parameters by `forecast.ts` and `foreseen.ts`: how many incidents it surely
 * finds and what they cost of the budget; whom it wakes for nothing; for how long after an incident is over.
 */
import {
  errorBudget,
  exp,
  minutes,
  NotClaimed,
  ROUTE_DEFAULTS,
  toSeconds,
  type Limit,
} from '../../../sim-core/index.ts';
import { limitOf, oncePerRun, poissonLow, poissonMost } from '../../application/chance.ts';
import { forecastOf, minuteOf, type Forecast, type ForeseenAlert } from './forecast.ts';
import { CLOSED_AFTER, foreseen, nothingOpen, TOLD_AFTER } from './foreseen.ts';
import { isSlow, type Incident } from './incidents.ts';
import type { Values } from './params.ts';
import { objectiveOf, type RuleSetName } from './rule-sets.ts';
import { deploysIn, instant, requestsBetween, silencesOf } from './traffic.ts';

const limit = limitOf<Values>;

/** The limit as it is with these alerts, whichever a run has: what is claimed of a remedy is held against its pitfall's run as well. */
export const withAlerts = (rules: RuleSetName, of: (p: Values) => number | NotClaimed): Limit => {
  const changed = oncePerRun((p: Values): Values => (p.rules === rules ? p : { ...p, rules }));
  return limit((p) => of(changed(p)));
};

const NOBODY_SURE = new NotClaimed('no incident is surely found, so that there may be nothing to be timed');
const MINUTES_OF_NIGHT = 8 * 60;

/** Incidents that somebody is surely told of, and those of which somebody may be. */
export const detectedLeast = (p: Values): number =>
  Math.max(0, foreseen(p).filter(({ sure }) => sure !== undefined).length - falseMost(p));
export const detectedMost = limit((p) => foreseen(p).filter(({ soonest }) => soonest !== undefined).length);

/** The same of those that are slow. */
export const slowLeast = (p: Values): number =>
  Math.max(0, foreseen(p).filter(({ incident, sure }) => isSlow(incident) && sure !== undefined).length - falseMost(p));
export const slowMost = limit(
  (p) => foreseen(p).filter(({ incident, soonest }) => isSlow(incident) && soonest !== undefined).length,
);

/**
 * How long it is at most from the beginning of an incident to the first word of it: of one that is surely found, until a window has had
 * enough of it; of one that may be, until it is over and has left the shortest windows.
 */
export const detectionMost = (p: Values): number | NotClaimed => {
  if (p.silence > 0 || foreseen(p).every(({ sure }) => sure === undefined)) return NOBODY_SURE;
  const { alerts } = forecastOf(p);
  const leaves = Math.max(...alerts.map(({ shortest }) => shortest)) + minuteOf(ROUTE_DEFAULTS.groupInterval);
  const latest = foreseen(p).map(({ incident, sure, soonest }) => {
    if (sure !== undefined) return sure.after + TOLD_AFTER;
    return soonest === undefined ? 0 : minuteOf(incident.lasts) + leaves + TOLD_AFTER;
  });
  return toSeconds(minutes(Math.max(...latest)));
};

/**
 * A page is false if no incident made more of the failures in its shortest window than all else: only where twice that would be too much
 * as well. For as long as it may be, one may come as often as a group is looked at.
 */
export const falseMost = oncePerRun((p: Values): number => {
  const forecast = forecastOf(p);
  const pages = forecast.alerts.filter(({ severity }) => severity === 'page');
  let [most, since] = [0, -Infinity];
  const silences = silencesOf(p);
  for (let minute = 1; minute <= forecast.minutes; minute++) {
    const at = minutes(minute);
    if (silences.some(({ startsAt, endsAt }) => at >= startsAt && at + ROUTE_DEFAULTS.groupWait < endsAt)) continue;
    if (!pages.some((alert) => forecast.mayBeHalfOthers(alert, minute) && forecast.mayHold(alert, minute))) continue;
    if (minute - since >= minuteOf(ROUTE_DEFAULTS.groupInterval)) {
      most++;
      since = minute;
    }
  }
  return most;
});

/** Whether nothing of an incident is in an alert's shortest window at a minute, nor its page still open. */
function isQuiet(p: Values, forecast: Forecast, minute: number): boolean {
  const back = Math.max(...forecast.alerts.map(({ shortest }) => shortest)) + minuteOf(p.keepFiring) + CLOSED_AFTER;
  return forecast.between(forecast.caused, minute - back, minute) === 0;
}

/** Deploys that surely page somebody, with no incident near them. */
function falseByDeploys(p: Values): number {
  const forecast = forecastOf(p);
  if (p.hold > 0 || p.silence > 0) return 0;
  const pages = forecast.alerts.filter(({ severity }) => severity === 'page');
  let count = 0;
  for (let day = 0; day < deploysIn(p.length); day++) {
    const over = minuteOf(instant(day, 9)) + 2;
    if (!(isQuiet(p, forecast, over) && nothingOpen(p, forecast, pages, over - 2))) continue;
    if (pages.some((alert) => forecast.surelyHolds(alert, over, over))) count++;
  }
  return count;
}
export const falseAtDeploys = limit(falseByDeploys);

/**
 * Where one failure of a night's window is too much, each one pages somebody for which there was none for as long before, t, as a
 * failure's page may be open: of Poisson failures at a rate r these are r exp(-t r) a minute.
 */
export const falseByNight = limit((p) => {
  const forecast = forecastOf(p);
  const perMinute = 60 * p.rate * p.nightShare;
  const alert = forecast.alerts.find(({ windows }) => windows.length === 1 && windows[0] <= 5);
  if (alert === undefined || p.hold + p.keepFiring > 0) return falseByDeploys(p);
  const requests = poissonMost(perMinute * alert.shortest);
  if (1 <= alert.most * requests) return falseByDeploys(p);
  const failures = perMinute * p.background;
  // The minute in which it failed, those in which the window has it, and the word that it is over.
  const free = 1 + alert.shortest + CLOSED_AFTER;
  let nights = 0;
  for (let day = 0; instant(day + 1, 0) <= p.length; day++) {
    if (isQuiet(p, forecast, minuteOf(instant(day, 16))) && isQuiet(p, forecast, minuteOf(instant(day + 1, 0))))
      nights++;
  }
  return falseByDeploys(p) + poissonLow(nights * MINUTES_OF_NIGHT * failures * exp(-free * failures));
});

/** Failures that the budget allows. */
const allowed = (p: Values): number => {
  const objective = objectiveOf(p);
  return errorBudget(objective) * requestsBetween(p, 0, objective.period);
};

/** Each incident until it is repaired, if it surely is: so long after somebody was told. */
export const spentMost = (p: Values): number => {
  const forecast = forecastOf(p);
  let failures = forecast.others[forecast.minutes];
  for (const { incident, sure } of foreseen(p)) {
    const repair = sure?.severity === 'page' ? p.pageRepair : p.ticketRepair;
    const until =
      sure === undefined ? Infinity : minuteOf(incident.at) + sure.after + TOLD_AFTER + minuteOf(repair) + 1;
    failures += forecast.failuresOf(incident, until);
  }
  return poissonMost(failures) / allowed(p);
};

/** Each incident until it can be repaired at the soonest; whole if nobody can hear of it. */
export const spentLeast = limit((p) => {
  const forecast = forecastOf(p);
  const repair = minuteOf(Math.min(p.pageRepair, p.ticketRepair));
  let failures = forecast.others[forecast.minutes];
  for (const { incident, soonest } of foreseen(p)) {
    const until = soonest === undefined ? Infinity : minuteOf(incident.at) + soonest + repair;
    failures += forecast.failuresOf(incident, until);
  }
  return poissonLow(failures) / allowed(p);
});

/**
 * After each incident that may page somebody: the longest of the shortest windows of those alerts that may hold because of it empties, and
 * the next look at the group says so. After what is false, that of any of them.
 */
export const idleMost = (p: Values): number => {
  // What is over while it is silenced stays open.
  if (p.silence > 0) return Infinity;
  const forecast = forecastOf(p);
  const pages = forecast.alerts.filter(({ severity }) => severity === 'page');
  const openFor = (shortest: number): number => shortest + minuteOf(p.keepFiring) + CLOSED_AFTER;
  let open = falseMost(p) * openFor(Math.max(...pages.map(({ shortest }) => shortest)));
  for (const { incident, soonest } of foreseen(p)) {
    if (soonest === undefined) continue;
    const held = pages.filter((alert) => mayHoldIn(forecast, alert, incident)).map(({ shortest }) => shortest);
    if (held.length > 0) open += openFor(Math.max(...held));
  }
  return toSeconds(minutes(open));
};

/** Whether an alert may hold while an incident is under way or still in its shortest window. */
function mayHoldIn(forecast: Forecast, alert: ForeseenAlert, { at, lasts }: Incident): boolean {
  const last = Math.min(minuteOf(at + lasts) + alert.shortest, forecast.minutes);
  for (let minute = minuteOf(at) + 1; minute <= last; minute++) {
    if (forecast.mayHold(alert, minute)) return true;
  }
  return false;
}

/** After incidents that are over before anybody has repaired them: for as long as an alert surely holds on, to the next incident. */
export const idleLeast = (p: Values): number => {
  const forecast = forecastOf(p);
  const pages = forecast.alerts.filter(({ severity }) => severity === 'page');
  const all = foreseen(p);
  let idle = 0;
  for (const [i, { incident, sure }] of all.entries()) {
    if (sure?.severity !== 'page' || incident.lasts > Math.min(p.pageRepair, p.ticketRepair)) continue;
    const began = minuteOf(incident.at);
    const next = Math.min(forecast.minutes, i + 1 < all.length ? minuteOf(all[i + 1].incident.at) : Infinity);
    const from = Math.max(minuteOf(incident.at + incident.lasts), began + sure.after + TOLD_AFTER) + 1;
    for (let minute = from; minute <= next; minute++) {
      if (!pages.some((alert) => forecast.surelyHolds(alert, minute, began))) break;
      idle += toSeconds(minutes(1));
    }
  }
  return idle;
};
