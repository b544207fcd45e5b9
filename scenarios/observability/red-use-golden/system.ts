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
/** Incidents of a run in which they come in turn, each over before the next one. */
export const IN_TURN = [
  { name: 'nearly-full', from: FAULT_AT, to: s(40) },
  { name: 'error-burst', from: s(60), to: s(80) },
  { name: 'lost-traffic', from: s(100), to: s(120) },
] as const;
/** Of the pool, what is in use while it is nearly full: more than is good, and next to nobody waits for long. */
export const NEARLY_FULL = 0.84;
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
  const fail = (share: number): void => database.interventions['fail'].apply([share]);
  const [, burst] = IN_TURN;
  const failsFrom = p.fault === 'error-burst' ? FAULT_AT : p.fault === 'each-in-turn' ? burst.from : undefined;
  if (failsFrom === undefined) return;
  sim.scheduleAt(failsFrom, () => fail(p.failing), undefined, sim.eventKind('queries begin to fail'));
  if (p.fault === 'error-burst') return;
  sim.scheduleAt(burst.to, () => fail(0), undefined, sim.eventKind('queries fail no more'));
}

/** As many as usual until the fault; then more from second to second, or few; or both, one after the other. */
function arrivalsOf(p: Values): ArrivalProcess {
  if (p.fault === 'lost-traffic') return thinned(poisson(p.rate), (time) => (time < FAULT_AT ? 1 : 1 - p.lost));
  if (p.fault === 'each-in-turn') {
    const [full, , lost] = IN_TURN;
    const fullRate = Math.max(p.rate, (NEARLY_FULL * CONNECTIONS) / toSeconds(QUERY_TIME));
    const within = (time: Time, { from, to }: { from: Time; to: Time }): boolean => time >= from && time < to;
    return thinned(poisson(fullRate), (time) => {
      const rate = within(time, full) ? fullRate : within(time, lost) ? p.rate * (1 - p.lost) : p.rate;
      return rate / fullRate;
    });
  }
  if (p.fault !== 'overload') return poisson(p.rate);
  const most = rateAt(p, p.length);
  return thinned(poisson(most), (time) => Math.min(1, rateAt(p, time) / most));
}

export const rateAt = ({ rate, growth }: Values, time: Time): number =>
  rate + growth * Math.max(0, toSeconds(time - FAULT_AT));
