/** A bucket from which as much is taken as something is large, beside what any stretch of time allows. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { s } from '../../../../../sim-core/kernel/time.ts';
import { AmountBucket } from '../../../../../sim-core/observability/pipeline/backends/amount-bucket.ts';

it('gives in any stretch of time no more than its burst and what its rate allows, and refuses only what is more', () => {
  const asks = fc.array(fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 60 })), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(asks, (script) => {
      const bucket = new AmountBucket({ perSecond: 10, burst: 50 });
      const taken: { at: number; amount: number }[] = [];
      let now = 0;
      for (const [after, amount] of script) {
        now += s(after / 1000);
        // What is there: the least, over all stretches up to now, of what may go less what went.
        const room = Math.min(
          50,
          ...taken.map((_, i) => {
            const gone = taken.slice(i).reduce((sum, take) => sum + take.amount, 0);
            return 50 + (10 * (now - taken[i].at)) / s(1) - gone;
          }),
        );
        const allowed = bucket.allows(amount, now);
        if (Math.abs(room - amount) > 1e-6) expect(allowed).toBe(amount <= room);
        if (!allowed) continue;
        bucket.take(amount);
        taken.push({ at: now, amount });
      }
    }),
  );
});

it('has no limit at an endless rate', () => {
  const bucket = new AmountBucket({ perSecond: Infinity, burst: 1 });
  for (let i = 0; i < 3; i++) {
    expect(bucket.allows(1e12, 0)).toBe(true);
    bucket.take(1e12);
  }
});

it.each([
  [{ perSecond: 0, burst: 1 }, 'perSecond is 0'],
  [{ perSecond: 1, burst: 0 }, 'burst is 0'],
])('does not take %o', (limit, message) => {
  expect(() => new AmountBucket(limit)).toThrow(message);
});
