/** The bucket of the policies that limit rates, beside the same in the obvious way. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { s } from '../../../../../sim-core/kernel/time.ts';
import { SpendingLimit } from '../../../../../sim-core/observability/sampling/policies/spending-limit.ts';

const traffic = fc.array(fc.record({ pause: fc.nat(s(2)), amount: fc.integer({ min: 1, max: 9 }) }), {
  maxLength: 40,
});

it('lets no more through in any stretch than fits in and drips, and refuses nothing that fits', () => {
  fc.assert(
    fc.property(traffic, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), (asked, perSecond, burst) => {
      const limit = new SpendingLimit('test', perSecond, burst);
      const spent: { at: number; amount: number }[] = [];
      let now = 0;
      for (const { pause, amount } of asked) {
        now += pause;
        // What is left, in the obvious way: full at the start, and after each spending as much less, plus what dripped.
        let left = burst;
        let since = 0;
        for (const one of spent) {
          left = Math.min(burst, left + ((one.at - since) / s(1)) * perSecond) - one.amount;
          since = one.at;
        }
        left = Math.min(burst, left + ((now - since) / s(1)) * perSecond);
        const isSpent = limit.spend(amount, now);
        // What drips bit by bit is summed in another order than at once: to the instant either answer is right.
        if (Math.abs(left - amount) > 1e-6) expect(isSpent).toBe(amount < left);
        if (isSpent) spent.push({ at: now, amount });
      }
      for (const { at } of spent) {
        const within = spent.filter((one) => one.at >= at && one.at <= at + s(3));
        const sum = within.reduce((total, { amount }) => total + amount, 0);
        expect(sum).toBeLessThanOrEqual(burst + 3 * perSecond + 1e-6);
      }
    }),
  );
});
