/**
 * What is claimed of latency budgets, worked out from the parameters. A sum of independent exponential times with different
 * means m has the tail P(S > t) = sum over i of exp(-t / m_i) times the product over j of m_i / (m_i - m_j): the
 * hypoexponential distribution. If one draw makes all of them, the sum is exponential itself, and its percentiles are the sums of
 * theirs. Of rare pauses a request has one with the chance 1 - (1 - p)^hops, which is how a slow leaf comes to a fan-out
 * (Dean and Barroso 2013).
 */
import { exp, ln, pow, s, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, oncePerRun, poissonLow } from '../../application/chance.ts';
import { FAR_MAX, FAR_MIN, NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
import { budgetOf, hopsOf, type Hop } from './budgets.ts';
import type { Values } from './params.ts';
import { meanOf, p99Of, TAIL } from './times.ts';

export const WARM_UP = s(1);
/** What the histograms of a recording may be off by. */
const RESOLUTION = 0.01;

const limit = limitOf<Values>;

const requests = (p: Values): number => Math.max(1, poissonLow(p.rate * toSeconds(p.length - WARM_UP)));
/** How far the share of so many requests may be from its chance. */
const spread = (chance: number, count: number): number => DEVIATIONS * Math.sqrt((chance * (1 - chance)) / count);

const hops = (p: Values): readonly Hop[] => hopsOf(budgetOf(p.budget)).map(([hop]) => hop);
/** All messages of a request together, at least and at most: the user's, and those between hops. */
const network = (p: Values): { least: number; most: number } => {
  const between = 2 * (hops(p).length - 1);
  return { least: toSeconds(2 * FAR_MIN + between * NEAR_MIN), most: toSeconds(2 * FAR_MAX + between * NEAR_MAX) };
};

/** The chance that all hops together take longer than a time, in seconds: independent, or by one draw. */
function tailOf(p: Values, time: number): number {
  // Two that are alike differ by next to nothing, or the formula has no value.
  const means = hops(p).map((hop, i) => meanOf(p, hop) * (1 + i * 1e-6));
  if (time <= 0) return 1;
  if (p.together === 'shared') return exp(-time / means.reduce((sum, mean) => sum + mean, 0));
  const weights = means.map((mean, i) =>
    means.reduce((product, other, j) => (i === j ? product : (product * mean) / (mean - other)), 1),
  );
  return means.reduce((sum, mean, i) => sum + weights[i] * exp(-time / mean), 0);
}

/** The time that such a share of requests takes longer than, by halving. */
function beyond(p: Values, share: number): number {
  let [low, high] = [0, 1];
  while (tailOf(p, high) > share) high *= 2;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (tailOf(p, middle) > share) low = middle;
    else high = middle;
  }
  return high;
}

/** Whether the closed forms are about this run: nothing is rare, and there is one database. */
const isClosed = ({ together, leaves }: Values): boolean => together !== 'rare' && leaves === 1;
/** Shares that the 99th percentile of so many requests lies between. */
const shares = (p: Values) => {
  const off = spread(TAIL, requests(p));
  return { least: TAIL + off, most: TAIL - off };
};

/** The 99th percentile of all hops together, as far as it can be told of so many. */
const totalMost = oncePerRun((p: Values) =>
  shares(p).most > 0 ? beyond(p, shares(p).most) * (1 + RESOLUTION) + network(p).most : Infinity,
);
const totalLeast = oncePerRun((p: Values) => beyond(p, shares(p).least) * (1 - RESOLUTION) + network(p).least);
/** Where nothing can be told: longer than any request, shorter than none. */
const MOST = 3600;
export const wholeMost = limit((p) => (isClosed(p) ? Math.min(MOST, totalMost(p)) : MOST));
export const wholeLeast = limit((p) => (isClosed(p) ? totalLeast(p) : 0));

/** The 99th percentile of one hop: an exponential time's, or that of one which pauses in fewer of a hundred. */
const hopBounds = (p: Values, hop: Hop): { least: number; most: number } => {
  const { least, most } = shares(p);
  const mean = meanOf(p, hop);
  const rare = p.together === 'rare' ? p.pauseShare : 0;
  const at = (share: number): number => (share > rare ? mean * ln((1 - rare) / (share - rare)) : Infinity);
  return { least: at(least) * (1 - RESOLUTION), most: Math.min(MOST, at(most) * (1 + RESOLUTION)) };
};
const has = (p: Values, hop: Hop): boolean => budgetOf(p.budget).hops[hop] !== undefined;
const one = (p: Values, hop: Hop): boolean => has(p, hop) && (hop !== 'database' || p.leaves === 1);
export const hopMost = (hop: Hop) => limit((p) => (one(p, hop) ? hopBounds(p, hop).most : MOST));
export const hopLeast = (hop: Hop) => limit((p) => (one(p, hop) ? hopBounds(p, hop).least : 0));

/** The whole's percentile over the sum of the hops', in one run. */
const sumOf = (p: Values, end: 'least' | 'most'): number =>
  hops(p).reduce((sum, hop) => sum + hopBounds(p, hop)[end], 0);
export const addMost = limit((p) => (isClosed(p) ? Math.min(MOST, totalMost(p)) / sumOf(p, 'least') : MOST));
/** By one draw the slowest hundredth of the requests is the slowest hundredth of every hop: the sums are equal but for the network. */
const sharedNetwork = (p: Values): number => network(p).most / hops(p).reduce((sum, hop) => sum + p99Of(p, hop), 0);
const isShared = ({ together, leaves }: Values): boolean => together === 'shared' && leaves === 1;
export const equalLeast = limit((p) => (isShared(p) ? 1 - 2 * RESOLUTION : 0));
export const equalMost = limit((p) => (isShared(p) ? 1 + 2 * RESOLUTION + 1.5 * sharedNetwork(p) : MOST));

/** Requests in which some hop pauses; if that is more than one in a hundred, so long takes the whole's 99th percentile. */
const paused = (p: Values): number => 1 - pow(1 - p.pauseShare, hops(p).length);
export const pausesTell = limit((p) =>
  p.together === 'rare' && p.leaves === 1 && paused(p) - spread(paused(p), requests(p)) > TAIL
    ? toSeconds(p.pause) * (1 - RESOLUTION)
    : 0,
);
export const pausedShare = limit((p) => {
  const beyondTarget = toSeconds(p.pause) > budgetOf(p.budget).target / 1000;
  return p.together === 'rare' && p.leaves === 1 && beyondTarget
    ? Math.max(0, paused(p) - spread(paused(p), requests(p)))
    : 0;
});

/** Requests beyond the target: what the network takes comes off it. */
export const overMost = limit((p) => {
  if (!isClosed(p)) return 1;
  const chance = Math.min(1, tailOf(p, budgetOf(p.budget).target / 1000 - network(p).most));
  return chance + spread(chance, requests(p));
});

/** One of the databases at least is slow: 1 - (1 - p)^n, of as many requests as there are. */
const anySlow = ({ leaves }: Values): number => 1 - pow(1 - TAIL, leaves);
const isFanOut = (p: Values): boolean => p.leaves > 1 && p.together === 'independent';
export const slowFansLeast = limit((p) =>
  isFanOut(p) ? Math.max(0, anySlow(p) - spread(anySlow(p), requests(p))) : 0,
);
export const slowFansMost = limit((p) => (isFanOut(p) ? Math.min(1, anySlow(p) + spread(anySlow(p), requests(p))) : 1));
export const slowLeafMost = limit((p) => (isFanOut(p) ? TAIL + spread(TAIL, requests(p) * p.leaves) : 1));
/** The slowest of n exponential times: all of them are below t with the chance (1 - exp(-t / m))^n. */
export const slowestLeast = limit((p) => {
  if (!isFanOut(p)) return 0;
  const share = 1 - pow(1 - shares(p).least, 1 / p.leaves);
  return meanOf(p, 'database') * ln(1 / share) * (1 - RESOLUTION);
});
