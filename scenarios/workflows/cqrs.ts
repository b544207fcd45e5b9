/**
 * CQRS: deposits are decided on the events of an account; overviews of a customer's accounts are read from the same events, or from a
 * read model of their own, which a projection keeps. Many come to read at once: who feels it? And does a customer see his deposit?
 *
 *     users ----\               /--> event-store <-- projection
 *     readers --- accounts ----<                        |
 *     visitors -/               \--> read-store <-------/
 *
 * All variants are sent the same deposits and asked for the same overviews at the same times.
 */
import {
  aggregateSignals,
  atLeast,
  atMost,
  defineScenario,
  during,
  EventStore,
  exponential,
  gamma,
  guardrail,
  Link,
  mean,
  ms,
  OpenLoopClient,
  poisson,
  Projection,
  projectionSignals,
  quantile,
  ReadStore,
  readStoreSignals,
  roundRobin,
  s,
  SessionClient,
  summary,
  total,
  VersionHistory,
  zipfPopularity,
  type EventStoreQuery,
  type EventStoreReply,
  type ReadStoreQuery,
  type ReadStoreReply,
  type Service,
  type SessionQuery,
  type Simulation,
} from '../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../application/distances.ts';
import { sentBy } from '../application/settings.ts';
import { accountHistory } from './application/account-book.ts';
import { accountsService, type Answer } from './cqrs/accounts-service.ts';
import * as limits from './cqrs/limits.ts';
import { code, customerOf, deliveriesOf, overviewRows, type Overview } from './cqrs/overviews.ts';
import { params, type Values } from './cqrs/params.ts';

const LATENCY = 'http.client.request.duration';
const FIRST = 'session.first_look.missing_ratio';
const MISSED = 'session.missing';
const STALENESS = 'read.staleness';
const LOAD = 'aggregate.load.duration';
const LAG = 'projection.lag';
const APPLIED = 'projection.events';
const WAITS = 'read_model.wait.duration';
const TABLE = 'overviews';

export default defineScenario({
  id: 'cqrs',
  section: '2.7',
  title: 'CQRS',
  question: 'Reads get a model and a store of their own. Who is spared what, and what do readers not see any more?',
  params,
  variants: {
    'single-model': {},
    'separate-read-model': { model: 'projection' },
    'wait-for-write': { model: 'projection', waits: true },
    'rebuilt-in-place': { model: 'projection', rebuild: 'in-place' },
    'rebuilt-beside': { model: 'projection', rebuild: 'beside' },
  },
  roles: {
    'single-model': 'pitfall',
    'separate-read-model': 'remedy',
    'wait-for-write': 'remedy',
    'rebuilt-in-place': 'pitfall',
    'rebuilt-beside': 'remedy',
  },
  repairs: {
    'separate-read-model': 'single-model',
    'wait-for-write': 'single-model',
    'rebuilt-beside': 'rebuilt-in-place',
  },
  seed: 1,
  duration: ({ length }) => length,
  warmUp: limits.WARM_UP,
  // So wide that a row has enough first looks for a share: thirty.
  interval: ms(750),
  openAt: s(14),
  system,
  signals: [...aggregateSignals, ...projectionSignals, ...readStoreSignals],
  whileRunning: {
    sessions: sentBy('sessions', 'users'),
    readRate: sentBy('readRate', 'readers'),
    visitorRate: sentBy('visitorRate', 'visitors'),
  },
  charts: [
    LATENCY,
    FIRST,
    LAG,
    'projection.behind',
    'read.stale_ratio',
    STALENESS,
    WAITS,
    'db.client.operation.duration',
    'db.client.operation.rate',
    'projection.rebuild.duration',
  ],
  places: {
    users: { x: 0, y: 0 },
    readers: { x: 0, y: 1 },
    visitors: { x: 0, y: 2 },
    accounts: { x: 1, y: 1 },
    'event-store': { x: 2, y: 0.3 },
    'read-store': { x: 2, y: 1.7 },
    projection: { x: 3, y: 1 },
  },
  expect: {
    'single-model': [atLeast(quantile(LATENCY, 'p99'), limits.overloaded), atMost(total(MISSED), 0)],
    'separate-read-model': [
      atMost(quantile(LATENCY, 'p99'), limits.spared),
      atMost(quantile(LOAD, 'p99'), limits.loadMost),
      atLeast(mean(FIRST), limits.missingLeast),
      guardrail(atLeast(mean(LAG), limits.lagLeast), 'The price, which a single model has nothing to measure by'),
    ],
    'wait-for-write': [
      atMost(quantile(LATENCY, 'p99'), limits.spared),
      atLeast(summary(WAITS, 'count'), limits.waitsLeast),
      guardrail(
        atMost(total(MISSED), limits.missedMost),
        'Whoever reads the events has this too; a read model has it only by waiting',
      ),
    ],
    'rebuilt-in-place': [
      atLeast(quantile(STALENESS, 'p99'), limits.asOld),
      atLeast(total(APPLIED), limits.allEvents),
      atMost(quantile(LATENCY, 'p99'), limits.spared),
    ],
    'rebuilt-beside': [
      atMost(quantile(STALENESS, 'p99'), limits.lagMost),
      guardrail(atLeast(total(APPLIED), limits.allEvents), 'The price: all events are read and applied, either way'),
      guardrail(atMost(quantile(LATENCY, 'p99'), limits.spared), 'Readers wait for neither way of building'),
    ],
  },
});

function system(sim: Simulation, p: Values): void {
  const { log } = accountHistory(sim, p.accounts, p.history);
  const committed = new VersionHistory();
  const commit = (account: number): void => void committed.commit(customerOf(account, p.width), sim.now);
  for (const { stream } of log.readAll(0, Infinity)) commit(stream);
  const queries = {
    connections: 200,
    queueMax: 100_000,
    cores: p.cores,
    demand: gamma(SHAPE, limits.QUERY_TIME / SHAPE),
  };
  let projection: Projection<Overview> | undefined;
  const store = new EventStore(sim, {
    ...queries,
    name: 'event-store',
    readTime: limits.READ_TIME,
    writeTime: limits.WRITE_TIME,
    log,
    snapshots: [],
    onAppend(account) {
      commit(account);
      projection?.tellHead(log.head);
    },
  });
  const models =
    p.model === 'events'
      ? undefined
      : new ReadStore<Overview>(sim, {
          ...queries,
          name: 'read-store',
          applyTime: p.applyTime,
          maker: overviewRows(p.width),
          isIdempotent: p.idempotent,
          table: TABLE,
          history: deliveriesOf(log),
        });
  const accounts = accountsService(sim, p, { store, models, history: committed });
  if (models !== undefined) projection = projectionOf(sim, p, store, models);
  clients(sim, p, accounts);
}

function projectionOf(
  sim: Simulation,
  p: Values,
  store: EventStore,
  models: ReadStore<Overview>,
): Projection<Overview> {
  const projection = new Projection<Overview>(sim, {
    name: 'projection',
    events: new Link<EventStoreQuery, EventStoreReply>(sim, store, { from: 'projection', delay: nearby }),
    models: new Link<ReadStoreQuery, ReadStoreReply<Overview>>(sim, models, { from: 'projection', delay: nearby }),
    codec: code.codec,
    checkpoint: p.checkpoint,
    batch: p.batch,
    pollEvery: p.pollEvery,
    table: TABLE,
  });
  const kind = sim.eventKind('the read model is to be built anew');
  const rebuild = (): void => (p.rebuild === 'beside' ? projection.rebuildBeside() : projection.rebuildInPlace());
  if (p.rebuild !== 'not') sim.scheduleAt(p.rebuildAt, rebuild, undefined, kind);
  return projection;
}

function clients(sim: Simulation, p: Values, accounts: Service<SessionQuery, Answer>): void {
  const popularity = zipfPopularity(p.accounts, 0);
  const target = (from: string) =>
    roundRobin([new Link<SessionQuery, Answer>(sim, accounts, { from, delay: faraway, timeout: s(10) })]);
  new SessionClient(sim, {
    name: 'users',
    arrivals: poisson(p.sessions),
    popularity,
    looks: p.looks,
    firstThink: exponential(p.firstThink),
    think: exponential(ms(500)),
    target: target('users'),
  });
  const reading = (name: string, arrivals: ReturnType<typeof poisson>): void => {
    new OpenLoopClient<Answer, SessionQuery>(sim, {
      name,
      arrivals,
      popularity,
      asks: (key) => ({ operation: 'read', key, wrote: 0, wroteAt: 0 }),
      target: target(name),
    });
  };
  reading('readers', poisson(p.readRate));
  reading('visitors', during(p.spikeAt, p.spikeAt + p.spikeFor, poisson(p.visitorRate)));
}
