/** Batches by size and by time: when they go on, how large they are, and that nothing is missing. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { Batching, BATCHING } from '../../../../sim-core/observability/pipeline/batching.ts';
import { countOf } from '../../../../sim-core/observability/pipeline/export-batches.ts';
import { loadOf } from './loads.ts';

const counts = (batches: readonly Parameters<typeof countOf>[0][]): number[] => batches.map(countOf);

it('sends everything that is there once it is enough, and cuts it where it may not be as large', () => {
  const plain = new Batching(BATCHING);
  expect(plain.add(loadOf(8191), 0)).toEqual([]);
  expect(counts(plain.add(loadOf(9000), 0))).toEqual([17_191]);
  const cut = new Batching({ ...BATCHING, sendBatchMaxSize: 10_000 });
  cut.add(loadOf(8191), 0);
  // 7,191 are left of it, which is too few to go on at once.
  expect(counts(cut.add(loadOf(9000), 0))).toEqual([10_000]);
  expect(cut.count).toBe(7191);
  expect(countOf(cut.flush(ms(200))!)).toBe(7191);
});

it('goes by a timer that begins again with each batch that is sent, and runs on while there is nothing', () => {
  const batching = new Batching({ ...BATCHING, sendBatchSize: 10 });
  expect(batching.due(ms(50))).toBe(ms(200));
  batching.add(loadOf(10), ms(150));
  expect(batching.due(ms(150))).toBe(ms(350));
  expect(batching.due(ms(1000))).toBe(ms(1150));
  expect(batching.flush(ms(1150))).toBeUndefined();
});

it('hands on everything at once without a timeout', () => {
  expect(counts(new Batching({ ...BATCHING, timeout: 0 }).add(loadOf(3), 0))).toEqual([3]);
});

it('gives out what it was given, in batches of the sizes that are allowed', () => {
  const sizes = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(sizes, fc.option(sizes), fc.array(sizes, { maxLength: 30 }), (size, more, loads) => {
      const largest = more === null ? 0 : size + more;
      const batching = new Batching({ sendBatchSize: size, sendBatchMaxSize: largest, timeout: ms(1) });
      const sent: number[] = [];
      for (const load of loads) {
        const ready = counts(batching.add(loadOf(load), 0));
        for (const count of ready) expect(count).toBeGreaterThanOrEqual(size);
        sent.push(...ready);
        expect(batching.count).toBeLessThan(size);
        expect(batching.bytes).toBe(100 * batching.count);
      }
      const rest = batching.flush(ms(1));
      if (rest !== undefined) sent.push(countOf(rest));
      if (largest > 0) for (const count of sent) expect(count).toBeLessThanOrEqual(largest);
      const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
      expect(sum(sent)).toBe(sum(loads));
    }),
  );
});

it.each([
  [{ sendBatchSize: 0 }, 'sendBatchSize is 0'],
  [{ sendBatchMaxSize: 100 }, 'sendBatchMaxSize is 100; it must be 0, or sendBatchSize or more'],
])('does not take %o', (wrong, message) => {
  expect(() => new Batching({ ...BATCHING, ...wrong })).toThrow(message);
});
