/**
 * The policies on nine real traces, 58 pairs of trace and capacity, against the miss counts of libCacheSim and of
 * Caffeine's simulator: the same count as every source whose convention a policy follows; of random eviction, a count
 * that its draws explain.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { Lcg48 } from '../../../../sim-core/cache/admission/lcg48.ts';
import type { EvictionOptions } from '../../../../sim-core/cache/eviction/eviction-policy.ts';
import { KnownFuture } from '../../../../sim-core/cache/eviction/known-future.ts';
import { evictionPolicies } from '../../../../sim-core/cache/eviction/policies.ts';
import { confidenceInterval } from '../../../../sim-core/statistics/confidence.ts';
import { haveTraces, readTrace, referenceRows } from './reference-traces.ts';
import type { InternedTrace, ReferenceRow } from './reference-traces.ts';
import { testStream } from './traces.ts';

const LIBCACHESIM = 'libCacheSim:';
const CAFFEINE = 'caffeine-simulator:';

/** Of each policy the sources that it equals. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  fifo: [`${LIBCACHESIM}fifo`, `${CAFFEINE}linked.FIFO`],
  lru: [`${LIBCACHESIM}lru`, `${CAFFEINE}linked.LRU`],
  lfu: [`${LIBCACHESIM}lfu`, `${CAFFEINE}linked.LFU`],
  clock: [`${LIBCACHESIM}clock`],
  'clock-insert-first': [`${CAFFEINE}linked.CLOCK`],
  slru: [`${CAFFEINE}linked.SegmentedLru`],
  '2q': [`${LIBCACHESIM}twoq`, `${CAFFEINE}two-queue.TwoQueue`],
  arc: [`${CAFFEINE}adaptive.Arc`],
  lirs: [`${CAFFEINE}irr.Lirs`],
  sieve: [`${LIBCACHESIM}sieve`, `${CAFFEINE}linked.Sieve`],
  's3-fifo': [`${LIBCACHESIM}s3fifov0`],
  's3-fifo-small-share': [`${CAFFEINE}two-queue.S3Fifo`],
  'w-tinylfu': [`${CAFFEINE}sketch.WindowTinyLfu(1%)`],
  opt: [`${LIBCACHESIM}belady`],
  'opt-bypass': [`${CAFFEINE}opt.Clairvoyant`],
};

function missesOf(name: string, { ids }: InternedTrace, options: Omit<EvictionOptions, 'future'>): number {
  const future = new KnownFuture(ids);
  const policy = evictionPolicies[name].create({ ...options, future });
  let misses = 0;
  for (let position = 0; position < ids.length; position++) {
    future.position = position;
    if (!policy.request(ids[position])) misses++;
  }
  return misses;
}

it.runIf(process.env.CI)('has the shared traces, for CI must compare with them', () => {
  expect(haveTraces).toBe(true);
});

describe.skipIf(!haveTraces)('on the real traces of ../shared', () => {
  const rows = haveTraces ? referenceRows() : [];
  const names = [...new Set(rows.map((row) => row.trace))];
  const traces = new Map<string, InternedTrace>();
  beforeAll(() => {
    for (const name of names) traces.set(name, readTrace(name));
  });

  /** The rows with the misses of one of ours. */
  const missesOfRows = (name: string, asked: readonly ReferenceRow[]): ReferenceRow[] =>
    asked.map((row) => {
      const trace = traces.get(row.trace)!;
      const keyHash = (id: number): number => trace.keys[id]; // Long.hashCode of a key below 2^31
      const misses = missesOf(name, trace, { capacity: row.capacity, random: new Lcg48(), keyHash });
      return { ...row, misses };
    });

  it.each(Object.keys(SOURCES))('%s misses as often as its sources, to the request', (name) => {
    for (const source of SOURCES[name]) {
      const expected = rows.filter((row) => row.policy === source);
      expect(expected.length).toBeGreaterThanOrEqual(55);
      expect(missesOfRows(name, expected)).toEqual(expected);
    }
  });

  it('w-tinylfu-climbing misses as often as its source wherever that begins by shrinking the window', () => {
    const source = `${CAFFEINE}sketch.HillClimberWindowTinyLfu (simple 1%)`;
    const expected = rows.filter((row) => row.policy === source && row.capacity > 512);
    expect(expected.length).toBeGreaterThanOrEqual(30);
    expect(missesOfRows('w-tinylfu-climbing', expected)).toEqual(expected);
    // The window does move in these: not all of them are the fixed window's counts.
    const moved = missesOfRows('w-tinylfu', expected).filter((row, index) => row.misses !== expected[index].misses);
    expect(moved.length).toBeGreaterThanOrEqual(15);
  });

  describe('random', () => {
    /** Enough seeds to know the spread; the larger traces would take too long that often. */
    const SEEDS = 20;
    const SMALLER = ['2_pools', 'cpp', 'gli', 'multi1', 'multi2', 'web07'];
    const LEVEL = 0.99;

    /**
     * By how much a source's single run misses the interval in which one more run of ours would lie, at a level such
     * that all of the comparisons hold together with probability LEVEL. At most 1 where the run lies within.
     */
    function distances(source: string): number[] {
      const compared = rows.filter((row) => row.policy === source && SMALLER.includes(row.trace));
      const levelEach = 1 - (1 - LEVEL) / compared.length;
      return compared.map((row) => {
        const runs = Array.from({ length: SEEDS }, (_, seed) =>
          missesOf('random', traces.get(row.trace)!, { capacity: row.capacity, random: testStream(1000 + seed) }),
        );
        const { mean, halfWidth } = confidenceInterval(runs, levelEach);
        const ofOneMoreRun = halfWidth * Math.sqrt(SEEDS + 1);
        return row.misses === mean ? 0 : Math.abs(row.misses - mean) / ofOneMoreRun;
      });
    }

    it("misses as often as Caffeine's sampled.Random, within what the draws explain", () => {
      const outside = distances(`${CAFFEINE}sampled.Random`);
      expect(outside.length).toBeGreaterThanOrEqual(35);
      expect(Math.max(...outside)).toBeLessThanOrEqual(1);
    });

    it("is told from libCacheSim's random, which does not draw uniformly", () => {
      expect(Math.max(...distances(`${LIBCACHESIM}random`))).toBeGreaterThan(1);
    });
  });

  it('compares every policy there is', () => {
    // No source has LFU with dynamic aging or this doorkeeper.
    expect(
      [...Object.keys(SOURCES), 'random', 'lfu-aging', 'w-tinylfu-climbing', 'w-tinylfu-doorkeeper'].sort(),
    ).toEqual(Object.keys(evictionPolicies).sort());
  });
});
