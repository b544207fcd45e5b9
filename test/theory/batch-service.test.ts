/**
 * Queues that are served in batches. Batches of b that take F + b e can do b / (F + b e) a second: with less coming the line is
 * stable, with more it grows by what is too much, and what is served is that bound. One that takes what is there, without a limit and
 * without waiting, is at rest where a batch takes as long as the next gathers: F / (1 - r e) where arrivals do not vary.
 */
import { expect, it } from 'vitest';
import {
  batchDone,
  Batcher,
  BatchStore,
  constant,
  Link,
  ms,
  OpenLoopClient,
  poisson,
  s,
  Simulation,
  toSeconds,
  uniformArrivals,
  zipfPopularity,
  type ArrivalProcess,
} from '../../sim-core/index.ts';

const FIXED = ms(20);
const EACH = ms(1);
const LENGTH = s(60);

const capacityOf = (size: number): number => size / (toSeconds(FIXED) + size * toSeconds(EACH));

function measured(size: number, arrivals: ArrivalProcess, seed = 1) {
  const sim = new Simulation({ seed });
  const store = new BatchStore(sim, {
    name: 'store',
    help: '',
    fixed: FIXED,
    each: EACH,
    spread: constant(1),
    statementTimeout: Infinity,
  });
  const batcher = new Batcher<number, undefined>(sim, {
    name: 'batcher',
    help: '',
    link: new Link<readonly number[], undefined>(sim, store, { from: 'batcher', delay: constant(0) }),
    limit: { size, done: () => {} },
    linger: 0,
    queueMax: 1_000_000,
  });
  const way = new Link(sim, batcher, { from: 'users', delay: constant(0) });
  new OpenLoopClient(sim, { name: 'users', arrivals, popularity: zipfPopularity(10, 1), target: () => way });
  let [served, half] = [0, 0];
  const took: number[] = [];
  sim.facts.channel(batchDone).listen(({ items, duration }) => {
    served += items;
    took.push(toSeconds(duration));
  });
  sim.runUntil(LENGTH / 2);
  half = Number(batcher.state().waiting);
  sim.runUntil(LENGTH);
  const growth = (Number(batcher.state().waiting) - half) / (toSeconds(LENGTH) / 2);
  return { served: served / toSeconds(LENGTH), growth, took };
}

it.each([1, 8, 50])('with batches of %d is stable below the bound, and grows by what is too much above it', (size) => {
  const bound = capacityOf(size);
  const below = measured(size, poisson(0.9 * bound));
  const above = measured(size, poisson(1.2 * bound));
  // Five deviations of a Poisson number over half of the run, a second of it.
  const chance = 5 * Math.sqrt(1.2 * bound * (toSeconds(LENGTH) / 2)) * (2 / toSeconds(LENGTH));
  expect(Math.abs(below.growth)).toBeLessThan(chance);
  expect(Math.abs(above.growth - 0.2 * bound)).toBeLessThan(chance);
  expect(chance).toBeLessThan(0.2 * bound);
  expect(above.served).toBeGreaterThan(bound - (2 * size) / toSeconds(LENGTH) - 0.02 * bound);
  expect(above.served).toBeLessThanOrEqual(bound);
});

it.each([200, 600, 800])(
  'that takes what is there is at rest where a batch takes as long as the next gathers, at %d',
  (rate) => {
    const { took } = measured(1_000_000, uniformArrivals(rate));
    const rest = toSeconds(FIXED) / (1 - rate * toSeconds(EACH));
    const settled = took.slice(took.length >> 1);
    // A batch holds whole requests: one more or less.
    for (const one of settled)
      expect(Math.abs(one - rest)).toBeLessThan(toSeconds(EACH) / (1 - rate * toSeconds(EACH)) + 1e-9);
  },
);
