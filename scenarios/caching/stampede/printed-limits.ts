/**
 * What is claimed of the printed class, worked out from the parameters: how many refreshes its late readers start, how many of them are
 * under way at once, and how long nobody feels them. Nothing here looks at a run.
 */
import { exp, ln, NotClaimed, toSeconds, zipfProbabilities, type Limit } from '../../../sim-core/index.ts';
import { limitOf, poissonLow } from '../../application/chance.ts';
import { expiriesMin, herdOf, hotRate, spreadOf, WARM_UP } from './limits.ts';
import type { Values } from './params.ts';

const limit = limitOf<Values>;

/**
 * From the first expiry, which all processes have at once, to when a refresh of mean demand that began there is through, in seconds. Readers
 * come at a rate R, and each starts another one until the pools' n threads are taken; together they share the database's c cores. So a load
 * has a core to itself until t = c / R, c / (R t) of one until t = n / R, and c / n from then on.
 */
export function firstRefresh(p: Values): number {
  const [rate, cores, demand] = [hotRate(p), p.cores, toSeconds(p.loadTime)];
  const most = Math.min(p.instances * p.threads, p.connections);
  const shared = cores / rate;
  if (most <= cores || demand <= shared) return demand;
  const whenFull = shared * (1 + ln(most / cores));
  if (demand <= whenFull) return shared * exp(demand / shared - 1);
  return most / rate + ((demand - whenFull) * most) / cores;
}

/** Refreshes of the other keys a second, at least, if none of them waits: of each process and key one in a time to live and until it is read. */
function otherRefreshes(p: Values): number {
  const rate = (p.rate - hotRate(p)) / p.instances;
  const ttl = toSeconds(p.ttl);
  const each = zipfProbabilities(p.keys, p.exponent).map((share) => (rate * share) / (1 + rate * share * ttl));
  return p.instances * each.reduce((sum, one) => sum + one, 0);
}

/**
 * Every late reader's refresh loads: at the first expiry those of all who come until one is through, and later, when each process has its
 * own expiries, those who come in the time of one load. It is a least. What the other keys' readers start makes every one of them take
 * longer, and where that keeps the pools busy by itself those of the hot key do not get through.
 */
export const lateReads = limit((p) => {
  const room = Math.min(p.cores, p.instances * p.threads) / toSeconds(p.loadTime);
  if (p.ttl * (1 - spreadOf(p)) < WARM_UP || otherRefreshes(p) >= room) return NO_ROOM;
  return poissonLow(hotRate(p) * firstRefresh(p)) + (expiriesMin(p) - 1) * herdOf(p);
});
const NO_ROOM = new NotClaimed('the first expiry is not watched, or the other keys keep the pools busy by themselves');

/** Each process’s part of the herd, as far as its common pool has threads for it: the rest waits in line, and loads later. */
const atOnce = (p: Values): number => p.instances * Math.min(herdOf(p) / p.instances, p.threads);
export const refreshesAtOnce = limit(atOnce);
export const refreshesConnected = limit((p) => Math.min(atOnce(p), p.connections));

/** Entries of the start are past their hard time to live after it at the soonest; whoever comes for one then waits for a load. */
const whileServed = (of: (p: Values) => number): Limit =>
  limit((p) => (p.length <= p.ttl * (p.hardFactor * (1 - spreadOf(p)) - 1) ? of(p) : HARD_EXPIRED));
const HARD_EXPIRED = new NotClaimed('the run is long enough for entries to pass their hard time to live');

export const oneLoadWhileServed = whileServed((p) => toSeconds(p.loadTime));
export const noneWhileServed = whileServed(() => 0);
