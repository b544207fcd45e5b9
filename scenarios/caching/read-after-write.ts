/**
 * Read-after-write: a user saves something, looks for it, and it is not there.
 *
 *     users --> app-1 … app-n --> primary --> replica-1 … replica-m
 *                     \  \----------------------^
 *                      \--> cache
 *
 * Writes go to the primary, reads to replicas that follow it after a while. The same sessions are served in four ways,
 * and each session knows what it has written.
 */
import {
  atLeast,
  atMost,
  BACKGROUND,
  cacheStored,
  CacheServer,
  Database,
  databaseQueried,
  defineScenario,
  defineSignal,
  exponential,
  gamma,
  guardrail,
  Link,
  mean,
  ms,
  peak,
  poisson,
  Replica,
  replicationSignals,
  RequestContext,
  roundRobin,
  s,
  Service,
  SessionClient,
  total,
  zipfPopularity,
  type Change,
  type DatabaseQuery,
  type Row,
  type SessionQuery,
  type Simulation,
  type VersionedQuery,
} from '../../sim-core/index.ts';
import { sentBy, workedOffBy } from '../application/settings.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { COMMAND_TIME } from './application/wiring.ts';
import * as limits from './read-after-write/limits.ts';
import { params, type Values } from './read-after-write/params.ts';
import { readerOf } from './read-after-write/readers.ts';

const MISSING = 'session.first_look.missing_ratio';
const MISSED = 'session.missing';
const AGE = 'session.missing.age';
const PRIMARY = 'read_after_write.primary.queries';
const PUTS = 'read_after_write.puts';
const LATENCY = 'http.client.request.duration';

const primaryQueries = defineSignal({
  name: PRIMARY,
  kind: 'counter',
  unit: '{operation}',
  help: 'Queries to the primary, of which there is one: writes, and reads that no replica could serve',
  fact: databaseQueried,
  where: (fact) => fact.database === 'primary',
});

const puts = defineSignal({
  name: PUTS,
  kind: 'counter',
  unit: '{put}',
  help: 'Rows put into the shared cache',
  fact: cacheStored,
});

/** Unlike stickiness. */
const primaryIsSpared = guardrail(
  atMost(total(PRIMARY), limits.writesAndFallbacks),
  'The primary is asked no more than where any replica may answer',
);

export default defineScenario({
  id: 'read-after-write',
  section: '1.5',
  title: 'Read-after-write',
  question:
    'A user saves something and looks for it at once. How often is it not there, and what does it cost to have it there?',
  params,
  variants: {
    'read-any-replica': { way: 'any-replica' },
    'session-stickiness': { way: 'primary-after-write' },
    'write-through': { way: 'cache' },
    'wait-for-version': { way: 'wait' },
  },
  roles: {
    'read-any-replica': 'pitfall',
    'session-stickiness': 'remedy',
    'write-through': 'remedy',
    'wait-for-version': 'remedy',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  interval: ms(250),
  openAt: s(15),
  system,
  signals: [...replicationSignals, primaryQueries, puts],
  whileRunning: {
    sessions: sentBy('sessions', 'users'),
    queryTime: (queryTime, began) => {
      const replicas = Array.from({ length: began.replicas }, (_, i) => `replica-${i + 1}`);
      return workedOffBy('queryTime', 'primary', ...replicas)(queryTime, began);
    },
  },
  charts: [MISSING, AGE, 'db.replication.lag', PRIMARY, 'db.client.operation.rate', LATENCY],
  expect: {
    'read-any-replica': [
      atLeast(mean(MISSING), limits.missingLeast),
      atMost(mean(MISSING), limits.missingMost),
      atLeast(peak(AGE), limits.halfALag),
      atMost(total(PRIMARY), limits.writesAndFallbacks),
    ],
    'session-stickiness': [atMost(total(MISSED), 0), atLeast(total(PRIMARY), limits.stickyQueries)],
    // No write is missed, and none goes without a put; whoever looks early waits.
    'write-through': [atMost(total(MISSED), 0), primaryIsSpared, atLeast(total(PUTS), limits.putAWrite)],
    'wait-for-version': [atMost(total(MISSED), 0), primaryIsSpared, atLeast(mean(LATENCY), limits.waitForLag)],
  },
});

function system(sim: Simulation, p: Values): void {
  const options = {
    connections: 200,
    queueMax: 10_000,
    cores: p.cores,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
  };
  const streams: Link<Change, void>[] = [];
  let commits = 0;
  const primary = new Database(sim, {
    name: 'primary',
    ...options,
    onCommit({ key, version }) {
      const change = { key, version, committedAt: sim.now };
      const nobody = new RequestContext(BACKGROUND + commits++, sim.now);
      for (const stream of streams) stream.send(change, nobody);
    },
  });
  const replicas = Array.from({ length: p.replicas }, (_, i) => {
    const replica = new Replica(sim, { name: `replica-${i + 1}`, ...options }, exponential(p.applyTime));
    streams.push(new Link(sim, replica.changes, { from: primary.name, delay: nearby }));
    return replica;
  });
  const cache =
    p.way === 'cache'
      ? new CacheServer<Row>(sim, { name: 'cache', capacity: p.keys, eviction: 'lru', commandTime: COMMAND_TIME })
      : undefined;
  const apps = Array.from({ length: p.instances }, (_, i) => {
    const name = `app-${i + 1}`;
    const reader = readerOf(sim, p, {
      primary: new Link<DatabaseQuery, Row>(sim, primary, { from: name, delay: nearby }),
      replicas: replicas.map(({ reads }) => new Link<VersionedQuery, Row>(sim, reads, { from: name, delay: nearby })),
      cache: cache && new Link(sim, cache, { from: name, delay: nearby }),
    });
    return new Service<SessionQuery, Row>(sim, {
      name,
      help: 'An instance of the application: up to 400 requests at once, 2,000 waiting',
      concurrency: 400,
      queueMax: 2000,
      handle: ({ query, request }) =>
        query.operation === 'write' ? reader.write(query.key, request) : reader.read(query, request),
    });
  });
  new SessionClient(sim, {
    name: 'users',
    arrivals: poisson(p.sessions),
    popularity: zipfPopularity(p.keys, 0),
    looks: p.looks,
    firstThink: exponential(p.firstThink),
    think: exponential(p.think),
    target: roundRobin(
      apps.map((app) => new Link<SessionQuery, Row>(sim, app, { from: 'users', delay: faraway, timeout: s(5) })),
    ),
  });
}
