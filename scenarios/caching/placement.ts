/**
 * Where a cache is placed: six layers between a user and the disk, any of which may keep a copy.
 *
 *     users --> browsers --> edge-1, edge-2 --> gateway --> app-1 … app-n --> cache
 *                                                  ^            ^    \-----> database (pages in memory, disk)
 *     editors --> publisher --> database           '-- purges --'
 *
 * The same requests and updates in all variants. The edge is near the users and the rest is far from them. There is no
 * variant without the database's own pages in memory, since there is no such database.
 */
import {
  answerMeter,
  atLeast,
  atMost,
  cacheInMemory,
  cacheSignals,
  CacheServer,
  constant,
  defineScenario,
  defineSignal,
  entryOf,
  gamma,
  guardrail,
  HttpCache,
  lasting,
  layerAnswered,
  layerSignals,
  Link,
  mean,
  mixture,
  ms,
  OpenLoopClient,
  PagedDatabase,
  peak,
  poisson,
  quantile,
  roundRobin,
  rowReturned,
  s,
  Service,
  StalenessMeter,
  TieredReader,
  total,
  uniform,
  zipfPopularity,
  type Balancer,
  type CacheControl,
  type DatabaseQuery,
  type Distribution,
  type Endpoint,
  type HttpGet,
  type HttpResponse,
  type Measure,
  type Purge,
  type RequestContext,
  type Row,
  type Simulation,
} from '../../sim-core/index.ts';
import { orNothing } from './application/oldest.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { nearby, SHAPE } from '../application/distances.ts';
import { COMMAND_TIME } from './application/wiring.ts';
import * as limits from './placement/limits.ts';
import { ASSETS, params, POPS, type Values } from './placement/params.ts';
import { publisher } from './placement/publisher.ts';

const shareOf = (layer: string): string => `layer.share.${layer}`;
const timeOf = (layer: string): string => `layer.duration.${layer}`;
const unseenAt = (layer: string): string => `layer.staleness.${layer}`;
const ASSETS_NEAR = 'placement.assets.near';
const ASSETS_STALE = 'placement.assets.stale';
const LATENCY = 'http.client.request.duration';
const STORE_RATE = 'db.client.operation.rate';

const YEAR = s(31_536_000);
/** URLs that name a version are numbered behind all others. */
const VERSIONS = 1_000_000;

const assetSignals = [
  defineSignal({
    name: ASSETS_NEAR,
    kind: 'ratio',
    unit: '1',
    help: 'Share of the answers to requests for assets that a browser or the edge gave',
    fact: layerAnswered,
    where: ({ key }) => key < ASSETS,
    counts: ({ layer }) => layer === 'client' || layer === 'edge',
  }),
  defineSignal({
    name: ASSETS_STALE,
    kind: 'counter',
    unit: '{answer}',
    help: 'Assets that had been replaced before they were asked for',
    fact: rowReturned,
    where: ({ key, behind }) => key < ASSETS && behind > 0,
  }),
];

const cdn = { edge: true, app: true, distributed: true };
// What an instance keeps is of use only if it outlives the gateway's copy, and there is room for it until then.
const all = { ...cdn, client: true, gateway: true, appTtl: s(20), appCapacity: 4000 };
/** The price of a copy is the same wherever one is kept; without one nothing is late. */
const UNSEEN = 'The price: how long an update is not seen';
const latest = (signal: string): Measure => orNothing(peak(signal));
const purgedAt = (layer: string) => atMost(latest(unseenAt(layer)), limits.purged);

export default defineScenario({
  id: 'placement',
  section: '1.2',
  title: 'Where to put the cache',
  question:
    'Six layers may keep a copy between a user and the disk. Who answers, how fast, and who still shows the old one?',
  params,
  variants: {
    none: {},
    'app-local': { app: true },
    // The working set in one instance's memory, and as large as that of all four: copies that live on, so that room alone decides.
    'app-local-fits': { app: true, appTtl: s(60), keys: 160 },
    'app-local-outgrown': { app: true, appTtl: s(60), keys: 760 },
    distributed: { distributed: true },
    'cdn-app-distributed': cdn,
    'all-six-layers': all,
    'all-six-layers-purged': { ...all, purge: 'inside-out' },
    'versioned-assets': { ...all, versioned: true },
  },
  roles: {
    none: 'pitfall',
    'app-local': 'alternative',
    'app-local-fits': 'alternative',
    'app-local-outgrown': 'alternative',
    distributed: 'remedy',
    'cdn-app-distributed': 'remedy',
    'all-six-layers': 'pitfall',
    'all-six-layers-purged': 'remedy',
    'versioned-assets': 'remedy',
  },
  repairs: {
    distributed: 'none',
    'cdn-app-distributed': 'none',
    'all-six-layers-purged': 'all-six-layers',
    'versioned-assets': 'all-six-layers',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(500),
  openAt: s(12.8),
  system,
  signals: [...cacheSignals, ...layerSignals, ...assetSignals],
  whileRunning: {
    rate: sentBy('rate', 'users'),
    writes: sentBy('writes', 'editors'),
    queryTime: workedOffBy('queryTime', 'database'),
  },
  charts: [
    ...['client', 'edge', 'gateway', 'app', 'distributed', 'buffer_pool', 'disk'].map(shareOf),
    LATENCY,
    STORE_RATE,
    unseenAt('client'),
    unseenAt('edge'),
  ],
  expect: {
    none: [atLeast(mean(STORE_RATE), limits.everything), atLeast(quantile(LATENCY, 'p50'), limits.wholeWay)],
    'app-local': [atMost(mean(shareOf('app')), limits.appShare), atMost(latest(unseenAt('app')), limits.unseenInApp)],
    'app-local-fits': [
      atLeast(mean(shareOf('app')), limits.appShareLeast),
      atMost(mean(STORE_RATE), limits.fittingLoads),
    ],
    'app-local-outgrown': [
      atMost(mean(shareOf('app')), limits.appShare),
      atLeast(mean(STORE_RATE), limits.outgrownLoads),
    ],
    distributed: [
      atLeast(mean(shareOf('distributed')), limits.sharedShare),
      atMost(mean(STORE_RATE), limits.sharedLoads),
      guardrail(atMost(latest(unseenAt('distributed')), limits.unseenInShared), UNSEEN),
    ],
    'cdn-app-distributed': [
      atLeast(mean(shareOf('edge')), limits.edgeShare),
      guardrail(atMost(latest(timeOf('edge')), limits.edgeWay), 'Where there is no edge there is no way to it'),
      guardrail(atMost(latest(unseenAt('edge')), limits.unseenAtEdge), UNSEEN),
    ],
    'all-six-layers': [
      atMost(latest(timeOf('client')), 0),
      atMost(latest(unseenAt('client')), limits.unseenByClients),
      atMost(latest(unseenAt('edge')), limits.unseenAtEdge),
      atLeast(latest(unseenAt('edge')), limits.seenLate),
      atMost(latest(unseenAt('gateway')), limits.unseenAtGateway),
      atMost(latest(unseenAt('app')), limits.unseenInApp),
      atMost(latest(unseenAt('distributed')), limits.unseenInShared),
    ],
    // Nobody can purge a browser: there the time to live is what is left.
    'all-six-layers-purged': [
      ...['edge', 'gateway', 'app', 'distributed'].map(purgedAt),
      guardrail(
        atMost(latest(unseenAt('client')), limits.unseenByClients),
        'What no purge reaches, with it or without',
      ),
    ],
    'versioned-assets': [
      atMost(total(ASSETS_STALE), 0),
      guardrail(atLeast(mean(ASSETS_NEAR), limits.assetsNear), 'New names do not take assets further from their users'),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const database = new PagedDatabase(sim, {
    name: 'database',
    connections: 200,
    queueMax: 10_000,
    cores: p.cores,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
    pages: Math.ceil((ASSETS + p.keys) / p.rowsPerPage),
    buffers: p.buffers,
    readTime: gamma(SHAPE, p.readTime / SHAPE),
    readsAtOnce: 16,
  });
  const cache = p.distributed
    ? new CacheServer<Row>(sim, {
        name: 'cache',
        capacity: p.sharedCapacity,
        eviction: 'lru',
        commandTime: COMMAND_TIME,
      })
    : undefined;

  const control = controlOf(p);
  const readers: TieredReader[] = [];
  const apps = Array.from({ length: p.instances }, (_, i) => {
    const name = `app-${i + 1}`;
    const reader = new TieredReader(sim, {
      instance: name,
      ...(p.app && { local: { capacity: p.appCapacity, ttl: p.appTtl } }),
      ...(cache && { shared: { cache: new Link(sim, cache, { from: name, delay: nearby }), ttl: p.sharedTtl } }),
      store: new Link<DatabaseQuery, Row>(sim, database, { from: name, delay: nearby }),
    });
    readers.push(reader);
    return new Service<HttpGet, HttpResponse>(sim, {
      name,
      help: p.app
        ? `An instance, with room for ${p.appCapacity} rows in its own cache`
        : 'An instance, without a cache',
      concurrency: 400,
      queueMax: 10_000,
      *handle({ query, request }) {
        const { row, layer } = yield* reader.read(query, request);
        return { row, layer, age: 0, control: control(query) };
      },
      onCrash: () => reader.crash(),
      ...(reader.cache && { inside: cacheInMemory(reader.cache) }),
    });
  });

  const site = uniform(limits.SITE_MIN, limits.SITE_MAX);
  const gateway = p.gateway
    ? new HttpCache(sim, {
        name: 'gateway',
        help: 'Stands before the instances and keeps their responses',
        layer: 'gateway',
        capacity: p.gatewayCapacity,
        ...(p.gatewayTtl > 0 && { ttl: p.gatewayTtl }),
        upstream: roundRobin(linksTo(sim, 'gateway', apps, nearby)),
      })
    : undefined;
  const entrances: readonly Endpoint<HttpGet, HttpResponse>[] = gateway === undefined ? apps : [gateway];
  const edges = Array.from({ length: p.edge ? POPS : 0 }, (_, i) => {
    const name = `edge-${i + 1}`;
    return new HttpCache(sim, {
      name,
      help: 'A point of presence of the CDN, near its users',
      layer: 'edge',
      capacity: p.edgeCapacity,
      upstream: roundRobin(linksTo(sim, name, entrances, site)),
    });
  });

  const browsers = browsersOf(sim, p, edges.length > 0 ? edges : entrances, new StalenessMeter(sim, database.history));
  const doorstep = new Link<HttpGet, HttpResponse>(sim, browsers, { from: 'users', delay: constant(0) });
  new OpenLoopClient<HttpResponse, HttpGet>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity: mixture(zipfPopularity(ASSETS, p.exponent), zipfPopularity(p.keys, p.exponent), 1 - p.assetShare),
    asks: (key) => {
      if (!p.versioned || key >= ASSETS) return { url: key, key };
      const version = database.version(key);
      return { url: VERSIONS * (version + 1) + key, key, version };
    },
    target: () => doorstep,
  });

  const publishing = publisher(sim, {
    store: new Link<DatabaseQuery, Row>(sim, database, { from: 'publisher', delay: nearby }),
    ...(p.purge !== 'none' && {
      purges: {
        whom: p.purge,
        shared: cache && new Link(sim, cache, { from: 'publisher', delay: nearby }),
        sharedEntry: (row: Row) => entryOf(row.key, row, sim.now, lasting(p.sharedTtl)),
        layers: [
          purgesOf(sim, readers, nearby),
          purgesOf(sim, gateway ? [gateway] : [], nearby),
          purgesOf(sim, edges, site),
        ],
      },
    }),
  });
  const desk = new Link<DatabaseQuery, Row>(sim, publishing, { from: 'editors', delay: nearby });
  new OpenLoopClient<Row, DatabaseQuery>(sim, {
    name: 'editors',
    arrivals: poisson(p.writes),
    popularity: mixture(zipfPopularity(ASSETS, 0), zipfPopularity(p.keys, 0), 1 - p.assetShare),
    asks: (key) => ({ operation: 'write', key }),
    target: () => desk,
  });
}

/** What the application says of a response. */
function controlOf(p: Values): (get: HttpGet) => CacheControl {
  const changing = { maxAge: p.maxAge, sMaxAge: p.sMaxAge, staleWhileRevalidate: p.whileRevalidate };
  const lasting = { maxAge: YEAR, immutable: true };
  return ({ version }) => (version === undefined ? changing : lasting);
}

/** The users' browsers: who a user is and whether he reloads belongs to the request. */
function browsersOf(
  sim: Simulation,
  p: Values,
  ends: readonly Endpoint<HttpGet, HttpResponse>[],
  staleness: StalenessMeter,
): HttpCache {
  const whose = sim.keyedRandom('users/who');
  const reloads = sim.keyedRandom('users/reloads');
  const userOf = ({ id }: RequestContext): number => Math.floor(whose.of(id).next() * p.users);
  // Without an edge the way to the site is as long as over it.
  const delay = p.edge
    ? uniform(limits.EDGE_MIN, limits.EDGE_MAX)
    : uniform(limits.EDGE_MIN + limits.SITE_MIN, limits.EDGE_MAX + limits.SITE_MAX);
  const links = linksTo(sim, 'browsers', ends, delay);
  const nearest: Balancer<HttpGet, HttpResponse> = (request) => links[userOf(request) % links.length];
  const answered = answerMeter(sim);
  return new HttpCache(sim, {
    name: 'browsers',
    help: p.client ? `The browsers of ${p.users} users, each with a cache of its own` : 'Browsers that keep nothing',
    layer: 'client',
    capacity: p.client ? p.clientCapacity : 0,
    users: { count: p.users, of: userOf, reloads: ({ id }) => reloads.of(id).next() < p.reloads },
    upstream: p.edge ? nearest : roundRobin(links),
    onAnswer: (response, request) => {
      answered(response, request);
      staleness.measure(response.layer, response.row, request);
    },
  });
}

const linksTo = (
  sim: Simulation,
  from: string,
  ends: readonly Endpoint<HttpGet, HttpResponse>[],
  delay: Distribution,
): Link<HttpGet, HttpResponse>[] => ends.map((end) => new Link(sim, end, { from, delay }));

const purgesOf = (
  sim: Simulation,
  ends: readonly { readonly purges: Endpoint<Purge, void> }[],
  delay: Distribution,
): Link<Purge, void>[] => ends.map(({ purges }) => new Link(sim, purges, { from: 'publisher', delay }));
