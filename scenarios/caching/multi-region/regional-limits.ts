/**
 * What is claimed of each region by itself, worked out from the parameters. A cache's entry of a key is renewed by those who
 * write (Poisson, w a second) and by whoever loads it after a miss (r reads a second). It lives for T after the last time, less
 * what the news was under way for: until there is a gap of T without a write, which takes (e^(wT) − 1) / w in the mean. Then
 * the first read misses, unless a write was first, and so do those that are sent while it loads.
 */
import { exp, toSeconds, type Duration, type Limit } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow } from '../../application/chance.ts';
import { NEAR_MAX } from '../../application/distances.ts';
import { COMMAND_TIME } from '../application/wiring.ts';
import { JITTER, observed, REGIONS, roundTripOf, WARM_UP, type Region } from './limits.ts';
import type { Values } from './params.ts';

/** Somebody far from Virginia, to Virginia and back. */
export const roundTripTo = (region: Region): Limit => limitOf<Values>((p) => toSeconds(roundTripOf(p, region, 'us')));

/** Half a round trip, or the way within a site, at most. */
const wayOf = (p: Values, region: Region): Duration => Math.max(NEAR_MAX, (roundTripOf(p, region, 'us') / 2) * JITTER);

/** What a load takes at most, at a database that has time. */
const loadOf = (p: Values, region: Region): number => toSeconds(2 * wayOf(p, region) + 5 * p.queryTime + 4 * NEAR_MAX);

/** The hit ratio of a cache at least, where so many writes a second renew the region's entries, each from so far away. */
function hits(region: Region, renewal: (p: Values) => { readonly writes: number; readonly way: Duration }): Limit {
  return limitOf<Values>((p) => {
    const { writes, way } = renewal(p);
    const [r, w, ttl] = [p.reads / p.keys, writes / p.keys, toSeconds(Math.max(0, p.ttl - way))];
    const load = loadOf(p, region);
    const cycle = (exp(Math.min(w * ttl, 700)) - 1) / w + 1 / (r + w);
    // From an empty cache on, a key has at most one more than a cycle's share; that first one it has in the warm-up.
    const first = p.keys * exp(-(r + w) * Math.max(0, toSeconds(WARM_UP) - load));
    const gaps = first + (p.keys * toSeconds(p.length)) / cycle;
    const readFirst = (gaps * r) / (r + w);
    // A gap's misses come in a bunch: the first read, and those of the load.
    const misses = readFirst * (1 + r * load);
    const deviation = Math.sqrt(readFirst * ((1 + r * load) ** 2 + r * load));
    return Math.max(0, 1 - (misses + DEVIATIONS * deviation) / Math.max(1, poissonLow(p.reads * observed(p))));
  });
}
/** Only what the region itself writes gets into its cache, and a miss waits for Virginia. */
export const hitsByOwnWrites = (region: Region): Limit => hits(region, ({ writes }) => ({ writes, way: NEAR_MAX }));
/** What anybody writes renews the entry everywhere, for the time to live from the commit on. */
export const hitsByAllWrites = (region: Region): Limit =>
  hits(region, (p) => ({ writes: REGIONS.length * p.writes, way: wayOf(p, region) }));

/** If more than one read in a hundred misses, p99 shows the round trip that they take; an entry lives for T after a load. */
export const missesTravelFrom = (region: Region): Limit =>
  limitOf<Values>((p) => {
    const [r, w, ttl] = [p.reads / p.keys, p.writes / p.keys, toSeconds(p.ttl)];
    const alive = (exp(Math.min(w * ttl, 700)) - 1) / w;
    const cycle = alive + 1 / (r + w) + loadOf(p, region);
    const gaps = p.keys * Math.max(0, observed(p) / cycle - 1);
    const misses = poissonLow((gaps * r) / (r + w));
    return misses > 0.01 * p.reads * observed(p) * JITTER ? toSeconds(roundTripOf(p, region, 'us')) : 0;
  });

/** An entry's value was read one way before it was stored, and is served for its time to live. */
export const ttlAndWayTo = (region: Region): Limit =>
  limitOf<Values>((p) => toSeconds(p.ttl + wayOf(p, region) + NEAR_MAX + 5 * COMMAND_TIME));

/** As `toldTheCaches`: after the way there, or after what a late load stored when no entry was left to compare with. */
export const toldTheCacheOf = (region: Region): Limit =>
  limitOf<Values>((p) => {
    const way = wayOf(p, region) + 5 * COMMAND_TIME;
    return toSeconds(p.ttl > 2 * way ? way : p.ttl + way + NEAR_MAX);
  });

/** A write is in a region after the way from where it was made. */
export const wayInto = (region: Region): Limit =>
  limitOf<Values>((p) => toSeconds(Math.max(...REGIONS.map((from) => roundTripOf(p, from, region)))) * (JITTER / 2));
