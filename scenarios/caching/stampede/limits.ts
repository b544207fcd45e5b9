/**
 * What is claimed of the stampede's variants, worked out from the parameters: how many loads a herd makes at least and a
 * remedy at most, how many are under way at once, how many reach the store in a row of the series, how long the slowest
 * of a thousand requests waits. Nothing here looks at a run.
 *
 * Loads that are nobody's herd are treated as a Poisson process at a server that shares its processors, and sums of
 * chance as normal variables.
 */
import { exp, intervalOf, ms, NotClaimed, s, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);
export const INTERVAL = ms(250);

const limit = limitOf<Values>;

/**
 * How often the hot key expires after the warm-up, at least and at most. Never less than once: what is claimed of an
 * expiry does not hold in a run that has none, and must say so.
 */
export const expiriesMin = (p: Values): number =>
  Math.max(1, Math.floor((p.length - WARM_UP) / (p.ttl * (1 + spreadOf(p)))));
export const expiriesMax = (p: Values): number => Math.ceil(p.length / (p.ttl * (1 - spreadOf(p))));

/** By how much of it a time to live may be longer or shorter. */
export const spreadOf = (p: Values): number => (p.jitters || p.protection === 'jitter' ? p.spread : 0);

/** Reads of the hot key and of the others, a second. */
export const hotRate = (p: Values): number => p.rate * p.hotShare;
const otherRate = (p: Values): number => p.rate - hotRate(p);

/** A herd: at each expiry, all that ask for the hot key in the time of one undisturbed load. */
export const herdOf = (p: Values): number => hotRate(p) * toSeconds(p.loadTime);
export const herd = limit((p) => expiriesMin(p) * herdOf(p));

/** One herd is under way at once, and holds as many of the store's connections as there are for it. */
export const herdAtOnce = limit(herdOf);
export const herdConnected = limit((p) => Math.min(herdOf(p), p.connections));

/** Width of a row of the series, in seconds. */
const rowOf = (p: Values): number => toSeconds(intervalOf({ interval: INTERVAL }, p.length));

/**
 * Loads of the other keys a second, at most: of each key one in its time to live, and of its readers those that come
 * while that one is under way; with XFetch e^(1/beta) times as long, by the argument of `xfetchCycle`.
 */
function quietLoads(p: Values): number {
  const ttl = toSeconds(p.ttl) * (1 - spreadOf(p));
  const again = otherRate(p) * Math.min(ttl, toSeconds(p.loadTime) * exp(1 / p.beta));
  return Math.min(otherRate(p), (p.keys + again) / ttl);
}

/** The share of the database's processors that the other keys take; at 1 it has no quiet. */
const quietLoad = (p: Values): number => Math.min(1, (quietLoads(p) * toSeconds(p.loadTime)) / p.cores);

/** Loads that reach the store in one row: those of the other keys, a Poisson number, and so many of the hot one. */
export const quietRate = (hot: number | ((p: Values) => number)): Limit =>
  limit((p) => (poissonMost(quietLoads(p) * rowOf(p)) + valueOf(hot, p)) / rowOf(p));

/**
 * Loads under way at once: by Little's law the other keys have their rate times their time, which at a load of rho is
 * 1 / (1 - rho) times as long where processors are shared; and so many of the hot key. No more than the instances
 * have handlers.
 */
export const quietAtOnce = (hot: number | ((p: Values) => number)): Limit =>
  limit((p) => underWayMost(valueOf(hot, p), p));

export function underWayMost(hot: number, p: Values): number {
  const others = poissonMost((quietLoads(p) * toSeconds(p.loadTime)) / (1 - quietLoad(p)));
  return Math.min(p.instances * p.concurrency, others + hot);
}

const valueOf = (hot: number | ((p: Values) => number), p: Values): number => (typeof hot === 'number' ? hot : hot(p));

/**
 * The slowest of a thousand undisturbed requests waits for a load whose demand is `DEVIATIONS` above its mean, on
 * processors shared with the other keys' loads, and for its messages: two of its own, and at most fourteen behind the
 * instance. Nobody waits longer than the timeout.
 */
export const slowestQuiet = (p: Values): number =>
  Math.min(
    toSeconds(p.timeout),
    (toSeconds(p.loadTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE))) / (1 - quietLoad(p)) +
      toSeconds(2 * FAR_MAX + 14 * NEAR_MAX),
  );
/** With a mutex one may have to look once more after the value is there. */
export const quietLatency = limit((p) => {
  const polls = p.mutex || p.protection === 'mutex';
  return Math.min(toSeconds(p.timeout), slowestQuiet(p) + (polls ? toSeconds(p.poll) : 0));
});

/** Whoever is served what is there waits less than one load takes. */
export const oneLoad = limit((p) => toSeconds(p.loadTime));

export const onePerExpiry = limit(expiriesMax);
export const moreThanOnePerExpiry = limit((p) =>
  spreadOf(p) > 0 ? new NotClaimed('jitter leaves to chance how many expiries there are') : expiriesMax(p) + 1,
);

/** Coalescing: the read, and one more by those whose miss was on its way back when it ended. */
export const twoPerExpiry = limit((p) => 2 * expiriesMax(p));

/** A holder died: the key is loaded once more. */
export const onceMore = limit((p) => expiriesMax(p) + 1);

/** By when the hot key has expired for the first time and somebody has asked for it, in seconds. */
const missedBy = (p: Values): number => toSeconds(p.ttl) * (1 + spreadOf(p)) + DEVIATIONS / Math.max(hotRate(p), 1e-9);

/** How long a dead holder's lease blocks the key after its expiry, in seconds: as far as it lies within the run. */
const blocked = (p: Values): number => Math.max(0, Math.min(toSeconds(p.lease), toSeconds(p.length) - missedBy(p)));

/** Whoever asks for it in that time and has no patience to its end gives up, but for the time in which the holder lived. */
export const blockedLeast = limit((p) =>
  poissonLow(hotRate(p) * Math.max(0, blocked(p) - toSeconds(p.loadTime) - toSeconds(p.timeout))),
);

/**
 * And nobody who comes after the lease and the load of the next holder, who looks again after a poll. Besides, what the dead instance
 * worked at and is asked for while it is down fails.
 */
export const blockedMost = limit((p) => {
  const time = toSeconds(p.lease + p.poll) + slowestQuiet(p);
  return poissonMost(hotRate(p) * time) + poissonMost((p.rate * toSeconds(p.downtime + p.timeout)) / p.instances);
});

/** Per instance and expiry: the load, and one more by a reader whose miss was on its way back when the load ended. */
export const perInstance = (p: Values): number => 2 * p.instances;
export const twoPerInstance = limit((p) => perInstance(p) * expiriesMax(p));

/**
 * A late holder's store: the row is changed when the store has read it, and before the next holder does when the lease is over; that one
 * has stored when the late one does. From then on whoever asks for the key is served the old row, for a time to live or to the end of the run.
 */
export const staleAfterLate = limit((p) => {
  const slow = slowestQuiet(p);
  const life = toSeconds(p.ttl) * (1 - spreadOf(p));
  const ended = missedBy(p) + slow;
  const isLate =
    p.protection === 'mutex' &&
    !p.fenced &&
    !p.holderDies &&
    life >= toSeconds(WARM_UP) &&
    toSeconds(p.changedAt) > ended &&
    toSeconds(p.changedAt) < life + toSeconds(p.lease) &&
    toSeconds(p.pause) > toSeconds(p.lease + p.poll) + 2 * slow;
  const left = toSeconds(p.length) - ended - toSeconds(p.pause + p.loadTime);
  return isLate ? poissonLow(hotRate(p) * Math.max(0, Math.min(life, left))) : NOT_LATE;
});
const NOT_LATE = new NotClaimed('the late holder need not store over what is newer');

/** Fenced, it stores nothing; with jitter the row may be changed when the next holder has read it, or while the first entry lives. */
export const noneStale = limit((p) =>
  spreadOf(p) > 0 ? new NotClaimed('jitter leaves to chance who reads the row before it is changed') : 0,
);

/** Of all lookups after the warm-up, those for the hot key in the time of each of its refreshes. */
export const staleLookups = limit((p) => (expiriesMin(p) * herdOf(p)) / (p.rate * toSeconds(p.length - WARM_UP)));
