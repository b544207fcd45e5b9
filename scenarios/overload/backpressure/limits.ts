/**
 * What is claimed of backpressure, worked out from the parameters. Nothing here looks at a run.
 *
 * The store can do C = workers / load time readings a second. In the spike k times as many come, so (k - 1) C a second are too
 * many: they gather somewhere, or are dropped. Where depends on how stages hand over.
 */
import { ms, s, toSeconds } from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';
import { surgeFactor } from '../../application/surge.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(2);
export const INTERVAL = ms(250);
/** The spike is looked at from so long after it began. */
export const SETTLED = s(1);
/** To enrich a reading takes so long; the one who does it is a fraction as busy as the store, which comes after. */
export const ENRICHING = ms(0.2);
/** The demand of a reading in the store: its deviation is so much of its mean. */
const SPREAD = 1 / Math.sqrt(SHAPE);

const limit = limitOf<Values>;

const capacity = ({ workers, loadTime }: Values): number => capacityOf({ cores: workers, loadTime });

/** How much faster devices send in the spike. */
export const surge = (p: Values): number => surgeFactor(p.overload * capacity(p), p.rate);
const inSpike = (p: Values): number => p.rate * surge(p);

const until = (p: Values): number => Math.min(toSeconds(p.spikeAt + p.spikeFor), toSeconds(p.length));
const lasts = (p: Values): number => Math.max(0, until(p) - toSeconds(p.spikeAt));
const settled = (p: Values): number => Math.max(0, lasts(p) - toSeconds(SETTLED));

/** What the store does in a time in which it is never idle, at most and at least: a renewal process that varies as its demand does. */
const doneMost = (p: Values, seconds: number): number => {
  const done = capacity(p) * seconds;
  return done + DEVIATIONS * SPREAD * Math.sqrt(done) + p.workers;
};
const doneLeast = (p: Values, seconds: number): number => {
  const done = capacity(p) * seconds;
  return Math.max(0, done - DEVIATIONS * SPREAD * Math.sqrt(done) - p.workers);
};

/** Items that come in the spike and are too many, at least and at most. */
const tooMany = (p: Values): number => Math.max(0, poissonLow(inSpike(p) * lasts(p)) - doneMost(p, lasts(p)));
const tooManyMost = (p: Values): number => Math.max(0, poissonMost(inSpike(p) * lasts(p)) - doneLeast(p, lasts(p)));

/** What the stages hold at most: two buffers, the workers, and one item in the hands of whoever enriches, and under way. */
const inStages = (p: Values): number => 2 * p.bound + p.workers + 2;
export const boundedMemory = limit((p) => inStages(p) * p.itemSize);

/** Items of which a process may hold one less before it is killed. */
const fatal = (p: Values): number => Math.floor(p.memory / p.itemSize) + 1;

/** Without a bound: if what is too many does not fit into the memory, the process is killed, and loses at least what is too much. */
const isFatal = (p: Values): boolean => tooMany(p) > fatal(p);
export const killed = limit((p) => (isFatal(p) ? 1 : 0));
export const lostAtOnce = limit((p) => (isFatal(p) ? fatal(p) - 1 : 0));

/**
 * Without a bound: what is stored in time came while the queue was short, freshness / (k - 1) after the spike began or the
 * process was last started, and was stored a freshness later at most. The process is started again as often as its memory fills.
 */
export const hardlyAny = limit((p) => {
  const excess = inSpike(p) / capacity(p) - 1;
  if (excess <= 0) return poissonMost(inSpike(p) * settled(p));
  const starts = 1 + Math.floor((lasts(p) * excess * capacity(p) * 1.2) / fatal(p));
  const fresh = Math.min(settled(p), starts * toSeconds(p.freshness) * (1 / excess + 1));
  return doneMost(p, fresh) + starts * p.workers;
});

/**
 * The share of its time that the store works with room for `bound` to wait, from the chance that so many wait or are served in the
 * queue M/M/c/K (A. K. Erlang): weights from the full state down, each the next one's times what goes over what comes. Its
 * readings vary less than exponentially, and a buffer that is filled by demand or from a door loses nothing to chance.
 */
function throughput(p: Values): number {
  const comes = inSpike(p);
  let [weight, sum] = [1, 1];
  for (let n = p.workers + p.bound; n > 0 && weight > 1e-12 && weight < 1e12; n--) {
    weight *= (Math.min(n, p.workers) * (capacity(p) / p.workers)) / comes;
    sum += weight;
  }
  return comes * (1 - 1 / sum);
}

/** What whoever puts one item at a time can hand over: a message and an answer each. */
const PUTS = 1 / toSeconds(2 * NEAR_MAX);

/**
 * Within a twentieth of what Erlang's formula gives. The first stage is never the narrow one where the claim is made. Who pulls asks
 * again when a quarter of its prefetch is left, and is never idle if that is more than its workers have in hand.
 */
const isStore = (p: Values): boolean => {
  const first = p.handOver === 'block' ? PUTS : 1 / toSeconds(ENRICHING);
  const isPulled = p.handOver === 'pull' || p.handOver === 'pull-or-drop';
  return Math.min(inSpike(p), capacity(p)) < 0.8 * first && (!isPulled || p.bound >> 2 > p.workers);
};
const stores = (p: Values): number => {
  if (!isStore(p)) return 0;
  const done = 0.95 * throughput(p) * settled(p);
  // What a full store does varies as its demand does; what a store with room does, as what comes.
  const spread = inSpike(p) > 1.5 * capacity(p) ? SPREAD : 1;
  return Math.max(0, done - DEVIATIONS * spread * Math.sqrt(done) - p.workers);
};
export const nearCapacity = limit(stores);

/** A reading that is taken has at most a full buffer before it in each stage, and workers who are slow by chance. */
const slow = (p: Values): number => toSeconds(p.loadTime) * (1 + DEVIATIONS * SPREAD);
const behind = (p: Values): number => {
  const chance = DEVIATIONS * SPREAD * Math.sqrt(p.bound) * (toSeconds(p.loadTime) / p.workers);
  return p.bound / capacity(p) + chance + p.bound * toSeconds(ENRICHING) + slow(p) + toSeconds(3 * NEAR_MAX);
};
export const behindFull = limit(behind);

/** In time are those for whom that, and the way there and back, is less than their freshness. */
export const inTime = limit((p) =>
  behind(p) + toSeconds(2 * FAR_MAX) <= toSeconds(p.freshness) && p.overflow !== 'error' ? stores(p) : 0,
);

/** The price of a bound: what is too many and not held is dropped, or waits before the pipeline. */
export const elsewhere = limit((p) => Math.max(0, tooMany(p) - inStages(p)));
/** Unless the spool gives up what has waited for too long, which may be everything. */
const isKept = (p: Values): boolean => p.shedAfter >= p.length;
export const noneDropped = limit((p) =>
  isKept(p) ? 0 : poissonMost(p.rate * toSeconds(p.length) + inSpike(p) * lasts(p)),
);
export const spooled = limit((p) => (isStore(p) && isKept(p) ? Math.max(0, tooMany(p) - inStages(p)) : 0));

/**
 * What waited is worked off with what the store can do beside what keeps coming. If the run is long enough for that, with room for
 * chance, nothing is older at its end than what is under way in a calm pipeline.
 */
export const workedOff = limit((p) => {
  const rest = toSeconds(p.length) - until(p);
  const spare = doneLeast(p, rest) - poissonMost(p.rate * rest);
  return isStore(p) && spare > tooManyMost(p) ? toSeconds(p.freshness) : toSeconds(p.length);
});

/**
 * The handbook's example: the prefetch is the queue. Three quarters of it are asked for at once, and come k times as fast as they
 * are worked off; so the last of them finds a prefetch less what is worked off in the meantime before it. Said where k is more
 * than one and the spike's readings are more than a twentieth of all that are stored, so that the slowest hundredth are among them.
 */
export const prefetchedWait = limit((p) => {
  const k = inSpike(p) / capacity(p);
  const stored = capacity(p) * lasts(p);
  if (k <= 1 || !isStore(p) || stored < 0.05 * (p.rate * toSeconds(p.length) + stored)) return 0;
  const asked = p.bound - (p.bound >> 2);
  return (0.9 * (p.bound - asked / k - p.workers)) / capacity(p);
});
