/** What a bounded buffer turns away, and how long those wait who are let in: a stage that drops is the queue M/M/1/K. */
import { expect, it } from 'vitest';
import {
  constant,
  exponential,
  Link,
  ms,
  OpenLoopClient,
  ParcelBook,
  parcelEnded,
  poisson,
  s,
  SECOND,
  Simulation,
  Spool,
  Stage,
  zipfPopularity,
  type Handover,
} from '../../sim-core/index.ts';
import { sharedVectors } from '../shared-vectors.ts';
import { expectTheory, outliers, replicate, type Measures } from './queue-simulation.ts';
import { finiteRoom } from './queueing-formulas.ts';

/** A unit of time is 10 ms: the ways, which take no time, add none. */
const UNIT = ms(10);
const LENGTH = s(20);

/** One worker and room for `K - 1` to wait; `lambda` come in a unit of time. The first tenth is left out. */
function measured(lambda: number, K: number, seed: number): Measures {
  const sim = new Simulation({ seed });
  const book = new ParcelBook(sim);
  const stage = new Stage(sim, {
    name: 'stage',
    help: '',
    book,
    workers: 1,
    service: exponential(UNIT),
    bound: K - 1,
    overflow: 'drop-newest',
    memoryMax: Infinity,
    restart: 0,
  });
  const link = new Link<Handover, undefined>(sim, stage, { from: 'spool', delay: constant(0), isOrdered: true });
  const next = { stage, link, by: 'push', retryAfter: 0 } as const;
  const spool = new Spool(sim, { name: 'spool', book, itemSize: 1, shedAfter: Infinity, next });
  const way = new Link(sim, spool, { from: 'senders', delay: constant(0) });
  new OpenLoopClient(sim, {
    name: 'senders',
    arrivals: poisson((lambda * SECOND) / UNIT),
    popularity: zipfPopularity(10, 1),
    target: () => way,
  });
  const counts = { overflow: 0, delivered: 0, age: 0 };
  sim.facts.channel(parcelEnded).listen(({ fate, age }) => {
    if (sim.now < LENGTH / 10) return;
    if (fate === 'overflow') counts.overflow++;
    else {
      counts.delivered++;
      counts.age += age;
    }
  });
  sim.runUntil(LENGTH);
  const { overflow, delivered, age } = counts;
  return {
    P_block: overflow / (overflow + delivered),
    throughput: delivered / ((0.9 * LENGTH) / UNIT),
    W: age / delivered / UNIT,
  };
}

it.each([
  [0.5, 5],
  [0.9, 3],
  [2, 5],
])('with %d coming in a unit of time and room for %d, drops what Erlang says', (lambda, K) => {
  const { P_block, throughput, W } = finiteRoom(lambda, K);
  expectTheory(
    replicate((seed) => measured(lambda, K, seed)),
    { P_block, throughput, W },
  );
});

it('is told from a buffer that has room for one less', () => {
  const { P_block } = finiteRoom(0.9, 3);
  expect(
    outliers(
      replicate((seed) => measured(0.9, 2, seed)),
      { P_block },
    ),
  ).toHaveLength(1);
});

const vectors = sharedVectors<{
  rows: { model: string; params: { lambda: number; K: number }; results: Measures }[];
}>('queueing_formulas.json');

it.skipIf(vectors.isLeftOut)('by the same figures as the shared table', () => {
  const rows = vectors.read().rows.filter(({ model }) => model === 'M/M/1/K');
  expect(rows.length).toBeGreaterThan(0);
  for (const { params, results } of rows) {
    const { P_block, throughput, W } = finiteRoom(params.lambda, params.K);
    expect(P_block).toBeCloseTo(results.P_block, 9);
    expect(throughput).toBeCloseTo(results.throughput, 9);
    expect(W).toBeCloseTo(results.W, 9);
  }
});
