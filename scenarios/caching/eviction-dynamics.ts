/**
 * Eviction under disturbance: a nightly scan goes through a cache that users have warmed, and later other keys become
 * popular. How deep does the hit ratio dip, how long does it take to come back, and who feels it? And: critical data
 * (the users') and other data (a batch's) in one cache, or in one for each: out of the same room, or with a time to live
 * of its own.
 *
 *     users --> app --> cache [--> batch-cache]
 *     batch ----^  \--> database
 *
 * In all variants users ask for the same keys at the same times.
 */
import {
  atEnd,
  atLeast,
  atMost,
  behind,
  CacheAside,
  cacheLookup,
  CacheServer,
  clientOf,
  Database,
  defineScenario,
  defineSignal,
  dipSignals,
  during,
  firstSince,
  gamma,
  hardTtl,
  HitRatioAlert,
  hitRatioAlertSignals,
  HitRatioDips,
  Link,
  LoadLedger,
  loadSignals,
  loop,
  mean,
  noGuard,
  OpenLoopClient,
  peak,
  poisson,
  roundRobin,
  s,
  Service,
  uniformArrivals,
  zipfPopularity,
  type CacheCommand,
  type CacheReply,
  type DatabaseQuery,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { sentBy, settings } from '../application/settings.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { COMMAND_TIME } from './application/wiring.ts';
import * as alert from './eviction-dynamics/alert.ts';
import * as limits from './eviction-dynamics/limits.ts';
import { movesAt, params, scanEnds, usersCapacity, type Values } from './eviction-dynamics/params.ts';

const USERS_HITS = 'cache.hit_ratio.users';
const BATCH_HITS = 'cache.hit_ratio.batch';
const SCAN_DEPTH = 'cache.dip.scan.depth';
const SCAN_TIME = 'cache.dip.scan.duration';
const DEPTH = 'cache.dip.depth';
const MOVE_DEPTH = 'cache.dip.move.depth';
const MOVE_TIME = 'cache.dip.move.duration';

/** The clients, in the order in which they are made. */
const [USERS, BATCH] = [0, 1];

/** Users' keys are numbered before the batch's. */
const hitRatios = [
  defineSignal({
    name: USERS_HITS,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the users’ lookups that hit',
    fact: cacheLookup,
    where: ({ request }) => clientOf(request) === USERS,
    counts: ({ outcome }) => outcome === 'hit',
  }),
  defineSignal({
    name: BATCH_HITS,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the batch’s lookups that hit',
    fact: cacheLookup,
    where: ({ request }) => clientOf(request) === BATCH,
    counts: ({ outcome }) => outcome === 'hit',
  }),
];

/** Both all day, and room for all of their keys, in one cache or in two: what misses there are come of expiry. */
const ROOM_FOR_ALL = {
  batch: 'all-day',
  rate: 400,
  batchRate: 300,
  batchKeys: 2000,
  capacity: 4000,
  usersShare: 0.5,
  ttl: s(2),
  batchTtl: s(600),
} as const;

/** Neither the scan nor the move hurts for long. */
const withstands = [
  atMost(peak(SCAN_TIME), limits.scanHardlySeen),
  atMost(peak(SCAN_DEPTH), limits.scanDepthKept),
  atMost(peak(MOVE_TIME), limits.halfOfTheRest),
  atMost(atEnd(DEPTH), limits.depthOfNoDip),
];

const untilAlert = firstSince('cache.hit_ratio.alerts', alert.scanBegins);
/** And nobody is woken for a scan. */
const keepsScansOut = [...withstands, atLeast(untilAlert, alert.silentUntilTheMove)];

export default defineScenario({
  id: 'eviction-dynamics',
  section: '1.3',
  title: 'A scan, and a move',
  question:
    'A nightly job reads a table through the cache, and an hour later other things are popular. Who recovers, and when?',
  params,
  variants: {
    lru: { eviction: 'lru' },
    lfu: { eviction: 'lfu' },
    'lfu-with-aging': { eviction: 'lfu-aging' },
    slru: { eviction: 'slru' },
    '2q': { eviction: '2q' },
    arc: { eviction: 'arc' },
    lirs: { eviction: 'lirs' },
    sieve: { eviction: 'sieve' },
    's3-fifo': { eviction: 's3-fifo' },
    'w-tinylfu': { eviction: 'w-tinylfu' },
    'shared-with-batch': { batch: 'all-day', rate: 400, batchRate: 300 },
    'separate-caches': { batch: 'all-day', rate: 400, batchRate: 300, layout: 'separate' },
    'separate-evictions': {
      batch: 'all-day',
      rate: 400,
      batchRate: 300,
      layout: 'separate',
      batchEviction: 'lfu',
    },
    'one-ttl': ROOM_FOR_ALL,
    'a-ttl-for-each': { ...ROOM_FOR_ALL, layout: 'separate' },
  },
  roles: {
    lru: 'pitfall',
    lfu: 'pitfall',
    'lfu-with-aging': 'remedy',
    slru: 'remedy',
    '2q': 'remedy',
    arc: 'remedy',
    lirs: 'remedy',
    sieve: 'remedy',
    's3-fifo': 'remedy',
    'w-tinylfu': 'remedy',
    'shared-with-batch': 'pitfall',
    'separate-caches': 'remedy',
    'separate-evictions': 'remedy',
    'one-ttl': 'pitfall',
    'a-ttl-for-each': 'remedy',
  },
  repairs: {
    'lfu-with-aging': 'lfu',
    slru: 'lru',
    '2q': 'lru',
    arc: 'lru',
    lirs: 'lru',
    sieve: 'lru',
    's3-fifo': 'lru',
    'w-tinylfu': 'lfu',
    'separate-caches': 'shared-with-batch',
    'separate-evictions': 'shared-with-batch',
    'a-ttl-for-each': 'one-ttl',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: limits.INTERVAL,
  openAt: s(10.5),
  system,
  signals: [...loadSignals, ...dipSignals(['scan', 'move']), ...hitRatios, ...hitRatioAlertSignals],
  whileRunning: { ...settings, batchRate: sentBy('batchRate', 'batch') },
  charts: [
    USERS_HITS,
    BATCH_HITS,
    'cache.hit_ratio',
    DEPTH,
    'cache.hit_ratio.alerts.firing',
    'db.client.operation.rate',
    'http.client.request.duration',
    'cache.evictions',
  ],
  expect: {
    // Polluted by the scan, soon at home with the new keys.
    lru: [
      atLeast(peak(SCAN_DEPTH), limits.scanDepth),
      atLeast(peak(SCAN_TIME), limits.scanSeen),
      atMost(peak(MOVE_TIME), limits.lruRecovers),
      atMost(peak(MOVE_DEPTH), limits.lruMoveDepth),
      atMost(untilAlert, alert.firesInScan),
    ],
    // The other way round.
    lfu: [
      atMost(peak(SCAN_TIME), limits.scanHardlySeen),
      atMost(peak(SCAN_DEPTH), limits.scanDepthKept),
      atLeast(peak(MOVE_TIME), limits.lfuStays),
      atLeast(peak(MOVE_DEPTH), limits.lfuMoveDepth),
      atLeast(atEnd(DEPTH), limits.lfuDepthAtEnd),
    ],
    'lfu-with-aging': withstands,
    slru: keepsScansOut,
    '2q': keepsScansOut,
    arc: keepsScansOut,
    lirs: keepsScansOut,
    sieve: keepsScansOut,
    's3-fifo': keepsScansOut,
    'w-tinylfu': withstands,
    'shared-with-batch': [atMost(mean(USERS_HITS), limits.usersShared), atLeast(mean(BATCH_HITS), limits.batchShared)],
    // The price is the batch's.
    'separate-caches': [
      atLeast(mean(USERS_HITS), limits.usersSeparate),
      atMost(mean(BATCH_HITS), limits.batchSeparate),
    ],
    // Each by a policy of its own: most of what the wall costs the batch is had back.
    'separate-evictions': [
      atLeast(mean(USERS_HITS), limits.usersSeparate),
      atLeast(mean(BATCH_HITS), limits.batchByFrequency),
    ],
    // What the users need to be fresh, the batch pays for with loads; in both runs the users' entries live as short.
    'one-ttl': [atMost(mean(USERS_HITS), limits.usersExpiring), atMost(mean(BATCH_HITS), limits.batchExpiring)],
    'a-ttl-for-each': [
      atMost(mean(USERS_HITS), limits.usersExpiring),
      atLeast(mean(BATCH_HITS), limits.batchLoadedOnce),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const database = new Database(sim, {
    name: 'database',
    connections: 100,
    queueMax: 10_000,
    cores: p.cores,
    demand: gamma(SHAPE, p.loadTime / SHAPE),
  });
  const usersRoom = usersCapacity(p);
  const caches = [
    new CacheServer<Row>(sim, { name: 'cache', capacity: usersRoom, eviction: p.eviction, commandTime: COMMAND_TIME }),
  ];
  if (p.layout === 'separate') {
    const capacity = Math.max(1, p.capacity - usersRoom);
    caches.push(
      new CacheServer<Row>(sim, {
        name: 'batch-cache',
        capacity,
        eviction: p.batchEviction,
        commandTime: COMMAND_TIME,
      }),
    );
  }
  const ledger = new LoadLedger();
  const store = new Link<DatabaseQuery, Row>(sim, database, { from: 'app', delay: nearby });
  const readers = caches.map(
    (cache, place) =>
      new CacheAside(sim, {
        instance: `app, ${cache.name}`,
        cache: new Link<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: 'app', delay: nearby }),
        store,
        expiry: hardTtl(place === 0 ? p.ttl : p.batchTtl),
        guard: noGuard,
        ledger,
      }),
  );
  const app = new Service<number, Row>(sim, {
    name: 'app',
    help: 'The application: up to 400 requests at once, 2,000 waiting',
    concurrency: 400,
    queueMax: 2000,
    handle: (call) => (call.query < p.keys ? readers[0] : readers.at(-1)!).read(call.query, call.request),
    onCrash: () => readers.forEach((reader) => reader.crash()),
  });
  const target = (from: string) =>
    roundRobin([new Link<number, Row>(sim, app, { from, delay: faraway, timeout: s(1) })]);
  const users = new OpenLoopClient<Row>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: zipfPopularity(p.keys, p.exponent),
    target: target('users'),
  });
  const isAllDay = p.batch === 'all-day';
  new OpenLoopClient<Row>(sim, {
    name: 'batch',
    arrivals: isAllDay ? poisson(p.batchRate) : during(p.scanAt, scanEnds(p), uniformArrivals(p.batchRate)),
    popularity: behind(p.keys, isAllDay ? zipfPopularity(p.batchKeys, p.batchExponent) : loop(p.batchKeys)),
    target: target('batch'),
  });
  const counts = ({ request }: { readonly request: number }): boolean => clientOf(request) === USERS;
  const { hitRatioLeast: threshold, alertFor } = p;
  new HitRatioAlert(sim, { counts, threshold, window: alert.WINDOW, every: alert.LOOK, for: alertFor });
  new HitRatioDips(sim, {
    counts,
    window: p.watched,
    before: { from: limits.WARM_UP, to: p.scanAt },
    dips: [
      { name: 'scan', from: p.scanAt, to: movesAt(p) },
      { name: 'move', from: movesAt(p), to: Infinity },
    ],
  });
  sim.scheduleAt(movesAt(p), () => users.move(), undefined, sim.eventKind('other keys become popular'));
}
