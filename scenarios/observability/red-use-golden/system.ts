/** What is watched: users, an application and a database with a pool of connections, and what goes wrong with them. */
import {
  Database,
  gamma,
  Link,
  ms,
  OpenLoopClient,
  poisson,
  roundRobin,
  s,
  Service,
  thinned,
  toSeconds,
  zipfPopularity,
  type ArrivalProcess,
  type DatabaseQuery,
  type Row,
  type Simulation,
  type Time,
} from '../../../sim-core/index.ts';
import { faraway, nearby, SHAPE } from '../../application/distances.ts';
import type { Values } from './params.ts';

export const FAULT_AT = s(20);
export const CONNECTIONS = 20;
export const HANDLERS = 400;
/** A query's processor time; there are more processors than connections, so that it takes as long. */
export const QUERY_TIME = ms(40);
export const WATCHED = [
  { name: 'app', end: 'callee', resource: { name: 'app slots', capacity: HANDLERS } },
  { name: 'database', end: 'callee', resource: { name: 'database pool', capacity: CONNECTIONS } },
  { name: 'users', end: 'caller' },
] as const;

export function build(sim: Simulation, p: Values): void {
  const database = new Database(sim, {
    name: 'database',
    connections: CONNECTIONS,
    queueMax: 100,
    cores: 2 * CONNECTIONS,
    demand: gamma(SHAPE, QUERY_TIME / SHAPE),
  });
  const store = new Link<DatabaseQuery, Row>(sim, database, { from: 'app', delay: nearby });
  const app = new Service<number, Row>(sim, {
    name: 'app',
    help: `The application: up to ${HANDLERS} requests at once, none waiting`,
    concurrency: HANDLERS,
    queueMax: 0,
    *handle({ query, request }) {
      return yield* store.call({ operation: 'read', key: query }, request);
    },
  });
  new OpenLoopClient<Row>(sim, {
    name: 'users',
    arrivals: arrivalsOf(p),
    popularity: zipfPopularity(1000, 1),
    target: roundRobin([new Link(sim, app, { from: 'users', delay: faraway })]),
  });
  if (p.fault !== 'error-burst') return;
  const fail = (): void => database.interventions['fail'].apply([p.failing]);
  sim.scheduleAt(FAULT_AT, fail, undefined, sim.eventKind('queries begin to fail'));
}

/** As many as usual until the fault; then more from second to second, or few. */
function arrivalsOf(p: Values): ArrivalProcess {
  if (p.fault === 'lost-traffic') return thinned(poisson(p.rate), (time) => (time < FAULT_AT ? 1 : 1 - p.lost));
  if (p.fault !== 'overload') return poisson(p.rate);
  const most = rateAt(p, p.length);
  return thinned(poisson(most), (time) => Math.min(1, rateAt(p, time) / most));
}

export const rateAt = ({ rate, growth }: Values, time: Time): number =>
  rate + growth * Math.max(0, toSeconds(time - FAULT_AT));
