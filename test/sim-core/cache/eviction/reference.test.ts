/**
 * The policies on nine real traces, 58 pairs of trace and capacity, against the miss counts of libCacheSim and of
 * Caffeine's simulator: the same count as every source whose convention a policy follows; of random eviction, a count
 * that its draws explain. `reference-rows.ts` says which row is compared with what, and why the others are not.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { Lcg48 } from '../../../../sim-core/cache/admission/lcg48.ts';
import type { EvictionOptions } from '../../../../sim-core/cache/eviction/eviction-policy.ts';
import { KnownFuture } from '../../../../sim-core/cache/eviction/known-future.ts';
import { chosenPolicy, evictionChoices } from '../../../../sim-core/cache/eviction/policies.ts';
import { confidenceInterval } from '../../../../sim-core/statistics/confidence.ts';
import { DRAWN, EQUAL, REPEATED, UNMATCHED, WITHOUT_ROWS } from './reference-rows.ts';
import { haveTraces, readTrace, referenceRows } from './reference-traces.ts';
import type { InternedTrace, ReferenceRow } from './reference-traces.ts';
import { RisingSegments } from './rising-segments.ts';
import { testStream } from './traces.ts';

/** The optimum where a newcomer may be refused; ours equals it. */
const [OPTIMUM] = EQUAL['opt-bypass'];
const placeOf = ({ trace, capacity }: ReferenceRow): string => `${trace} ${capacity}`;

function missesOf(name: string, { ids }: InternedTrace, options: Omit<EvictionOptions, 'future'>): number {
  const future = new KnownFuture(ids);
  const policy = chosenPolicy(name).create({ ...options, future });
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

  it.each(Object.keys(EQUAL))('%s misses as often as its sources, to the request', (name) => {
    for (const source of EQUAL[name]) {
      const expected = rows.filter((row) => row.policy === source);
      expect(expected.length).toBeGreaterThanOrEqual(55);
      expect(missesOfRows(name, expected)).toEqual(expected);
    }
  });

  it.each(Object.keys(REPEATED))('%s is repeated to the request, and is not what our slru does', (source) => {
    const its = rows.filter((row) => row.policy === source);
    expect(its.length).toBeGreaterThanOrEqual(55);
    const repeated = its.map((row) => {
      const policy = new RisingSegments(row.capacity, REPEATED[source]);
      let misses = 0;
      for (const id of traces.get(row.trace)!.ids) if (!policy.request(id)) misses++;
      return { ...row, misses };
    });
    expect(repeated).toEqual(its);
    expect(missesOfRows('slru', its)).not.toEqual(its);
  });

  it('the window of w-tinylfu:climb does move: not all are the counts of a fixed one', () => {
    const [source] = EQUAL['w-tinylfu:climb'];
    const expected = rows.filter((row) => row.policy === source);
    const moved = missesOfRows('w-tinylfu', expected).filter((row, index) => row.misses !== expected[index].misses);
    expect(moved.length).toBeGreaterThanOrEqual(30);
  });

  it.each(UNMATCHED)(
    '$source is not matched, but nobody misses less than OPT, and its kind not by much',
    (unmatched) => {
      const { source, like } = unmatched;
      const its = rows.filter((row) => row.policy === source);
      expect(its.length).toBeGreaterThanOrEqual(55);
      const least = new Map(rows.filter((row) => row.policy === OPTIMUM).map((row) => [placeOf(row), row.misses]));
      for (const row of its) {
        expect(row.misses).toBeGreaterThanOrEqual(least.get(placeOf(row))!);
        expect(row.misses).toBeLessThanOrEqual(row.requests);
      }
      if (like === undefined) return;
      const apart = missesOfRows(like.policy, its).map((row, index) => {
        return Math.abs(row.misses - its[index].misses) / row.requests;
      });
      expect(Math.max(...apart)).toBeGreaterThan(0);
      expect(Math.max(...apart)).toBeLessThanOrEqual(like.most);
      expect(apart.reduce((sum, one) => sum + one, 0) / apart.length).toBeLessThanOrEqual(like.mean);
    },
  );

  describe('random', () => {
    /** Enough seeds to know the spread; the larger traces would take too long that often, and have a wider interval. */
    const SEEDS = 20;
    const SMALLER = ['2_pools', 'cpp', 'gli', 'multi1', 'multi2', 'web07'];
    const LARGER = ['cloudPhysicsIO', 'loop', 'sprite'];
    const SEEDS_OF_LARGER = 6;
    const LEVEL = 0.99;

    /**
     * By how much a source's single run misses the interval in which one more run of ours would lie, at a level such
     * that all of the comparisons hold together with probability LEVEL. At most 1 where the run lies within.
     */
    function distances(source: string, among: readonly string[], seeds: number): number[] {
      const compared = rows.filter((row) => row.policy === source && among.includes(row.trace));
      const levelEach = 1 - (1 - LEVEL) / compared.length;
      return compared.map((row) => {
        const runs = Array.from({ length: seeds }, (_, seed) =>
          missesOf('random', traces.get(row.trace)!, { capacity: row.capacity, random: testStream(1000 + seed) }),
        );
        const { mean, halfWidth } = confidenceInterval(runs, levelEach);
        const ofOneMoreRun = halfWidth * Math.sqrt(seeds + 1);
        return row.misses === mean ? 0 : Math.abs(row.misses - mean) / ofOneMoreRun;
      });
    }

    it("misses as often as Caffeine's sampled.Random, within what the draws explain", () => {
      const outside = distances(DRAWN.same, SMALLER, SEEDS);
      expect(outside.length).toBeGreaterThanOrEqual(35);
      expect(Math.max(...outside)).toBeLessThanOrEqual(1);
      const ofLarger = distances(DRAWN.same, LARGER, SEEDS_OF_LARGER);
      expect(ofLarger.length).toBeGreaterThanOrEqual(15);
      expect(Math.max(...ofLarger)).toBeLessThanOrEqual(1);
    });

    it("is told from libCacheSim's random, which does not draw uniformly", () => {
      expect(Math.max(...distances(DRAWN.other, SMALLER, SEEDS))).toBeGreaterThan(1);
    });
  });

  it('compares every row of the reference, or says why not', () => {
    const sources = [
      ...Object.values(EQUAL).flat(),
      ...Object.keys(REPEATED),
      ...Object.values(DRAWN),
      ...UNMATCHED.map(({ source }) => source),
    ];
    expect([...new Set(rows.map((row) => row.policy))].sort()).toEqual(sources.sort());
  });

  it('compares every policy there is, or says why not', () => {
    const compared = [...Object.keys(EQUAL), 'random', ...Object.keys(WITHOUT_ROWS)];
    expect(compared.sort()).toEqual([...evictionChoices].sort());
  });
});
