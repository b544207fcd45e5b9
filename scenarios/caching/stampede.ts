/**
 * A cache stampede: one popular key expires, and every reader that misses it loads it from the store.
 *
 *     users --> app-1 … app-n --> cache
 *                         \-----> (coalescer) --> database
 *
 * The cache starts warm: the hot key was stored at the start, the others at moments spread over one time to live, so
 * that nothing but the hot key's expiry stirs the system, but for what variants of the mutex are named after: a holder that dies, or
 * one that stands still for longer than its lease while the row is changed. All variants are asked for the same keys at the same times,
 * and each request's load has the same demand in all of them.
 */
import {
  alsoProtected,
  atLeast,
  atMost,
  CacheServer,
  CoalescingProxy,
  databaseQueried,
  defineScenario,
  defineSignal,
  expiryRuleOf,
  guardrail,
  hotKey,
  Link,
  loadGuardOf,
  LoadLedger,
  loadSignals,
  mean,
  ms,
  peak,
  protectionOf,
  quantile,
  RequestContext,
  s,
  StalenessMeter,
  stalenessSignals,
  SwrCache,
  total,
  zipfPopularity,
  type Cache,
  type ExpiryRule,
  type ProtectionParts,
  type Row,
  type Service,
  type Simulation,
} from '../../sim-core/index.ts';
import { settings } from '../application/settings.ts';
import { nearby } from '../application/distances.ts';
import { readingInstances, COMMAND_TIME, databaseOf, sharedCache, users, type Reading } from './application/wiring.ts';
import { storeBefore } from './application/warm-start.ts';
import { dyingHolder } from './stampede/dying-holder.ts';
import { lateHolder } from './stampede/late-holder.ts';
import * as early from './stampede/early-limits.ts';
import * as limits from './stampede/limits.ts';
import * as printed from './stampede/printed-limits.ts';
import { params, PROTECTIONS, SWR_AS_PRINTED, type Values } from './stampede/params.ts';

const HOT_KEY = 0;
/** What the handbook's class goes by; nothing stands before its loads. */
const PRINTED: ProtectionParts = { rule: 'soft' };
const HOT_READS = 'stampede.hot_key.reads';
const LOADING = 'cache.loads.active';
const CONNECTIONS = 'db.client.connection.count';
const STORE_RATE = 'db.client.operation.rate';
const LATENCY = 'http.client.request.duration';
const ERRORS = 'http.client.request.error_ratio';
const GIVEN_UP = 'http.client.request.errors';
const STALE = 'cache.stale_ratio';
const STALE_READS = 'read.stale';

/** Both rules of soft expiry do so; what differs is how many loads that costs. */
const AT_ONCE = 'Whoever comes before the hard expiry is served what is there';

/** What a stampede is: loads of one key that nobody needed, all at once, more than the store ever sees without. */
const stampedes = [
  atLeast(total(HOT_READS), limits.herd),
  atLeast(peak(LOADING), limits.herdAtOnce),
  atLeast(peak(STORE_RATE), limits.quietRate(0)),
  atLeast(peak(CONNECTIONS), limits.herdConnected),
];

/** The first holder stands still for longer than its lease, and meanwhile the row is changed. */
const LATE = { protection: 'mutex', lease: s(2), poll: ms(50), pause: s(3), changedAt: s(11) } as const;

const hotReads = defineSignal({
  name: HOT_READS,
  kind: 'counter',
  unit: '{operation}',
  help: 'Reads of the hot key that reached the database',
  fact: databaseQueried,
  where: (fact) => fact.key === HOT_KEY,
});

export default defineScenario({
  id: 'stampede',
  section: '1.7',
  title: 'Cache stampede',
  question: 'One popular key expires. How many loads of it reach the store before it is cached again?',
  params,
  variants: {
    ...(Object.fromEntries(PROTECTIONS.map((protection) => [protection, { protection }])) as Record<
      Values['protection'],
      Pick<Values, 'protection'>
    >),
    'early-mutex-jitter': { protection: 'early-expiration', jitters: true, singleFlight: true, mutex: true },
    'mutex-holder-dies': { protection: 'mutex', holderDies: true, lease: s(2), poll: ms(50) },
    'mutex-holder-late': LATE,
    'mutex-fenced': { ...LATE, fenced: true },
  },
  roles: {
    none: 'pitfall',
    mutex: 'remedy',
    'single-flight': 'remedy',
    coalescing: 'remedy',
    'early-expiration': 'remedy',
    'early-expiration-as-printed': 'alternative',
    jitter: 'control',
    'soft-ttl': 'remedy',
    'soft-ttl-as-printed': 'pitfall',
    'early-mutex-jitter': 'remedy',
    // Nothing here repairs it: a lease bounds it, and a shorter one than a load lets a second loader in.
    'mutex-holder-dies': 'fault',
    'mutex-holder-late': 'pitfall',
    'mutex-fenced': 'remedy',
  },
  repairs: {
    mutex: 'none',
    'single-flight': 'none',
    coalescing: 'none',
    'early-expiration': 'none',
    'early-mutex-jitter': 'none',
    'soft-ttl': 'soft-ttl-as-printed',
    'mutex-fenced': 'mutex-holder-late',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(10.3),
  system,
  signals: [...loadSignals, ...stalenessSignals, hotReads],
  whileRunning: settings,
  // The widest remedy sets four things; of what is done by hand one has to be enough.
  exercises: { none: { deedsMax: 1 } },
  charts: [
    'cache.hit_ratio',
    LOADING,
    STORE_RATE,
    CONNECTIONS,
    LATENCY,
    ERRORS,
    'http.server.active_requests',
    'cache.lock.contended',
    STALE_READS,
  ],
  expect: {
    none: [...stampedes, atLeast(quantile(LATENCY, 'p999'), limits.quietLatency), atLeast(total(GIVEN_UP), 1)],
    mutex: [
      atMost(total(HOT_READS), limits.onePerExpiry),
      atMost(peak(LOADING), limits.quietAtOnce(1)),
      atMost(peak(STORE_RATE), limits.quietRate(1)),
      atMost(quantile(LATENCY, 'p999'), limits.quietLatency),
      atMost(mean(ERRORS), 0),
    ],
    // Blocked for a lease, and no longer.
    'mutex-holder-dies': [
      atMost(total(HOT_READS), limits.onceMore),
      atLeast(total(GIVEN_UP), limits.blockedLeast),
      atMost(total(GIVEN_UP), limits.blockedMost),
    ],
    // The next holder has stored what is new, and then the late one what is old: for a time to live.
    'mutex-holder-late': [
      atMost(total(HOT_READS), limits.onceMore),
      atLeast(total(STALE_READS), limits.staleAfterLate),
    ],
    'mutex-fenced': [
      guardrail(atMost(total(HOT_READS), limits.onceMore), 'A lease lets a second loader in, and no third'),
      atMost(total(STALE_READS), limits.noneStale),
    ],
    'single-flight': [
      atMost(total(HOT_READS), limits.twoPerInstance),
      atMost(peak(LOADING), limits.quietAtOnce(limits.perInstance)),
      atMost(peak(STORE_RATE), limits.quietRate(limits.perInstance)),
      atMost(quantile(LATENCY, 'p999'), limits.quietLatency),
      atMost(mean(ERRORS), 0),
    ],
    // All readers of the herd load, and meet at the proxy: what is few is what comes out of it.
    coalescing: [
      atMost(total(HOT_READS), limits.twoPerExpiry),
      atMost(peak(CONNECTIONS), limits.quietAtOnce(2)),
      atMost(peak(STORE_RATE), limits.quietRate(2)),
      atMost(quantile(LATENCY, 'p999'), limits.quietLatency),
      atMost(mean(ERRORS), 0),
    ],
    'early-expiration': [
      atMost(total(HOT_READS), early.xfetchLoads),
      atMost(peak(LOADING), early.xfetchUnderWay),
      atMost(peak(STORE_RATE), limits.quietRate(early.xfetchAtOnce)),
      atMost(quantile(LATENCY, 'p999'), limits.quietLatency),
      atMost(mean(ERRORS), 0),
    ],
    'early-expiration-as-printed': [
      atLeast(total(HOT_READS), limits.moreThanOnePerExpiry),
      atMost(total(HOT_READS), early.linearLoads),
      atMost(mean(ERRORS), 0),
    ],
    // One loads, of all readers; nobody waits for him but who would load as well, and that one for nothing but his own.
    'early-mutex-jitter': [
      atMost(total(HOT_READS), early.oncePerLife),
      atMost(peak(LOADING), limits.quietAtOnce(1)),
      atMost(peak(STORE_RATE), limits.quietRate(1)),
      atMost(quantile(LATENCY, 'p999'), limits.quietLatency),
      atMost(mean(ERRORS), 0),
    ],
    jitter: [...stampedes, atLeast(quantile(LATENCY, 'p999'), limits.quietLatency), atLeast(total(GIVEN_UP), 1)],
    'soft-ttl': [
      atMost(total(HOT_READS), limits.twoPerInstance),
      atMost(peak(LOADING), limits.quietAtOnce(limits.perInstance)),
      atMost(peak(STORE_RATE), limits.quietRate(limits.perInstance)),
      guardrail(atMost(quantile(LATENCY, 'p999'), limits.oneLoad), AT_ONCE),
      guardrail(atMost(mean(ERRORS), 0), AT_ONCE),
      guardrail(atLeast(mean(STALE), limits.staleLookups), 'The price: what is served is old, by either rule'),
    ],
    // Late readers' refreshes load, as many at once as there are threads for them; and until the hard expiry nobody feels it.
    'soft-ttl-as-printed': [
      atLeast(total(HOT_READS), printed.lateReads),
      atLeast(peak(LOADING), printed.refreshesAtOnce),
      atLeast(peak(CONNECTIONS), printed.refreshesConnected),
      atMost(quantile(LATENCY, 'p999'), printed.oneLoadWhileServed),
      atMost(mean(ERRORS), printed.noneWhileServed),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const isPrinted = p.protection === SWR_AS_PRINTED;
  const protection = alsoProtected(isPrinted ? PRINTED : protectionOf(p.protection), p);
  const database = databaseOf(sim, p);
  const cache = new CacheServer<Row>(sim, {
    name: 'cache',
    capacity: p.capacity,
    eviction: p.eviction,
    commandTime: COMMAND_TIME,
  });
  const plain = loadGuardOf(protection, p);
  const pause = { key: HOT_KEY, after: Math.round(p.loadTime / 4), lasts: p.pause };
  const guard = p.pause > 0 ? lateHolder(sim, plain, pause) : plain;
  const reading: Reading = {
    cache: sharedCache(sim, cache),
    store:
      protection.coalesces === true
        ? new CoalescingProxy(sim, 'coalescer', new Link(sim, database, { from: 'coalescer', delay: nearby }))
        : database,
    expiry: (instance) => expiryRuleOf(protection, sim, instance, p),
    guard: p.holderDies
      ? dyingHolder(sim, guard, {
          key: HOT_KEY,
          after: Math.round(p.loadTime / 4),
          downtime: p.downtime,
          apps: () => apps,
        })
      : guard,
    ...(p.changedAt > 0 && { staleness: new StalenessMeter(sim, database.history) }),
  };
  const maps: SwrCache[] = [];
  const apps: Service<number, Row>[] = isPrinted
    ? readingInstances(sim, p, reading, swrReaders(sim, p, reading, maps))
    : readingInstances(sim, p, reading);
  if (p.changedAt > 0) {
    const change = (): void => void database.access('write', HOT_KEY);
    sim.scheduleAt(p.changedAt, change, undefined, sim.eventKind('the hot key’s row is changed'));
  }
  warm(sim, isPrinted ? maps : [cache], expiryRuleOf(protection, sim, 'before the start', p), p);
  users(sim, p, apps, hotKey(p.hotShare, zipfPopularity(p.keys, p.exponent)));
}

/** What makes the readers of the handbook's class, one in each process; nothing but locks is asked of the shared cache. */
function swrReaders(sim: Simulation, p: Values, reading: Reading, maps: SwrCache[]): (instance: string) => SwrCache {
  const ledger = new LoadLedger();
  return (instance) => {
    const map = new SwrCache(sim, {
      instance,
      keys: p.keys + 1,
      expiry: reading.expiry(instance),
      store: new Link(sim, reading.store, { from: instance, delay: nearby }),
      threads: p.threads,
      guard: reading.guard,
      locks: reading.cache(instance),
      ledger,
    });
    maps.push(map);
    return map;
  };
}

/** Fills the caches: the hot key is stored now, the others were at moments spread over the last time to live. */
function warm(sim: Simulation, caches: readonly { readonly cache: Cache<Row> }[], expiry: ExpiryRule, p: Values): void {
  const ages = sim.random('ages of the entries at the start');
  const room = caches[0].cache.capacity;
  for (let key = Math.min(p.keys, room - 1); key >= 0; key--) {
    for (const each of caches) {
      const age = key === 0 ? 0 : Math.floor(ages.next() * p.ttl);
      const { soft, hard } = expiry.lifetime(new RequestContext(key, 0), key);
      const left = { soft: Math.max(0, soft - age), hard: Math.max(0, hard - age) };
      storeBefore(each, key, left, p.loadTime);
    }
  }
}
