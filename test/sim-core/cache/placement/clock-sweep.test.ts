/** The clock sweep beside the same rule over a plain list, and by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClockSweep } from '../../../../sim-core/cache/placement/clock-sweep.ts';

/** Which requests hit, by a list of buffers and a hand. */
function naive(buffers: number, pages: readonly number[]): boolean[] {
  const held: { page: number; usage: number }[] = [];
  let hand = 0;
  return pages.map((page) => {
    const found = held.find((one) => one.page === page);
    if (found) {
      found.usage = Math.min(5, found.usage + 1);
      return true;
    }
    if (held.length < buffers) {
      held.push({ page, usage: 1 });
      return false;
    }
    while (held[hand].usage > 0) {
      held[hand].usage -= 1;
      hand = (hand + 1) % buffers;
    }
    held[hand] = { page, usage: 1 };
    hand = (hand + 1) % buffers;
    return false;
  });
}

function swept(buffers: number, pages: readonly number[]): boolean[] {
  const sweep = new ClockSweep(buffers);
  return pages.map((page) => {
    const hit = sweep.use(page);
    if (!hit) sweep.admit(page);
    expect(sweep.size).toBeLessThanOrEqual(buffers);
    return hit;
  });
}

describe('a clock sweep', () => {
  it('does to any pages what the rule says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(12), { maxLength: 200 }), (buffers, pages) => {
        expect(swept(buffers, pages)).toEqual(naive(buffers, pages));
      }),
    );
  });

  it('forgets uses beyond the fifth: after six rounds of the hand a page has gone, however often it was used', () => {
    const often = Array.from({ length: 100 }, () => 0);
    const others = Array.from({ length: 12 }, (_, i) => i + 1);
    // Two buffers: each newcomer takes the other one until the hand has lowered page 0 five times.
    const hits = swept(2, [...often, ...others, 0]);
    expect(hits.at(-1)).toBe(false);
    expect(swept(2, [...often, 1, 2, 3, 0]).at(-1)).toBe(true);
  });

  it.each([0, 1.5, Number.NaN])('does not take %d buffers', (buffers) => {
    expect(() => new ClockSweep(buffers)).toThrow(`buffers: ${buffers} is not a number of buffers`);
  });
});
