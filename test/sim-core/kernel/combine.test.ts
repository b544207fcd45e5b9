/** race, all and timeout: what they give, and that what loses gives back whatever it held. */
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { Channel } from '../../../sim-core/kernel/channel.ts';
import { all, race, sleep, timeout, TIMED_OUT } from '../../../sim-core/kernel/combine.ts';
import { spawn, type Behaviour, type Process } from '../../../sim-core/kernel/process.ts';
import { Resource } from '../../../sim-core/kernel/resource.ts';
import { Completion, Signal } from '../../../sim-core/kernel/signal.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import type { Wait } from '../../../sim-core/kernel/wait.ts';

/** Runs one process that waits for something and keeps what came of it and when. */
function waitFor<Value>(
  sim: Simulation,
  wait: () => Wait<Value>,
  start = 0,
): { value?: Value; error?: unknown; at?: number } {
  const outcome: { value?: Value; error?: unknown; at?: number } = {};
  function* waiter(): Behaviour {
    yield start;
    try {
      outcome.value = yield* wait();
    } catch (error) {
      outcome.error = error;
    }
    outcome.at = sim.now;
  }
  spawn(sim, 'waiter', waiter());
  return outcome;
}

const later = (sim: Simulation, time: number, act: () => void): void => void sim.scheduleAt(time, act, undefined);

describe('race', () => {
  it('gives the place and the value of the first', () => {
    const sim = new Simulation();
    const signal = new Signal<string>(sim);
    const outcome = waitFor(sim, () => race(sleep(sim, 10), signal.wait()));
    later(sim, 7, () => signal.fire('pulse'));
    sim.runUntil(100);
    expect(outcome).toEqual({ value: { index: 1, value: 'pulse' }, at: 7 });
    expect(sim.pending).toBe(0);
  });

  it('has typed places and values', () => {
    const sim = new Simulation();
    function* typed(): Behaviour {
      const first = yield* race(new Signal<string>(sim).wait(), new Signal<number>(sim).wait());
      expectTypeOf(first).toEqualTypeOf<
        { readonly index: 0; readonly value: string } | { readonly index: 1; readonly value: number }
      >();
      if (first.index === 0) expectTypeOf(first.value).toEqualTypeOf<string>();
    }
    expect(typed).toBeDefined();
  });

  it('gives ties to the earlier in the list when both are there at once', () => {
    const sim = new Simulation();
    const done = new Completion<number>(sim);
    done.complete(1);
    const outcome = waitFor(sim, () => race(done.wait(), done.wait()));
    sim.runUntil(1);
    expect(outcome.value).toEqual({ index: 0, value: 1 });
  });

  it('fails with the first error and abandons the others', () => {
    const sim = new Simulation();
    const failing = new Completion<number>(sim);
    const signal = new Signal(sim);
    const outcome = waitFor(sim, () => race(signal.wait(), failing.wait(), sleep(sim, 50)));
    later(sim, 3, () => failing.fail(new Error('broken')));
    later(sim, 4, () => expect(signal.fire()).toBe(0));
    sim.runUntil(100);
    expect(outcome).toEqual({ error: new Error('broken'), at: 3 });
  });

  it('of nothing is refused', () => {
    expect(() => race()).toThrow(/at least one/);
  });
});

describe('all', () => {
  it('gives every value in the order of the list, at the time of the last', () => {
    const sim = new Simulation();
    const signal = new Signal<string>(sim);
    const done = new Completion<number>(sim);
    done.complete(5);
    const outcome = waitFor(sim, () => all(signal.wait(), sleep(sim, 10), done.wait()));
    expectTypeOf(outcome.value).toEqualTypeOf<[string, void, number] | undefined>();
    later(sim, 7, () => signal.fire('pulse'));
    sim.runUntil(100);
    expect(outcome).toEqual({ value: ['pulse', undefined, 5], at: 10 });
  });

  it('of nothing is complete at once', () => {
    const sim = new Simulation();
    const outcome = waitFor(sim, () => all());
    sim.runUntil(1);
    expect(outcome).toEqual({ value: [], at: 0 });
  });

  it('that fails gives back what it had already got', () => {
    const sim = new Simulation();
    const server = new Resource(sim, { name: 'server', capacity: 1, queueMax: 0 });
    const box = new Channel<string>(sim, { name: 'box', capacity: 1, whenFull: 'block' });
    const broken = new Completion(sim);
    box.tryPut('letter');
    const outcome = waitFor(sim, () => all(server.acquire(), box.get(), broken.wait()));
    later(sim, 2, () => expect([server.inUse, box.size]).toEqual([1, 0]));
    later(sim, 3, () => broken.fail(new Error('broken')));
    sim.runUntil(10);
    expect(outcome).toEqual({ error: new Error('broken'), at: 3 });
    expect([server.inUse, box.tryGet()]).toEqual([0, { item: 'letter' }]);
  });
});

describe('timeout', () => {
  it('gives the value in time, and TIMED_OUT after it', () => {
    const sim = new Simulation();
    const signal = new Signal<string>(sim);
    const early = waitFor(sim, () => timeout(sim, signal.wait(), 10));
    const late = waitFor(sim, () => timeout(sim, signal.wait(), 5));
    expectTypeOf(early.value).toEqualTypeOf<string | typeof TIMED_OUT | undefined>();
    later(sim, 7, () => signal.fire('pulse'));
    sim.runUntil(100);
    expect(early).toEqual({ value: 'pulse', at: 7 });
    expect(late).toEqual({ value: TIMED_OUT, at: 5 });
    expect(sim.pending).toBe(0);
  });

  it('of several resources gives all of them back, those it had got too', () => {
    const sim = new Simulation();
    const [left, right] = ['left', 'right'].map((name) => new Resource(sim, { name, capacity: 1, queueMax: 5 }));
    right.tryAcquire();
    const outcome = waitFor(sim, () => timeout(sim, all(left.acquire(), right.acquire()), 10));
    later(sim, 5, () => expect([left.inUse, right.waiting]).toEqual([1, 1]));
    sim.runUntil(100);
    expect(outcome).toEqual({ value: TIMED_OUT, at: 10 });
    expect([left.inUse, right.inUse, right.waiting]).toEqual([0, 1, 0]);
  });
});

/** A tree of combinations over resources, channels and sleeps. */
type Plan =
  | { readonly of: 'unit'; readonly index: number }
  | { readonly of: 'item' }
  | { readonly of: 'sleep'; readonly duration: number }
  | { readonly of: 'race' | 'all'; readonly parts: readonly Plan[] }
  | { readonly of: 'timeout'; readonly part: Plan; readonly duration: number };

const plan = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.record({ of: fc.constant('unit' as const), index: fc.nat(1) }),
    fc.record({ of: fc.constant('item' as const) }),
    fc.record({ of: fc.constant('sleep' as const), duration: fc.nat(12) }),
    fc.record({
      of: fc.constantFrom('race' as const, 'all' as const),
      parts: fc.array(tie('plan'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ of: fc.constant('timeout' as const), part: tie('plan'), duration: fc.nat(12) }),
  ),
})).plan;

const walker = fc.record({
  start: fc.nat(15),
  plan,
  hold: fc.nat(8),
  disturb: fc.option(fc.record({ at: fc.nat(30), how: fc.constantFrom('cancel', 'interrupt') })),
});

describe('whatever combination loses, times out, fails, is cancelled or interrupted', () => {
  it('gives back every unit and every item that its process did not get', () => {
    fc.assert(
      fc.property(
        fc.array(walker, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(25), { maxLength: 12 }),
        (walkers, puts) => {
          const sim = new Simulation();
          const units = ['a', 'b'].map((name, i) => new Resource(sim, { name, capacity: 1 + i, queueMax: 3 }));
          const box = new Channel<number>(sim, { name: 'box', capacity: 1, whenFull: 'unbounded' });
          const processes: Process[] = [];
          let put = 0;
          let got = 0;
          for (const at of puts) later(sim, at, () => void (box.tryPut(at) && put++));
          const build = (of: Plan): Wait<unknown> => {
            if (of.of === 'unit') return units[of.index].acquire();
            if (of.of === 'item') return box.get();
            if (of.of === 'sleep') return sleep(sim, of.duration);
            if (of.of === 'timeout') return timeout(sim, build(of.part), of.duration);
            return (of.of === 'race' ? race : all)(...of.parts.map(build));
          };
          /** What a process holds once the combination has given it its value. */
          const settle = (of: Plan, value: unknown): void => {
            if (of.of === 'unit') sim.schedule(5, () => units[of.index].release(), undefined);
            else if (of.of === 'item') got++;
            else if (of.of === 'race') {
              const won = value as { index: number; value: unknown };
              settle(of.parts[won.index], won.value);
            } else if (of.of === 'all') of.parts.forEach((part, i) => settle(part, (value as unknown[])[i]));
            else if (of.of === 'timeout' && value !== TIMED_OUT) settle(of.part, value);
          };
          function* walk({ plan: of, hold, start }: (typeof walkers)[number]): Behaviour {
            try {
              yield start;
              settle(of, yield* build(of));
              yield hold;
            } catch {
              // Refused by a full line, or interrupted: nothing is held.
            }
          }
          for (const each of walkers) {
            const process = spawn(sim, 'walker', walk(each));
            processes.push(process);
            const { disturb } = each;
            if (disturb === null) continue;
            later(sim, disturb.at, () => {
              if (disturb.how === 'cancel') process.cancel();
              else if (process.state === 'waiting') process.interrupt('disturbed');
            });
          }
          sim.runUntil(40);
          // Those who still wait for a unit or an item nobody will bring go home; what they held in part comes back.
          for (const process of processes) process.cancel();
          sim.runUntil(100);
          expect(units.map(({ inUse, waiting }) => [inUse, waiting])).toEqual([
            [0, 0],
            [0, 0],
          ]);
          expect(got + box.size).toBe(put);
          expect(sim.pending).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });
});
