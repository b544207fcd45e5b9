/**
 * What is claimed of the telemetry pipeline, worked out from the parameters and not from a run:
 * when somebody is told of its trouble, and when not.
 */
import { NotClaimed, ROUTE_DEFAULTS, toSeconds } from '../../../sim-core/index.ts';
import { BEAT_EVERY, EVALUATE_EVERY, HEARTBEAT_PATIENCE } from './alerting.ts';
import { EXPORT_DELAY } from './journeys.ts';
import type { Values } from './params.ts';
import { CONSUMERS, SCRAPE_EVERY } from './stack.ts';
import { lostInSurge } from './tail-limits.ts';
import { storesDown } from './trouble.ts';
import { began, end, exportEvery, generation, items, keepsUp, lasts, limit } from './volumes.ts';

/** Prometheus' alerts count for so long without another word, four times `--rules.alert.resend-delay`; and a second for ways. */
const VALID = 4 * 60;
const WAYS = 1;

const isHeard = (p: Values): boolean => p.alertingDown === 'none';
const downAt = (p: Values): number => toSeconds(p.alertingDownAt);
const upAt = (p: Values): number => downAt(p) + toSeconds(p.alertingDownFor);
/** Whether it is down before the trouble begins, and until after it has. */
const isDeaf = (p: Values, who: Values['alertingDown']): boolean =>
  p.alertingDown === who && p.trouble !== 'none' && downAt(p) <= began && upAt(p) > began && lasts(p) > 0;

/** From when on something is so, until it is seen, fires, and its group has waited. */
const fires = (p: Values): number =>
  2 * toSeconds(EVALUATE_EVERY) + toSeconds(p.alertFor + ROUTE_DEFAULTS.groupWait) + WAYS;

/**
 * An outage of the backend of spans or of logs is told of once its consumers all wait and as many batches as the alert says, of which
 * there is at least one between two exports; that is seen at the next evaluation, fires after `for` and one more, and waits for its group.
 */
export const pagedWithin = limit((p) => {
  const isDown = storesDown(p).some((kind) => kind !== 'metrics');
  const grows = (CONSUMERS + p.queueAlert + 1) * exportEvery;
  const told = grows + fires(p);
  if (!isDown || p.isPersistent || told > lasts(p) || !keepsUp(p, items(p))) return NOT_SURE;
  return told;
});
const NOT_SURE = new NotClaimed('a queue need not grow for so long that an alert fires');

/** A tail sampler that has no room counts it within a wait and an export of the surge's beginning: from then on at each evaluation. */
export const toldOfDrops = limit((p) => {
  if (lostInSurge({ ...p, failures: 1 }) === 0) return NOT_SURE;
  return toSeconds(p.decisionWait + EXPORT_DELAY) + 1 + fires(p);
});

/** Before an Alertmanager is up again it tells nobody. */
export const toldLate = limit((p) =>
  isDeaf(p, 'alertmanager') && !p.heartbeat ? Math.min(end(p), upAt(p)) - began : 0,
);

/** After a restart what is pending begins anew: nobody is told before. */
export const toldNever = limit((p) =>
  isDeaf(p, 'prometheus') && !p.heartbeat ? Math.min(end(p), upAt(p) + toSeconds(p.alertFor)) - began : 0,
);

/** All of the trouble that is over by then. */
export const unheardAll = limit((p) =>
  isDeaf(p, 'prometheus') && !p.heartbeat ? Math.max(0, Math.min(lasts(p), upAt(p) - began) - 1) : 0,
);

/** What nobody scraped, while Prometheus was down: every instance at least once less than the time has scrapes. */
export const notScraped = limit((p) => {
  if (p.alertingDown !== 'prometheus') return 0;
  const down = Math.max(0, Math.min(end(p), upAt(p)) - downAt(p));
  return generation(p) * Math.max(0, Math.floor(down / toSeconds(SCRAPE_EVERY)) - 1);
});

/**
 * With a dead man's switch: the Alertmanager tells it until the alert that always fires has run out, and it waits for its patience then;
 * where the Alertmanager itself is gone it has waited already. By what the variant sets, so that it can be held against its pitfall's run.
 */
export const heartbeatWithin = limit((p) => {
  if (isHeard(p) || downAt(p) > began || upAt(p) < downAt(p) + VALID + toSeconds(BEAT_EVERY + HEARTBEAT_PATIENCE)) {
    return new NotClaimed('the alerting is not down for as long as a dead man’s switch takes');
  }
  const ranOut = p.alertingDown === 'prometheus' ? VALID : 0;
  return Math.max(0, downAt(p) + ranOut + toSeconds(HEARTBEAT_PATIENCE) + WAYS - began);
});
