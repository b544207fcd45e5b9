/**
 * What is claimed of the hot key, worked out from the parameters: commands a second of every shard under each measure, by
 * the real map; how busy that makes the busiest thread or wire; what waits before one that has too much to do.
 *
 * Commands of a shard are treated as a Poisson process, and those that follow from a write of the hot key as a clump of as
 * many as one write makes.
 */
import {
  exp,
  handOf,
  ln,
  nameOf,
  s,
  shardMaps,
  toSeconds,
  zipfProbabilities,
  type ShardMap,
} from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf } from '../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../application/wiring.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);
export const WINDOW = s(1);
export const HOT_KEY = 0;
export const OTHER_KILOBYTES = 1;

const limit = limitOf<Values>;

export const shardNames = (p: Values): string[] => Array.from({ length: p.shards }, (_, i) => `cache-${i + 1}`);
export const handSize = (p: Values): number => Math.min(p.hand, p.shards);

const mapOf = (p: Values): ShardMap => shardMaps[p.sharding].create(shardNames(p));
const crowdTime = (p: Values): number => Math.max(0, toSeconds(p.length - Math.max(p.crowdAt, WARM_UP)));

/** Commands a second of the other keys on every shard: a read each, and a load of each key once in its time to live. */
function otherLoads(p: Values, placesOf: (key: number) => readonly number[]): Float64Array {
  const loads = new Float64Array(p.shards);
  zipfProbabilities(p.keys, p.exponent).forEach((share, i) => {
    const places = placesOf(i + 1);
    for (const shard of places) loads[shard] += (share * p.rate) / places.length + 1 / toSeconds(p.ttl);
  });
  return loads;
}

/** A load of the hot key with all that goes with it, at most: while it lasts its readers miss as well. */
const loadOf = (p: Values): number =>
  toSeconds(p.loadTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE)) + toSeconds(8 * NEAR_MAX + 10 * p.commandTime);

/** The same in the mean: of the many that a window has. Each of its commands waits for two others, its load shares little. */
const meanLoadOf = (p: Values): number => toSeconds(1.5 * p.loadTime + 4 * NEAR_MAX + 6 * p.commandTime);

/** How busy the busiest thread is in any window, at most, where the hot key's names lie so on the shards. */
function busiest(p: Values, others: Float64Array, names: readonly number[]): number {
  const count = names.reduce((sum, held) => sum + held, 0);
  const herd = count + p.crowd * meanLoadOf(p);
  let most = 0;
  others.forEach((load, shard) => {
    const part = names[shard] / count;
    // A write deletes each name, and each is loaded and set again by all who miss it meanwhile.
    const clump = part * herd + names[shard];
    const commands = load + part * p.crowd + p.writes * clump;
    const variance = load + part * p.crowd + p.writes * clump * clump;
    most = Math.max(most, commands + DEVIATIONS * Math.sqrt(variance / toSeconds(WINDOW)));
  });
  return Math.min(1, most * toSeconds(p.commandTime));
}

/** All of it on one shard. */
function onOneShard(p: Values): { others: Float64Array; shard: number } {
  const map = mapOf(p);
  return { others: otherLoads(p, (key) => [map.shardOf(key)]), shard: map.shardOf(HOT_KEY) };
}

/** What the hot shard's thread is asked for, in seconds a second. */
function offered(p: Values): number {
  const { others, shard } = onOneShard(p);
  return (p.crowd + others[shard]) * toSeconds(p.commandTime);
}

/** In a window of the crowd, if it lasts long enough for one: all but a hundredth, in which it may wait for instances. */
export const hotThread = limit((p) => {
  if (crowdTime(p) < 2 * toSeconds(WINDOW)) return 0;
  const noise = DEVIATIONS * Math.sqrt(p.crowd / toSeconds(WINDOW)) * toSeconds(p.commandTime);
  return Math.max(0, Math.min(0.99, offered(p) - noise));
});

/**
 * The hot key's share of the commands that are run: the crowd's, as far as its shard can run them beside the others',
 * among those and all others. Chance takes some of it away.
 */
function hotShareOf(p: Values): number {
  if (crowdTime(p) < 2 * toSeconds(WINDOW)) return 0;
  const hot = p.crowd / Math.max(1, offered(p));
  const all = hot + p.rate + (2 * p.keys) / toSeconds(p.ttl);
  const share = hot / all;
  return Math.max(0, share - DEVIATIONS * Math.sqrt((share * (1 - share)) / (all * toSeconds(WINDOW))));
}
export const hotShare = limit(hotShareOf);

/** Windows that begin and end within the crowd; none, if its share is not above the threshold. */
export const windowsOfAlert = limit((p) =>
  hotShareOf(p) > p.threshold ? Math.max(0, Math.floor(crowdTime(p) / toSeconds(WINDOW)) - 2) : 0,
);

/**
 * What one in a hundred waits for, at least, before a server that is offered so much: after half of the crowd's time so
 * much work is waiting, for as many requests as instances can hold at most, and half of the crowd waits longer than that.
 * A hundredth is room for the classes of the histogram.
 */
function waiting(p: Values, load: number, each: number): number {
  if (p.crowd * crowdTime(p) < 0.04 * (p.rate + p.crowd) * toSeconds(p.length)) return 0;
  const work = Math.max(0, load - 1) * (crowdTime(p) / 2);
  return 0.99 * Math.min(toSeconds(p.timeout), work, p.instances * p.concurrency * each);
}
export const backlog = limit((p) => waiting(p, offered(p), toSeconds(p.commandTime)));

const bytesTime = (p: Values): number => (p.hotKilobytes * 1000) / (p.bandwidth * 1e6);
export const backlogOfBytes = limit((p) => waiting(p, p.crowd * bytesTime(p), bytesTime(p)));
export const hotWire = limit((p) => {
  if (crowdTime(p) < 2 * toSeconds(WINDOW)) return 0;
  return Math.max(0, Math.min(0.99, (p.crowd - DEVIATIONS * Math.sqrt(p.crowd)) * bytesTime(p)));
});

/** Each request of the crowd is a read, and at most a load. */
export const threadOfBigValue = limit((p) => {
  const { others, shard } = onOneShard(p);
  const commands = 2 * p.crowd + p.writes + others[shard];
  return Math.min(1, (commands + DEVIATIONS * Math.sqrt(commands)) * toSeconds(p.commandTime));
});

/** Key replication: where the names are is what the map makes of them. */
function sprayed(p: Values): number {
  const map = mapOf(p);
  const names = map.shards.map(() => 0);
  for (let r = 0; r < p.replicas; r++) names[map.shardOf(nameOf(HOT_KEY, r))]++;
  return busiest(
    p,
    otherLoads(p, (key) => [map.shardOf(key)]),
    names,
  );
}
export const sprayedThread = limit(sprayed);

/** Shuffle sharding: the hot key has one copy on each shard of its hand, and every other key as well. */
function dealt(p: Values): number {
  const map = mapOf(p);
  const hand = handOf(map, HOT_KEY, handSize(p));
  const names = map.shards.map((_, shard) => (hand.includes(shard) ? 1 : 0));
  return busiest(
    p,
    otherLoads(p, (key) => handOf(map, key, handSize(p))),
    names,
  );
}
export const dealtThread = limit(dealt);

/** Local cache: each instance asks for the hot key once in a while, and those of its readers who come meanwhile. */
const keptCommands = (p: Values): number =>
  (p.instances / toSeconds(p.localTtl)) * 2 * (1 + (p.crowd / p.instances) * loadOf(p)) + p.writes;
function kept(p: Values): number {
  const { others, shard } = onOneShard(p);
  const each = 2 * (1 + (p.crowd / p.instances) * loadOf(p));
  const commands = others[shard] + keptCommands(p);
  const variance = others[shard] + p.writes + (p.instances / toSeconds(p.localTtl)) * each * each;
  return Math.min(1, (commands + DEVIATIONS * Math.sqrt(variance)) * toSeconds(p.commandTime));
}
export const keptThread = limit(kept);
export const keptShare = limit((p) => {
  const hot = keptCommands(p) + DEVIATIONS * Math.sqrt(keptCommands(p));
  return Math.min(1, hot / Math.max(hot, p.rate - DEVIATIONS * Math.sqrt(p.rate)));
});

/**
 * Of what is kept for T and written at a rate w an age a is old with a chance of 1 - exp(-w a), in the mean over T of
 * 1 - (1 - exp(-w T)) / (w T); the mean over n such times deviates by 1 / (2 sqrt(n)) at most.
 */
function staleAtLeast(p: Values, T: number, times: number): number {
  if (T <= 0 || times < 1) return 0;
  const wT = p.writes * T;
  const stale = 1 - (1 - exp(-wT)) / wT - DEVIATIONS / (2 * Math.sqrt(times));
  const reads = p.crowd * crowdTime(p);
  return Math.max(0, (stale * reads) / (reads + p.rate * toSeconds(p.length - WARM_UP)));
}
export const keptStale = limit((p) =>
  staleAtLeast(p, toSeconds(p.localTtl), (p.instances * crowdTime(p)) / toSeconds(p.localTtl)),
);
export const leasedStale = limit((p) => staleAtLeast(p, toSeconds(p.leaseTtl), crowdTime(p) / toSeconds(p.leaseTtl)));

/** Instances delete in turns: not more often than each of them once in the throttle's time. */
export const throttledStale = limit((p) => {
  const between = toSeconds(p.throttle) / p.instances;
  return staleAtLeast(p, between, crowdTime(p) / between);
});

/** Nobody tells an instance of a write; what it had from the shared cache may have been as old as a deletion takes. */
export const keptAge = limit((p) => toSeconds(p.localTtl) + 2 * loadOf(p));

/** An instance refreshes once at a time: a load, and one more by a reader who was on the way. */
export const leasedReads = limit((p) => 2 * p.instances * (Math.ceil(p.length / p.leaseTtl) + 1));

/** Each instance deletes the names once in the throttle's time, and all who miss them then load. */
export const throttledReads = limit(
  (p) => p.instances * Math.ceil(p.length / p.throttle) * (p.replicas + p.crowd * loadOf(p)),
);

/**
 * What one in a hundred waits for, at most, where no thread is busier than `load`: a load, its messages, and three
 * commands, each behind others. One in ten thousand waits longer than ln(10^4) / 2 load / (1 - load) commands (the tail of
 * M/D/1 in heavy traffic, Kingman).
 */
function answeredWithin(p: Values, load: number): number {
  const line = (ln(10_000) / 2) * (load / Math.max(1e-9, 1 - load)) + 1;
  return Math.min(
    toSeconds(p.timeout),
    loadOf(p) + toSeconds(2 * FAR_MAX + 6 * NEAR_MAX) + 3 * line * toSeconds(p.commandTime),
  );
}
export const sprayedLatency = limit((p) => answeredWithin(p, sprayed(p)));
export const dealtLatency = limit((p) => answeredWithin(p, dealt(p)));
export const keptLatency = limit((p) => answeredWithin(p, kept(p)));
