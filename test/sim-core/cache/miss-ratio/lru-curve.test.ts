/** Stack distances against counting, and the curve that they make against LRU itself at every capacity. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lru } from '../../../../sim-core/cache/eviction/lru.ts';
import { LruCurve } from '../../../../sim-core/cache/miss-ratio/lru-curve.ts';
import { StackDistances } from '../../../../sim-core/cache/miss-ratio/stack-distances.ts';
import { anyTrace, shapedTrace, type Shape } from '../eviction/traces.ts';

function lruHits(trace: readonly number[], capacity: number): number {
  const policy = new Lru({ capacity });
  return trace.filter((id) => policy.request(id)).length;
}

function curveOf(trace: readonly number[]): LruCurve {
  const curve = new LruCurve();
  for (const id of trace) curve.request(id);
  return curve;
}

describe('stack distances', () => {
  it('are the distinct objects since the last request', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const distances = new StackDistances();
        for (const [position, id] of trace.entries()) {
          const last = position === 0 ? -1 : trace.lastIndexOf(id, position - 1);
          const expected = last < 0 ? Infinity : new Set(trace.slice(last + 1, position)).size;
          if (distances.request(id) !== expected) expect.unreachable(`request ${position}, of ${id}`);
        }
        expect(distances.size).toBe(new Set(trace).size);
      }),
    );
  });

  it('outlast the times that there is room for, by few objects and by many', () => {
    for (const objects of [1, 31, 32, 33, 1024, 5000]) {
      const distances = new StackDistances();
      for (let round = 0; round < Math.ceil(20_000 / objects); round++) {
        for (let id = 0; id < objects; id++) {
          const distance = distances.request(id);
          if (distance !== (round === 0 ? Infinity : objects - 1)) expect.unreachable(`${distance} in round ${round}`);
        }
      }
    }
  });
});

describe('the miss-ratio curve of LRU', () => {
  it('has the hits of LRU at every capacity', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const capacities = Array.from({ length: new Set(trace).size + 2 }, (_, index) => index + 1);
        expect(curveOf(trace).hits(capacities)).toEqual(capacities.map((capacity) => lruHits(trace, capacity)));
      }),
      { numRuns: 50 },
    );
  });

  it.each<[Shape, number]>([
    ['zipf', 5000],
    ['mixed', 3000],
    ['loop', 20],
  ])('has them on a longer %s trace of %d objects', (shape, objects) => {
    const trace = shapedTrace(shape, objects, 40_000, 11);
    const capacities = [1, 2, 3, 10, 19, 20, 64, 100, 500, 1000, 2500, 10_000];
    expect(curveOf(trace).hits(capacities)).toEqual(capacities.map((capacity) => lruHits(trace, capacity)));
  });
});
