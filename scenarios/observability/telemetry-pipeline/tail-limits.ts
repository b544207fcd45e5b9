/**
 * What is claimed of the telemetry pipeline, worked out from the parameters and not from a run: which traces a tail sampler loses that
 * has more of them than it has room for, or is killed.
 */
import { NotClaimed, s, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, poissonLow, poissonMost } from '../../application/chance.ts';
import { EXPORT_DELAY, JOURNEY } from './journeys.ts';
import type { Values } from './params.ts';
import { lasts, limit } from './volumes.ts';

/** What the remedy sets. */
export const SAMPLERS = 3;
/** A ring of hashes with 160 points for each gives none of them half as much again as its part: six deviations. */
const UNEVEN = 1.5;

const wait = (p: Values): number => toSeconds(p.decisionWait);
const delay = toSeconds(EXPORT_DELAY);
const rateOf = (p: Values): number => p.orderRate * (p.trouble === 'surge' ? p.surge : 1);

/**
 * Traces of failed orders that are pushed out before their decision: all that come in the surge, if within the wait of each so many
 * newer ones come as there is room for. By then its spans have all come, and nothing of it comes later.
 */
export const lostInSurge = (p: Values): number => {
  if (p.trouble !== 'surge' || p.tailSamplers !== 1) return 0;
  const newer = rateOf(p) * Math.floor(wait(p));
  const isFilled = newer - DEVIATIONS * Math.sqrt(newer) >= p.numTraces;
  const allCome = p.numTraces / rateOf(p) > 2 * delay + toSeconds(JOURNEY);
  return isFilled && allCome ? poissonLow(p.failures * rateOf(p) * Math.max(0, lasts(p) - wait(p) - 2 * delay)) : 0;
};
export const pushedOut = limit(lostInSurge);
/** And of all orders it counts each, failed or not. */
export const countedTooEarly = limit((p) => lostInSurge({ ...p, failures: 1 }));

const sharded = (p: Values): Values => (p.tailSamplers === 1 ? { ...p, tailSamplers: SAMPLERS } : p);
/** Whether each has room for what comes until it decides, in exports that come together. */
const hasRoom = (p: Values): boolean => {
  const share = p.tailSamplers === 1 ? 1 : UNEVEN / p.tailSamplers;
  return p.numTraces >= poissonMost(share * rateOf(p) * (wait(p) + 1 + delay));
};
const hasAllInTime = (p: Values): boolean => p.decisionWait > EXPORT_DELAY + JOURNEY + s(1);

export const noneMissed = limit((p) =>
  hasRoom(sharded(p)) && hasAllInTime(p) && p.trouble !== 'sampler-killed'
    ? 0
    : new NotClaimed('a trace may be pushed out, or decided on before all of it has come'),
);

/** All of what waits is gone with the process: of the failed orders those whose spans had all come, and that were not decided yet. */
export const killedMissed = limit((p) => {
  if (p.trouble !== 'sampler-killed' || p.tailSamplers !== 1 || !hasRoom(p)) return 0;
  return poissonLow(p.failures * p.orderRate * Math.max(0, wait(p) - delay - toSeconds(JOURNEY) - 1));
});
/** Of which the sampler counts none: what it counts are those that had to make room. */
export const noneCounted = limit((p) => (hasRoom(p) ? 0 : new NotClaimed('there may be no room for all traces')));
