/** Which messages fail, and how often: theirs alone, whoever handles them and in whatever order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { Failures, type FailureOptions } from '../../../../sim-core/messaging/consuming/failures.ts';
import { Processing } from '../../../../sim-core/messaging/consuming/processing.ts';
import { outcomeOf, type Received } from '../../../../sim-core/messaging/consuming/received.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';

const message = (id: number, key = id): Received => ({ id, key, request: new RequestContext(id, 0) });

/** How often a message fails before it is done, at most 1,000 times. */
function failuresOf(failures: Failures, id: number): number {
  for (let count = 0; count < 1000; count++) if (failures.attempt(message(id)) === undefined) return count;
  return 1000;
}

const models: [string, FailureOptions][] = [
  ['fails so many times', { transient: { share: 0.5, times: 3 } }],
  ['is poison', { isPoison: (key) => key % 5 === 0 }],
  ['never fails', {}],
];

describe.each(models)('a message that %s', (_name, options) => {
  it('fails as often whatever others do, in whatever order attempts come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: 60 }), fc.nat(), (order, seed) => {
        const mixed = new Failures(new Simulation({ seed }), 'code', options);
        const counts = Array.from({ length: 10 }, () => 0);
        const done = new Set<number>();
        for (const id of order) {
          if (done.has(id)) continue;
          if (mixed.attempt(message(id)) === undefined) done.add(id);
          else counts[id]++;
        }
        for (let id = 0; id < 10; id++) {
          const alone = failuresOf(new Failures(new Simulation({ seed }), 'code', options), id);
          const total = done.has(id) ? counts[id] : Math.min(1000, counts[id] + failuresOf(mixed, id));
          expect(total).toBe(alone);
        }
      }),
    );
  });
});

it('fails so many times in its share of the messages', () => {
  const [count, share] = [20_000, 0.3];
  const failures = new Failures(new Simulation({ seed: 1 }), 'code', { transient: { share, times: 2 } });
  const seen = [0, 0, 0];
  for (let id = 0; id < count; id++) seen[failuresOf(failures, id)]++;
  expect(seen[1]).toBe(0);
  // Five deviations of a binomial number.
  expect(Math.abs(seen[2] - share * count)).toBeLessThan(5 * Math.sqrt(count * share * (1 - share)));
});

it('takes so many times as long for its share of the messages, at every attempt', () => {
  const [count, share] = [20_000, 0.1];
  const failures = new Failures(new Simulation({ seed: 1 }), 'code', { slow: { share, factor: 20 } });
  const factors = Array.from({ length: count }, (_, id) => failures.slownessOf({ id }));
  expect(factors).toEqual(Array.from({ length: count }, (_, id) => failures.slownessOf({ id })));
  const slow = factors.filter((factor) => factor === 20).length;
  expect(slow + factors.filter((factor) => factor === 1).length).toBe(count);
  expect(Math.abs(slow - share * count)).toBeLessThan(5 * Math.sqrt(count * share * (1 - share)));
});

describe('the code of all consumers', () => {
  function setUp(options: FailureOptions) {
    const sim = new Simulation({ seed: 1 });
    const processing = new Processing(sim, { name: 'code', time: constant(ms(10)), ...options });
    const lines: string[] = [];
    function* handle(id: number, key: number): Behaviour {
      const since = sim.now;
      const failure = yield* outcomeOf((each) => processing.work(each), message(id, key));
      lines.push(`${id} ${failure ?? 'done'} in ${(sim.now - since) / ms(1)} ms`);
    }
    const run = (id: number, key = id): void => {
      spawn(sim, 'handler', handle(id, key));
      sim.runUntil(sim.now + s(1));
    };
    return { processing, lines, run };
  }

  it('takes its time, and longer once it is made slow', () => {
    const { lines, run, processing } = setUp({});
    run(1);
    processing.interventions['slow'].apply([2]);
    run(2);
    expect(lines).toEqual(['1 done in 10 ms', '2 done in 20 ms']);
  });

  it('takes longer for a message that is slow', () => {
    const { lines, run } = setUp({ slow: { share: 1, factor: 3 } });
    run(1);
    expect(lines).toEqual(['1 done in 30 ms']);
  });

  it('fails at a key that was poisoned, and at what was poison from the start, until it is mended', () => {
    const { lines, run, processing } = setUp({ isPoison: (key) => key === 8 });
    run(1, 7);
    processing.interventions['poison'].apply([7]);
    run(2, 7);
    run(3, 8);
    processing.interventions['mend'].apply([]);
    run(2, 7);
    run(3, 8);
    processing.interventions['poison'].apply([7]);
    run(4, 7);
    expect(lines.map((line) => line.split(' in')[0])).toEqual([
      '1 done',
      '2 poison',
      '3 poison',
      '2 done',
      '3 done',
      '4 poison',
    ]);
    expect(processing.state()).toEqual({ 'attempts that succeeded': 3, 'attempts that failed': 3 });
  });
});
