/** A scenario with exercises for tests: a queue before a few servers, which lets in too many, and a lamp that does nothing. */
import {
  atLeast,
  atMost,
  choice,
  Database,
  defineScenario,
  exponential,
  flag,
  gamma,
  guardrail,
  integer,
  Link,
  ms,
  OpenLoopClient,
  peak,
  poisson,
  rate,
  roundRobin,
  s,
  total,
  zipfPopularity,
  type Endpoint,
  type Row,
} from '../../../../sim-core/index.ts';

const WAITING = 'db.client.connection.pending_requests';

export const small = defineScenario({
  id: 'small',
  section: '0',
  title: 'Small',
  question: 'How many wait?',
  params: {
    load: rate({ help: 'Requests', default: 900, min: 1, max: 5000 }),
    queueMax: integer({ help: 'Who waits at most', default: 10_000, min: 0, max: 10_000 }),
    cores: integer({ help: 'Cores', default: 2, min: 1, max: 64 }),
    lamp: flag({ help: 'A lamp', of: 'design', default: false }),
    day: choice({
      help: 'What day it is',
      default: 'monday',
      choices: ['monday', 'tuesday', 'sunday'],
      worlds: [['monday', 'tuesday'], ['sunday']],
    }),
  },
  variants: {
    unbounded: {},
    bounded: { queueMax: 20 },
    'bounded-later': { queueMax: 30, day: 'tuesday' },
    'on-sunday': { queueMax: 20, day: 'sunday' },
    small: { cores: 1 },
  },
  roles: { unbounded: 'pitfall', bounded: 'remedy', 'bounded-later': 'remedy', 'on-sunday': 'remedy', small: 'fault' },
  seed: 7,
  duration: s(4),
  warmUp: 0,
  openAt: 0,
  system(sim, { load, queueMax, cores }) {
    const database = new Database(sim, { name: 'database', connections: 4, queueMax, cores, demand: gamma(4, ms(3)) });
    // Users ask by key alone; the database's signals and facts do not mind an operation that is not named.
    const byKey = database as unknown as Endpoint<number, Row>;
    const link = new Link<number, Row>(sim, byKey, { from: 'users', delay: exponential(ms(1)), timeout: s(10) });
    const popularity = zipfPopularity(10, 1);
    new OpenLoopClient<Row>(sim, { name: 'users', arrivals: poisson(load), popularity, target: roundRobin([link]) });
  },
  exercises: { unbounded: { deeds: [{ action: 'slow', target: 'database' }], deedsMax: 1 } },
  charts: [WAITING],
  expect: {
    unbounded: [atLeast(peak(WAITING), 100)],
    // The limit follows the parameter: who judged by the learner's own could reach it by moving it.
    bounded: [
      atMost(peak(WAITING), ({ queueMax }) => Number(queueMax)),
      guardrail(atLeast(total('db.client.operations'), 1000), 'what is let in is served'),
    ],
    'bounded-later': [atMost(peak(WAITING), ({ queueMax }) => Number(queueMax))],
    'on-sunday': [atMost(peak(WAITING), 20)],
    small: [atLeast(peak(WAITING), 100)],
  },
});
