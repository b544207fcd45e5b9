/** What every distribution keeps to: moments, determinism, and uniforms at the ends of [0, 1). */
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../../sim-core/kernel/random-streams.ts';
import type { RandomStream } from '../../../../sim-core/kernel/random-stream.ts';
import { examples } from './examples.ts';

/** A stream that starts with `first`, for the ends of [0, 1) are where formulas break. */
function startingWith(first: number): RandomStream {
  const rest = new RandomStreams(1).stream('x');
  let started = false;
  const next = (): number => {
    if (started) return rest.next();
    started = true;
    return first;
  };
  return { next, integer: (bound) => Math.floor(next() * bound) };
}

describe.each(examples.map((distribution) => ({ name: distribution.describe(), distribution })))(
  '$name',
  ({ distribution }) => {
    it('draws the same from the same stream, and keeps nothing between samples', () => {
      const [a, b] = [1, 1].map((seed) => new RandomStreams(seed).stream('x'));
      const once = Array.from({ length: 100 }, () => distribution.sample(a));
      distribution.sample(new RandomStreams(2).stream('x'));
      expect(Array.from({ length: 100 }, () => distribution.sample(b))).toEqual(once);
    });

    it('draws finite numbers, from a keyed stream as well', () => {
      const keyed = new RandomStreams(1).keyed('x');
      for (let key = 0; key < 1000; key++) expect(Number.isFinite(distribution.sample(keyed.of(key)))).toBe(true);
    });

    it('survives the least, the middle and the greatest uniform', () => {
      for (const uniform of [0, 2 ** -53, 0.5 - 2 ** -53, 0.5, 1 - 2 ** -53]) {
        expect(Number.isFinite(distribution.sample(startingWith(uniform)))).toBe(true);
      }
    });

    it('has a mean and a variance that are numbers, and the variance is not negative', () => {
      expect(Number.isNaN(distribution.mean)).toBe(false);
      expect(distribution.variance).toBeGreaterThanOrEqual(0);
    });
  },
);
