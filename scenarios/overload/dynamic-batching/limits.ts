/**
 * What is claimed of dynamic batching, worked out from the parameters. Nothing here looks at a run.
 *
 * A batch of n takes F + n e: a fixed time and a time for each item. So batches of n can do C(n) = n / (F + n e) a second, more the
 * larger they are, up to 1 / e; and whoever is in one waits for all of it. With r coming a second a batcher that takes what
 * is there is at rest where a batch takes as long as the next one gathers: S = F / (1 - r e).
 */
import { exp, ln, ms, s, toSeconds, type Limit, type Time } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
import { surgeFactor } from '../../application/surge.ts';
import type { Values } from './params.ts';
import { lastsOf, PHASES, type Phase, type Stretches } from './tally.ts';

export const WARM_UP = s(2);
export const INTERVAL = ms(250);
const SETTLED = s(1);
/** Of the time of a batch, a gamma distribution: its deviation is a twentieth of its mean. */
export const SHAPE = 400;
const SPREAD = 1 / Math.sqrt(SHAPE);

const limit = limitOf<Values>;

export const rushEnds = (p: Values): Time => p.rushAt + p.rushFor;
export const spikeBegins = (p: Values): Time => rushEnds(p) + p.calmFor;
export const spikeEnds = (p: Values): Time => spikeBegins(p) + p.spikeFor;

export const stretches = (p: Values): Stretches => ({
  calm: [WARM_UP + SETTLED, p.rushAt],
  rush: [p.rushAt + SETTLED, rushEnds(p)],
  after: [rushEnds(p) + 2 * SETTLED, spikeBegins(p)],
  spike: [spikeBegins(p) + SETTLED, spikeEnds(p)],
});

/** How much faster users come in the rush. */
export const surge = (p: Values): number => surgeFactor(p.rushRate, p.rate);
const comesIn = (p: Values, phase: Phase): number => p.rate * (phase === 'rush' ? surge(p) : 1);
const eachIn = (p: Values, phase: Phase): number => toSeconds(p.each) * (phase === 'spike' ? p.slowdown : 1);
const requestsIn = (p: Values, phase: Phase): number => comesIn(p, phase) * lastsOf(stretches(p)[phase]);

/** What batches of n take, and what they can do a second, with the longest way to the store and back. */
const takes = (p: Values, n: number, phase: Phase): number =>
  toSeconds(p.fixed) + eachIn(p, phase) * n + toSeconds(2 * NEAR_MAX);
const can = (p: Values, n: number, phase: Phase): number => n / takes(p, n, phase);
/** A batch that is slow by chance takes so many times as long. */
const SLOW = 1 + DEVIATIONS * SPREAD;
/** What they can do with the shortest way, and a mean of so many batches that is fast by chance. */
const canMost = (p: Values, n: number, phase: Phase, seconds: number): number => {
  const least = toSeconds(p.fixed) + eachIn(p, phase) * n + toSeconds(2 * NEAR_MIN);
  return (n / least) * (1 + DEVIATIONS * SPREAD * Math.sqrt(Math.min(1, least / seconds)));
};
/** Requests a second that come in a time, at least by chance. */
const comesLeast = (rate: number, seconds: number): number => poissonLow(rate * seconds) / seconds;
/** A line that is full has its bound before whoever comes, but for the batch that has just been taken from it. */
const isFullTooLong = (p: Values, size: number, done: number): boolean =>
  p.queueMax - size > toSeconds(p.patience) * done;

/** A share of a phase's requests, and room for chance: a share of n varies by half of 1 / sqrt(n) at most. */
const shareMost = (p: Values, phase: Phase, share: number): number =>
  Math.min(1, share + DEVIATIONS / (2 * Math.sqrt(Math.max(1, requestsIn(p, phase)))));

/**
 * Small batches: what they cannot do gathers, and whoever comes t into the rush waits (r - C) t / C; in vain from then on that this
 * is a patience, unless the line's bound is less than that. Those who are answered in time end a patience later at most.
 */
export const smallInRush = limit((p) => {
  const [rush, patience] = [lastsOf(stretches(p).rush), toSeconds(p.patience)];
  if (rush === 0) return 1;
  const comes = comesLeast(comesIn(p, 'rush'), rush);
  const done = canMost(p, p.size, 'rush', rush);
  if (comes <= done || !isFullTooLong(p, p.size, done)) return 1;
  const last = (patience * done) / (comes - done) + patience;
  const inTime = Math.max(0, last - toSeconds(SETTLED)) * done;
  return shareMost(p, 'rush', Math.min(1, inTime / Math.max(1, comes * rush)));
});

/** Large batches that wait to be full, and are not: of those who come while one lingers only the last are answered in time. */
export const largeInCalm = limit((p) => {
  const [linger, calm] = [toSeconds(p.linger), lastsOf(stretches(p).calm)];
  const isFull = p.size < p.rate * linger + DEVIATIONS * Math.sqrt(p.rate * linger);
  if (isFull || linger === 0) return 1;
  // Batches are few: the phase may begin and end in the midst of one.
  const whole = 1 + linger / Math.max(linger, calm);
  return shareMost(p, 'calm', Math.min(1, (whole * toSeconds(p.patience)) / linger));
});

/** And where as many as gather while one lingers take longer than a statement may, all fail. */
export const largeInSpike = limit((p) => {
  const gathers = Math.min(p.size, poissonLow(p.rate * toSeconds(p.linger)));
  const least = takes(p, gathers, 'spike') * (1 - DEVIATIONS * SPREAD);
  return least > toSeconds(p.statementTimeout) ? shareMost(p, 'spike', 0) : 1;
});

/** The size whose batches take the target: additive increase and multiplicative decrease keep it between this and what is left of it. */
const found = (p: Values, phase: Phase): number =>
  Math.max(1, Math.min(p.maxSize, Math.floor((toSeconds(p.target) - toSeconds(p.fixed)) / eachIn(p, phase))));

/** What may be late of a phase all the same, because more came than usual. */
const LATE = 0.05;

/**
 * Where what is left of that after a spike can still do what comes, only chance gathers: a batch finds what came during the one
 * before it, and to linger and two batches at the target, slow by chance, are the most that anybody waits for beside that. A line of
 * Poisson arrivals r and a capacity C is longer than x for exp(-2 (C - r) x / r) of the time (diffusion: a walk of drift C - r
 * and variance r a second); x is what fits into the rest of the patience, and into the line. What the size was at first has to do so too,
 * since it is only found by batches that are full.
 */
const foundIsEnough = (p: Values, phase: Phase): boolean => {
  const least = Math.floor(Math.max(1, Math.min(p.size, p.maxSize, found(p, phase) * p.backOff)));
  const [comes, done] = [comesIn(p, phase), can(p, least, phase)];
  const waits = toSeconds(p.linger) + 2 * toSeconds(p.target) * SLOW + toSeconds(2 * FAR_MAX);
  const room = Math.min((toSeconds(p.patience) - waits) * done, p.queueMax - poissonMost(comes * waits));
  if (done <= comes || room <= 0 || toSeconds(p.target) * SLOW >= toSeconds(p.statementTimeout)) return false;
  return exp((-2 * (done - comes) * room) / comes) < LATE;
};
/** What gathered in an earlier phase is not gone in a later one. */
export const foundIn = (phase: Phase): Limit => {
  const soFar = PHASES.slice(0, PHASES.indexOf(phase) + 1);
  return limit((p) => (soFar.every((one) => foundIsEnough(p, one)) ? 1 - LATE : 0));
};

/**
 * A batch above that size takes longer than the target, and the next ones are smaller: by more than a few, if anything is claimed. So
 * of those that are full hardly one in ten is more than chance lets pass, twice the spread of their time, and the one by which
 * the size grows.
 */
export const sizeInSpike = limit((p) => {
  const size = found(p, 'spike');
  return size * (1 - p.backOff) >= 2 ? size * (1 + 2 * SPREAD) + 1 : p.maxSize;
});

/**
 * By the latency that requests feel: in the rush a batch takes S, the way to the store and back included, and the oldest of one came
 * just after the batch before it began. So it feels 2 S - 1 / r, in the mean. If that is more than the target, about every second batch shrinks
 * the size, and when one step of that leaves less than what comes, the line grows, requests wait for longer, and the size shrinks to 1.
 * What comes in the rest of the rush and batches of 1 cannot do is then in line. If its bound is no less than a patience of
 * that, and batches of 1 cannot do what comes when all is calm either, the line stays, whose every request waits for longer
 * than the target: nothing is ever as it was. To linger makes nobody's wait shorter.
 */
const isTrapped = (p: Values): boolean => {
  const [size, comes, after] = [Math.min(p.size, p.maxSize), comesIn(p, 'rush'), lastsOf(stretches(p).after)];
  const rest = 1 - comes * toSeconds(p.each);
  const oldest = rest <= 0 ? Infinity : (2 * toSeconds(p.fixed + 2 * NEAR_MIN)) / rest - 1 / comes;
  const steps = Math.ceil(ln(size) / -ln(p.backOff));
  const shrunk = toSeconds(p.rushFor) - 2 * steps * takes(p, size, 'rush') * SLOW;
  if (oldest <= toSeconds(p.target) || can(p, size * p.backOff, 'rush') >= comes || shrunk <= 0 || after <= 0)
    return false;
  const gathered = poissonLow(comes * shrunk) - canMost(p, 1, 'rush', shrunk) * shrunk;
  const done = canMost(p, 1, 'after', after);
  return comesLeast(p.rate, after) > done && Math.min(gathered, p.queueMax - 1) > toSeconds(p.patience) * done;
};
export const trapped = limit((p) => (isTrapped(p) ? shareMost(p, 'after', 0) : 1));
