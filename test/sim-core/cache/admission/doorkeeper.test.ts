/**
 * The doorkeeper: bit for bit the naive filter; beside an exact set never wrongly no, wrongly yes as often as Bloom's formula
 * says, and empty after a clearing.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Doorkeeper } from '../../../../sim-core/cache/admission/doorkeeper.ts';
import { bitsOf, ExactDoorkeeper, NaiveDoorkeeper } from './naive-doorkeeper.ts';

describe('doorkeeper', () => {
  it('answers as the naive filter does, false positives included', () => {
    const step = fc.record({
      key: fc.integer({ min: 0, max: 400 }),
      does: fc.constantFrom('mark', 'mark', 'ask', 'clear'),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.array(step, { maxLength: 300, size: 'max' }),
        (entries, steps) => {
          const [doorkeeper, naive] = [new Doorkeeper(entries), new NaiveDoorkeeper(entries)];
          for (const { key, does } of steps) {
            if (does === 'mark') expect(doorkeeper.mark(key)).toBe(naive.mark(key));
            else if (does === 'ask') expect(doorkeeper.isMarked(key)).toBe(naive.isMarked(key));
            // A clearing now and then: three hundred steps and one in four would leave the filter empty.
            else if (key < 20) [doorkeeper, naive].forEach((one) => one.clear());
          }
          expect(doorkeeper.bytes).toBe(bitsOf(entries) / 8);
        },
      ),
    );
  });

  it.each([
    [100, 3],
    [1000, 5],
    [10_000, 3],
    [10_000, 8],
  ])('of %d entries, marked with %d keys each, is wrong as often as (1 - e^(-k n / m))^k', (entries, each) => {
    const doorkeeper = new Doorkeeper(entries);
    const exact = new ExactDoorkeeper();
    const count = each * entries;
    let wrongWhileFilling = 0;
    for (let key = 0; key < count; key++) if (doorkeeper.mark(key) && !exact.mark(key)) wrongWhileFilling++;
    let wrong = 0;
    const asked = 100_000;
    for (let key = 0; key < asked; key++) if (doorkeeper.isMarked(1_000_000_007 + key)) wrong++;
    const chance = (1 - Math.exp((-7 * count) / bitsOf(entries))) ** 7;
    // The bits that are set deviate from their mean as well, by sqrt(m) at most, which moves the chance by 7 / p of itself.
    const [bits, set] = [bitsOf(entries), chance ** (1 / 7)];
    const spread = 5 * (Math.sqrt(asked * chance) + asked * chance * (7 / set) * Math.sqrt((set * (1 - set)) / bits));
    expect(Math.abs(wrong - asked * chance)).toBeLessThan(spread);
    // While it fills it is wrong less often than when it is full.
    expect(wrongWhileFilling).toBeLessThan(count * chance + 5 * Math.sqrt(count * chance) + 1);
  });

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
