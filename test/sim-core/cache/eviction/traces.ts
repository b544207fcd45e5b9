/** Request sequences to drive policies with: the shapes that tell policies apart, and arbitraries over them. */
import fc from 'fast-check';
import type { RandomStream } from '../../../../sim-core/kernel/random-stream.ts';

/** A small seeded stream (Marsaglia's xorshift, 32 bits), so that a test's draws hang on its seed alone. */
export function testStream(seed: number): RandomStream {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x100000000;
  };
  return { next, integer: (bound) => Math.floor(next() * bound) };
}

/** Draws ranks 0 … objects - 1 with probability proportional to 1 / (rank + 1)^exponent, by inversion. */
export function zipfRanks(objects: number, exponent: number): (stream: RandomStream) => number {
  const cumulative = new Float64Array(objects);
  let total = 0;
  for (let rank = 0; rank < objects; rank++) cumulative[rank] = total += (rank + 1) ** -exponent;
  return (stream) => {
    const target = stream.next() * total;
    let low = 0;
    let high = objects - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle] <= target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

export type Shape = 'zipf' | 'scan' | 'loop' | 'mixed';

/** `length` requests: popular keys; every object in turn, once; a cycle longer than most caches; all of these by turns. */
export function shapedTrace(shape: Shape, objects: number, length: number, seed: number): number[] {
  const stream = testStream(seed);
  const rank = zipfRanks(objects, 0.9);
  const phases = shape === 'mixed' ? (['zipf', 'scan', 'zipf', 'loop'] as const) : [shape];
  return Array.from({ length }, (_, position) => {
    const phase = phases[Math.floor(position / 50) % phases.length];
    if (phase === 'zipf') return rank(stream);
    return phase === 'scan' ? objects + position : position % Math.min(objects, 20);
  });
}

/** Traces of a few hundred requests of every shape, and short arbitrary ones, which shrink well. */
export const anyTrace: fc.Arbitrary<number[]> = fc.oneof(
  fc.array(fc.nat(11), { minLength: 1, maxLength: 60 }),
  fc
    .record({
      shape: fc.constantFrom<Shape>('zipf', 'scan', 'loop', 'mixed'),
      objects: fc.integer({ min: 2, max: 200 }),
      length: fc.integer({ min: 1, max: 400 }),
      seed: fc.nat(1_000_000),
    })
    .map(({ shape, objects, length, seed }) => shapedTrace(shape, objects, length, seed)),
);

export const anyCapacity: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 150 }),
);

export type Step = readonly ['request' | 'remove', number];

/** A trace with some objects taken out in between. */
export const anySteps: fc.Arbitrary<Step[]> = fc
  .tuple(anyTrace, fc.nat(1_000_000), fc.constantFrom(0, 0.05, 0.3))
  .map(([trace, seed, removals]) => {
    const stream = testStream(seed);
    return trace.flatMap((id): Step[] =>
      stream.next() < removals
        ? [
            ['remove', trace[stream.integer(trace.length)]],
            ['request', id],
          ]
        : [['request', id]],
    );
  });

export const requestsOf = (steps: readonly Step[]): Int32Array =>
  Int32Array.from(steps.filter(([kind]) => kind === 'request').map(([, id]) => id));
