/** The pool of threads of a bulkhead against what Java's did, step by step; callers that leave, and a crash. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { capacitiesOf } from '../../../../sim-core/kernel/capacity.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { timeout } from '../../../../sim-core/kernel/combine.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { PendingWait } from '../../../../sim-core/kernel/wait.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { ThreadPoolBulkhead, threadPoolDoomed } from '../../../../sim-core/network/resilience/thread-pool-bulkhead.ts';
import vectors from '../../../vectors/thread-pool-bulkhead.json' with { type: 'json' };

const KEEP_ALIVE = s(3);

/** A pool, and tasks that end when they are told to. */
function poolOf(core: number, max: number, queue: number) {
  const sim = new Simulation();
  const pool = new ThreadPoolBulkhead(sim, {
    name: 'pool',
    coreThreadPoolSize: core,
    maxThreadPoolSize: max,
    queueCapacity: queue,
    keepAliveDuration: KEEP_ALIVE,
  });
  const ends = new Map<number, PendingWait<void>>();
  const running = new Set<number>();
  const outcomes: string[] = [];
  let tasks = 0;
  function* work(task: number): Behaviour<number> {
    running.add(task);
    try {
      const end = new PendingWait<void>(sim);
      ends.set(task, end);
      yield* end;
    } finally {
      running.delete(task);
    }
    return task;
  }
  /** Whether the pool took it. */
  const submit = (patience = Infinity): boolean => {
    const task = tasks++;
    let isIn = true;
    function* caller(): Behaviour {
      try {
        const answer = pool.submit(() => work(task), new RequestContext(task, sim.now));
        const outcome = patience < Infinity ? yield* timeout(sim, answer, patience) : yield* answer;
        outcomes.push(`${task}: ${String(outcome)}`);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        isIn = error.failure !== 'refused';
        outcomes.push(`${task}: ${error.failure}`);
      }
    }
    spawn(sim, 'caller', caller());
    sim.runUntil(sim.now + 1);
    return isIn;
  };
  const end = (task: number): void => {
    ends.get(task)!.complete();
    sim.runUntil(sim.now + 1);
  };
  const threads = (): number => Number(pool.state()['threads of the pool']);
  const waiting = (): number => Number(pool.state()['waiting for one']);
  return { sim, pool, submit, end, threads, waiting, running, outcomes };
}

it.each(vectors.scripts)(
  'does as Java’s with $core to $max threads and a queue of $queue',
  ({ core, max, queue, steps }) => {
    const { sim, pool, submit, end, threads, waiting, running } = poolOf(core, max, queue);
    const seen = steps.map(([step]) => {
      let outcome = '';
      if (step === 's') outcome = submit() ? 'ok' : 'refused';
      else if (step === 'w') sim.runUntil(sim.now + 2 * KEEP_ALIVE);
      else end(Number(String(step).slice(1)));
      expect(pool.violations()).toEqual([]);
      return [step, outcome, threads(), waiting(), [...running].sort((a, b) => a - b)];
    });
    expect(seen).toEqual(steps);
  },
);

it('works on for callers who have left, and gives their thread back no sooner', () => {
  const { sim, submit, end, waiting, outcomes } = poolOf(1, 1, 1);
  const doomed: number[] = [];
  sim.facts.channel(threadPoolDoomed).listen(({ request }) => doomed.push(request));
  submit(ms(10));
  submit(ms(10));
  sim.runUntil(ms(20));
  expect([...outcomes, waiting(), submit()]).toEqual(['0: Symbol(timed out)', '1: Symbol(timed out)', 1, false]);
  end(0);
  expect([...doomed, waiting(), submit()]).toEqual([0, 0, true]);
  end(1);
  end(3);
  expect([doomed, outcomes.at(-1)]).toEqual([[0, 1], '3: 3']);
});

it.each([
  ['gives its result', [5, 5], (): number => 5],
  [
    'fails',
    ['overloaded', 'overloaded'],
    (): never => {
      throw new CallFailed('store', 'overloaded');
    },
  ],
])('answers for a task that %s without ever waiting, whether its thread is free at once or later', (_, told, task) => {
  const { sim, pool, submit, end } = poolOf(1, 1, 2);
  const doomed: number[] = [];
  sim.facts.channel(threadPoolDoomed).listen(({ request }) => doomed.push(request));
  const heard: (number | string)[] = [];
  function* atOnce(): Behaviour<number> {
    return task();
  }
  function* caller(): Behaviour {
    try {
      heard.push(yield* pool.submit(atOnce, new RequestContext(9, sim.now)));
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      heard.push(error.failure);
    }
  }
  spawn(sim, 'caller', caller());
  sim.runUntil(ms(1));
  submit();
  spawn(sim, 'caller', caller());
  sim.runUntil(ms(2));
  end(0);
  expect([heard, doomed, pool.violations()]).toEqual([told, [], []]);
});

it('tells how much of its queue is taken', () => {
  const { sim, submit } = poolOf(1, 1, 3);
  for (let task = 0; task < 3; task++) submit();
  const told = capacitiesOf(sim).map((one) => [one.name, one.units(), one.kind === 'room' ? one.held() : NaN]);
  expect(told).toEqual([['pool queue', 3, 2]]);
});

it('loses all with its instance, and tells who waits', () => {
  const { sim, pool, submit, threads, waiting, running, outcomes } = poolOf(1, 2, 1);
  for (let task = 0; task < 3; task++) submit();
  pool.crash();
  sim.runUntil(s(10));
  expect([threads(), waiting(), running.size]).toEqual([0, 0, 0]);
  expect(outcomes).toEqual(['0: unavailable', '2: unavailable', '1: unavailable']);
  expect([submit(), threads()]).toEqual([true, 1]);
});

it('answers each call once, whatever ends when, and has no more threads than the core in the end', () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(4), fc.nat(4));
  fc.assert(
    fc.property(sizes, fc.array(fc.nat(5), { maxLength: 60 }), ([core, more, queue], steps) => {
      const { sim, pool, submit, end, threads, running, outcomes } = poolOf(core, core + more, queue);
      let submitted = 0;
      for (const step of steps) {
        if (step > 1) submit(step === 5 ? s(1) : Infinity);
        else if (step === 1) sim.runUntil(sim.now + s(2));
        else if (running.size > 0) end([...running][0]);
        if (step > 1) submitted++;
        expect(pool.violations()).toEqual([]);
      }
      while (running.size > 0) end([...running][0]);
      sim.runUntil(sim.now + 2 * KEEP_ALIVE);
      expect(new Set(outcomes.map((line) => line.split(':')[0])).size).toBe(submitted);
      expect(outcomes).toHaveLength(submitted);
      expect(threads()).toBeLessThanOrEqual(core);
    }),
    { numRuns: 60 },
  );
});
