/** Keys of one's own, behind somebody else's; they stay there when the popularity moves. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { behind, loop, moved } from '../../../../sim-core/index.ts';

it('asks for the keys behind the others, each in its turn, moved or not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 300 }),
      fc.nat(50),
      (first, keys, moves) => {
        const law = moved(behind(first, loop(keys)), moves);
        // A loop draws nothing.
        const asked = Array.from({ length: keys }, (_, number) => law.draw(undefined as never, number));
        expect(asked.toSorted((a, b) => a - b)).toEqual(Array.from({ length: keys }, (_, i) => first + i));
      },
    ),
  );
  expect(() => behind(0, loop(3))).toThrow('first is 0; it must be an integer from 1');
});
