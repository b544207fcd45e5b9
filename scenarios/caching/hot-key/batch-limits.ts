/**
 * What is claimed of writes that are gathered: how many batches reach the store, how far behind what is read is, and what dies
 * with an instance. Of the write throttle it is claimed once the crowd's relief is complete; of a counter, which is hot by its
 * writes alone, from the crowd on.
 */
import { exp, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX } from '../../application/distances.ts';
import { after, answeredWithin, all, none, relieved, rounded, rowOf, crowdsReads, timeout } from './limits.ts';
import { batched, batchedStoreLoad, crowdTime, fetches, loadOf, WARM_UP } from './load.ts';
import type { Values } from './params.ts';
import { batchPhase, isCounted } from './relief.ts';

/** What is claimed of a counter, and what of all where its writes need not be found in time. */
const counted = (of: (p: Values) => number, otherwise: (p: Values) => number): Limit =>
  limitOf<Values>((p) => (p.crashAt === 0 && isCounted(p) ? of(p) : otherwise(p)));

/** All instances may have to fetch the value at once, and then a reader stands behind all of theirs that come meanwhile. */
const answered = (p: Values): number =>
  Math.min(timeout(p), answeredWithin(p, batched(p), batchedStoreLoad(p)) + fetches(p) * toSeconds(p.commandTime));
export const batchedLatency = relieved(batchPhase, answered, timeout);
export const countedLatency = counted(answered, timeout);

export const batchedErrors = relieved(batchPhase, none, all);
export const countedErrors = counted(none, all);

export const batchedThread = relieved(batchPhase, rounded(batched), rounded(all));
export const countedThread = counted(rounded(batched), rounded(all));

/** Each instance sends a batch at each of its ticks at most. */
const batchesIn = (p: Values, time: number): number => p.instances * (Math.ceil(time / toSeconds(p.throttle)) + 1);
const everyWrite = (p: Values): number => poissonMost(p.writes * toSeconds(p.length));
export const batches = relieved(batchPhase, (p) => batchesIn(p, crowdTime(p) - batchPhase(p)), everyWrite);
export const countedBatches = counted((p) => batchesIn(p, crowdTime(p)), everyWrite);

/** Each batch is set in the shard, so that the key is missed there once in its time to live, by all who come while it is loaded. */
export const batchedReads = relieved(
  batchPhase,
  (p) => (Math.ceil(p.length / p.ttl) + 1) * poissonMost(p.instances + p.crowd * loadOf(p)),
  (p) => (p.crowd + p.rate) * toSeconds(p.length),
);

/**
 * The share of reads that are stale, at least. A copy can be up to date only if the last write of all has left its instance, whose
 * tick is due after a time U that is uniform over the interval T: of the gap G to the next write, an exponential time of the
 * rate w, that is G - U at most. Its mean is (1 - e^(-wT)) / (w^2 T), its second moment 2 / w times that; and once in a batch
 * there are reads that were on their way.
 */
function staleIn(p: Values, time: number): number {
  if (time <= 0) return 0;
  const T = toSeconds(p.throttle);
  const mean = (1 - exp(-p.writes * T)) / (p.writes * p.writes * T);
  const gaps = p.writes * time;
  const fresh = gaps * mean + DEVIATIONS * Math.sqrt((gaps * 2 * mean) / p.writes) + onTheirWay(p, time);
  return Math.max(0, 1 - fresh / time) * crowdsReads(p, time);
}
const onTheirWay = (p: Values, time: number): number => batchesIn(p, time) * toSeconds(FAR_MAX + NEAR_MAX);
export const gatheredStale = relieved(batchPhase, (p) => staleIn(p, after(p, batchPhase)), none);
export const countedStale = counted((p) => staleIn(p, crowdTime(p) - rowOf(p)), none);

/**
 * All that was acknowledged a batch's interval and its way before is in every copy, or there is no copy: so no count that is read
 * is older. The way is to the store, to the shard and to the instances; a batch that takes longer than the interval has the
 * next one wait.
 */
const ageOf = (p: Values): number => {
  const way = 2 * answered(p);
  return 1.01 * (Math.max(toSeconds(p.throttle), way) + way);
};
const anyAge = (p: Values): number => toSeconds(p.length);
export const gatheredAge = relieved(batchPhase, ageOf, anyAge);
export const countedAge = counted(ageOf, anyAge);

/** The first instance's share of what was written since its last tick; its grid begins at 0. */
function gatheredAtCrash(p: Values): number | undefined {
  const isClaimed = p.crashAt > WARM_UP && p.crashAt < p.length && isCounted(p) && p.crashAt >= p.crowdAt;
  return isClaimed ? (p.writes / p.instances) * toSeconds(p.crashAt % p.throttle) : undefined;
}
export const lostAtLeast = limitOf<Values>((p) => poissonLow(gatheredAtCrash(p) ?? 0));
export const lostAtMost = limitOf<Values>((p) => {
  const gathered = gatheredAtCrash(p);
  return gathered === undefined ? everyWrite(p) : poissonMost(gathered);
});
