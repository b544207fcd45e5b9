/**
 * A small shop: two instances of an api before a cache and a database, which has a replica; whatever is looked at is told to a stream
 * that a consumer reads.
 */
import {
  BACKGROUND,
  behind,
  CacheAside,
  CacheServer,
  Database,
  during,
  gamma,
  hardTtl,
  Link,
  LoadLedger,
  makeMessage,
  ms,
  noGuard,
  OpenLoopClient,
  poisson,
  RedisStreamConsumer,
  RedisStreamServer,
  Replica,
  RequestContext,
  roundRobin,
  s,
  Service,
  toSeconds,
  us,
  zipfPopularity,
  type Behaviour,
  type Change,
  type DatabaseQuery,
  type Row,
  type Simulation,
  type StreamCommand,
  type StreamReply,
} from '../../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../../application/distances.ts';
import { spreadOver, storeBefore } from '../../caching/application/warm-start.ts';
import type { Values } from './params.ts';

/** Keys that users ask for, all alike. */
export const KEYS = 200;
const CRAWLED = 1_000_000;
const ORDERS = 1000;
export const PATIENCE = s(5);
/** Of a change at the replica. */
export const APPLY = ms(50);
export const CORES = 4;
const GROUP = 'views';
/** How many times as long the replica takes for a change: 30 s; below the triggers 3.5 s, and the crawler sends a seventh. */
export const HEAVY_SLOWNESS = 600;
export const LIGHT_SLOWNESS = 70;
export const LIGHT_CRAWLS = 1 / 7;

type Asked = { readonly key: number; readonly operation: 'view' | 'order' | 'crawl' };

export function shop(sim: Simulation, p: Values): void {
  const options = { connections: 100, queueMax: 1000, cores: CORES, demand: gamma(SHAPE, p.loadTime / SHAPE) };
  let commits = 0;
  const database = new Database(sim, {
    name: 'database',
    ...options,
    onCommit: ({ key, version }) => {
      const nobody = new RequestContext(BACKGROUND + commits++, sim.now);
      changes.send({ key, version, committedAt: sim.now }, nobody);
    },
  });
  const replica = new Replica(sim, { name: 'replica', ...options }, gamma(SHAPE, APPLY / SHAPE));
  const changes = new Link<Change, void>(sim, replica.changes, { from: 'database', delay: nearby });
  const cache = new CacheServer<Row>(sim, { name: 'cache', capacity: 100_000, eviction: 'lru', commandTime: us(20) });
  const left = spreadOver(sim, p.ttl);
  for (let key = 0; key < KEYS; key++) storeBefore(cache, key, left(), p.loadTime);
  const stream = new RedisStreamServer(sim, { name: 'stream', commandTime: us(20) });
  stream.createGroup(GROUP, 'oldest');
  const consumer = new RedisStreamConsumer(sim, {
    name: 'consumer',
    help: 'Reads what was viewed, some entries at a time, and counts it',
    server: stream,
    group: GROUP,
    count: 10,
    concurrency: 1,
    block: s(5),
    minIdle: s(60),
    retryAfter: s(1),
    delay: nearby,
    keyOf: ({ content }) => content as number,
    *handler(): Behaviour<void> {
      yield ms(20);
    },
  });
  const ledger = new LoadLedger();
  const instances = [1, 2].map((i) => instance(sim, p, `api-${i}`, { cache, database, stream, ledger }));
  clients(sim, p, instances);
  goWrong(sim, p, { instance: instances[0], database, replica, consumer });
}

interface Parts {
  readonly cache: CacheServer<Row>;
  readonly database: Database;
  readonly stream: RedisStreamServer;
  readonly ledger: LoadLedger;
}

function instance(
  sim: Simulation,
  p: Values,
  name: string,
  { cache, database, stream, ledger }: Parts,
): Service<Asked, Row> {
  const reader = new CacheAside(sim, {
    instance: name,
    cache: new Link(sim, cache, { from: name, delay: nearby }),
    store: new Link<DatabaseQuery, Row>(sim, database, { from: name, delay: nearby }),
    expiry: hardTtl(p.ttl),
    guard: noGuard,
    ledger,
  });
  const events = new Link<StreamCommand, StreamReply>(sim, stream, { from: name, delay: nearby });
  return new Service<Asked, Row>(sim, {
    name,
    help: 'An instance of the api: up to 200 requests at once, 1,000 waiting',
    concurrency: 200,
    queueMax: 1000,
    onCrash: () => reader.crash(),
    *handle({ query: { key, operation }, request }): Behaviour<Row> {
      if (operation === 'order') return yield* reader.write(key, request);
      const row = yield* reader.read(key, request);
      if (operation === 'view') {
        events.send({ command: 'add', message: makeMessage({ request, content: key, sent: sim.now }) }, request);
      }
      return row;
    },
  });
}

function clients(sim: Simulation, p: Values, instances: readonly Service<Asked, Row>[]): void {
  const from = (name: string) =>
    roundRobin(instances.map((one) => new Link(sim, one, { from: name, delay: faraway, timeout: PATIENCE })));
  const asks = (operation: Asked['operation']) => (key: number) => ({ key, operation });
  new OpenLoopClient<Row, Asked>(sim, {
    name: 'users',
    popularity: zipfPopularity(KEYS, 0),
    arrivals: poisson(p.rate),
    asks: asks('view'),
    target: from('users'),
  });
  new OpenLoopClient<Row, Asked>(sim, {
    name: 'buyers',
    popularity: behind(KEYS + CRAWLED, zipfPopularity(ORDERS, 0)),
    arrivals: poisson(p.writes),
    asks: asks('order'),
    target: from('buyers'),
  });
  const isCrawled = p.fault === 'crawler' || p.fault === 'below-the-triggers';
  const crawls = p.fault === 'crawler' ? p.crawls : p.crawls * LIGHT_CRAWLS;
  new OpenLoopClient<Row, Asked>(sim, {
    name: 'crawler',
    arrivals: during(p.faultAt, p.faultAt + (isCrawled ? p.faultFor : 0), poisson(crawls)),
    popularity: behind(KEYS, zipfPopularity(CRAWLED, 0)),
    asks: asks('crawl'),
    target: from('crawler'),
  });
}

interface Breakable {
  readonly instance: Service<Asked, Row>;
  readonly database: Database;
  readonly replica: Replica;
  readonly consumer: RedisStreamConsumer;
}

/** Has the fault begin and end. */
function goWrong(sim: Simulation, p: Values, { instance, database, replica, consumer }: Breakable): void {
  const begin = (what: string, act: () => void): unknown =>
    sim.scheduleAt(p.faultAt, act, undefined, sim.eventKind(what));
  const end = (what: string, act: () => void): unknown =>
    sim.scheduleAt(p.faultAt + p.faultFor, act, undefined, sim.eventKind(what));
  const apply = (factor: number) => () => replica.database.interventions['slow-apply'].apply([factor]);
  switch (p.fault) {
    case 'instance-down':
      begin('api-1 dies', () => instance.interventions['crash'].apply([toSeconds(p.faultFor)]));
      return;
    case 'database-slow':
      begin('the database becomes slow', () => database.interventions['slow'].apply([p.slowdown]));
      end('the database is fast again', () => database.interventions['slow'].apply([1]));
      return;
    case 'consumer-stopped':
      begin('the consumer stops', () => consumer.kill(p.faultFor));
      return;
    case 'replica-slow':
    case 'below-the-triggers':
      begin('the replica becomes slow', apply(p.fault === 'replica-slow' ? HEAVY_SLOWNESS : LIGHT_SLOWNESS));
      end('the replica is fast again', apply(1));
      return;
    case 'crawler':
    case 'none':
  }
}
