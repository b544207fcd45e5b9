/** Resources beside a plain loop over time; and that no unit leaks, whatever ends a claim. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../sim-core/kernel/fact.ts';
import { race, sleep, timeout } from '../../../sim-core/kernel/combine.ts';
import { Interrupted, spawn, type Behaviour, type Process } from '../../../sim-core/kernel/process.ts';
import {
  QueueFull,
  Resource,
  resourceChanged,
  resourceGranted,
  resourceRefused,
} from '../../../sim-core/kernel/resource.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';

const later = (sim: Simulation, time: number, act: () => void): void => void sim.scheduleAt(time, act, undefined);

/** The oracle: who is served when, if each customer of a list comes, waits with a patience, and holds a unit. */
interface Customer {
  readonly arrives: number;
  readonly priority: number;
  readonly holds: number;
  readonly patience: number;
}

/**
 * A plain loop over the even instants. First the impatient have left, at the odd instant before; then those served leave
 * and their units pass on; then come the arriving. Returns for each customer when it was served, `refused` or `left`.
 */
function serve(customers: readonly Customer[], capacity: number, queueMax: number): (number | 'refused' | 'left')[] {
  const outcome: (number | 'refused' | 'left')[] = customers.map(() => 'left');
  let waiting: number[] = [];
  let leaving: number[] = [];
  for (let now = 0; now < 1000; now += 2) {
    waiting = waiting.filter((i) => customers[i].arrives + customers[i].patience + 1 > now);
    for (let free = leaving.filter((time) => time === now).length; free > 0 && waiting.length > 0; free--) {
      waiting.sort((a, b) => customers[a].priority - customers[b].priority || a - b);
      const next = waiting.shift()!;
      outcome[next] = now;
      leaving.push(now + customers[next].holds);
    }
    leaving = leaving.filter((time) => time > now);
    customers.forEach(({ arrives, holds }, i) => {
      if (arrives !== now) return;
      if (leaving.length < capacity) {
        outcome[i] = now;
        leaving.push(now + holds);
      } else if (waiting.length < queueMax) waiting.push(i);
      else outcome[i] = 'refused';
    });
  }
  return outcome;
}

const customer = fc.record({
  arrives: fc.nat(40).map((n) => 2 * n),
  priority: fc.nat(2),
  holds: fc.integer({ min: 1, max: 12 }).map((n) => 2 * n),
  patience: fc.oneof(
    fc.nat(10).map((n) => 2 * n),
    fc.constant(1000),
  ),
});
const customers = fc
  .array(customer, { minLength: 1, maxLength: 40 })
  .map((list) => list.sort((a, b) => a.arrives - b.arrives));

describe('a resource', () => {
  it('serves by priority, then by arrival, refuses beyond its bound: as a plain loop does', () => {
    fc.assert(
      fc.property(customers, fc.integer({ min: 1, max: 3 }), fc.nat(6), (list, capacity, queueMax) => {
        const sim = new Simulation();
        const server = new Resource(sim, { name: 'server', capacity, queueMax });
        const outcome: (number | 'refused' | 'left')[] = list.map(() => 'left');
        // Odd instants for impatience, so that it never ties with a unit coming free. All arrive after those who leave.
        function* come({ priority, holds, patience }: Customer, i: number): Behaviour {
          try {
            const won = yield* race(server.acquire(priority), sleep(sim, patience + 1));
            if (won.index === 1) return;
          } catch (error) {
            outcome[i] = error instanceof QueueFull ? 'refused' : 'left';
            return;
          }
          outcome[i] = sim.now;
          if (server.inUse > capacity) throw new Error('more in use than there are');
          sim.schedule(holds, () => server.release(), undefined);
        }
        list.forEach((each, i) =>
          later(sim, each.arrives === 0 ? 0 : each.arrives - 1, () => {
            // Scheduled an instant before, so that whatever frees a unit at the arrival's instant was scheduled earlier.
            spawn(sim, `customer ${i}`, come(each, i), each.arrives === 0 ? 0 : 1);
          }),
        );
        sim.runUntil(1000);
        expect(outcome).toEqual(serve(list, capacity, queueMax));
        expect([server.inUse, server.waiting, sim.pending]).toEqual([0, 0, 0]);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps its facts and its counts: in use, waiting, granted in turn, refused', () => {
    const sim = new Simulation();
    const changes: Fact<typeof resourceChanged>[] = [];
    const waits: number[] = [];
    let refused = 0;
    sim.facts.channel(resourceChanged).listen((fact) => changes.push(fact));
    sim.facts.channel(resourceGranted).listen(({ waited }) => waits.push(waited));
    sim.facts.channel(resourceRefused).listen(() => refused++);
    const server = new Resource(sim, { name: 'server', capacity: 1, queueMax: 1 });
    expect(server.tryAcquire()).toBe(true);
    expect(server.tryAcquire()).toBe(false);
    expect(server.enqueue(() => {}, undefined)).toBeDefined();
    expect(server.enqueue(() => {}, undefined)).toBeUndefined();
    later(sim, 7, () => server.release());
    later(sim, 9, () => server.release());
    sim.runUntil(10);
    expect(changes.map(({ inUse, waiting }) => [inUse, waiting])).toEqual([
      [1, 0],
      [1, 1],
      [1, 0],
      [0, 0],
    ]);
    expect([waits, refused]).toEqual([[0, 7], 1]);
  });

  it('lets callbacks and processes stand in one line', () => {
    const sim = new Simulation();
    const order: string[] = [];
    const server = new Resource(sim, { name: 'server', capacity: 1, queueMax: Infinity });
    server.tryAcquire();
    const use = (name: string): void => {
      order.push(name);
      sim.schedule(1, () => server.release(), undefined);
    };
    function* process(): Behaviour {
      yield* server.acquire();
      use('process');
    }
    server.enqueue(use, 'callback 1');
    later(sim, 1, () => void spawn(sim, 'process', process()));
    later(sim, 2, () => void server.enqueue(use, 'callback 2'));
    later(sim, 3, () => void server.enqueue(use, 'urgent', -1));
    later(sim, 4, () => server.release());
    sim.runUntil(100);
    expect(order).toEqual(['urgent', 'callback 1', 'process', 'callback 2']);
  });

  it('withdraws a claim once, and not after it was granted', () => {
    const sim = new Simulation();
    const server = new Resource(sim, { name: 'server', capacity: 1, queueMax: Infinity });
    server.tryAcquire();
    const granted: string[] = [];
    const [a, b] = ['a', 'b'].map((name) => server.enqueue((who) => granted.push(who), name)!);
    expect([server.withdraw(a), server.withdraw(a), server.waiting]).toEqual([true, false, 1]);
    server.release();
    expect([server.withdraw(b), server.inUse, server.waiting]).toEqual([false, 1, 0]);
    sim.runUntil(1);
    expect(granted).toEqual(['b']);
  });

  it('keeps one waiting line however many priorities have come and gone', () => {
    const sim = new Simulation();
    const server = new Resource(sim, { name: 'server', capacity: 1, queueMax: Infinity });
    server.tryAcquire();
    for (let deadline = 0; deadline < 1000; deadline++) server.enqueue(() => server.release(), undefined, deadline);
    server.release();
    sim.runUntil(1);
    // oxlint-disable-next-line typescript/no-explicit-any -- what a long run would fill memory with
    expect((server as any).lines.length).toBe(1);
    expect(server.inUse).toBe(0);
  });

  it('refuses nonsense in words', () => {
    const sim = new Simulation();
    const make = (capacity: number, queueMax: number): Resource =>
      new Resource(sim, { name: 'pool', capacity, queueMax });
    expect(() => make(0, 1)).toThrow('pool: capacity is 0; it must be an integer of at least 1');
    expect(() => make(1.5, 1)).toThrow('pool: capacity is 1.5');
    expect(() => make(1, -1)).toThrow('pool: queueMax is -1; it must be an integer of at least 0, or Infinity');
    expect(() => make(1, NaN)).toThrow('pool: queueMax is NaN');
    expect(() => make(1, 1).release()).toThrow('pool: a unit was released that nobody holds');
    const busy = make(1, 1);
    busy.tryAcquire();
    expect(() => busy.enqueue(() => {}, undefined, NaN)).toThrow('pool: a priority is NaN');
  });
});

const step = fc.record({
  start: fc.nat(20),
  holds: fc.nat(6),
  priority: fc.nat(1),
  patience: fc.option(fc.nat(8)),
  disturb: fc.option(fc.record({ at: fc.nat(40), how: fc.constantFrom('cancel', 'interrupt') })),
});

describe('units', () => {
  it('never leak and never exceed the capacity, whatever cancels, interrupts or times out', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(0, 2, Infinity),
        (steps, capacity, queueMax) => {
          const sim = new Simulation();
          const server = new Resource(sim, { name: 'server', capacity, queueMax });
          let holders = 0;
          function* customer({ start, holds, priority, patience }: (typeof steps)[number]): Behaviour {
            try {
              yield start;
              if (patience === null) yield* server.acquire(priority);
              else if (typeof (yield* timeout(sim, server.acquire(priority), patience)) === 'symbol') return;
              holders++;
              try {
                yield holds;
              } finally {
                holders--;
                server.release();
              }
            } catch (error) {
              if (!(error instanceof QueueFull || error instanceof Interrupted)) throw error;
            }
          }
          for (const each of steps) {
            const process: Process = spawn(sim, 'customer', customer(each));
            const { disturb } = each;
            if (disturb === null) continue;
            later(sim, disturb.at, () => {
              if (disturb.how === 'cancel') process.cancel();
              else if (process.state === 'waiting') process.interrupt('disturbed');
            });
          }
          const broken: string[] = [];
          for (let time = 1; time < 200; time++) {
            sim.runUntil(time);
            // Between instants every unit in use is somebody's, and nobody waits while one is free.
            const { inUse, waiting } = server;
            if (inUse !== holders || holders > capacity || waiting > queueMax || (holders < capacity && waiting > 0)) {
              broken.push(`at ${time}: ${inUse} in use, ${holders} held, ${waiting} wait`);
            }
          }
          expect(broken).toEqual([]);
          expect([server.inUse, server.waiting, sim.pending]).toEqual([0, 0, 0]);
        },
      ),
      { numRuns: 150 },
    );
  });
});
