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

export const capacity = ({ workers, loadTime }: Values): number => capacityOf({ cores: workers, loadTime });

/** How much faster devices send in the spike. */
export const surge = (p: Values): number => surgeFactor(p.overload * capacity(p), p.rate);
export const inSpike = (p: Values): number => p.rate * surge(p);

const until = (p: Values): number => Math.min(toSeconds(p.spikeAt + p.spikeFor), toSeconds(p.length));
export const lasts = (p: Values): number => Math.max(0, until(p) - toSeconds(p.spikeAt));
const settled = (p: Values): number => Math.max(0, lasts(p) - toSeconds(SETTLED));

/** How far what the store does in a time in which it is never idle is off by chance: a renewal process that varies as its demand does. */
const offBy = (p: Values, done: number, spread = SPREAD): number => DEVIATIONS * spread * Math.sqrt(done) + p.workers;
export const doneMost = (p: Values, seconds: number): number => {
  const done = capacity(p) * seconds;
  return done + offBy(p, done);
};
const doneLeast = (p: Values, seconds: number): number => {
  const done = capacity(p) * seconds;
  return Math.max(0, done - offBy(p, done));
};

/** Items that come in the spike and are too many, at least and at most. */
const tooMany = (p: Values): number => Math.max(0, poissonLow(inSpike(p) * lasts(p)) - doneMost(p, lasts(p)));
const tooManyMost = (p: Values): number => Math.max(0, poissonMost(inSpike(p) * lasts(p)) - doneLeast(p, lasts(p)));

/** All that comes, at most. */
const all = (p: Values): number => poissonMost(p.rate * toSeconds(p.length) + inSpike(p) * lasts(p));

/** What the stages hold at most: two buffers, the workers, and one item in the hands of whoever enriches, and under way. */
const inStages = (p: Values): number => 2 * p.bound + p.workers + 2;
/** What waits before the stages so long after the spike began, at least, in seconds. */
export const waitsBefore = (p: Values, seconds: number): number =>
  poissonLow(inSpike(p) * seconds) - doneMost(p, seconds) - inStages(p);

/** With a bound that is too large for it, two processes hold what they may, and are killed by one item more. */
export const boundedMemory = limit((p) => Math.min(inStages(p) * p.itemSize, 2 * (p.memory + p.itemSize)));
/**
 * Whether as many as the bound lets a stage hold, waiting and in work, fit into its process's memory: if not it is killed, bound or no
 * bound. That there is one is what the remedies are told from the pitfall by, and is not asked for here.
 */
export const fits = (p: Values): boolean => (p.bound + p.workers) * p.itemSize <= p.memory;
export const noneLost = limit((p) => (fits(p) ? 0 : all(p)));

/** Items of which a process may hold one less before it is killed. */
export const fatal = (p: Values): number => Math.floor(p.memory / p.itemSize) + 1;

/** Without a bound: if what is too many does not fit into the memory, the process is killed, and loses at least what is too much. */
export const isFatal = (p: Values): boolean => tooMany(p) > fatal(p);
export const killed = limit((p) => (isFatal(p) ? 1 : 0));
export const lostAtOnce = limit((p) => (isFatal(p) ? fatal(p) - 1 : 0));

/**
 * Without a bound: what is stored in time came while the queue was short, freshness / (k - 1) after the spike began or the
 * process was last started, and was stored a freshness later at most. The process is started again as often as what is too many
 * fills its memory, beside what its workers take at once.
 */
export const hardlyAny = limit((p) => {
  const excess = inSpike(p) / capacity(p) - 1;
  if (excess <= 0) return poissonMost(inSpike(p) * settled(p));
  const starts = 1 + Math.floor(tooManyMost(p) / Math.max(1, fatal(p) - p.workers));
  const fresh = Math.min(settled(p), starts * toSeconds(p.freshness) * (1 / excess + 1));
  return doneMost(p, fresh) + starts * p.workers;
});

/**
 * What a store does a second with c workers, each of which can do `each`, and room for `bound` to wait, of what comes: from the chance
 * that so many wait or are served in the queue M/M/c/K (A. K. Erlang), weights from the full state down, each the next one's times
 * what goes over what comes. Its readings vary less than exponentially, and a buffer that is filled by demand or from a door loses
 * nothing to chance.
 */
export function throughput(comes: number, each: number, c: number, bound: number): number {
  let [weight, sum] = [1, 1];
  for (let n = c + bound; n > 0 && weight > 1e-12 && weight < 1e12; n--) {
    weight *= (Math.min(n, c) * each) / comes;
    sum += weight;
  }
  return comes * (1 - 1 / sum);
}

/** What whoever puts one item at a time can hand over: a message and an answer each. */
const PUTS = 1 / toSeconds(2 * NEAR_MAX);

/** The first stage is not the narrow one, nor near it: it is idle for a fifth of its time, so that the store never waits for it for long. */
const FIRST_BUSY = 0.8;
/** What Erlang's formula leaves out: messages between the stages take their time, in which a small buffer may run empty. */
const MESSAGES = 0.95;

/**
 * Whether the store is what decides how much is stored. Who pulls asks again when a quarter of its prefetch is left, and is never idle
 * if that is more than its workers have in hand.
 */
export const isStore = (p: Values): boolean => {
  const first = p.handOver === 'block' ? PUTS : 1 / toSeconds(ENRICHING);
  const isPulled = p.handOver === 'pull' || p.handOver === 'pull-or-drop';
  const isFed = Math.min(inSpike(p), capacity(p)) < FIRST_BUSY * first && (!isPulled || p.bound >> 2 > p.workers);
  return isFed && fits(p);
};
const stores = (p: Values): number => {
  if (!isStore(p)) return 0;
  const seconds = settled(p);
  const done = MESSAGES * throughput(inSpike(p), capacity(p) / p.workers, p.workers, p.bound) * seconds;
  // With more to do than it can do by any chance, it varies as its demand does, and else as what comes.
  const isBusy = poissonLow(inSpike(p) * seconds) > doneMost(p, seconds);
  return Math.max(0, done - offBy(p, done, isBusy ? SPREAD : 1));
};
export const nearCapacity = limit(stores);

/** A reading that is taken has at most a full buffer before it in each stage, and workers who are slow by chance. */
export const slow = (p: Values): number => toSeconds(p.loadTime) * (1 + DEVIATIONS * SPREAD);
export const behind = (p: Values): number => {
  const chance = DEVIATIONS * SPREAD * Math.sqrt(p.bound) * (toSeconds(p.loadTime) / p.workers);
  return p.bound / capacity(p) + chance + p.bound * toSeconds(ENRICHING) + slow(p) + toSeconds(3 * NEAR_MAX);
};
export const behindFull = limit(behind);

/** In time are those for whom that, and the way there and back, is less than their freshness. */
export const inTime = limit((p) =>
  behind(p) + toSeconds(2 * FAR_MAX) <= toSeconds(p.freshness) && p.overflow !== 'error' ? stores(p) : 0,
);

/** The price of a bound: what is too many and not held is dropped, or waits before the pipeline. */
export const elsewhere = limit((p) => (fits(p) ? Math.max(0, tooMany(p) - inStages(p)) : 0));
/** Unless the spool gives up what has waited for too long, which may be everything. */
const isKept = (p: Values): boolean => p.shedAfter >= p.length;
export const noneDropped = limit((p) => (isKept(p) ? 0 : all(p)));
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
 * The handbook's example: the prefetch is the queue. Once it is full, three quarters of it are asked for at once when a quarter is left,
 * and come k times as fast as they are worked off: the j-th of them finds that quarter and the j - 1 before it, less what is worked
 * off in the meantime and what the workers have in hand. The slowest hundredth of all that is stored are the last of those that are asked
 * for, if as many as that are stored while it is full.
 */
export const prefetchedWait = limit((p) => {
  const k = inSpike(p) / capacity(p);
  if (k <= 1 || !isStore(p) || tooMany(p) <= p.bound) return 0;
  const stored = doneLeast(p, Math.max(0, lasts(p) - p.bound / ((k - 1) * capacity(p))));
  const others = poissonMost(p.rate * toSeconds(p.length)) + p.bound;
  const asked = p.bound - (p.bound >> 2);
  const j = asked * (1 - (0.01 * (stored + others)) / Math.max(1, stored));
  if (j <= 0) return 0;
  const before = p.bound - asked + j - poissonMost(j) / k - p.workers;
  return Math.max(0, before - DEVIATIONS * SPREAD * Math.sqrt(Math.max(0, before))) / capacity(p);
});
