/** The books of copies balance whatever becomes of them, and say which of them does not. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FATES, Fates, type Fate } from '../../../sim-core/messaging/fates.ts';

const fate = fc.constantFrom<Fate>(...FATES);

it('balances whatever becomes of copies one by one, and counts as a naive list of them does', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fate, fc.tuple(fc.nat(20), fate))), (steps) => {
      const fates = new Fates();
      const copies: Fate[] = [];
      for (const step of steps) {
        if (!Array.isArray(step)) {
          fates.take(step);
          copies.push(step);
        } else if (step[0] < copies.length) {
          fates.move(copies[step[0]], step[1]);
          copies[step[0]] = step[1];
        }
      }
      const held = (wanted: Fate): number => copies.filter((each) => each === wanted).length;
      for (const each of FATES) expect(fates.count(each)).toBe(held(each));
      expect(fates.total).toBe(copies.length);
      expect(fates.violations('q', { ready: held('ready'), inFlight: held('in-flight') })).toEqual([]);
    }),
  );
});

it('notices a copy that is booked once too often, or not at all', () => {
  fc.assert(
    fc.property(fc.array(fate, { minLength: 1 }), fc.nat(), fate, (copies, pick, other) => {
      const held = (wanted: Fate): number => copies.filter((each) => each === wanted).length;
      const real = { ready: held('ready'), inFlight: held('in-flight'), offered: copies.length };
      const left = pick % copies.length;
      const [forgetful, doubling] = [new Fates(), new Fates()];
      for (const [i, each] of copies.entries()) {
        if (i !== left) forgetful.take(each);
        doubling.take(each);
      }
      doubling.take(other);
      expect(forgetful.violations('q', real)).not.toEqual([]);
      expect(doubling.violations('q', real)).not.toEqual([]);
    }),
  );
});

it('says which book is wrong', () => {
  const fates = new Fates();
  fates.take('ready');
  expect(fates.violations('q', { ready: 1, inFlight: 0, offered: 2 })).toEqual([
    'q: was offered 2 copies, 1 have a fate',
  ]);
  expect(fates.violations('q', { ready: 0, inFlight: 0 })).toEqual(['q: holds 0 ready copies, its books say 1']);
  fates.move('in-flight', 'acknowledged');
  expect(fates.violations('q', { ready: 1, inFlight: 0 })).toEqual([
    'q: 0 copies are in flight, its books say -1',
    'q: -1 copies are in-flight',
  ]);
});
