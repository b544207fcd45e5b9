/**
 * CQRS: deposits are decided on the events of an account; overviews of a customer's accounts are read from the same events, or from a
 * read model of their own, which a projection keeps. Many come to read at once: who feels it? And does a customer see his deposit?
 *
 *     users ----\               /--> event-store <-- projection
 *     readers --- accounts ----<                        |
 *     visitors -/               \--> read-store <-------/
 *
 * With more than one read store, each has the model, and a projection of its own that follows the same log.
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
  type Duration,
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
const BACK = 'session.back_in_time';
const STALENESS = 'read.staleness';
const LOAD = 'aggregate.load.duration';
const LAG = 'projection.lag';
const APPLIED = 'projection.events';
const WAITS = 'read_model.wait.duration';
const TABLE = 'overviews';
/** Two stores, each up to half a second behind, which is as long as a session thinks. */
const TWO_STORES = { model: 'projection', stores: 2, pollEvery: ms(500) } as const;

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
    'rebuilt-one-by-one': { model: 'projection', rebuild: 'in-place', stores: 2 },
    'two-read-stores': TWO_STORES,
    'sticky-sessions': { ...TWO_STORES, sticky: true },
    'wait-for-what-was-seen': { ...TWO_STORES, waits: true },
  },
  roles: {
    'single-model': 'pitfall',
    'separate-read-model': 'remedy',
    'wait-for-write': 'remedy',
    'rebuilt-in-place': 'pitfall',
    'rebuilt-beside': 'remedy',
    'rebuilt-one-by-one': 'remedy',
    'two-read-stores': 'pitfall',
    'sticky-sessions': 'remedy',
    'wait-for-what-was-seen': 'remedy',
  },
  repairs: {
    'separate-read-model': 'single-model',
    'wait-for-write': 'single-model',
    'rebuilt-beside': 'rebuilt-in-place',
    'rebuilt-one-by-one': 'rebuilt-in-place',
    'sticky-sessions': 'two-read-stores',
    'wait-for-what-was-seen': 'two-read-stores',
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
    BACK,
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
    'read-store-2': { x: 2, y: 2.7 },
    'projection-2': { x: 3, y: 2.2 },
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
    'rebuilt-one-by-one': [
      atMost(quantile(STALENESS, 'p99'), limits.lagMost),
      guardrail(atLeast(total(APPLIED), limits.allEvents), 'The price: each store reads and applies all events'),
      guardrail(atMost(quantile(LATENCY, 'p99'), limits.spared), 'The store that is left has all readers meanwhile'),
    ],
    'two-read-stores': [atLeast(total(BACK), limits.backLeast)],
    'sticky-sessions': [
      atMost(total(BACK), limits.backOnOneStore),
      guardrail(atLeast(mean(FIRST), limits.missingLeast), 'The price: the one store of a session is as late as ever'),
    ],
    'wait-for-what-was-seen': [
      atMost(total(BACK), limits.backWaiting),
      atMost(total(MISSED), limits.missedMost),
      atLeast(summary(WAITS, 'count'), limits.waitsLeast),
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
  const projections: Projection<Overview>[] = [];
  const store = new EventStore(sim, {
    ...queries,
    name: 'event-store',
    readTime: limits.READ_TIME,
    writeTime: limits.WRITE_TIME,
    log,
    snapshots: [],
    onAppend(account) {
      commit(account);
      for (const projection of projections) projection.tellHead(log.head);
    },
  });
  const models = Array.from({ length: p.model === 'events' ? 0 : p.stores }, (_, number) => {
    return new ReadStore<Overview>(sim, {
      ...queries,
      name: numbered('read-store', number),
      applyTime: p.applyTime,
      maker: overviewRows(p.width),
      isIdempotent: p.idempotent,
      table: TABLE,
      history: deliveriesOf(log),
    });
  });
  const out = new Set<number>();
  const inService = (): number[] =>
    [...projections.keys()].filter((number) => projections[number].isInService && !out.has(number));
  const accounts = accountsService(sim, p, { store, models, inService, history: committed });
  for (const [number, model] of models.entries()) {
    // Nobody starts several at one instant: each begins a part of a pause behind the one before.
    const startAfter = Math.round((number * p.pollEvery) / p.stores);
    projections.push(projectionOf(sim, p, { store, model, name: numbered('projection', number), startAfter }));
  }
  if (projections.length > 0) rebuild(sim, p, projections, out);
  clients(sim, p, accounts);
}

const numbered = (name: string, number: number): string => (number === 0 ? name : `${name}-${number + 1}`);

/** In place and with several stores: one after the other, and each is out of service from a while before it is emptied. */
function rebuild(sim: Simulation, p: Values, projections: readonly Projection<Overview>[], out: Set<number>): void {
  const kind = sim.eventKind('the read model is to be built anew');
  const isInTurn = projections.length > 1 && p.rebuild === 'in-place';
  const begin = (number: number): void => {
    if (p.rebuild === 'beside') for (const projection of projections) projection.rebuildBeside();
    else projections[number].rebuildInPlace();
    if (isInTurn) sim.schedule(p.pollEvery, lookAgain, number, kind);
  };
  const takeOut = (number: number): void => {
    if (number === projections.length) return;
    out.add(number);
    sim.schedule(limits.DRAIN_TIME, begin, number, kind);
  };
  const lookAgain = (number: number): void => {
    if (!projections[number].isInService) {
      sim.schedule(p.pollEvery, lookAgain, number, kind);
      return;
    }
    out.delete(number);
    takeOut(number + 1);
  };
  if (p.rebuild !== 'not') sim.scheduleAt(p.rebuildAt, isInTurn ? takeOut : begin, 0, kind);
}

interface ProjectionParts {
  readonly store: EventStore;
  readonly model: ReadStore<Overview>;
  readonly name: string;
  readonly startAfter: Duration;
}

function projectionOf(
  sim: Simulation,
  p: Values,
  { store, model, name, startAfter }: ProjectionParts,
): Projection<Overview> {
  return new Projection<Overview>(sim, {
    name,
    events: new Link<EventStoreQuery, EventStoreReply>(sim, store, { from: name, delay: nearby }),
    models: new Link<ReadStoreQuery, ReadStoreReply<Overview>>(sim, model, { from: name, delay: nearby }),
    codec: code.codec,
    checkpoint: p.checkpoint,
    batch: p.batch,
    pollEvery: p.pollEvery,
    startAfter,
    table: TABLE,
  });
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
    think: exponential(limits.THINK),
    target: target('users'),
  });
  const reading = (name: string, arrivals: ReturnType<typeof poisson>): void => {
    new OpenLoopClient<Answer, SessionQuery>(sim, {
      name,
      arrivals,
      popularity,
      asks: (key) => ({ operation: 'read', key, wrote: 0, wroteAt: 0, seen: 0, session: key }),
      target: target(name),
    });
  };
  reading('readers', poisson(p.readRate));
  reading('visitors', during(p.spikeAt, p.spikeAt + p.spikeFor, poisson(p.visitorRate)));
}
