/** How a batch size is chosen: within its bounds whatever happens, and as the rule in words has it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms } from '../../../../sim-core/kernel/time.ts';
import type { DoneBatch } from '../../../../sim-core/services/batching/batch-limit.ts';
import { batchLimits, type BatchLimitName } from '../../../../sim-core/services/batching/batch-limits.ts';

const TARGET = ms(100);
const options = fc.record({
  initial: fc.integer({ min: 1, max: 50 }),
  max: fc.integer({ min: 50, max: 80 }),
  target: fc.constant(TARGET),
  backOff: fc.double({ min: 0.1, max: 0.95, noNaN: true }),
});
const batches = fc.array(
  fc.record({
    items: fc.integer({ min: 1, max: 80 }),
    isFull: fc.boolean(),
    isOk: fc.boolean(),
    took: fc.integer({ min: 0, max: 2 * TARGET }),
    oldest: fc.integer({ min: 0, max: 2 * TARGET }),
  }),
  { maxLength: 60 },
);

/** What is a spike, in the words of each. */
const isSpike: Readonly<Record<BatchLimitName, (batch: DoneBatch) => boolean | undefined>> = {
  fixed: () => undefined,
  adaptive: ({ isOk, took }) => !isOk || took > TARGET,
  'shrink-on-latency': ({ isOk, oldest }) => !isOk || oldest > TARGET,
};

describe.each(Object.keys(batchLimits) as BatchLimitName[])('%s', (name) => {
  it('is an integer from 1 to its most, less after a spike, one more after a full batch without one', () => {
    fc.assert(
      fc.property(options, batches, (given, done) => {
        const limit = batchLimits[name](given);
        expect(limit.size).toBe(given.initial);
        for (const batch of done) {
          const before = limit.size;
          limit.done(batch);
          const spike = isSpike[name](batch);
          if (spike === undefined || (!spike && !batch.isFull)) expect(limit.size).toBe(before);
          else if (spike) expect(limit.size).toBe(Math.max(1, Math.floor(before * given.backOff)));
          else expect(limit.size).toBe(Math.min(given.max, before + 1));
          expect(Number.isInteger(limit.size) && limit.size >= 1 && limit.size <= given.max).toBe(true);
        }
      }),
    );
  });
});

it.each(['adaptive', 'shrink-on-latency'] as const)('%s is no more than its most, whoever sets it', (name) => {
  const limit = batchLimits[name]({ initial: 90, max: 50, target: TARGET, backOff: 0.5 });
  expect(limit.size).toBe(50);
  limit.size = 1000;
  limit.done({ items: 50, isFull: true, isOk: true, took: 0, oldest: 0 });
  expect(limit.size).toBe(50);
  limit.size = 20;
  expect(limit.size).toBe(20);
});
