/**
 * What is claimed of the shedders, worked out from the parameters. Nothing here looks at a run.
 *
 * The backend can do C = cores / load time requests a second. In the rush k times as many come. Without a door those inside grow
 * by (k - 1) C a second, so whoever comes t seconds into the rush waits (k - 1) t: from patience / (k - 1) on in vain.
 */
import { exp, ln, ms, pow, s, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';
import { surgeFactor } from '../../application/surge.ts';
import { waitAmong } from '../application/waiting.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(2);
export const INTERVAL = ms(250);
/** The rush is looked at from so long after it began. */
export const SETTLED = s(1);

const limit = limitOf<Values>;

/** How much faster everybody comes in the rush. */
export const surge = (p: Values): number => surgeFactor(p.overload * capacityOf(p), p.coreRate + p.restRate);

const coreInRush = (p: Values): number => p.coreRate * surge(p);
const inRush = (p: Values): number => (p.coreRate + p.restRate) * surge(p);

/** Seconds of the rush that are looked at. */
const settled = (p: Values): number => {
  const end = Math.min(toSeconds(p.rushAt + p.rushFor), toSeconds(p.length));
  return Math.max(0, end - toSeconds(p.rushAt + SETTLED));
};

/** Within a tenth of what the backend can do, or of what comes if that is less; Poisson numbers have room for chance beside it. */
export const nearCapacity = limit((p) => {
  const comes = Math.min(capacityOf(p), inRush(p)) * settled(p);
  return Math.max(1, Math.min(0.9 * comes, poissonLow(comes)));
});

/**
 * Without a door: the last who is answered in time came patience / (k - 1) into the rush and was answered a patience later. After
 * that what is done is done for nobody. Those who share the processors with the last of them are the room for chance.
 */
export const hardlyAny = limit((p) => {
  const excess = inRush(p) / capacityOf(p) - 1;
  if (excess <= 0) return poissonMost(inRush(p) * settled(p));
  const last = toSeconds(p.patience) * (1 / excess + 1);
  const counted = Math.max(0, Math.min(settled(p), last - toSeconds(SETTLED)));
  return poissonMost(capacityOf(p) * counted) + p.connections;
});

/** By lot everybody has the same chance, that of what can be done to what comes. */
const lot = (p: Values): number => Math.min(1, capacityOf(p) / inRush(p));
const trials = (p: Values): number => Math.max(1, coreInRush(p) * settled(p));
export const noMoreThanByLot = limit((p) =>
  Math.min(1, lot(p) + DEVIATIONS * Math.sqrt((lot(p) * (1 - lot(p))) / trials(p)) + 0.01),
);

/**
 * With places kept: above `shedFrom` only core requests come in, at c a second, and C go out; so the chance that the kept places are
 * all taken is at most (c / C) to the power of their number, and if core requests alone are too many it is what of them is too
 * many. Those in the midst of whose wait the rush ends or begins are the rest.
 */
export const coreKept = limit((p) => {
  if (waitAmong(p, p.shedFull) >= toSeconds(p.patience)) return 0;
  const load = coreInRush(p) / capacityOf(p);
  const full = load < 1 ? pow(load, Math.max(1, p.shedFull - p.shedFrom)) : 1 - 1 / load;
  return Math.max(0, 1 - full - DEVIATIONS * Math.sqrt((full * (1 - full)) / trials(p)) - 0.001);
});

/** Of those who are let in none waits longer than behind as many as there may be. */
const behind = (most: (p: Values) => number): Limit => limit((p) => waitAmong(p, most(p)));
export const behindFull = behind((p) => Math.max(p.shedFull, p.shedFrom + 1));
export const behindLimit = behind((p) => Math.max(p.initialLimit, p.maxLimit));

/** Gradient2's: so many times what is usual is borne, how much may wait for the limit to grow by, and the weight of a window in its long average. */
const TOLERANCE = 1.5;
const QUEUE = 4;
const LONG_WEIGHT = 2 / 601;
/** Vegas': with more than so many waiting the limit goes down, by one a window; it looks anew at the time without a queue after so many. */
const WAITING_MOST = 6;
const PROBE_LEAST = 15;
/** Of a window, and what ends it. */
const SAMPLES_LEAST = 10;

/** What is usual before the rush, at most what one shared processor takes at that load. */
const usualIn = (p: Values): number => {
  const busy = (p.coreRate + p.restRate) / capacityOf(p);
  return busy < 1 ? toSeconds(p.loadTime) / (1 - busy) + toSeconds(2 * NEAR_MAX) : Infinity;
};
/** A window: as long as it is told, or until it has its ten samples, and until the answer that ends it. */
const windowIn = (p: Values): number =>
  Math.max(toSeconds(p.samples), SAMPLES_LEAST / capacityOf(p)) + 2 / capacityOf(p);
const rushIn = (p: Values): number =>
  toSeconds(Math.min(p.rushAt + p.rushFor, p.length) - Math.min(p.rushAt, p.length));
/** By how much the mean time of so many answers is off, at most, for what the processors do by chance: demands vary. */
const offBy = (answers: number): number => DEVIATIONS / Math.sqrt(SHAPE * Math.max(1, answers));

/** Where a limit settles under the rush, at most: in how long an answer takes inside, and how long it takes to get there. */
interface Settled {
  readonly inside: number;
  readonly down: number;
}

/**
 * Gradient2 is at rest where limit x 1.5 usual / present + 4 = limit: by Little's law (present = limit / C) at 1.5 C x usual + 4, so that an
 * answer takes half as long again as is usual, and 4 / C. Usual grows with each window by its weight of the difference, which is half of itself
 * and 4 / C. On its way down the limit loses a tenth a window, and gains 0.8, while answers take more than three times as long as usual:
 * towards 8, until three times C x usual. If that lasts for more than a quarter of the rush, usual is no longer what it was, and
 * nothing is said.
 */
function gradient2(p: Values): Settled {
  const [capacity, usual] = [capacityOf(p), usualIn(p)];
  const [start, end] = [p.initialLimit - 8, Math.max(1, 2 * TOLERANCE * capacity * usual - 8)];
  const down = start > end ? (windowIn(p) * ln(start / end)) / ln(10 / 9) : 0;
  if (down > rushIn(p) / 4 || usual === Infinity) return { inside: Infinity, down };
  const bear = TOLERANCE - 1;
  const rest = QUEUE / capacity / bear;
  const grown = (usual + rest) * exp((bear * LONG_WEIGHT * rushIn(p)) / windowIn(p)) - rest;
  return { inside: TOLERANCE * grown + QUEUE / capacity, down };
}

/**
 * Vegas: limit x (1 - shortest / present) are taken to wait, present being limit / C but for chance, and shortest usual at most. More
 * than six of them take one off the limit, two from a hundred on, window after window. Nothing is said where it may have looked
 * anew by then, when the queue that is there becomes its idea of none: not before 15 windows for each that the limit is, which
 * is six and what the cores work at by themselves, but for chance.
 */
function vegas(p: Values): Settled {
  const capacity = capacityOf(p);
  const off = Math.min(0.9, offBy(capacity * windowIn(p)));
  const rest = WAITING_MOST + 1 + (usualIn(p) * capacity) / (1 - off);
  const least = WAITING_MOST - 1 + (p.cores * Math.max(0, 1 - offBy(SAMPLES_LEAST))) / (1 + off);
  const windows = toSeconds(Math.min(p.rushAt + p.rushFor, p.length)) / windowIn(p);
  return {
    inside: windows >= PROBE_LEAST * least ? Infinity : rest / capacity,
    down: Math.max(0, p.initialLimit - rest) * windowIn(p),
  };
}

/**
 * AIMD grows by one a window until answers take longer than the target, by Little's law with C x target inside, and then loses a tenth.
 * Not more than the load time can be asked of it, with what chance adds to one demand.
 */
function aimd(p: Values): Settled {
  const capacity = capacityOf(p);
  const target = toSeconds(p.target);
  const most = target * (1 + offBy(capacity * target)) + 1 / capacity;
  const alone = toSeconds(p.loadTime) * (1 + offBy(1));
  const down = p.initialLimit > capacity * most ? ln(p.initialLimit / (capacity * most)) / ln(10 / 9) : 0;
  return { inside: Math.max(most, alone), down: (Math.ceil(down) + 1) * windowIn(p) };
}

/**
 * What a median answer takes where the limit is found, and not where it stays at its start: as long as most answers are of the time
 * when it has settled, or of the time outside of the rush. A fixed limit is held to what Gradient2 finds.
 */
export const foundMedian = limit((p) => {
  const most = waitAmong(p, Math.max(p.initialLimit, p.maxLimit));
  const { inside, down } = p.algorithm === 'vegas' ? vegas(p) : p.algorithm === 'aimd' ? aimd(p) : gradient2(p);
  const measured = toSeconds(p.length - WARM_UP);
  const answers = capacityOf(p) * rushIn(p) + (p.coreRate + p.restRate) * Math.max(0, measured - rushIn(p));
  if (poissonMost(capacityOf(p) * down) > poissonLow(answers) / 2) return most;
  return Math.min(most, inside + toSeconds(2 * FAR_MAX));
});
