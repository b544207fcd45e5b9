/** The curve of OPT, which takes one pass, against OPT itself at every capacity, by either convention. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnownFuture, nextUses } from '../../../../sim-core/cache/eviction/known-future.ts';
import { Opt, type OptConvention } from '../../../../sim-core/cache/eviction/opt.ts';
import { OptCurve } from '../../../../sim-core/cache/miss-ratio/opt-curve.ts';
import { anyTrace, shapedTrace, type Shape } from '../eviction/traces.ts';

const CONVENTIONS: OptConvention[] = ['must-insert', 'may-bypass'];

function optHits(trace: readonly number[], capacity: number, convention: OptConvention): number {
  const future = new KnownFuture(Int32Array.from(trace));
  const policy = new Opt({ capacity, future }, convention);
  return trace.filter((id, position) => {
    future.position = position;
    return policy.request(id);
  }).length;
}

function curveOf(trace: readonly number[], convention: OptConvention): OptCurve {
  const curve = new OptCurve(convention);
  const uses = nextUses(Int32Array.from(trace));
  trace.forEach((id, position) => curve.request(id, uses[position]));
  return curve;
}

describe.each(CONVENTIONS)('the miss-ratio curve of OPT, %s', (convention) => {
  it('has the hits of OPT at every capacity', () => {
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const capacities = Array.from({ length: new Set(trace).size + 2 }, (_, index) => index + 1);
        const expected = capacities.map((capacity) => optHits(trace, capacity, convention));
        expect(curveOf(trace, convention).hits(capacities)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it.each<[Shape, number]>([
    ['zipf', 2000],
    ['mixed', 1500],
    ['loop', 70],
  ])('has them on a longer %s trace of %d objects', (shape, objects) => {
    const trace = shapedTrace(shape, objects, 15_000, 11);
    const capacities = [1, 2, 3, 31, 32, 33, 64, 69, 70, 100, 500, 1000, 5000];
    const expected = capacities.map((capacity) => optHits(trace, capacity, convention));
    expect(curveOf(trace, convention).hits(capacities)).toEqual(expected);
  });
});
