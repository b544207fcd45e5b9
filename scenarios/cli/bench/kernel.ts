/**
 * The kernel through its public interface: how often a process can be switched to, and customers through an M/M/1
 * queue at a load of 0.8, written in the natural way as processes and as callbacks. The peer is simjs, whose models are
 * callbacks too, with its own `Facility` and random numbers.
 */
import {
  exponential,
  Process,
  Resource,
  SECOND,
  Simulation,
  spawn,
  type Behaviour,
  type Distribution,
  type RandomStream,
} from '../../../sim-core/index.ts';
import { compareWithFirst, measureInTurn } from './benchmark.ts';
import type { Benchmark, BenchmarkOptions, BenchmarkResult, Contender } from './benchmark.ts';
import { loadSimjs, type Simjs } from './load-simjs.ts';

const LOAD = 0.8;

export const processSwitch: Benchmark = {
  name: 'process-switch',
  help: 'processes that sleep again and again: switches a second, at so many alive, beside as many timers of simjs',
  run: measureSwitches,
};

export const mm1: Benchmark = {
  name: 'mm1',
  help: 'customers through an M/M/1 queue at a load of 0.8, as processes and as callbacks, beside simjs',
  run: measureQueue,
};

async function* measureSwitches(options: BenchmarkOptions): AsyncGenerator<BenchmarkResult> {
  const { quick, progress, interrupted } = options;
  const simjs = await loadSimjs();
  for (const size of quick ? [100] : [1, 100, 10_000]) {
    progress(`process-switch: ${size} processes`);
    const switches = quick ? 10_000 : 1_000_000;
    const contenders = [sleepers(size, switches), timersOfSimjs(simjs, size, switches / 4)];
    const rates = await measureInTurn(contenders, quick ? 1 : 5, interrupted);
    yield* compareWithFirst(rates, { name: 'process-switch', size, unit: 'switches/s' });
  }
}

function sleepers(size: number, switches: number): Contender {
  const sim = new Simulation({ budget: { eventsMax: Infinity } });
  function* sleeper(nap: number): Behaviour {
    for (;;) yield nap;
  }
  for (let i = 0; i < size; i++) spawn(sim, 'sleeper', sleeper(1000 + 7 * i));
  return {
    name: 'brownout',
    work() {
      sim.runUntil(Infinity, switches);
      return switches;
    },
  };
}

/** simjs has no processes: what comes nearest is a timer whose callback sets the next one. */
function timersOfSimjs(simjs: Simjs, size: number, switches: number): Contender {
  const sim = new simjs.Sim();
  class Sleeper extends simjs.Entity {
    private nap = 0;
    start(): void {}
    sleep(nap: number): void {
      this.nap = nap;
      this.again();
    }
    again(): void {
      this.setTimer(this.nap).done(this.again, this);
    }
  }
  for (let i = 0; i < size; i++) sim.addEntity(Sleeper).sleep(1000 + 7 * i);
  return {
    name: 'simjs (timers)',
    work() {
      sim.simulate(Infinity, switches);
      return switches;
    },
  };
}

async function* measureQueue({ quick, progress, interrupted }: BenchmarkOptions): AsyncGenerator<BenchmarkResult> {
  const simjs = (await loadSimjs()) as SimjsWithFacilities;
  const customers = quick ? 2_000 : 500_000;
  for (const [variant, ours] of Object.entries({ processes: queueOfProcesses, callbacks: queueOfCallbacks })) {
    progress(`mm1: ${variant}`);
    const contenders: Contender[] = [
      { name: 'brownout', work: () => ours(customers), warmUp: () => ours(customers / 4) },
      {
        name: 'simjs',
        work: () => queueOfSimjs(simjs, customers / 4),
        warmUp: () => queueOfSimjs(simjs, customers / 16),
      },
    ];
    yield* compareWithFirst(await measureInTurn(contenders, quick ? 1 : 5, interrupted), {
      name: 'mm1',
      variant,
      unit: 'customers/s',
    });
  }
}

interface QueueParts {
  readonly sim: Simulation;
  readonly server: Resource;
  readonly gap: () => number;
  readonly service: () => number;
}

function parts(): QueueParts {
  const sim = new Simulation();
  const server = new Resource(sim, { name: 'server', capacity: 1, queueMax: Infinity });
  const drawn = (distribution: Distribution, random: RandomStream) => () => Math.round(distribution.sample(random));
  const gap = drawn(exponential(SECOND / LOAD), sim.random('gaps'));
  const service = drawn(exponential(SECOND), sim.random('services'));
  return { sim, server, gap, service };
}

/** Each returns how many customers were served. */
function queueOfProcesses(customers: number): number {
  const { sim, server, gap, service } = parts();
  let served = 0;
  function* customer(): Behaviour {
    yield* server.acquire();
    yield service();
    server.release();
    served++;
  }
  function* arrivals(): Behaviour {
    for (let i = 0; i < customers; i++) {
      yield gap();
      new Process(sim, 'customer', customer()).startNow();
    }
  }
  spawn(sim, 'arrivals', arrivals());
  sim.runUntil(Infinity);
  return served;
}

function queueOfCallbacks(customers: number): number {
  const { sim, server, gap, service } = parts();
  let left = customers;
  let served = 0;
  const arrive = (): void => {
    if (--left > 0) sim.schedule(gap(), arrive, undefined);
    if (server.tryAcquire()) serve();
    else server.enqueue(serve, undefined);
  };
  const serve = (): void => {
    sim.schedule(service(), leave, undefined);
  };
  const leave = (): void => {
    server.release();
    served++;
  };
  sim.schedule(gap(), arrive, undefined);
  sim.runUntil(Infinity);
  return served;
}

/** The part of simjs that its types here leave out. */
interface SimjsWithFacilities extends Simjs {
  readonly Facility: new (name: string) => object;
  readonly Random: new (seed: number) => { exponential(rate: number): number };
}

interface FacilityUser {
  useFacility(facility: object, duration: number): { done(callback: () => void): void };
}

function queueOfSimjs(simjs: SimjsWithFacilities, customers: number): number {
  const sim = new simjs.Sim();
  const random = new simjs.Random(1);
  const server = new simjs.Facility('server');
  let left = customers;
  let served = 0;
  class Arrivals extends simjs.Entity {
    start(): void {
      this.setTimer(random.exponential(LOAD)).done(this.arrive, this);
    }
    arrive(): void {
      const user = this as unknown as FacilityUser;
      user.useFacility(server, random.exponential(1)).done(() => served++);
      if (--left > 0) this.start();
    }
  }
  sim.addEntity(Arrivals);
  sim.simulate(Infinity, Infinity);
  return served;
}
