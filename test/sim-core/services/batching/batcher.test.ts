/** A batcher: every request is in one batch and answered once, in order, none waits for longer than it may for no reason. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import type { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { BatchStore } from '../../../../sim-core/services/batching/batch-store.ts';
import { Batcher } from '../../../../sim-core/services/batching/batcher.ts';

const FIXED = ms(10);
const EACH = ms(1);

interface Given {
  readonly size: number;
  readonly linger: number;
  readonly queueMax?: number;
  readonly statementTimeout?: number;
}

/** A batcher before a store, both no way apart from each other and from who asks, and what becomes of each request. */
function batching({ size, linger, queueMax = 1000, statementTimeout = Infinity }: Given) {
  const sim = new Simulation();
  const store = new BatchStore(sim, {
    name: 'store',
    help: '',
    fixed: FIXED,
    each: EACH,
    spread: constant(1),
    statementTimeout,
  });
  const batches: { at: number; numbers: readonly number[] }[] = [];
  const watched = {
    name: 'store',
    receive: (call: Parameters<BatchStore['receive']>[0]) => {
      batches.push({ at: sim.now, numbers: call.query as number[] });
      store.receive(call);
    },
  };
  const batcher = new Batcher<number, undefined>(sim, {
    name: 'batcher',
    help: '',
    link: new Link<readonly number[], undefined>(sim, watched, { from: 'batcher', delay: constant(0) }),
    limit: { size, done: () => {} },
    linger,
    queueMax,
  });
  const way = new Link(sim, batcher, { from: 'users', delay: constant(0) });
  const outcomes = new Map<number, { outcome: string; at: number }[]>();
  let sent = 0;
  const send = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const number = sent++;
      const told = (outcome: string): void => {
        outcomes.set(number, [...(outcomes.get(number) ?? []), { outcome, at: sim.now }]);
      };
      way.call(number, new RequestContext(number, sim.now)).begin({
        resume: () => told('ok'),
        fail: (error) => told((error as CallFailed).failure),
      });
    }
  };
  return { sim, store, batcher, batches, outcomes, send };
}

it('a batch begins when it is full, or when its oldest has lingered, and never before the last one is done', () => {
  const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 7 })), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 15 }), arrivals, (size, linger, script) => {
      const { sim, batcher, batches, outcomes, send } = batching({ size, linger: ms(linger) });
      const came: number[] = [];
      for (const [after, count] of script) {
        sim.runUntil(sim.now + ms(after));
        came.push(...Array.from({ length: count }, () => sim.now));
        sim.inject(() => send(count), 0);
        expect(batcher.violations()).toEqual([]);
      }
      sim.runUntil(Infinity);
      // In order, each once.
      expect(batches.flatMap(({ numbers }) => numbers)).toEqual(came.map((_, number) => number));
      expect([...outcomes.values()].map((all) => all.map(({ outcome }) => outcome))).toEqual(came.map(() => ['ok']));
      let free = 0;
      let taken = 0;
      for (const { at, numbers } of batches) {
        expect(numbers.length).toBeLessThanOrEqual(size);
        // As early as it may: when the store is free and it is full or its oldest has lingered.
        const full = came[taken + size - 1] ?? Infinity;
        expect(at).toBe(Math.max(free, Math.min(full, came[taken] + ms(linger))));
        const there = came.filter((time) => time < at).length;
        if (numbers.length < size) expect(taken + numbers.length).toBeGreaterThanOrEqual(there);
        free = at + FIXED + EACH * numbers.length;
        taken += numbers.length;
      }
    }),
  );
});

it('who finds the line full is refused, and nobody else', () => {
  const { sim, outcomes, send } = batching({ size: 2, linger: 0, queueMax: 5 });
  sim.inject(() => send(10), 0);
  sim.runUntil(Infinity);
  // The first goes at once; five more may wait.
  const refused = [...outcomes].filter(([, [{ outcome }]]) => outcome === 'overloaded').map(([number]) => number);
  expect(refused).toEqual([6, 7, 8, 9]);
});

it('a batch that takes longer than a statement may is undone when it has, with all that is in it', () => {
  const { sim, store, outcomes, send } = batching({ size: 10, linger: ms(5), statementTimeout: ms(17) });
  sim.inject(() => send(10), 0);
  sim.runUntil(ms(100));
  sim.inject(() => send(7), 0);
  sim.runUntil(Infinity);
  const told = [...outcomes.values()].map(([one]) => one);
  expect(told.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => ({ outcome: 'timeout', at: ms(17) })));
  expect(told.slice(10)).toEqual(Array.from({ length: 7 }, () => ({ outcome: 'ok', at: ms(100 + 5 + 17) })));
  expect(store.state()).toEqual({ stored: 7, undone: 10, 'times as slow': 1 });
});

it('a size that is set is that of the next batch', () => {
  const { sim, batcher, batches, send } = batching({ size: 4, linger: ms(5) });
  sim.inject(() => send(3), 0);
  sim.runUntil(ms(1));
  sim.inject(() => batcher.interventions['size'].apply([2]), 0);
  sim.runUntil(Infinity);
  expect(batches).toEqual([
    { at: ms(1), numbers: [0, 1] },
    { at: ms(1) + FIXED + 2 * EACH, numbers: [2] },
  ]);
});

it('a store that is slowed takes longer for each item, and no longer for a batch', () => {
  const { sim, store, outcomes, send } = batching({ size: 4, linger: 0 });
  store.slow(5);
  sim.inject(() => send(1), 0);
  sim.runUntil(Infinity);
  expect(outcomes.get(0)).toEqual([{ outcome: 'ok', at: FIXED + 5 * EACH }]);
});
