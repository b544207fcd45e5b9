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
  ms,
  OpenLoopClient,
  poisson,
  roundRobin,
  Service,
  uniform,
  us,
  type CacheServer,
  type DatabaseQuery,
  type Endpoint,
  type ExpiryRule,
  type LoadGuardFactory,
  type Popularity,
  type Row,
  type Simulation,
} from '../../../sim-core/index.ts';
import type { DatabaseValues, InstanceValues } from './params.ts';

/** Of the demand of a load, a gamma distribution: its deviation is 1 / sqrt(SHAPE) of its mean. */
export const SHAPE = 25;
/** One way between machines of one site, and between a user and the site, at most. */
export const NEAR_MAX = us(300);
export const FAR_MAX = ms(1.5);
/** What the cache's thread spends on a command. */
export const COMMAND_TIME = us(20);

export const nearby = uniform(us(200), NEAR_MAX);

export function databaseOf(sim: Simulation, p: DatabaseValues): Database {
  return new Database(sim, {
    name: 'database',
    connections: p.connections,
    queueMax: p.pendingMax,
    cores: p.cores,
    demand: gamma(SHAPE, p.loadTime / SHAPE),
  });
}

export interface Reading {
  readonly cache: CacheServer<Row>;
  readonly store: Endpoint<DatabaseQuery, Row>;
  /** The rule of expiry of an instance, by its name. */
  readonly expiry: (instance: string) => ExpiryRule;
  readonly guard: LoadGuardFactory;
}

/** Instances `app-1` to `app-n` that read by cache-aside. */
export function cacheAsideInstances(sim: Simulation, p: InstanceValues, reading: Reading): Service<number, Row>[] {
  const ledger = new LoadLedger();
  return Array.from({ length: p.instances }, (_, i) => {
    const name = `app-${i + 1}`;
    const reader = new CacheAside(sim, {
      instance: name,
      cache: new Link(sim, reading.cache, { from: name, delay: nearby }),
      store: new Link(sim, reading.store, { from: name, delay: nearby }),
      expiry: reading.expiry(name),
      guard: reading.guard,
      ledger,
    });
    return instanceOf(sim, p, name, reader);
  });
}

/** An instance that does nothing but read. */
function instanceOf(sim: Simulation, p: InstanceValues, name: string, reader: CacheAside): Service<number, Row> {
  return new Service<number, Row>(sim, {
    name,
    help: `An instance of the application: up to ${p.concurrency} requests at once, ${p.queueMax} waiting`,
    concurrency: p.concurrency,
    queueMax: p.queueMax,
    handle: (call) => reader.read(call.query, call.request),
    onCrash: () => reader.crash(),
  });
}

/** Users who send requests by a Poisson process, to one instance after the other. */
export function users(
  sim: Simulation,
  p: InstanceValues & { readonly rate: number },
  apps: readonly Service<number, Row>[],
  popularity: Popularity,
): OpenLoopClient<Row> {
  const delay = uniform(ms(0.5), FAR_MAX);
  return new OpenLoopClient<Row>(sim, {
    name: 'users',
    arrivals: poisson(p.rate),
    popularity,
    target: roundRobin(
      apps.map((app) => new Link<number, Row>(sim, app, { from: 'users', delay, timeout: p.timeout })),
    ),
  });
}
