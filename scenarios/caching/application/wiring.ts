/**
 * The application that scenarios put around a cache: instances that read by cache-aside, users far from them, a
 * database near them.
 */
import {
  CacheAside,
  Database,
  gamma,
  Link,
  LoadLedger,
  OpenLoopClient,
  poisson,
  roundRobin,
  Service,
  uniform,
  us,
  type Balancer,
  type CacheAccess,
  type CacheServer,
  type DatabaseQuery,
  type Distribution,
  type Duration,
  type Endpoint,
  type ExpiryRule,
  type LoadGuardFactory,
  type Popularity,
  type Reader,
  type Row,
  type ServiceOptions,
  type Simulation,
  type StalenessMeter,
} from '../../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../../application/distances.ts';
import { measured } from './measured.ts';
import type { DatabaseValues, InstanceValues } from './params.ts';

/** What the cache's thread spends on a command. */
export const COMMAND_TIME = us(20);

/** The way between a user and the site where the users' distance is a parameter: its least, and three times as much. */
export const usersMost = ({ distance }: { readonly distance: Duration }): Duration => 3 * distance;
export const usersWay = (p: { readonly distance: Duration }): Distribution => uniform(p.distance, usersMost(p));

export function databaseOf(sim: Simulation, p: DatabaseValues, hasRow?: (key: number) => boolean): Database {
  return new Database(sim, {
    name: 'database',
    connections: p.connections,
    queueMax: p.pendingMax,
    cores: p.cores,
    demand: gamma(SHAPE, p.loadTime / SHAPE),
    ...(hasRow === undefined ? {} : { hasRow }),
  });
}

export interface Reading {
  /** The way of an instance to the cache, by its name. */
  readonly cache: (instance: string) => CacheAccess<Row>;
  readonly store: Endpoint<DatabaseQuery, Row>;
  /** The rule of expiry of an instance, by its name. */
  readonly expiry: (instance: string) => ExpiryRule;
  readonly guard: LoadGuardFactory;
  /** How long it is kept that a key has no row; it is not, without it. */
  readonly absenceTtl?: Duration;
  /** What measures how old the answers are, if they are measured. */
  readonly staleness?: StalenessMeter;
}

/** The way to one cache that all instances share. */
export function sharedCache(sim: Simulation, cache: CacheServer<Row>): (instance: string) => CacheAccess<Row> {
  return (instance) => new Link(sim, cache, { from: instance, delay: nearby });
}

/** What makes the readers of the instances: each by cache-aside, near to the cache and the store. */
export function cacheAsideReaders(sim: Simulation, reading: Reading): (instance: string) => CacheAside {
  const { cache, store, expiry, guard, absenceTtl } = reading;
  const ledger = new LoadLedger();
  return (instance) =>
    new CacheAside(sim, {
      instance,
      cache: cache(instance),
      store: new Link(sim, store, { from: instance, delay: nearby }),
      expiry: expiry(instance),
      guard,
      ledger,
      ...(absenceTtl === undefined ? {} : { absenceTtl }),
    });
}

/** Instances `app-1` to `app-n` that do nothing but read, by cache-aside unless there is another way. */
export function readingInstances(
  sim: Simulation,
  p: InstanceValues,
  reading: Reading,
  readerOf: (instance: string) => Reader & { crash(): void } = cacheAsideReaders(sim, reading),
): Service<number, Row>[] {
  return instances(sim, p, (name) => {
    const reader = readerOf(name);
    const { staleness } = reading;
    return {
      handle: ({ query, request }) =>
        staleness === undefined ? reader.read(query, request) : measured(staleness, name, reader, query, request),
      onCrash: () => reader.crash(),
    };
  });
}

type Work<Query> = Pick<ServiceOptions<Query, Row>, 'handle' | 'onCrash' | 'inside'>;

/** Instances `app-1` to `app-n` that do what is said of each. */
export function instances<Query>(
  sim: Simulation,
  p: InstanceValues,
  workOf: (name: string, i: number) => Work<Query>,
): Service<Query, Row>[] {
  return Array.from({ length: p.instances }, (_, i) => {
    const name = `app-${i + 1}`;
    return new Service<Query, Row>(sim, {
      name,
      help: `An instance of the application: up to ${p.concurrency} requests at once, ${p.queueMax} waiting`,
      concurrency: p.concurrency,
      queueMax: p.queueMax,
      ...workOf(name, i),
    });
  });
}

/** Users who send requests by a Poisson process, to one instance after the other. */
export function users(
  sim: Simulation,
  p: InstanceValues & { readonly rate: number },
  apps: readonly Endpoint<number, Row>[],
  popularity: Popularity,
): OpenLoopClient<Row> {
  return new OpenLoopClient<Row>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity,
    target: fromAfar(sim, p, 'users', apps),
  });
}

/** The way from a client to the instances, one after the other. */
export function fromAfar<Query>(
  sim: Simulation,
  p: InstanceValues,
  client: string,
  apps: readonly Endpoint<Query, Row>[],
): Balancer<Query, Row> {
  return roundRobin(apps.map((app) => new Link(sim, app, { from: client, delay: faraway, timeout: p.timeout })));
}
