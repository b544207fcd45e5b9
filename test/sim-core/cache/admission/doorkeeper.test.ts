/** The doorkeeper: never wrongly no, seldom wrongly yes, and empty after a clearing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Doorkeeper } from '../../../../sim-core/cache/admission/doorkeeper.ts';

describe('doorkeeper', () => {
  it('knows every key that it marked, until it is cleared', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.uniqueArray(fc.integer(), { maxLength: 300 }),
        (entries, keys) => {
          const doorkeeper = new Doorkeeper(entries);
          for (const key of keys) {
            const seemedKnown = doorkeeper.isMarked(key);
            if (doorkeeper.mark(key) !== seemedKnown) expect.unreachable(`${key}: two answers`);
          }
          for (const key of keys) if (!doorkeeper.isMarked(key)) expect.unreachable(`${key} is forgotten`);
          doorkeeper.clear();
          for (const key of keys) if (doorkeeper.isMarked(key)) expect.unreachable(`${key} is not forgotten`);
        },
      ),
    );
  });

  it.each([100, 1000, 10_000])('takes at most 1 %% of other keys for marked with the keys of %d entries', (entries) => {
    const doorkeeper = new Doorkeeper(entries);
    for (let key = 0; key < 3 * entries; key++) doorkeeper.mark(key * 64); // block numbers
    let wrong = 0;
    const asked = 100_000;
    for (let key = 0; key < asked; key++) if (doorkeeper.isMarked(1_000_000_007 + key)) wrong++;
    // Five standard deviations above the share that it is sized for.
    expect(wrong).toBeLessThanOrEqual(asked * 0.01 + 5 * Math.sqrt(asked * 0.01));
  });
});
