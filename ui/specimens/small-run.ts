/**
 * A run that one can follow by eye, for specimens of what stands behind the picture: forty requests a second at equal
 * distances, delays and work that never vary, one key in four asked for once only. Nothing in it is drawn, so it is the
 * same whatever the seed. The database has two connections and is slowed at the second second: users give up.
 *
 *     users --> app --> cache
 *                 \---> database
 */
import {
  atLeast,
  atMost,
  CacheAside,
  CacheServer,
  constant,
  Database,
  defineScenario,
  hardTtl,
  Link,
  LoadLedger,
  mean,
  ms,
  noGuard,
  OpenLoopClient,
  peak,
  rate,
  roundRobin,
  run,
  s,
  Service,
  uniformArrivals,
  us,
  type CacheCommand,
  type CacheReply,
  type DatabaseQuery,
  type Popularity,
  type Recording,
  type Row,
} from '../../sim-core/index.ts';

const NEAR = constant(us(250));

/** Three times the hot key 0, then a key that was not asked for before. */
function inTurn(): Popularity {
  let asked = 0;
  return { keys: 1_000, draw: () => (asked++ % 4 < 3 ? 0 : (asked / 4) | 0) };
}

export const smallCharts: readonly string[] = [
  'cache.hit_ratio',
  'db.client.connection.count',
  'http.client.request.duration',
  'http.client.request.error_ratio',
  'http.client.request.rate',
];

export const smallScenario = defineScenario({
  id: 'small-run',
  section: '1.7',
  title: 'A small run',
  question: 'What becomes of requests when the database slows down?',
  params: { rate: rate({ help: 'Requests of all users together', default: 40, min: 1, max: 200 }) },
  variants: { plain: {} },
  roles: { plain: 'control' },
  seed: 1,
  duration: s(4),
  warmUp: ms(500),
  interval: ms(500),
  openAt: s(2.2),
  system(sim, { rate: perSecond }) {
    const database = new Database(sim, {
      name: 'database',
      connections: 2,
      queueMax: 4,
      cores: 1,
      demand: constant(ms(12)),
    });
    const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 20, eviction: 'lru', commandTime: us(20) });
    const reader = new CacheAside(sim, {
      instance: 'app',
      cache: new Link<CacheCommand<Row>, CacheReply<Row>>(sim, cache, { from: 'app', delay: NEAR }),
      store: new Link<DatabaseQuery, Row>(sim, database, { from: 'app', delay: NEAR }),
      expiry: hardTtl(s(1)),
      guard: noGuard,
      ledger: new LoadLedger(),
    });
    const app = new Service<number, Row>(sim, {
      name: 'app',
      help: 'The application',
      concurrency: 8,
      queueMax: 16,
      handle: (call) => reader.read(call.query, call.request),
      onCrash: () => reader.crash(),
    });
    const way = new Link<number, Row>(sim, app, { from: 'users', delay: constant(ms(1)), timeout: ms(150) });
    new OpenLoopClient<Row>(sim, {
      name: 'users',
      arrivals: uniformArrivals(perSecond),
      popularity: inTurn(),
      target: roundRobin([way]),
    });
  },
  charts: smallCharts,
  expect: {
    plain: [
      atMost(mean('http.client.request.error_ratio'), 0),
      atLeast(peak('db.client.connection.count'), 2),
      atMost(peak('db.client.connection.pending_requests'), 1),
    ],
  },
});

const SLOWED = [{ at: s(2), action: 'slow', target: 'database', args: { factor: 8 } }];

let slowed: Recording | undefined;
let undisturbed: Recording | undefined;

/** With the intervention. */
export const slowedRun = (): Recording => (slowed ??= run(smallScenario, { variant: 'plain', interventions: SLOWED }));

/** Without it. */
export const undisturbedRun = (): Recording => (undisturbed ??= run(smallScenario, { variant: 'plain' }));
