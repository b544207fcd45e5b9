/** The head of a metric store: churn, its limit, its truncation, and what it rejects. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minutes, s } from '../../../../../sim-core/kernel/time.ts';
import { HEAD, SERIES_BYTES, SeriesHead } from '../../../../../sim-core/observability/pipeline/backends/series-head.ts';
import { bundle, request } from './writes.ts';

const unlimited = { perSecond: Infinity, burst: 1 };
const headOf = (seriesMax: number, options: Partial<ConstructorParameters<typeof SeriesHead>[0]> = {}): SeriesHead =>
  new SeriesHead({ ...HEAD, shards: 1, seriesMax, samples: unlimited, ...options });

const rejectedOf = (head: SeriesHead, process: string, time: number, count: number): unknown =>
  head.write(request('metrics', bundle('orders', process, time, count)), time);

describe('churn', () => {
  it('has every deploy add the series of all processes, and a truncation take away those that went', () => {
    const head = headOf(1e6);
    // Ten processes of 100 series each, renamed every 20 minutes, are scraped each minute for four hours and a half.
    const peaks: number[] = [];
    for (let minute = 0; minute < 270; minute++) {
      const deploy = Math.floor(minute / 20);
      for (let pod = 0; pod < 10; pod++) rejectedOf(head, `orders-${deploy}-${pod}`, minutes(minute), 100);
      peaks.push(head.series);
    }
    expect(peaks[0]).toBe(1000);
    // Nine deploys in 180 minutes, and nothing has gone: one and a half times the two hours of a block.
    expect(peaks[179]).toBe(9000);
    // The head then begins at two hours: those of the seventh deploy, from 120 minutes on, and later ones are left.
    expect(peaks[180]).toBe(4000);
    expect(head.bytes).toBe(head.series * SERIES_BYTES);
  });

  it('has what is new rejected at the limit, and what is old stays', () => {
    const head = headOf(250);
    expect(rejectedOf(head, 'a', 0, 100)).toEqual({ rejected: 0 });
    expect(rejectedOf(head, 'b', 0, 100)).toEqual({ rejected: 0 });
    expect(rejectedOf(head, 'c', 0, 100)).toEqual({ rejected: 50 });
    expect(rejectedOf(head, 'd', s(15), 100)).toEqual({ rejected: 100 });
    expect(rejectedOf(head, 'a', s(15), 100)).toEqual({ rejected: 0 });
    expect(head.series).toBe(250);
  });

  it('has room for as many times more as there are shards', () => {
    const head = headOf(250, { shards: 3 });
    for (let i = 0; i < 7; i++) expect(rejectedOf(head, `p${i}`, 0, 100)).toEqual({ rejected: 0 });
    expect(rejectedOf(head, 'p7', 0, 100)).toEqual({ rejected: 50 });
  });
});

it('rejects what is older than the newest of its series, beyond the window', () => {
  const strict = headOf(1000);
  rejectedOf(strict, 'a', s(30), 10);
  expect(rejectedOf(strict, 'a', s(15), 10)).toEqual({ rejected: 10 });
  expect(rejectedOf(strict, 'a', s(30), 10)).toEqual({ rejected: 0 });
  const lenient = headOf(1000, { outOfOrderWindow: s(20) });
  rejectedOf(lenient, 'a', s(30), 10);
  expect(rejectedOf(lenient, 'a', s(15), 10)).toEqual({ rejected: 0 });
  expect(rejectedOf(lenient, 'a', s(9), 10)).toEqual({ rejected: 10 });
});

it('refuses as a whole what is over its rate', () => {
  const head = headOf(1000, { samples: { perSecond: 100, burst: 150 } });
  expect(rejectedOf(head, 'a', 0, 100)).toEqual({ rejected: 0 });
  expect(rejectedOf(head, 'b', 0, 100)).toBe('refused');
  expect(rejectedOf(head, 'b', s(1), 100)).toEqual({ rejected: 0 });
});

it('reads the samples of whom and when it is asked about', () => {
  const head = headOf(1000);
  for (let minute = 0; minute < 60; minute++) {
    head.write(
      request('metrics', bundle('a', 'a-1', minutes(minute), 10), bundle('b', 'b-1', minutes(minute), 3)),
      minutes(minute),
    );
  }
  expect(head.amountToRead({ from: minutes(10), to: minutes(20) })).toBe(130);
  expect(head.amountToRead({ from: minutes(10), to: minutes(20), service: 'b' })).toBe(30);
  expect(head.sampleBytes).toBe(60 * 13 * 1.5);
});

it('never holds more than it may, nor counts otherwise than its processes do', () => {
  const writes = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 40 })),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 3 }),
      writes,
      (seriesMax, shards, script) => {
        const head = headOf(seriesMax, { shards });
        let now = 0;
        for (const [after, process, count] of script) {
          now += minutes(after);
          const answer = rejectedOf(head, `p${process}`, now, count) as { rejected: number };
          expect(answer.rejected).toBeGreaterThanOrEqual(0);
          expect(answer.rejected).toBeLessThanOrEqual(count);
          expect(head.violations()).toEqual([]);
        }
      },
    ),
  );
});

it.each([
  [{ shards: 0 }, 'shards is 0'],
  [{ seriesMax: 0 }, 'seriesMax is 0'],
])('does not take %o', (wrong, message) => {
  expect(() => headOf(10, wrong)).toThrow(message);
});
