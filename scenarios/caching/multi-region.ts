/**
 * Several regions: users in Virginia, Hong Kong and Cape Town read and write the same rows.
 *
 *     single region   users of three regions --> app-us --> cache-us, database
 *     local TTL       users --> app of their region --> cache of their region, database in Virginia
 *     cache fan-out   the same, and the database tells the caches of all regions what it commits
 *     fan-out         users --> app of their region --> store of their region --> wan --> the other stores
 *
 * The same reads and writes go through all of them. What is measured is how long an answer takes, how old it is, and what
 * becomes of writes that cross on their way.
 */
import {
  atEnd,
  atLeast,
  atMost,
  BACKGROUND,
  CacheServer,
  constant,
  Database,
  defineScenario,
  gamma,
  hardTtl,
  Link,
  mean,
  ms,
  OpenLoopClient,
  peak,
  perform,
  poisson,
  quantile,
  RegionalStore,
  RegionBook,
  regionSignals,
  regionWritten,
  RequestContext,
  roundRobin,
  s,
  Service,
  setIfNewer,
  StalenessMeter,
  stalenessSignals,
  Steps,
  total,
  Transactions,
  uniform,
  versionCheck,
  VersionHistory,
  Wan,
  zipfPopularity,
  type Behaviour,
  type CacheCommand,
  type CachePattern,
  type CacheReply,
  type DatabaseQuery,
  type Distribution,
  type Measure,
  type Place,
  type Row,
  type Simulation,
  type Statement,
} from '../../sim-core/index.ts';
import { sentBy } from '../application/settings.ts';
import { nearby, SHAPE } from '../application/distances.ts';
import { orNothing } from './application/oldest.ts';
import { COMMAND_TIME, usersWay } from './application/wiring.ts';
import * as limits from './multi-region/limits.ts';
import * as regional from './multi-region/regional-limits.ts';
import { REGIONS, roundTripOf, type Region } from './multi-region/limits.ts';
import { params, type Values } from './multi-region/params.ts';
import {
  appIn,
  cacheIn,
  hitRatioIn,
  readersOf,
  readTimeIn,
  signalsByRegion,
  stalenessIn,
} from './multi-region/signals.ts';

const STALE = 'read.stale';
const AGE = 'read.staleness';
const FAR_REGIONS = REGIONS.slice(1);
const LATENCY = 'http.client.request.duration';
const LOST = 'region.lost_updates';
const DIVERGENT = 'region.divergent_keys';

/** The age of what a region shows; nothing where it showed nothing stale. */
const oldestIn = (region: Region): Measure => orNothing(peak(stalenessIn(region)));
const halfOfReadsIn = (region: Region): Measure => quantile(readTimeIn(region), 'p50');

export default defineScenario({
  id: 'multi-region',
  section: '1.5',
  title: 'Multi-region',
  question:
    'Users on three continents share the same rows. Who waits, who is shown something old, and whose write is lost?',
  params,
  variants: {
    'single-region-cache': { way: 'single-region' },
    'region-local-ttl': { way: 'local-ttl' },
    'region-local-cache-fanout': { way: 'cache-fanout' },
    'region-local-write-fanout': { way: 'fanout' },
    'fanout-under-partition': { way: 'fanout', partition: s(6) },
  },
  roles: {
    'single-region-cache': 'alternative',
    'region-local-ttl': 'alternative',
    'region-local-cache-fanout': 'alternative',
    'region-local-write-fanout': 'alternative',
    'fanout-under-partition': 'fault',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(250),
  openAt: s(15.5),
  system,
  signals: [...stalenessSignals, ...regionSignals, ...signalsByRegion],
  whileRunning: {
    reads: sentBy('reads', ...REGIONS.map(readersOf)),
    writes: sentBy('writes', ...REGIONS.map((region) => `writers-${region}`)),
  },
  charts: [
    LATENCY,
    ...REGIONS.map(readTimeIn),
    ...REGIONS.map(hitRatioIn),
    'read.stale_ratio',
    AGE,
    ...REGIONS.map(stalenessIn),
    DIVERGENT,
    LOST,
  ],
  places: placesOf(),
  expect: {
    'single-region-cache': [
      atMost(total(STALE), limits.overtaken),
      atLeast(quantile(LATENCY, 'p99'), limits.farRoundTrip),
      atMost(halfOfReadsIn('us'), limits.nearby),
      ...FAR_REGIONS.map((region) => atLeast(halfOfReadsIn(region), regional.roundTripTo(region))),
    ],
    'region-local-ttl': [
      atMost(peak(AGE), limits.ttlAndWay),
      atLeast(peak(AGE), limits.halfATtl),
      ...REGIONS.flatMap((region) => [
        atLeast(mean(hitRatioIn(region)), regional.hitsByOwnWrites(region)),
        atMost(oldestIn(region), regional.ttlAndWayTo(region)),
      ]),
      // A miss goes to Virginia and back.
      ...FAR_REGIONS.map((region) => atLeast(quantile(readTimeIn(region), 'p99'), regional.missesTravelFrom(region))),
    ],
    // Who reads waits for nothing and is shown nothing older than the way; who writes waits for the way.
    'region-local-cache-fanout': [
      atMost(peak(AGE), limits.toldTheCaches),
      atLeast(total(STALE), limits.staleOnTheWay),
      atMost(quantile(LATENCY, 'p50'), limits.nearby),
      atLeast(quantile(LATENCY, 'p99'), limits.writesTravel),
      atMost(total(LOST), 0),
      ...REGIONS.flatMap((region) => [
        atLeast(mean(hitRatioIn(region)), regional.hitsByAllWrites(region)),
        atMost(oldestIn(region), regional.toldTheCacheOf(region)),
      ]),
    ],
    'region-local-write-fanout': [
      atMost(peak(AGE), limits.fannedOut),
      atMost(quantile(LATENCY, 'p99'), limits.nearby),
      atMost(total(LOST), limits.lostMost),
      atLeast(total(LOST), limits.lostLeast),
      atMost(atEnd(DIVERGENT), limits.convergedMost),
      ...REGIONS.map((region) => atMost(oldestIn(region), regional.wayInto(region))),
    ],
    'fanout-under-partition': [
      atMost(peak(AGE), limits.fannedOut),
      atLeast(peak(AGE), limits.halfTheCut),
      atMost(quantile(LATENCY, 'p99'), limits.nearby),
      // Who is cut off is shown what is old, and so is everybody else of what is written there.
      ...REGIONS.map((region) => atLeast(oldestIn(region), limits.halfTheCut)),
      atLeast(total(LOST), limits.lostInTheCut),
      atLeast(peak(DIVERGENT), limits.divergentLeast),
      atMost(atEnd(DIVERGENT), limits.convergedMost),
    ],
  },
});

interface Regions {
  /** By region, in their order; Virginia's alone where there is a single one. */
  readonly apps: readonly Service<DatabaseQuery, Row>[];
}

function system(sim: Simulation, p: Values): void {
  const { apps } = p.way === 'fanout' ? fannedOut(sim, p) : withDatabase(sim, p);
  REGIONS.forEach((region, i) => {
    const isHere = i < apps.length;
    const users = (name: string, operation: DatabaseQuery['operation'], rate: number): void => {
      const delay = isHere ? usersWay(p) : wayBetween(p, region, REGIONS[0]);
      const app = isHere ? apps[i] : apps[0];
      new OpenLoopClient<Row, DatabaseQuery>(sim, {
        name,
        arrivals: poisson(rate),
        popularity: zipfPopularity(p.keys, 0),
        asks: (key) => ({ operation, key }),
        target: roundRobin([new Link<DatabaseQuery, Row>(sim, app, { from: name, delay, timeout: s(5) })]),
      });
    };
    users(readersOf(region), 'read', p.reads);
    users(`writers-${region}`, 'write', p.writes);
  });
}

/** A row a region, the world's between them: who asks, who answers, what they keep, and the way to the others. */
function placesOf(): Record<string, Place> {
  const rows = REGIONS.flatMap((region, i): [string, Place][] => {
    const y = 2 * (i - 1);
    return [
      [readersOf(region), { x: 0, y: y - 0.5 }],
      [`writers-${region}`, { x: 0, y: y + 0.5 }],
      [appIn(region), { x: 1, y }],
      [cacheIn(region), { x: 2, y: y + 0.5 }],
      [`store-${region}`, { x: 2, y }],
    ];
  });
  return Object.fromEntries([...rows, ['database', { x: 2, y: -2.5 }], ['wan', { x: 3, y: 0 }]]);
}

/** One database, in Virginia; a cache there alone, or one in each region, which hears of what is committed or does not. */
function withDatabase(sim: Simulation, p: Values): Regions {
  const caches: Tell[] = [];
  let commits = 0;
  const database = new Database(sim, {
    name: 'database',
    connections: 200,
    queueMax: 10_000,
    cores: 4,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
    onCommit(row) {
      const nobody = new RequestContext(BACKGROUND + commits++, sim.now);
      took(row, nobody);
      for (const tell of caches) tell(row, nobody);
    },
  });
  const took = takenBy(sim, 'database');
  const transactions = new Transactions(database, { abortShare: 0, idleMax: s(5) });
  const staleness = new StalenessMeter(sim, database.history);
  const regions = p.way === 'single-region' ? REGIONS.slice(0, 1) : REGIONS;
  const apps = regions.map((region) => {
    const name = appIn(region);
    const cache = new CacheServer<Row>(sim, {
      name: cacheIn(region),
      capacity: p.keys,
      eviction: 'lru',
      commandTime: COMMAND_TIME,
    });
    const steps = new Steps(sim, {
      instance: name,
      cache: new Link(sim, cache, { from: name, delay: nearby }),
      store: new Link(sim, transactions, { from: name, delay: wayBetween(p, region, REGIONS[0]) }),
      expiry: hardTtl(p.ttl),
      preparing: constant(0),
      findsFirst: true,
      doesWithoutCache: true,
    });
    if (p.way === 'cache-fanout') caches.push(fanOutTo(sim, cache, wayBetween(p, region, REGIONS[0]), steps));
    // What a region has written it also sees, and no late load takes that away again.
    return appOf(sim, name, staleness, versionCheck(steps, 0));
  });
  return { apps };
}

type Tell = (row: Row, request: RequestContext) => void;

/** Tells of each write that a store takes whether it lies on one which that store had not heard of, as stores of several regions do. */
function takenBy(sim: Simulation, region: string): Tell {
  const written = sim.facts.channel(regionWritten);
  const heard = new Map<number, number>();
  return ({ key, version }, request) => {
    const unseen = version !== (heard.get(key) ?? 0) + 1;
    heard.set(key, version);
    if (written.heard) written.emit({ region, request: request.id, key, version, unseen });
  };
}

/** Tells a cache of what the database commits: the row goes there, over nothing that is newer. */
function fanOutTo(sim: Simulation, cache: CacheServer<Row>, delay: Distribution, steps: Steps<Statement>): Tell {
  const link = new Link<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: 'database', delay });
  return (row, request) => link.send(setIfNewer(steps.entryOf(row, request)), request);
}

/** A store in each region that takes reads and writes and tells the others. */
function fannedOut(sim: Simulation, p: Values): Regions {
  const book = new RegionBook(sim, new VersionHistory());
  const staleness = new StalenessMeter(sim, book.history);
  const stores = REGIONS.map((region) => new RegionalStore(book, `store-${region}`));
  const regionOf = (store: string): Region => REGIONS[stores.findIndex(({ name }) => name === store)];
  const wan = new Wan<Row>(sim, (from, to) => wayBetween(p, regionOf(from), regionOf(to)));
  for (const store of stores) {
    wan.attach(new Link(sim, store.fanout, { from: wan.name, delay: constant(0) }));
    store.join(new Link(sim, wan, { from: store.name, delay: constant(0) }));
  }
  if (p.partition > 0) {
    const [, far] = stores;
    const [cut, healed] = [`${far.name} is cut off`, `${far.name} is reached again`].map((what) => sim.eventKind(what));
    sim.scheduleAt(limits.CUT_AT, () => far.cut(), undefined, cut);
    sim.scheduleAt(limits.CUT_AT + p.partition, () => far.heal(), undefined, healed);
  }
  const apps = REGIONS.map((region, i) => {
    const name = appIn(region);
    const store = new Link<DatabaseQuery, Row>(sim, stores[i], { from: name, delay: nearby });
    const ask = (operation: DatabaseQuery['operation']) =>
      function* (key: number, request: RequestContext): Behaviour<Row> {
        return yield* store.call({ operation, key }, request);
      };
    return appOf(sim, name, staleness, { read: ask('read'), write: ask('write') });
  });
  return { apps };
}

function appOf(
  sim: Simulation,
  name: string,
  staleness: StalenessMeter,
  pattern: CachePattern,
): Service<DatabaseQuery, Row> {
  return new Service<DatabaseQuery, Row>(sim, {
    name,
    help: 'The application of a region: up to 2,000 requests at once, 2,000 waiting',
    concurrency: 2000,
    queueMax: 2000,
    handle: ({ query, request }) => perform(pattern, query, request, name, staleness),
  });
}

/** One way between two regions, or between machines of one. */
function wayBetween(p: Values, from: Region, to: Region): Distribution {
  const oneWay = roundTripOf(p, from, to) / 2;
  return from === to ? nearby : uniform(oneWay, oneWay * limits.JITTER);
}
