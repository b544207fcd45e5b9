/** Named streams: equal for equal names, unrelated otherwise, whatever the order of asking. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../../sim-core/kernel/random-stream.ts';
import { RandomStreams } from '../../../sim-core/kernel/random-streams.ts';
import { chiSquareUniform, pairCounts } from './distributions/goodness-of-fit.ts';

/** A right generator fails a test at this level once in 10,000 seeds; the seeds here are fixed. */
const SIGNIFICANCE = 1e-4;

const take = (stream: RandomStream, count: number): number[] => Array.from({ length: count }, () => stream.next());
const name = fc.string({ minLength: 1, unit: 'binary' });
const seed = fc.oneof(fc.integer(), fc.string({ minLength: 1 }));

describe('named streams', () => {
  it('depend on seed and name, not on the order in which they are asked for or drawn from', () => {
    fc.assert(
      fc.property(
        seed,
        fc.uniqueArray(name, { minLength: 2, maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (s, names, choices) => {
          const alone = names.map((n) => take(new RandomStreams(s).stream(n), 5));
          const together = new RandomStreams(s);
          const drawn = new Map<string, number[]>();
          for (let i = 0; i < 100; i++) {
            const n = names[choices.next().value % names.length];
            drawn.set(n, [...(drawn.get(n) ?? []), together.stream(n).next()]);
          }
          for (const [i, n] of names.entries()) {
            const got = (drawn.get(n) ?? []).slice(0, 5);
            expect(got).toEqual(alone[i].slice(0, got.length));
          }
        },
      ),
    );
  });

  it('are one object a name', () => {
    const streams = new RandomStreams(1);
    expect(streams.stream('arrivals')).toBe(streams.stream('arrivals'));
    expect(streams.stream('arrivals')).not.toBe(streams.stream('service'));
  });

  it('differ between any two seeds or names', () => {
    fc.assert(
      fc.property(fc.tuple(seed, name), fc.tuple(seed, name), ([s, n], [otherSeed, otherName]) => {
        fc.pre(String(s) !== String(otherSeed) || n !== otherName);
        const draws = take(new RandomStreams(s).stream(n), 10);
        const others = take(new RandomStreams(otherSeed).stream(otherName), 10);
        for (let i = 0; i < 10; i++) expect(draws[i]).not.toBe(others[i]);
      }),
    );
  });

  it("differ for the seeds '1', '11' and '111', and where seed and name join to one text", () => {
    const seeds = ['1', '11', '111'].map((s) => take(new RandomStreams(s).stream('x'), 10));
    const joined = [take(new RandomStreams('a').stream('bc'), 10), take(new RandomStreams('ab').stream('c'), 10)];
    expect(new Set([...seeds, ...joined].flat()).size).toBe(50);
  });

  it('are the same for a seed given as a number and as text', () => {
    expect(take(new RandomStreams(42).stream('x'), 3)).toEqual(take(new RandomStreams('42').stream('x'), 3));
  });

  it('share nothing with the keyed stream of the same name', () => {
    const streams = new RandomStreams(7);
    const sequential = new Set(take(streams.stream('x'), 1000));
    expect(take(streams.keyed('x').of(0), 1000).filter((value) => sequential.has(value))).toEqual([]);
  });

  it.each([Number.NaN, Infinity, ''])('refuse the seed %s', (wrong) => {
    expect(() => new RandomStreams(wrong)).toThrow(/seed must be a finite number or a string that is not empty, got/);
  });

  it('refuse an empty name', () => {
    expect(() => new RandomStreams(1).stream('')).toThrow(/name must not be empty/);
    expect(() => new RandomStreams(1).keyed('')).toThrow(/name must not be empty/);
  });
});

describe.each([1, 2, 3])('a stream of seed %i', (s) => {
  it('has 53 fair bits', () => {
    const stream = new RandomStreams(s).stream('bits');
    const count = 20_000;
    const ones = new Uint32Array(53);
    let beyond = 0;
    for (let i = 0; i < count; i++) {
      let rest = stream.next();
      for (let bit = 0; bit < 53; bit++) {
        rest *= 2;
        if (rest >= 1) {
          ones[bit]++;
          rest -= 1;
        }
      }
      if (rest > 0) beyond++;
    }
    expect(beyond).toBe(0);
    // 5.5 standard deviations: 53 bits together exceed them twice in a million seeds.
    for (const one of ones) expect(Math.abs(one - count / 2)).toBeLessThan((5.5 * Math.sqrt(count)) / 2);
  });

  it('is even over [0, 1), and each draw independent of the one before', () => {
    const draws = take(new RandomStreams(s).stream('even'), 200_001);
    const counts = new Uint32Array(1000);
    for (const draw of draws) counts[Math.floor(draw * 1000)]++;
    expect(chiSquareUniform(counts)).toBeGreaterThan(SIGNIFICANCE);
    const pairs = draws.slice(1).map((draw, i) => [draws[i], draw] as const);
    expect(chiSquareUniform(pairCounts(pairs, 64))).toBeGreaterThan(SIGNIFICANCE);
  });

  it('is unrelated to the streams of the neighbouring seed and of the neighbouring name', () => {
    const draws = take(new RandomStreams(s).stream('host-1'), 50_000);
    for (const [otherSeed, otherName] of [
      [s + 1, 'host-1'],
      [s, 'host-2'],
    ] as const) {
      const others = take(new RandomStreams(otherSeed).stream(otherName), 50_000);
      const pairs = draws.map((draw, i) => [draw, others[i]] as const);
      expect(chiSquareUniform(pairCounts(pairs, 32))).toBeGreaterThan(SIGNIFICANCE);
    }
  });

  it('starts anywhere: the first draws of numbered streams are even', () => {
    const streams = new RandomStreams(s);
    const counts = new Uint32Array(100);
    for (let i = 0; i < 10_000; i++) counts[Math.floor(streams.stream(`client/${i}`).next() * 100)]++;
    expect(chiSquareUniform(counts)).toBeGreaterThan(SIGNIFICANCE);
  });
});

describe('integers', () => {
  it('stay below the bound, up to the largest', () => {
    const stream = new RandomStreams(1).stream('integers');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (bound) => {
        const value = stream.integer(bound);
        expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true);
      }),
    );
  });

  it.each([2, 3, 7, 100, 1023])('are even below %i', (bound) => {
    const stream = new RandomStreams(1).stream('integers');
    const counts = new Uint32Array(bound);
    for (let i = 0; i < 100_000; i++) counts[stream.integer(bound)]++;
    expect(chiSquareUniform(counts)).toBeGreaterThan(SIGNIFICANCE);
  });

  it.each([0, -1, 1.5, 2 ** 32 + 1, Number.NaN, Infinity])('refuse the bound %s', (bound) => {
    const streams = new RandomStreams(1);
    for (const stream of [streams.stream('x'), streams.keyed('x').of(1)]) {
      expect(() => stream.integer(bound)).toThrow(`bound must be an integer from 1 to 2^32, got ${bound}`);
    }
  });
});
