/**
 * The service of accounts: deposits go to the event store, overviews come from there as well or from the read model. What was shown
 * is held against what had been committed when it was asked for.
 */
import {
  aggregateSignals,
  CallFailed,
  Link,
  Repository,
  Service,
  StalenessMeter,
  stalenessSignals,
  us,
  type Behaviour,
  type EventStore,
  type ReadStore,
  type ReadStoreQuery,
  type ReadStoreReply,
  type RequestContext,
  type SessionQuery,
  type Simulation,
  type VersionHistory,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { Account, Booking } from '../application/bookings.ts';
import { accountsOf, code, customerOf, type Overview } from './overviews.ts';
import type { Values } from './params.ts';

export const SERVICE = 'accounts';
export const FOLD_TIME = us(20);
/** More than the processors of stores need, so that these are what is short. */
const FOLD_CORES = 8;
const DEPOSIT = 1000;

/** A deposit's position in the log; of an overview that of the latest event in it of the account that was asked for. */
export interface Answer {
  readonly version: number;
}

export interface AccountsOptions {
  readonly store: EventStore;
  /** None where overviews are made of the events. */
  readonly models: readonly ReadStore<Overview>[];
  /** Which of them are in service, by their number, as whoever looks after their health says at once. */
  readonly inService: () => readonly number[];
  /** What was committed when, by customer: a version is a number of events. */
  readonly history: VersionHistory;
}

export function accountsService(
  sim: Simulation,
  p: Values,
  { store, models, inService, history }: AccountsOptions,
): Service<SessionQuery, Answer> {
  const repository = new Repository<Booking, Account>(sim, {
    service: SERVICE,
    store: new Link(sim, store, { from: SERVICE, delay: nearby }),
    code,
    cores: FOLD_CORES,
    foldTime: FOLD_TIME,
    snapshotEvery: Infinity,
    checksVersion: true,
    attemptsMax: 20,
  });
  const meter = new StalenessMeter(sim, history);
  const links = models.map(
    (model) => new Link<ReadStoreQuery, ReadStoreReply<Overview>>(sim, model, { from: SERVICE, delay: nearby }),
  );
  let turn = 0;
  /** One after the other of those in service, or the session's own; of all if none is. */
  const linkFor = (session: number): (typeof links)[number] => {
    const serving = inService();
    const numbers = serving.length > 0 ? serving : links.map((_, number) => number);
    return links[numbers[(p.sticky ? session : turn++) % numbers.length]];
  };

  function* deposit(account: number, request: RequestContext): Behaviour<Answer> {
    const result = yield* repository.handle(account, { cents: DEPOSIT }, request);
    if (result.outcome !== 'appended') throw new CallFailed(SERVICE, 'error');
    return { version: result.position };
  }

  function* fromEvents(account: number, request: RequestContext): Behaviour<Answer> {
    const key = customerOf(account, p.width);
    const accounts = accountsOf(key, p.width, p.accounts);
    const loaded = yield* repository.load(accounts, request);
    const version = loaded.reduce((sum, one) => sum + one.version, 0);
    meter.measure(SERVICE, { key, version }, request);
    return { version: loaded[accounts.indexOf(account)].position };
  }

  function* fromModel(query: SessionQuery, request: RequestContext): Behaviour<Answer> {
    const { key: account, wrote, seen, session } = query;
    const key = customerOf(account, p.width);
    const atLeast = p.waits ? Math.max(wrote, seen) : 0;
    const { row } = yield* linkFor(session).call({ command: 'read', key, atLeast, waitMax: p.waitMax }, request);
    const { events: version, latest } = row!;
    meter.measure(SERVICE, { key, version }, request);
    return { version: latest.get(account)?.position ?? 0 };
  }

  return new Service(sim, {
    name: SERVICE,
    help: 'Takes deposits, and shows overviews; up to 1,000 at once, and no end of them in line',
    concurrency: 1000,
    queueMax: Infinity,
    inside: {
      signals: [...aggregateSignals, ...stalenessSignals],
      state: () => ({}),
      violations: () => [],
    },
    handle: ({ query, request }) =>
      query.operation === 'write'
        ? deposit(query.key, request)
        : links.length === 0
          ? fromEvents(query.key, request)
          : fromModel(query, request),
  });
}
