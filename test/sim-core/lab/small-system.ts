/** A scenario for tests of the lab: users ask a small database, over a link; a few thousand events in four seconds. */
import {
  atLeast,
  atMost,
  Database,
  defineScenario,
  exponential,
  gamma,
  Link,
  mean,
  ms,
  OpenLoopClient,
  poisson,
  rate,
  roundRobin,
  s,
  duration,
  total,
  zipfPopularity,
  type Endpoint,
  type Row,
  type Scenario,
  type Simulation,
} from '../../../sim-core/index.ts';

/** `built` is called with each simulation once its system stands. */
export function smallSystem(built: (sim: Simulation) => void = () => {}): Scenario {
  return defineScenario({
    id: 'small',
    section: '0',
    title: 'Small',
    question: 'Is it kept?',
    params: {
      load: rate({ help: 'Requests', default: 200, min: 1, max: 5000 }),
      length: duration({ help: 'Simulated time', default: s(4), min: ms(1), max: s(86_400) }),
    },
    variants: { only: {}, busy: { load: 400 } },
    roles: { only: 'control', busy: 'fault' },
    seed: 7,
    duration: ({ length }) => length,
    warmUp: 0,
    openAt: 0,
    system(sim, { load }) {
      const database = new Database(sim, {
        name: 'database',
        connections: 4,
        queueMax: 6,
        cores: 2,
        demand: gamma(4, ms(2)),
      });
      const link = new Link<number, Row>(sim, byKey(database), {
        from: 'users',
        delay: exponential(ms(1)),
        timeout: ms(60),
      });
      const popularity = zipfPopularity(10, 1);
      new OpenLoopClient<Row>(sim, { name: 'users', arrivals: poisson(load), popularity, target: roundRobin([link]) });
      built(sim);
    },
    charts: ['db.client.operation.rate'],
    expect: {
      only: [atLeast(total('db.client.operations'), 1), atMost(mean('db.client.connection.count'), 4)],
      busy: [atLeast(total('db.client.operations'), 1)],
    },
  });
}

/** Users ask by key alone; the database's signals and facts do not mind an operation that is not named. */
const byKey = (database: Database): Endpoint<number, Row> => database as unknown as Endpoint<number, Row>;
