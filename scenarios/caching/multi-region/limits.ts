/**
 * What is claimed of the ways to serve several regions, worked out from the parameters. Nothing here looks at a run.
 * Writes of a key are Poisson processes, one a region.
 */
import { exp, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
import { COMMAND_TIME, usersMost } from '../application/wiring.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);
export const CUT_AT = s(15);
/** A message takes up to so many times the half of the measured round trip. */
export const JITTER = 1.05;

/** Virginia, Hong Kong and Cape Town. */
export const REGIONS = ['us', 'hk', 'za'] as const;
export type Region = (typeof REGIONS)[number];

/** The round trip between two regions. */
export function roundTripOf(p: Values, a: Region, b: Region): Duration {
  if (a === b) return 0;
  const pair = new Set([a, b]);
  if (!pair.has('us')) return p.hongKongCapeTown;
  return pair.has('hk') ? p.virginiaHongKong : p.virginiaCapeTown;
}

export const observed = (p: Values): number => toSeconds(p.length - WARM_UP);
const longestWay = (p: Values): number =>
  (toSeconds(Math.max(p.virginiaHongKong, p.virginiaCapeTown, p.hongKongCapeTown)) / 2) * JITTER;

/** How long the cut lasts, within the run. */
const cutOf = (p: Values): number => toSeconds(Math.max(0, Math.min(p.partition, p.length - CUT_AT)));

/** More than one in a hundred users is in the region that is farthest from Virginia. */
export const farRoundTrip = limitOf<Values>((p) => toSeconds(Math.max(p.virginiaHongKong, p.virginiaCapeTown)));

/**
 * A single region: after a commit its answer and the new entry are on their way to the cache. A read of the old one that is sent
 * meanwhile gets there first if its user is near enough, and nobody is: the site's own users are as far as `distance`, and
 * others half a round trip. They come in bunches, of a write R g of the key's R reads a second.
 */
export const overtaken = limitOf<Values>((p) => {
  const news = 2 * NEAR_MAX + 5 * COMMAND_TIME - NEAR_MIN;
  const rate = p.reads / p.keys;
  let [reads, variance] = [0, 0];
  for (const way of [p.distance, p.virginiaHongKong / 2, p.virginiaCapeTown / 2]) {
    const gap = toSeconds(Math.max(0, news - way));
    const stale = p.reads * observed(p) * (1 - exp(((-REGIONS.length * p.writes) / p.keys) * gap));
    reads += stale;
    variance += stale * (1 + REGIONS.length * rate * gap);
  }
  return reads + DEVIATIONS * Math.sqrt(variance);
});

/** A read within a region: two messages of the user's and four within the region. */
export const nearby = limitOf<Values>((p) => toSeconds(2 * usersMost(p) + 4 * NEAR_MAX));

/** An entry's value was read half a round trip before it was stored, and is served for its time to live. */
export const ttlAndWay = limitOf<Values>((p) => toSeconds(p.ttl) + longestWay(p) + toSeconds(NEAR_MAX));
export const halfATtl = limitOf<Values>((p) => toSeconds(p.ttl) / 2);

/**
 * What is committed is in all caches after the longest way. An entry that lives for less than the way there and back may
 * be gone by then, and with it what a late load of the old value is compared with.
 */
export const toldTheCaches = limitOf<Values>((p) =>
  toSeconds(p.ttl) > 2 * longestWay(p) ? longestWay(p) : toSeconds(p.ttl) + longestWay(p) + toSeconds(NEAR_MAX),
);

/**
 * Reads of a far region that are sent while a write of their key is on its way there, and find an entry: it lives for its
 * time, and is gone until the next reader has loaded it. What a user's message takes is too late to be shown the old value.
 */
export const staleOnTheWay = limitOf<Values>((p) => {
  const rate = p.reads / p.keys;
  let reads = 0;
  for (const roundTrip of [p.virginiaHongKong, p.virginiaCapeTown]) {
    const load = toSeconds(roundTrip * JITTER + 5 * p.queryTime + 4 * NEAR_MAX);
    const there = toSeconds(p.ttl) / (toSeconds(p.ttl) + 1 / rate + load);
    const gap = Math.max(0, toSeconds(roundTrip) / 2 - toSeconds(usersMost(p) + NEAR_MAX));
    // Of the writes within the gap before a read only the last one counts, and one is enough.
    reads += p.reads * there * (1 - exp(((-REGIONS.length * p.writes) / p.keys) * gap));
  }
  // A write's stale reads come in a bunch: as many as there are in the longest gap.
  const expected = reads * observed(p);
  return Math.max(0, expected - DEVIATIONS * Math.sqrt(expected * (1 + rate * longestWay(p))));
});

/** Far from Virginia a write is two statements; if such writes are more than one request in a hundred, p99 shows them. */
export const writesTravel = limitOf<Values>((p) => {
  const share = (2 * p.writes) / (REGIONS.length * (p.reads + p.writes));
  const requests = REGIONS.length * (p.reads + p.writes) * observed(p);
  const isSeen = share - DEVIATIONS * Math.sqrt(share / requests) > 0.01;
  return isSeen ? 2 * toSeconds(Math.min(p.virginiaHongKong, p.virginiaCapeTown)) : 0;
});

/** A write is everywhere after the longest way; while a region is cut off, after the cut as well. */
export const fannedOut = limitOf<Values>((p) => cutOf(p) + longestWay(p));
export const halfTheCut = limitOf<Values>((p) => cutOf(p) / 2);

/**
 * Writes that overwrite one they have not heard of: those before which the last write of the key, in whatever region, was
 * in another one and less than the way from there ago. Three regions write a key at the rate r each, so the last write is
 * in a given other one and less than d ago with the chance (1 − e^(−3 r d)) / 3. `longer`: than half a round trip.
 */
export function lostOnTheWay(p: Values, longer: number): number {
  const rate = p.writes / p.keys;
  let chances = 0;
  for (const a of REGIONS) {
    for (const b of REGIONS)
      chances += 1 - exp((-REGIONS.length * rate * toSeconds(roundTripOf(p, a, b)) * longer) / 2);
  }
  return (p.writes * observed(p) * chances) / REGIONS.length;
}
export const lostMost = limitOf<Values>((p) => poissonMost(lostOnTheWay(p, JITTER)));
export const lostLeast = limitOf<Values>((p) => poissonLeast(lostOnTheWay(p, 1)));

/** At the end all regions agree, but for the keys whose last write is still on its way. */
export const convergedMost = limitOf<Values>((p) => {
  const isOver = p.partition === 0 || toSeconds(CUT_AT + p.partition) + longestWay(p) < toSeconds(p.length);
  return isOver ? Math.min(p.keys, poissonMost(REGIONS.length * p.writes * longestWay(p))) : p.keys;
});

/** While a region is cut off, a key that is written on both sides has lost a write at the least. */
export const lostInTheCut = limitOf<Values>((p) => {
  const here = 1 - exp((-p.writes / p.keys) * cutOf(p));
  const there = 1 - exp(((-2 * p.writes) / p.keys) * cutOf(p));
  return poissonLeast(p.keys * here * there);
});

/** Keys that were written on one side at least are not the same on both, by the end of the cut. */
export const divergentLeast = limitOf<Values>((p) =>
  poissonLeast(p.keys * (1 - exp(((-3 * p.writes) / p.keys) * cutOf(p)))),
);
