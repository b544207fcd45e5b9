/** Blocks of traces: what there is of them is rate times retention, or a disk that is full. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { minutes, s } from '../../../../../sim-core/kernel/time.ts';
import { TraceBlocks } from '../../../../../sim-core/observability/pipeline/backends/trace-blocks.ts';
import { bundle, request } from './writes.ts';

const blocks = (ttl: number, diskMax = Infinity): TraceBlocks =>
  new TraceBlocks({ ttl, blockSpan: minutes(1), diskMax });

function write(store: TraceBlocks, seconds: number, bytesPerSecond: number): unknown[] {
  return Array.from({ length: seconds }, (_, second) =>
    store.write(request('traces', bundle('a', 'a-1', s(second), 1, bytesPerSecond)), s(second)),
  );
}

it('keeps what comes in the time that it is kept for, and a block more at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 500 }), (ttl, rate) => {
      const store = blocks(minutes(ttl));
      write(store, 60 * 20, rate);
      const kept = 60 * ttl * rate;
      expect(store.bytes).toBeGreaterThanOrEqual(kept);
      expect(store.bytes).toBeLessThanOrEqual(kept + 60 * rate);
    }),
  );
});

it('without an end to that fills its disk, and then refuses everything', () => {
  const store = blocks(Infinity, 50_000);
  const answers = write(store, 600, 100);
  expect(answers.indexOf('overloaded')).toBe(500);
  expect(answers.slice(500).every((answer) => answer === 'overloaded')).toBe(true);
  expect(store.violations()).toEqual([]);
});

it('never fills it with a TTL in which less comes', () => {
  const store = blocks(minutes(5), 50_000);
  expect(write(store, 3600, 100)).not.toContain('overloaded');
});

it('rejects what is of a time that is deleted', () => {
  const store = blocks(minutes(5));
  write(store, 1200, 100);
  expect(store.write(request('traces', bundle('a', 'a-1', s(10), 7, 700)), s(1200))).toEqual({ rejected: 7 });
});

it('reads the blocks of the time that it is asked about', () => {
  const store = blocks(Infinity);
  write(store, 600, 100);
  expect(store.amountToRead({ from: s(90), to: s(190) })).toBe(3 * 6000);
});
