/**
 * Queues simulated with the public interface, against the closed forms. Those are computed here and compared with the
 * worked values of the shared data, where that is present.
 */
import { describe, expect, it } from 'vitest';
import {
  ClosedLoopClient,
  confidenceInterval,
  constant,
  discrete,
  erlang,
  exponential,
  hyperexponential,
  Link,
  Process,
  requestCompleted,
  Resource,
  SECOND,
  Service,
  Simulation,
  spawn,
  Tally,
  TimeWeighted,
  toSeconds,
  type Behaviour,
  type Distribution,
  type EventHandle,
} from '../../sim-core/index.ts';
import { simulateQueue } from '../../notebooks/calibration/queue.ts';
import { erlangB, erlangC, pollaczekKhinchine } from '../../notebooks/calibration/queueing.ts';
import { expectTheory, LEVEL, outliers, replicate, type Measures } from './queue-simulation.ts';
import {
  constantArrivals,
  erlangCWaits,
  finiteRoom,
  kingman,
  machineRepair,
  mm1Distributions,
  shortestOf,
  twoClasses,
  twoClassesPreemptive,
} from './queueing-formulas.ts';
import { sharedVectors } from '../shared-vectors.ts';

const poissonGaps = (lambda: number): Distribution => exponential(SECOND / lambda);
const exponentialService = exponential(SECOND);

/** Two exponentials of balanced means, with a squared coefficient of variation of 4. */
const share = (1 + Math.sqrt(3 / 5)) / 2;
const variedService = hyperexponential([
  { weight: share, mean: SECOND / (2 * share) },
  { weight: 1 - share, mean: SECOND / (2 * (1 - share)) },
]);

/** Nine in ten take half a second, the tenth 5.5. */
const tenth = discrete([0.9, 0.1]);
const twoPointService: Distribution = {
  mean: SECOND,
  sample: (random) => (0.5 + 5 * tenth.sample(random)) * SECOND,
  describe: () => 'two points',
};

describe.each([0.5, 0.8])('a single server at a load of %d', (lambda) => {
  it.each([
    ['M/M/1', exponentialService, 2],
    ['M/D/1', constant(SECOND), 1],
    ['M/E2/1', erlang(2, SECOND), 1.5],
    ['M/H2/1, cv² = 4', variedService, 5],
    ['M/G/1, 90 % and 10 %', twoPointService, 3.25],
  ] as const)('%s waits as Pollaczek and Khinchine say', (_name, service, squares) => {
    const measured = replicate((seed) => simulateQueue({ gap: poissonGaps(lambda), service }, seed));
    expectTheory(measured, { ...pollaczekKhinchine(lambda, squares), throughput: lambda, P_block: 0, P_wait: lambda });
  });

  it('D/M/1 waits by the root of its equation', () => {
    const measured = replicate((seed) =>
      simulateQueue({ gap: constant(SECOND / lambda), service: exponentialService }, seed),
    );
    const { Wq, W } = constantArrivals(lambda);
    expectTheory(measured, { Wq, W });
    // Kingman's is an upper one where gaps vary less than services.
    expect(kingman(lambda, 0, 1)).toBeGreaterThan(confidenceInterval(measured.get('Wq')!, LEVEL).high);
  });

  it('is told apart from another model by the same check', () => {
    const measured = replicate((seed) =>
      simulateQueue({ gap: poissonGaps(lambda), service: exponentialService }, seed),
    );
    const wrong = { ...pollaczekKhinchine(lambda, 1) };
    expect(outliers(measured, wrong)).toHaveLength(Object.keys(wrong).length);
  });
});

/** Shares of waits and stays that are within given times, and how the number of customers is spread over time. */
function simulateSpread(
  lambda: number,
  servers: number,
  waits: readonly number[],
  stays: readonly number[],
  seed: number,
) {
  const sim = new Simulation({ seed });
  const server = new Resource(sim, { name: 'server', capacity: servers, queueMax: Infinity });
  const [gaps, services] = [sim.random('gaps'), sim.random('services')];
  const end = Math.round((20_000 * SECOND) / lambda);
  const start = end / 10;
  const [waited, stayed] = [waits, stays].map((times) => times.map(() => new Tally()));
  const [square, none, tenOrMore] = [0, 1, 0].map((value) => new TimeWeighted(0, value));
  const present = new TimeWeighted(0, 0);
  let number = 0;
  const change = (by: number): void => {
    number += by;
    present.set(sim.now, number);
    square.set(sim.now, number ** 2);
    none.set(sim.now, number === 0 ? 1 : 0);
    tenOrMore.set(sim.now, number >= 10 ? 1 : 0);
  };
  const note = (tallies: Tally[], times: readonly number[], time: number): void =>
    tallies.forEach((tally, i) => tally.add(toSeconds(time) <= times[i] ? 1 : 0));
  function* customer(): Behaviour {
    const arrival = sim.now;
    change(1);
    yield* server.acquire();
    if (arrival >= start) note(waited, waits, sim.now - arrival);
    yield Math.round(exponentialService.sample(services));
    server.release();
    change(-1);
    if (arrival >= start) note(stayed, stays, sim.now - arrival);
  }
  function* arrivals(): Behaviour {
    for (;;) {
      yield Math.round(poissonGaps(lambda).sample(gaps));
      new Process(sim, 'customer', customer()).startNow();
    }
  }
  spawn(sim, 'arrivals', arrivals());
  sim.runUntil(start);
  for (const value of [present, square, none, tenOrMore]) value.resetAt(start);
  sim.runUntil(end);
  const byTime = (name: string, tallies: Tally[]) =>
    Object.fromEntries(tallies.map((tally, i) => [`${name} ${i}`, tally.mean]));
  return {
    ...byTime('waited', waited),
    ...byTime('stayed', stayed),
    square: square.mean(end),
    P0: none.mean(end),
    P_N_ge_10: tenOrMore.mean(end),
  };
}

describe('what is spread about the means', () => {
  it.each([0.5, 0.8])('stays of M/M/1 at a load of %d are exponential, and numbers geometric', (rho) => {
    const { W_p50, W_p95, W_p99, P0, P_N_ge_10, var_N } = mm1Distributions(rho);
    const measured = replicate((seed) => simulateSpread(rho, 1, [], [W_p50, W_p95, W_p99], seed));
    const square = var_N + pollaczekKhinchine(rho, 2).L ** 2;
    expectTheory(measured, { 'stayed 0': 0.5, 'stayed 1': 0.95, 'stayed 2': 0.99, P0, P_N_ge_10, square });
  });

  it.each([
    [4, 8],
    [6.4, 8],
  ])('waits of M/M/c, lambda %d on %d servers, are as long as Erlang says', (lambda, servers) => {
    const { Wq_p95, Wq_p99 } = erlangCWaits(lambda, servers);
    const measured = replicate((seed) => simulateSpread(lambda, servers, [0, Wq_p95, Wq_p99], [], seed));
    const { P_wait } = erlangC(lambda, servers);
    expectTheory(measured, { 'waited 0': 1 - P_wait, 'waited 1': 0.95, 'waited 2': 0.99 });
  });
});

describe('several servers', () => {
  it.each([
    [4, 8],
    [6.4, 8],
    [1.6, 2],
  ])('M/M/c, lambda %d on %d servers, waits as Erlang C says', (lambda, servers) => {
    const measured = replicate((seed) =>
      simulateQueue({ gap: poissonGaps(lambda), service: exponentialService, servers }, seed),
    );
    expectTheory(measured, { ...erlangC(lambda, servers) });
  });

  it.each([
    ['exponential', 4, 8, exponentialService],
    ['exponential', 25.6, 32, exponentialService],
    ['two-point', 4, 8, twoPointService],
  ] as const)(
    'M/G/c/c with %s service, lambda %d on %d servers, blocks as Erlang B says',
    (_, lambda, servers, service) => {
      const measured = replicate((seed) =>
        simulateQueue({ gap: poissonGaps(lambda), service, servers, queueMax: 0 }, seed),
      );
      const P_block = erlangB(lambda, servers);
      expectTheory(measured, { P_block, L: lambda * (1 - P_block), Wq: 0 });
    },
  );
});

describe('a bounded waiting line', () => {
  it.each([
    [0.5, 5],
    [0.8, 10],
    [0.95, 10],
    [2, 5],
  ])('M/M/1/K, lambda %d and room for %d, blocks and serves by its birth-death process', (lambda, K) => {
    const measured = replicate((seed) =>
      simulateQueue({ gap: poissonGaps(lambda), service: exponentialService, queueMax: K - 1 }, seed),
    );
    const { P0: _, ...theory } = finiteRoom(lambda, K);
    expectTheory(measured, theory);
  });
});

/** Two classes of customers, by callbacks: `enqueue`, no process. */
function simulateClasses(lambdas: readonly number[], seed: number): Measures {
  const sim = new Simulation({ seed });
  const server = new Resource(sim, { name: 'server', capacity: 1, queueMax: Infinity });
  const services = sim.random('services');
  const end = 15_000 * SECOND;
  const start = end / 10;
  const waits = lambdas.map(() => new Tally());
  lambdas.forEach((lambda, priority) => {
    const gap = poissonGaps(lambda);
    const gaps = sim.random(`gaps of class ${priority}`);
    const serve = (arrival: number): void => {
      if (arrival >= start) waits[priority].add(toSeconds(sim.now - arrival));
      sim.schedule(Math.round(exponentialService.sample(services)), () => server.release(), undefined);
    };
    const arrive = (): void => {
      sim.schedule(Math.round(gap.sample(gaps)), arrive, undefined);
      if (server.tryAcquire()) serve(sim.now);
      else server.enqueue(serve, sim.now, priority);
    };
    sim.schedule(Math.round(gap.sample(gaps)), arrive, undefined);
  });
  sim.runUntil(end);
  return { Wq1: waits[0].mean, Wq2: waits[1].mean };
}

/** The same by interruption: `cancel` takes back the end of a service, and what is left of it waits. */
function simulatePreemption(lambdas: readonly number[], seed: number): Measures {
  interface Customer {
    readonly arrival: number;
    readonly priority: number;
    left: number;
  }
  const sim = new Simulation({ seed });
  const services = sim.random('services');
  const end = 15_000 * SECOND;
  const stays = lambdas.map(() => new Tally());
  const waiting: Customer[][] = lambdas.map(() => []);
  let served: { readonly customer: Customer; readonly since: number; readonly event: EventHandle } | undefined;
  const serve = (customer: Customer): void => {
    served = { customer, since: sim.now, event: sim.schedule(customer.left, leave, customer) };
  };
  const leave = ({ arrival, priority }: Customer): void => {
    if (arrival >= end / 10) stays[priority].add(toSeconds(sim.now - arrival));
    served = undefined;
    const next = waiting.find((line) => line.length > 0)?.shift();
    if (next) serve(next);
  };
  lambdas.forEach((lambda, priority) => {
    const gap = poissonGaps(lambda);
    const gaps = sim.random(`gaps of class ${priority}`);
    const arrive = (): void => {
      sim.schedule(Math.round(gap.sample(gaps)), arrive, undefined);
      const customer = { arrival: sim.now, priority, left: Math.round(exponentialService.sample(services)) };
      if (!served) return serve(customer);
      if (served.customer.priority <= priority) return void waiting[priority].push(customer);
      sim.cancel(served.event);
      served.customer.left -= sim.now - served.since;
      waiting[served.customer.priority].unshift(served.customer);
      serve(customer);
    };
    sim.schedule(Math.round(gap.sample(gaps)), arrive, undefined);
  });
  sim.runUntil(end);
  return { W1: stays[0].mean, W2: stays[1].mean };
}

describe('priorities', () => {
  it.each([
    [0.25, 0.25],
    [0.4, 0.4],
  ])('of which the first interrupts the second, %d and %d a second, stay as the theory says', (lambda1, lambda2) => {
    const measured = replicate((seed) => simulatePreemption([lambda1, lambda2], seed));
    expectTheory(measured, { ...twoClassesPreemptive(lambda1, lambda2) });
  });
  it.each([
    [0.25, 0.25],
    [0.4, 0.4],
    [0.2, 0.5],
  ])('two classes of %d and %d a second wait as Cobham says', (lambda1, lambda2) => {
    const measured = replicate((seed) => simulateClasses([lambda1, lambda2], seed));
    expectTheory(measured, { ...twoClasses(lambda1, lambda2) });
  });
});

/** Machine repair, by a closed-loop client and a service: the users are the machines, calls take no time to travel. */
function simulateClosedLoop(users: number, concurrency: number, think: number, seed: number): Measures {
  const sim = new Simulation({ seed });
  const services = sim.random('services');
  function* handle(): Behaviour<void> {
    yield Math.round(exponentialService.sample(services));
  }
  const service = new Service<number, void>(sim, { name: 'repair', help: '', concurrency, queueMax: Infinity, handle });
  const link = new Link(sim, service, { from: 'machines', delay: constant(0) });
  new ClosedLoopClient(sim, {
    name: 'machines',
    users,
    thinkTime: exponential(think * SECOND),
    popularity: { keys: 1, draw: () => 0 },
    target: () => link,
  });
  const end = 6_000 * SECOND;
  const start = end / 10;
  const stays = new Tally();
  let broken = 0;
  sim.facts.channel(requestCompleted).listen(({ duration }) => {
    if (sim.now >= start) stays.add(toSeconds(duration));
  });
  function* look(): Behaviour {
    for (let looks = 1; ; looks++) {
      broken += (service.active - broken) / looks;
      yield SECOND;
    }
  }
  spawn(sim, 'looks', look(), start);
  sim.runUntil(end);
  return { throughput: stays.count / toSeconds(end - start), W: stays.mean, L: broken };
}

describe('a closed loop', () => {
  it.each([
    [10, 1, 1],
    [5, 2, 2],
    [30, 4, 5],
  ])('of %d machines and %d repairmen, up for %d s in the mean, is M/M/c//N', (users, concurrency, think) => {
    const measured = replicate((seed) => simulateClosedLoop(users, concurrency, think, seed));
    const { throughput, W, L } = machineRepair(users, concurrency, think);
    expectTheory(measured, { throughput, W, L });
  });
});

interface Row {
  readonly model: string;
  readonly params: Readonly<Record<string, number>>;
  readonly results: Readonly<Record<string, number>>;
}

/** All that the shared data has worked out of each of its models, by the formulas above. */
const formulas: Readonly<Record<string, (params: Row['params']) => Measures>> = {
  'M/M/1': ({ lambda }) => ({ rho: lambda, ...pollaczekKhinchine(lambda, 2), ...mm1Distributions(lambda) }),
  'M/D/1': ({ lambda }) => ({ ...pollaczekKhinchine(lambda, 1) }),
  'M/G/1 (Pollaczek-Khinchine)': ({ lambda, cv2, ES2 }) => ({ ...pollaczekKhinchine(lambda, ES2 ?? 1 + cv2) }),
  'M/M/c (Erlang C)': ({ lambda, c }) => ({ ...erlangC(lambda, c), ...erlangCWaits(lambda, c) }),
  'M/M/c/c (Erlang B)': ({ lambda, c }) => ({ P_block: erlangB(lambda, c), L: lambda * (1 - erlangB(lambda, c)) }),
  'M/M/1/K': ({ lambda, K }) => ({ ...finiteRoom(lambda, K) }),
  'D/M/1': ({ rho }) => ({ ...constantArrivals(rho) }),
  'machine repair M/M/c//N (closed, think time Z)': ({ N, c, Z }) => {
    const theory = machineRepair(N, c, Z);
    return { ...theory, check_interactive_law: N / theory.throughput - Z };
  },
  'M/M/1 two priority classes (equal load)': ({ lambda1, lambda2 }) => {
    const { Wq1, Wq2 } = twoClasses(lambda1, lambda2);
    const { W1, W2 } = twoClassesPreemptive(lambda1, lambda2);
    return { Wq1_nonpreemptive: Wq1, Wq2_nonpreemptive: Wq2, W1_preemptive: W1, W2_preemptive: W2 };
  },
  'G/G/1 Kingman upper approx': ({ rho, ca2, cs2 }) => ({ Wq: kingman(rho, ca2, cs2) }),
  'power-of-d choices (n->inf)': ({ lambda_per_server: lambda, d }) => {
    const { W, shareOf } = shortestOf(d, lambda);
    return { mean_time_in_system: W, fraction_servers_ge_5: shareOf(5) };
  },
};

const vectors = sharedVectors<{ readonly rows: readonly Row[] }>('queueing_formulas.json');

describe.skipIf(vectors.isLeftOut)('the formulas and the worked values', () => {
  const { rows } = vectors.isLeftOut ? { rows: [] } : vectors.read();

  it.each([...new Set(rows.map(({ model }) => model))])('agree on all that is worked out of %s', (model) => {
    for (const { params, results } of rows.filter((row) => row.model === model)) {
      const theory = formulas[model](params);
      for (const [name, value] of Object.entries(results)) {
        expect(theory[name], `${name} of ${JSON.stringify(params)}`).toBeCloseTo(value, 8);
      }
    }
  });
});
