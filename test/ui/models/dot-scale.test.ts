/** For how many requests a dot stands, and what a slow machine does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOTS_MAX, DotScale, FrameBudget, RATE_MAX } from '../../../ui/models/dot-scale.ts';

const load = (rate: number, dots: number, least = 1): Parameters<DotScale['choose']>[0] => ({
  rate,
  dots,
  least,
  fits: () => true,
});

describe('a dot', () => {
  it.each([
    [200, 400, 1],
    [201, 10, 2],
    [401, 10, 5],
    [1000, 10, 5],
    [1001, 10, 10],
    [10, 401, 2],
    [10, 40_000, 100],
    [1e6, 10, 5000],
  ])('at %d a second and %d on the stage is %d requests', (rate, dots, oneIn) => {
    const scale = new DotScale();
    scale.choose(load(rate, dots), DOTS_MAX, false);
    expect(scale.oneIn).toBe(oneIn);
  });

  it('is never less than the fate is known of, nor than a tray has room for', () => {
    const scale = new DotScale();
    scale.choose(load(10, 10, 4), DOTS_MAX, false);
    expect(scale.oneIn).toBe(5);
    scale.choose({ ...load(10, 300), fits: (oneIn) => 300 / oneIn <= 40 }, DOTS_MAX, false);
    expect(scale.oneIn).toBe(10);
  });

  it('while playing is enough at every moment and changes only when it must or may with room to spare', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3000), fc.nat(3000)), { minLength: 1 }), (moments) => {
        const scale = new DotScale();
        for (const [rate, dots] of moments) {
          const before = scale.oneIn;
          scale.choose(load(rate, dots), DOTS_MAX, true);
          const enough = (oneIn: number): boolean => rate / oneIn <= RATE_MAX && dots / oneIn <= DOTS_MAX;
          expect(enough(scale.oneIn)).toBe(true);
          if (scale.oneIn > before) expect(enough(before)).toBe(false);
          if (scale.oneIn < before) expect(rate / scale.oneIn).toBeLessThanOrEqual(0.7 * RATE_MAX);
        }
      }),
    );
  });

  it('does not flicker about a bound', () => {
    const scale = new DotScale();
    let changes = 0;
    for (let i = 0; i < 100; i++) if (scale.choose(load(i % 2 ? 190 : 210, 50), DOTS_MAX, true)) changes++;
    expect(changes).toBe(1);
  });

  it('is what the instant alone asks for, wherever the cursor is put', () => {
    const [put, moved] = [new DotScale(), new DotScale()];
    moved.choose(load(5000, 3000), DOTS_MAX, true);
    for (const scale of [put, moved]) scale.choose(load(150, 100), DOTS_MAX, false);
    expect([moved.oneIn, moved.ribbons]).toEqual([put.oneIn, put.ribbons]);
  });
});

it('ribbons begin above 2,000 a second and end well below', () => {
  const scale = new DotScale();
  const ribbons = [2000, 2001, 1900, 1401, 1399].map((rate) => {
    scale.choose(load(rate, 10), DOTS_MAX, true);
    return scale.ribbons;
  });
  expect(ribbons).toEqual([false, true, true, true, false]);
});

describe('the budget of frames', () => {
  const after = (budget: FrameBudget, frameMs: number, frames: number): number => {
    for (let i = 0; i < frames; i++) budget.add(frameMs);
    return budget.dotsMax;
  };

  it('halves the dots while the median frame is too long, to a floor, and gives them back', () => {
    const budget = new FrameBudget();
    expect(after(budget, 16.7, 100)).toBe(400);
    expect(after(budget, 21, 31)).toBe(200);
    expect(after(budget, 21, 310)).toBe(50);
    expect(after(budget, 10, 310)).toBe(400);
  });

  it('does not mind a few long frames', () => {
    const budget = new FrameBudget();
    for (let i = 0; i < 310; i++) budget.add(i % 3 === 0 ? 100 : 16);
    expect(budget.dotsMax).toBe(400);
  });
});
