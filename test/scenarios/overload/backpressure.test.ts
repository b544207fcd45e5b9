/** What the guide of backpressure says beyond its variants: a source that sheds, a consumer that is slowed, stopped or killed, a bound that is set. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import backpressure from '../../../scenarios/overload/backpressure.ts';
import * as limits from '../../../scenarios/overload/backpressure/limits.ts';
import { GROWTH, IN_TIME_IN_SPIKE, LAG, STORED_IN_SPIKE } from '../../../scenarios/overload/backpressure/tally.ts';
import { parseIntervention, resolveParameters, s, type Limit, type ParameterValues } from '../../../sim-core/index.ts';
import { finiteRoom } from '../../theory/queueing-formulas.ts';
import { failed, summaryOf, trialled, limitFor } from '../trials.ts';

/** From a second after the spike began to its end: what the store can do at 400 a second. */
const POSSIBLE = 1600;
const DURATION = 'pipeline.duration';

function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  const evidence = trialled(backpressure, {
    variant,
    params: { length: s(12), ...params },
    interventions: interventions.map(parseIntervention),
  });
  return (signal: string, field = 'total'): number => summaryOf(evidence, signal, field);
}

const bounded = ['bounded-drop', 'bounded-block', 'reactive-pull'];
const calm = { overload: 0.5 };

describe('goodput at four and at ten times the capacity', () => {
  it.each([4, 10])('stays near it where what is too many is dropped, at %d', (overload) => {
    expect(measured('bounded-drop', { overload })(IN_TIME_IN_SPIKE)).toBeGreaterThan(0.9 * POSSIBLE);
  });

  // 100 ms in the spool, 320 ms in two buffers of 64, and the work itself, are less than half a second together.
  it.each([
    ['reactive-pull', 4],
    ['reactive-pull', 10],
    ['bounded-block', 4],
  ])('does so in %s where the source gives up what waits, at %d', (variant, overload) => {
    const of = measured(variant, { overload, shedAfter: s(0.1) });
    expect(of(IN_TIME_IN_SPIKE)).toBeGreaterThan(0.9 * POSSIBLE);
    expect(of('pipeline.lost')).toBe(0);
  });

  it('does not where what waits is kept, since a queue that is moved is no shorter', () => {
    for (const variant of ['bounded-block', 'reactive-pull']) {
      const of = measured(variant);
      expect(of(STORED_IN_SPIKE), variant).toBeGreaterThan(0.9 * POSSIBLE);
      expect(of(IN_TIME_IN_SPIKE), variant).toBeLessThan(0.2 * POSSIBLE);
    }
  });
});

describe('a store that is slowed', () => {
  // 200 come and 133 can be done: 67 a second are too many, for seven seconds; two buffers hold 128 of them.
  const slowed = '5s:slow:store:factor=3';

  it('drops, or lags by, what is too many', () => {
    expect(measured('bounded-drop', calm, slowed)('pipeline.dropped')).toBeGreaterThan(250);
    for (const variant of ['bounded-block', 'reactive-pull']) {
      const of = measured(variant, calm, slowed);
      expect(of(LAG, 'max'), variant).toBeGreaterThan(150);
      expect(of('pipeline.dropped') + of('pipeline.lost'), variant).toBe(0);
    }
  });

  it('is seen by how fast the backlog grows before anything is late, without a bound too', () => {
    const of = measured('unbounded-queue', calm, slowed);
    expect(of(GROWTH, 'max')).toBeGreaterThan(40);
    expect(of(LAG, 'max')).toBe(0);
  });
});

it('a pause is what a bound is for: one that holds what comes meanwhile drops nothing', () => {
  const paused = '5s:pause:store:seconds=1';
  expect(measured('bounded-drop', calm, paused)('pipeline.dropped')).toBeGreaterThan(50);
  expect(measured('bounded-drop', { ...calm, bound: 400 }, paused)('pipeline.dropped')).toBe(0);
});

it('a process that is killed loses what it holds: hardly anything where the rest waits elsewhere', () => {
  const killed = '8s:crash:store:seconds=0.2';
  const memory = 1_000_000_000;
  expect(measured('unbounded-queue', { memory }, killed)('pipeline.lost')).toBeGreaterThan(3000);
  for (const variant of ['bounded-block', 'reactive-pull']) {
    // What the store held, what was under way to it, and one in the hands of whoever enriches.
    expect(measured(variant, { memory }, killed)('pipeline.lost'), variant).toBeLessThanOrEqual(64 + 8 + 64 + 1);
  }
  for (const variant of bounded) {
    expect(measured(variant, { memory }, killed)(STORED_IN_SPIKE), variant).toBeGreaterThan(0.85 * POSSIBLE);
  }
});

it('a bound that is set in time keeps a process alive, and what is inside stays inside', () => {
  const of = measured('unbounded-queue', {}, '6s:bound:store:items=64');
  expect(of('pipeline.stage.deaths')).toBe(0);
  expect(of('pipeline.dropped')).toBeGreaterThan(4000);
  expect(of(DURATION, 'max')).toBeGreaterThan(2);
});

it('one overflow ends a stream for good where it is an error', () => {
  expect(measured('bounded-drop', { overflow: 'error' })(STORED_IN_SPIKE)).toBe(0);
});

describe('demand', () => {
  const claims = (variant: string, ...deeds: string[]) =>
    trialled(backpressure, { variant, params: { length: s(12) }, interventions: deeds.map(parseIntervention) })
      .expectations.filter(({ text }) => text.includes('pipeline.demand'))
      .map(({ pass, notClaimed }) => [pass, notClaimed]);

  it('reaches the spool, is no more than there is room for, and is used up in the spike', () => {
    expect(claims('reactive-pull')).toEqual([
      [true, undefined],
      [true, undefined],
      [true, undefined],
    ]);
  });

  it('is more than is claimed where the bound is raised by hand while it runs', () => {
    expect(claims('reactive-pull', '4s:bound:store:items=200').map(([pass]) => pass)).toEqual([true, false, true]);
  });

  it('is none where stages are blocked or pushed', () => {
    for (const variant of ['bounded-block', 'unbounded-queue']) {
      const of = measured(variant);
      expect([of('pipeline.demand.calm', 'max'), of('pipeline.demand', 'max')], variant).toEqual([0, 0]);
    }
  });
});

it('a prefetch of which a quarter is less than there are workers leaves some of them idle while demand travels', () => {
  const small = measured('reactive-pull', { bound: 16 })(STORED_IN_SPIKE);
  expect(small).toBeLessThan(measured('reactive-pull')(STORED_IN_SPIKE) - 50);
});

it('the example as printed is told from a bounded buffer by how long its prefetch makes readings wait', () => {
  const evidence = trialled(backpressure, { variant: 'reactor-as-printed', params: { bound: 64 } });
  expect(failed(evidence)).toEqual([]);
  const printed = measured('reactor-as-printed');
  expect(printed(DURATION, 'p99')).toBeGreaterThan(2 * measured('bounded-drop')(DURATION, 'p99'));
  expect(printed(IN_TIME_IN_SPIKE)).toBeGreaterThan(0.9 * POSSIBLE);
});

const valueOf = (limit: Limit, variant: string, params: ParameterValues): number =>
  limitFor(limit, resolveParameters(backpressure, variant, params));

it('claims nothing of a spike that can be stored', () => {
  const { killed, lostAtOnce, elsewhere, spooled, prefetchedWait } = limits;
  for (const variant of Object.keys(backpressure.variants)) {
    for (const [name, limit] of Object.entries({ killed, lostAtOnce, elsewhere, spooled, prefetchedWait })) {
      expect(valueOf(limit, variant, calm), `${variant} ${name}`).toBe(0);
    }
  }
});

// A bound of 10,000 readings of 50 kB is more than a process may hold, and 1 MB is less than the usual bound takes.
it.each([{ bound: 10_000 }, { memory: 1_000_000 }])(
  'claims of a bound that memory does not hold no more than of none: %o',
  (params) => {
    const { elsewhere, spooled, nearCapacity, inTime } = limits;
    for (const variant of bounded) {
      for (const limit of [elsewhere, spooled, nearCapacity, inTime]) {
        expect(valueOf(limit, variant, {}), variant).toBeGreaterThan(0);
        expect(valueOf(limit, variant, params), variant).toBe(0);
      }
      expect(valueOf(limits.noneLost, variant, {})).toBe(0);
      expect(valueOf(limits.noneLost, variant, params)).toBeGreaterThan(0);
      expect(failed(trialled(backpressure, { variant, params: { ...params, length: s(12) } })), variant).toEqual([]);
    }
  },
);

describe('what a store with room for so many does, by Erlang', () => {
  it.each([
    [0.5, 5],
    [1, 4],
    [4, 65],
  ])('with one worker, as M/M/1/K: %d come, %d have room', (comes, K) => {
    expect(limits.throughput(comes, 1, 1, K - 1)).toBeCloseTo(finiteRoom(comes, K).throughput, 9);
  });

  it('with several, as the sum over all states of what is done in each', () => {
    const rates = fc.double({ min: 0.05, max: 20, noNaN: true });
    const counts = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(rates, rates, counts, fc.integer({ min: 0, max: 30 }), (comes, each, c, bound) => {
        // Of state n: comes^n over the product of what goes in the states up to it.
        const weights = [1];
        for (let n = 1; n <= c + bound; n++) weights.push((weights[n - 1] * comes) / (Math.min(n, c) * each));
        const all = weights.reduce((sum, weight) => sum + weight);
        const done = weights.reduce((sum, weight, n) => sum + (weight / all) * Math.min(n, c) * each, 0);
        expect(limits.throughput(comes, each, c, bound) / done).toBeCloseTo(1, 6);
      }),
    );
  });
});
