/** Increments that are gathered: none is lost or doubled but by a crash, whatever the store and the instances do. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BatchedIncrements } from '../../../../sim-core/cache/hot-keys/batched-increments.ts';
import { WriteBook } from '../../../../sim-core/cache/write-behind/write-book.ts';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';

const KEY = 7;

/** An instance with a store that takes 10 ms for a batch; batches leave at 30 ms, 130 ms, 230 ms, … */
function setUp() {
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
    *stored({ version }, increments) {
      stored.push([sim.now / ms(1), version, increments]);
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
