/**
 * What the tables of the handbook's sections 1.1 to 1.8 put in an order, over 20 seeds, each claim by a paired test: the
 * difference of two measures on the same seeds, at a level at which all claims of a file hold together at 0.99. Runs are
 * shorter than the scenarios' own.
 *
 * | section                                | what is ordered                                           | where                                   |
 * | -------------------------------------- | --------------------------------------------------------- | --------------------------------------- |
 * | 1.1 patterns                           | latency of reads and writes, load of the store, freshness | cache-patterns.test.ts, and here        |
 * | 1.1 pitfalls, best practices           | journal, N + 1, guards of hot keys, separate caches       | here                                    |
 * | 1.2 placement                          | latency by layer, difficulty of invalidation, guidelines  | here                                    |
 * | 1.3 eviction                           | strengths, weaknesses, workload fit, trade-offs           | eviction-order.test.ts                  |
 * | 1.4 invalidation                       | freshness and risk                                        | here                                    |
 * | 1.5 consistency                        | the solutions of each issue                               | here                                    |
 * | 1.6 Redis, ZippyDB                     | scenarios of their own                                    | not here                                |
 * | 1.7 stampede                           | pros and cons of each technique                           | here                                    |
 * | 1.8 hot key                            | what each mitigation does, and does not do                | here                                    |
 * | appendix: runbook for cache flush      | loss of a node, warm-up, cap                              | here                                    |
 *
 * "Does not hold as printed" is a claim too: the order is then the other way round, or there is none, and the guide of the
 * scenario says so.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../scenarios/index.ts';
import { ms, pairedDifference, s, Trial, type ParameterValues, type RecordedSignal } from '../../../sim-core/index.ts';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 101);
const LEVEL = 0.9998;

/** Long enough for what a claim is about, and no longer. */
const SHORT: Readonly<Record<string, ParameterValues>> = {
  'write-behind-crash': { length: s(12), capacity: 1000, rate: 400 },
  'n-plus-one': { length: s(7.5), ttl: s(2) },
  'cache-patterns': { length: s(12), rate: 500 },
  stampede: { length: s(11.5), rate: 600 },
  'eviction-dynamics': { length: s(10), scanAt: s(4), moveAfter: s(30) },
  placement: { length: s(18), rate: 500 },
  invalidation: { length: s(14), writes: 45, reads: 500 },
  'stale-set-race': { length: s(10), reads: 500 },
  'read-after-write': { length: s(13), looks: 4 },
  'multi-region': { length: s(16), reads: 150 },
  'synchronized-expiry': { length: s(11.5) },
  'negative-caching': { length: s(10), rate: 600 },
  'hot-key': { length: s(11) },
  'cache-flush': { length: s(9), at: s(6), keys: 1500 },
};

interface Side {
  readonly scenario: string;
  readonly variant: string;
  readonly params?: ParameterValues;
}

const known = new Map<string, readonly (readonly RecordedSignal[])[]>();

/** The signals on each seed. */
function tried({ scenario: id, variant, params = {} }: Side): readonly (readonly RecordedSignal[])[] {
  const name = JSON.stringify([id, variant, params]);
  let all = known.get(name);
  if (all === undefined) {
    const { scenario } = catalogue.find((entry) => entry.scenario.id === id)!;
    all = SEEDS.map((seed) => {
      const trial = new Trial(scenario, { variant, seed, params: { ...SHORT[id], ...params } });
      trial.advance(Infinity);
      return trial.finish().signals;
    });
    known.set(name, all);
  }
  return all;
}

/** A field of a signal's summary on each seed, `p99 of http.client.request.duration`. What was never observed has none: no 0 either. */
function measured(side: Side, measure: string): number[] {
  const [field, name] = measure.split(' of ');
  return tried(side).map((signals) => {
    const value = signals.find((signal) => signal.name === name)!.summary[field];
    expect(Number.isFinite(value), `${measure}, ${side.variant}: ${value} is a number`).toBe(true);
    return value;
  });
}

/** Variants of one scenario: the measure is less in the first than in the second. */
type Claim = readonly [what: string, less: string | Side, more: string | Side, measure: string, moreMeasure?: string];

const sideOf = (scenario: string, side: string | Side): Side =>
  typeof side === 'string' ? { scenario, variant: side } : side;

function claims(scenario: string, all: readonly Claim[]): void {
  const named = all.map(([what, less, more, measure, other = measure]) => ({ what, less, more, measure, other }));
  it.each(named)('$what', ({ less, more, measure, other }) => {
    const [a, b] = [measured(sideOf(scenario, less), measure), measured(sideOf(scenario, more), other)];
    const { mean, halfWidth } = pairedDifference(a, b, LEVEL);
    const shown = `${measure}: ${a.slice(0, 4).join(', ')} against ${b.slice(0, 4).join(', ')}`;
    expect(mean + halfWidth, shown).toBeLessThan(0);
  });
}

/** Not told apart: whatever the difference is, it is less than a part of the measure. */
function alike(scenario: string, one: string, other: string, measure: string, part: number): void {
  const [a, b] = [measured(sideOf(scenario, one), measure), measured(sideOf(scenario, other), measure)];
  const { mean, halfWidth } = pairedDifference(a, b, LEVEL);
  const size = a.reduce((sum, value) => sum + value, 0) / a.length;
  expect(Math.abs(mean) + halfWidth, measure).toBeLessThan(part * size);
}

const LATENCY = 'http.client.request.duration';
const READ = `${LATENCY}.read`;

describe('1.1 consistency and latency of reads', () => {
  const [STALE, AGE] = ['mean of read.stale_ratio', 'max of read.staleness.hot'];
  const slow = (pattern: string, instances = 1): Side => ({
    scenario: 'cache-patterns',
    variant: 'cache-aside-slow-loads',
    params: { pattern, instances },
  });
  const expiring = (variant: string): Side => ({ scenario: 'cache-patterns', variant, params: { ttl: s(1) } });
  const HOT_READ = 'p99 of http.client.request.duration.read.hot';
  claims('cache-patterns', [
    [
      'write-through by one instance is strong, cache-aside eventual',
      slow('write-through'),
      slow('cache-aside'),
      STALE,
    ],
    // Not as printed: a facade keeps its loads and writes apart, whatever it does to the entry.
    ['read-through by one instance is as strong', slow('read-through'), slow('cache-aside'), STALE],
    // Not as printed: success of both writes is not what makes it strong.
    ['write-through by several is eventual', slow('write-through'), slow('write-through', 4), STALE],
    ['and still stale more rarely than cache-aside', slow('write-through', 4), slow('cache-aside', 4), STALE],
    ['refresh-ahead lowers the staleness window', 'refresh-ahead-outside-writer', 'read-through-outside-writer', AGE],
    ['and the share of what is stale', 'refresh-ahead-outside-writer', 'read-through-outside-writer', STALE],
    ['refresh-ahead avoids the spike of misses', expiring('refresh-ahead'), expiring('read-through'), HOT_READ],
    ['write-through reads what was written faster', 'write-through', 'read-through', `mean of ${READ}`],
    ['cache-aside waits at the first miss', 'cache-aside', 'cache-aside', `p50 of ${READ}`, `p99 of ${READ}`],
  ]);
  it('against a writer past the cache write-through is as old as read-through', () =>
    alike('cache-patterns', 'write-through-outside-writer', 'read-through-outside-writer', AGE, 0.01));
  it('write-behind reads as write-through does', () =>
    alike('cache-patterns', 'write-behind', 'write-through', `mean of ${READ}`, 0.05));
});

describe('1.1 pitfalls and best practices', () => {
  const LOST = 'total of cache.writes.lost';
  const crash = (variant: string): Side => ({
    scenario: 'write-behind-crash',
    variant,
    params: { crashAt: s(9), downtime: s(1) },
  });
  claims('write-behind-crash', [
    ['a journal loses less than a buffer', crash('journal-every-n-ms'), crash('offer-and-forget'), LOST],
    ['a buffer whose refusals are read loses less', crash('blocking-put'), crash('offer-and-forget'), LOST],
    ['acknowledging after the flush loses less', crash('ack-after-flush'), crash('blocking-put'), LOST],
    ['and is paid for in latency', crash('journal-every-write'), crash('ack-after-flush'), `p50 of ${LATENCY}`],
  ]);
  claims('n-plus-one', [
    ['a batch loader makes fewer round trips', 'batch-loader', 'loader-per-key', 'mean of page.round_trips'],
    ['and answers sooner', 'batch-loader', 'loader-per-key', `p99 of ${LATENCY}`],
    [
      'queries at once answer sooner than one after the other',
      'loader-per-key-at-once',
      'loader-per-key',
      `mean of ${LATENCY}`,
    ],
    ['and do not spare the store', 'batch-loader', 'loader-per-key-at-once', 'mean of db.client.operation.rate'],
  ]);
  claims('eviction-dynamics', [
    [
      'critical data in a cache of its own is hit more',
      'shared-with-batch',
      'separate-caches',
      'mean of cache.hit_ratio.users',
    ],
    ['at the price of the rest', 'separate-caches', 'shared-with-batch', 'mean of cache.hit_ratio.batch'],
  ]);
});

describe('1.2 placement', () => {
  const [LAYERS, PURGED] = ['all-six-layers', 'all-six-layers-purged'];
  const time = (layer: string): string => `mean of layer.duration.${layer}`;
  const unseen = (layer: string): string => `max of layer.staleness.${layer}`;
  const dying: Side = { scenario: 'placement', variant: LAYERS, params: { appTtl: s(5) } };
  claims('placement', [
    ['a browser is nearer than the edge', LAYERS, LAYERS, time('client'), time('edge')],
    ['the edge than the gateway', LAYERS, LAYERS, time('edge'), time('gateway')],
    ['the gateway than the shared cache', LAYERS, LAYERS, time('gateway'), time('distributed')],
    ['an instance’s memory than the shared cache', 'app-local', 'distributed', time('app'), time('distributed')],
    ['the shared cache than the buffer pool', LAYERS, LAYERS, time('distributed'), time('buffer_pool')],
    ['the buffer pool than the disk', LAYERS, LAYERS, time('buffer_pool'), time('disk')],
    ['a browser is harder to invalidate than the edge', PURGED, PURGED, unseen('edge'), unseen('client')],
    ['and than the gateway', PURGED, PURGED, unseen('gateway'), unseen('client')],
    ['and than an instance’s memory', PURGED, PURGED, unseen('app'), unseen('client')],
    ['and than the shared cache', PURGED, PURGED, unseen('distributed'), unseen('client')],
    ['the edge than an instance’s memory', PURGED, PURGED, unseen('app'), unseen('edge')],
    ['a purge reaches an instance’s memory as well', PURGED, LAYERS, unseen('app')],
    ['which answers behind all the others, once its copies outlive theirs', dying, LAYERS, 'mean of layer.share.app'],
    ['assets whose names have a version are near', 'none', 'versioned-assets', 'mean of placement.assets.near'],
    ['and are not old', 'versioned-assets', LAYERS, 'total of placement.assets.stale'],
    ['sharing spares the store', 'distributed', 'app-local', 'mean of db.client.operation.rate'],
    ['a cache in each instance spares it too', 'app-local', 'none', 'mean of db.client.operation.rate'],
  ]);
});

describe('1.4 invalidation', () => {
  const STALE = 'mean of read.stale_ratio';
  const LASTING = 'total of invalidation.lasting';
  const BYTES = 'total of invalidation.bytes';
  const OFTEN_WRITTEN = 'write-invalidate-often-written';
  /** So many writes that some overtake each other in the short time. */
  const often = (variant: string): Side => ({ scenario: 'invalidation', variant, params: { writes: 150 } });
  claims('invalidation', [
    ['explicit invalidation is fresher than a time to live', 'write-invalidate', 'ttl', STALE],
    ['so is what is published', 'pubsub-invalidate', 'ttl', STALE],
    ['so are versioned keys', 'versioned-keys', 'ttl', STALE],
    ['so is a log', 'log-invalidate', 'ttl', STALE],
    ['a missing path makes stale copies', 'write-invalidate', 'missed-path', LASTING],
    ['and a log has no path to miss', 'log-invalidate', 'missed-path', LASTING],
    ['lost messages make stale copies', 'write-invalidate', 'pubsub-invalidate', LASTING],
    ['versioned keys accumulate entries', 'write-invalidate', 'versioned-keys', 'max of cache.entries'],
    ['a soft time to live looks high: it hits', 'ttl', 'soft-ttl', 'mean of cache.hit_ratio'],
    ['and answers sooner', 'soft-ttl', 'ttl', `mean of ${LATENCY}`],
    // Not as printed: "brief" holds for rows that are read often.
    ['its staleness is not brief for rows that are rarely read', 'ttl', 'soft-ttl', 'max of read.staleness'],
    ['and there is more of it', 'ttl', 'soft-ttl', STALE],
    ['a row that is pushed stays cached', OFTEN_WRITTEN, 'push-values', 'mean of cache.hit_ratio'],
    ['and spares the store its loads', 'push-values', OFTEN_WRITTEN, 'mean of db.client.operation.rate'],
    ['at the price of bytes: a word is less than a change', OFTEN_WRITTEN, 'push-deltas', BYTES],
    ['and a change is less than a row', 'push-deltas', 'push-values', BYTES],
    ['a version tells a row that is late', often('push-values'), often('push-unversioned'), LASTING],
    ['and so does the order of a log', often('log-updates'), often('push-unversioned'), LASTING],
  ]);
});

describe('1.5 consistency', () => {
  const MISSING = 'mean of session.first_look.missing_ratio';
  const [LASTING, LOST] = ['total of stale_set_race.lasting', 'total of region.lost_updates'];
  claims('read-after-write', [
    ['stickiness shows a session its write', 'session-stickiness', 'read-any-replica', MISSING],
    ['write-through does', 'write-through', 'read-any-replica', MISSING],
    ['waiting for the version does', 'wait-for-version', 'read-any-replica', MISSING],
    [
      'stickiness costs the primary',
      'read-any-replica',
      'session-stickiness',
      'total of read_after_write.primary.queries',
    ],
    ['waiting costs time', 'read-any-replica', 'wait-for-version', `mean of ${LATENCY}`],
  ]);
  claims('stale-set-race', [
    // Not as printed: deleting first is worse than deleting last.
    [
      'to delete first leaves more stale entries than to delete last',
      'update-then-delete',
      'delete-then-update',
      LASTING,
    ],
    ['a double-checked load mends it', 'double-checked-load', 'delete-then-update', LASTING],
    ['and leaves less than deleting last', 'double-checked-load', 'update-then-delete', LASTING],
    ['a lease mends it', 'lease', 'update-then-delete', LASTING],
    ['a version check does', 'version-check', 'update-then-delete', LASTING],
    // Not as printed: an annotation does not make two systems one.
    ['a put within the transaction is no atomic update', 'version-check', 'put-in-transaction', LASTING],
  ]);
  claims('multi-region', [
    ['local caches answer sooner', 'region-local-ttl', 'single-region-cache', `p50 of ${LATENCY}`],
    ['write fan-out bounds staleness', 'region-local-cache-fanout', 'region-local-ttl', 'max of read.staleness'],
    ['so does that of the stores', 'region-local-write-fanout', 'region-local-ttl', 'max of read.staleness'],
    ['whose writes are near as well', 'region-local-write-fanout', 'region-local-cache-fanout', `p99 of ${LATENCY}`],
    ['at the price of lost updates', 'region-local-cache-fanout', 'region-local-write-fanout', LOST],
  ]);
});

describe('1.7 stampede prevention', () => {
  const HOT = 'total of stampede.hot_key.reads';
  const ACTIVE = 'max of cache.loads.active';
  /** Many expiries of a key. */
  const often = (variant: string): Side => ({ scenario: 'stampede', variant, params: { ttl: s(1), rate: 300 } });
  /** A herd large enough for the slowest of a thousand to be of it. */
  const crowded = (variant: string): Side => ({
    scenario: 'stampede',
    variant,
    params: { length: s(13), rate: 1000 },
  });
  const slow = { loadTime: ms(120), cores: 16, rate: 1000, length: s(13) };
  const protections = ['mutex', 'single-flight', 'coalescing', 'early-expiration', 'soft-ttl'];
  claims('stampede', [
    ...protections.map((name): Claim => [`${name} loads the hot key less than nothing does`, name, 'none', HOT]),
    ['a lock over all instances is stronger than one in each', 'mutex', 'single-flight', HOT],
    ['a lock is contended', 'single-flight', 'mutex', 'total of cache.lock.contended'],
    ['and its waiters wait longer', crowded('single-flight'), crowded('mutex'), `p999 of ${LATENCY}`],
    ['early expiration spares readers the wait', 'early-expiration', 'mutex', `mean of ${LATENCY}`],
    ['at the price of extra load', often('mutex'), often('early-expiration'), HOT],
    ['the printed rule reduces the spike', 'early-expiration-as-printed', 'none', ACTIVE],
    [
      'but its load grows with the time of a load, where XFetch’s does not',
      { scenario: 'stampede', variant: 'early-expiration', params: slow },
      { scenario: 'stampede', variant: 'early-expiration-as-printed', params: slow },
      HOT,
    ],
    // Not as one may read it: a random time to live spreads keys, and one key is not spread.
    ['jitter leaves one key its herd', 'single-flight', 'jitter', ACTIVE],
    // Not as printed: the code that is meant to be single loads once for each reader.
    ['the printed stale-while-revalidate is a stampede', 'soft-ttl', 'soft-ttl-as-printed', HOT],
  ]);
  claims('synchronized-expiry', [
    ['jitter spreads many keys', 'jittered-ttl', 'same-ttl', 'max of db.client.operation.rate'],
    ['and its readers wait less', 'jittered-ttl', 'same-ttl', `p999 of ${LATENCY}`],
  ]);
  const keeping = (absenceTtl: number): Side => ({
    scenario: 'negative-caching',
    variant: 'negative-cache',
    params: { absenceTtl, creations: 10 },
  });
  claims('negative-caching', [
    ['a negative cache avoids misses', 'negative-cache', 'none', 'total of db.client.operations'],
    ['a filter more of them', 'bloom-filter', 'negative-cache', 'total of db.client.operations'],
    ['its time to live must be low', keeping(s(0.5)), keeping(s(4)), 'total of cache.absence.wrong'],
    ['and a low one avoids less', keeping(s(4)), keeping(s(0.5)), 'total of db.client.operations'],
  ]);
});

describe('1.8 hot key mitigation', () => {
  // In the mean: the first seconds of the crowd pass before the alert that the remedies wait for, in every variant alike.
  const [CPU, READS, SHARE] = [
    'mean of cache.shard.cpu.utilization',
    'total of hot_key.reads',
    'max of cache.hot_key.share',
  ];
  const relieving = ['key-replication', 'local-cache', 'write-throttle', 'shuffle-shard'];
  claims('hot-key', [
    ...relieving.map((name): Claim => [`${name} relieves the busiest shard`, name, 'none', CPU]),
    ...relieving.map((name): Claim => [`and who asks through ${name} waits less`, name, 'none', `mean of ${LATENCY}`]),
    ['a local cache takes the key’s share of the commands away', 'local-cache', 'key-replication', SHARE],
    ['a lease spares the store', 'lease', 'none', READS],
    ['a write throttle too', 'write-throttle', 'key-replication', READS],
    ['a local cache is paid for in staleness', 'none', 'local-cache', 'mean of read.stale_ratio'],
    ['and so is a lease', 'none', 'lease', 'mean of read.stale_ratio'],
  ]);
  // Not as printed: where commands are what is short, these two mitigate nothing.
  it('a lease does not relieve the shard', () => alike('hot-key', 'lease', 'none', CPU, 0.01));
  it('a filter of keys that there are not does nothing for one that there is', () =>
    alike('hot-key', 'negative-filter', 'none', CPU, 0.01));
});

describe('appendix: a runbook for cache flush', () => {
  const [RATE, ERRORS] = ['max of db.client.operation.rate', 'total of http.client.request.errors'];
  claims('cache-flush', [
    [
      'a ring moves fewer keys than remainders',
      'node-loss-consistent-hash',
      'node-loss-modulo',
      'total of cache.keys.moved',
    ],
    ['and fewer users feel it', 'node-loss-consistent-hash', 'node-loss-modulo', ERRORS],
    ['a cap has fewer users turned away than a store that is swamped', 'load-cap', 'flush-all', ERRORS],
    [
      'a warm-up spares the store its peak',
      { scenario: 'cache-flush', variant: 'warm-up', params: { length: s(13), warmFor: s(6) } },
      { scenario: 'cache-flush', variant: 'flush-all' },
      RATE,
    ],
  ]);
});
