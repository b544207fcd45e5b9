/**
 * What a set of alerts makes of each incident of the library, by the forecast: after how long one surely fires because of it, and before
 * when none can.
 */
import { ROUTE_DEFAULTS, type AlertSeverity } from '../../../sim-core/index.ts';
import { oncePerRun } from '../../application/chance.ts';
import { forecastOf, minuteOf, type Forecast, type ForeseenAlert } from './forecast.ts';
import { INCIDENTS, type Incident } from './incidents.ts';
import type { Values } from './params.ts';

/** From an evaluation to the pager: the group wait, the ways, and up to the next whole minute. */
export const TOLD_AFTER = minuteOf(ROUTE_DEFAULTS.groupWait) + 1;
/** From the last evaluation at which something fires to the word that nothing does. */
export const CLOSED_AFTER = minuteOf(ROUTE_DEFAULTS.groupInterval) + 2;

interface Foreseen {
  readonly incident: Incident;
  /** In so many minutes an alert of this severity surely fires because of it, if any does. */
  readonly sure: { readonly after: number; readonly severity: AlertSeverity } | undefined;
  /** Before that many minutes none can; undefined if none ever does. */
  readonly soonest: number | undefined;
}

/** What becomes of each incident that begins within the run. */
export const foreseen = oncePerRun((p: Values): Foreseen[] => {
  const forecast = forecastOf(p);
  return INCIDENTS.filter(({ at }) => minuteOf(at) < forecast.minutes).map((incident) => ({
    incident,
    sure: sureOf(p, forecast, incident),
    soonest: soonestOf(forecast, incident),
  }));
});

/** Whether nothing of these alerts can be open at a minute: none may have held for as long before as it takes to close it. */
export function nothingOpen(p: Values, forecast: Forecast, alerts: readonly ForeseenAlert[], minute: number): boolean {
  for (let before = Math.max(1, minute - minuteOf(p.keepFiring) - CLOSED_AFTER); before <= minute; before++) {
    if (alerts.some((alert) => forecast.mayHold(alert, before))) return false;
  }
  return true;
}

/**
 * An alert surely fires when it has held for long enough on this incident's failures and those of nobody's. It opens something if nothing
 * is open when the incident begins, nor is opened for another reason until then.
 */
function sureOf(p: Values, forecast: Forecast, { at, lasts }: Incident): Foreseen['sure'] {
  // What was told of before a silence may stay open after it, and then opens nothing.
  if (p.silence > 0) return undefined;
  const [began, end] = [minuteOf(at), Math.min(minuteOf(at + lasts), forecast.minutes - 60)];
  for (const alert of forecast.alerts) {
    // A page mutes tickets.
    const others = forecast.alerts.filter(({ severity }) => severity === alert.severity || severity === 'page');
    if (!nothingOpen(p, forecast, others, began)) continue;
    let held = 0;
    for (let minute = began + 1; minute <= end; minute++) {
      if (others.some((other) => forecast.mayBeHalfOthers(other, minute) && forecast.mayHold(other, minute))) break;
      const holds = forecast.surelyHolds(alert, minute, began) && forecast.surelyCauses(alert, minute);
      held = holds ? held + 1 : 0;
      if (held > minuteOf(p.hold)) return { after: minute - began, severity: alert.severity };
    }
  }
  return undefined;
}

function soonestOf(forecast: Forecast, { at, lasts }: Incident): number | undefined {
  const began = minuteOf(at);
  const last = minuteOf(at + lasts) + Math.max(...forecast.alerts.map(({ shortest }) => shortest));
  for (let minute = began + 1; minute <= Math.min(last, forecast.minutes); minute++) {
    const may = forecast.alerts.some((alert) => forecast.mayHold(alert, minute) && forecast.mayCause(alert, minute));
    if (may) return minute - began;
  }
  return undefined;
}
