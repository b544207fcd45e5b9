/**
 * Increments that are gathered: none is lost but by a crash, and none doubled, whatever the store and the instances do, as long as the
 * store's answers come (the way to it has no timeout).
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BatchedIncrements, sumNotPushed } from '../../../../sim-core/cache/hot-keys/batched-increments.ts';
import { WriteBook } from '../../../../sim-core/cache/write-behind/write-book.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import type { Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { CallFailed } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';

const KEY = 7;

/** An instance with a store that takes 10 ms for a batch; batches leave at 30 ms, 130 ms, 230 ms, … */
function setUp(pushes: () => Behaviour[] = () => []) {
  const sim = new Simulation();
  const database = new Database(sim, {
    name: 'database',
    connections: 1,
    queueMax: 10,
    cores: 1,
    demand: constant(ms(10)),
  });
  const book = new WriteBook(sim);
  const stored: [time: number, version: number, increments: number][] = [];
  const batch = new BatchedIncrements(sim, {
    instance: 'app-1',
    every: ms(100),
    phase: ms(30),
    store: new Link(sim, database, { from: 'app-1', delay: constant(0) }),
    book,
    stored({ version }, increments) {
      stored.push([sim.now / ms(1), version, increments]);
      return pushes();
    },
  });
  const at = (time: number, act: () => void): void => void sim.scheduleAt(ms(time), act, undefined, 0);
  const add = (time: number): void => at(time, () => void batch.add(KEY, new RequestContext(time, sim.now)));
  return { sim, database, book, batch, stored, at, add };
}

it('are one write at each tick, and as many versions', () => {
  const { sim, database, book, stored, add } = setUp();
  for (const time of [0, 10, 29, 30, 31, 135, 400]) add(time);
  sim.runUntil(s(1));
  // What comes at a tick's own moment may go with it; 30 does not, for it was scheduled before the tick.
  expect(stored).toEqual([
    [40, 4, 4],
    [140, 5, 1],
    [240, 6, 1],
    [440, 7, 1],
  ]);
  expect(database.version(KEY)).toBe(7);
  expect(book.totals).toEqual({ acknowledged: 7, stored: 7, lost: 0 });
});

it('that the store refuses go with the next batch', () => {
  const { sim, database, book, stored, at, add } = setUp();
  at(0, () => database.interventions['fail'].apply([1]));
  at(100, () => database.interventions['fail'].apply([0]));
  for (const time of [10, 20, 50]) add(time);
  sim.runUntil(s(1));
  expect(stored).toEqual([[140, 3, 3]]);
  expect(book.totals).toEqual({ acknowledged: 3, stored: 3, lost: 0 });
});

it('are told to everybody else where a copy cannot be told, and that is counted', () => {
  const told: string[] = [];
  const push = function* (copy: string, isUp: boolean): Behaviour {
    yield ms(1);
    if (!isUp) throw new CallFailed(copy, 'unavailable');
    told.push(copy);
  };
  const { sim, add, book } = setUp(() => [push('one', true), push('two', false), push('three', true)]);
  const failed: string[] = [];
  sim.facts.channel(sumNotPushed).listen(({ key, failure }) => failed.push(`${key} ${failure}`));
  for (const time of [10, 50]) add(time);
  sim.runUntil(s(1));
  expect(told).toEqual(['one', 'three', 'one', 'three']);
  expect(failed).toEqual([`${KEY} unavailable`, `${KEY} unavailable`]);
  expect(book.totals).toEqual({ acknowledged: 2, stored: 2, lost: 0 });
});

it('are lost with the instance from the last tick on, and the batch on its way is not', () => {
  const { sim, database, book, batch, at, add } = setUp();
  for (const time of [10, 20, 32, 34]) add(time);
  // The first two are at the store, which answers nobody at 40 ms.
  at(35, () => batch.crash());
  add(90);
  sim.runUntil(s(1));
  expect(database.version(KEY)).toBe(3);
  expect(book.totals).toEqual({ acknowledged: 5, stored: 3, lost: 2 });
  expect(batch.inside.violations()).toEqual([]);
});

it('are each stored or lost, once, whenever the store fails and the instance dies', () => {
  const times = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 30 });
  const faults = fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 6 });
  fc.assert(
    fc.property(times, faults, faults, (adds, crashes, flips) => {
      const { sim, database, book, batch, at, add } = setUp();
      for (const time of adds) add(time);
      for (const time of crashes) at(time, () => batch.crash());
      flips.forEach((time, i) => at(time, () => database.interventions['fail'].apply([i % 2])));
      at(950, () => database.interventions['fail'].apply([0]));
      for (let time = 0; time < 1500; time += 7) at(time, () => expect(batch.inside.violations()).toEqual([]));
      sim.runUntil(s(1.5));
      const { acknowledged, stored, lost } = book.totals;
      expect(stored + lost).toBe(acknowledged);
      expect(acknowledged).toBe(adds.length);
      expect(database.version(KEY)).toBe(stored);
      if (crashes.length === 0) expect(lost).toBe(0);
    }),
  );
});
