/** The waits of a batch that is not taken, against their sum, and never outside of their bounds. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { s, toSeconds } from '../../../../sim-core/kernel/time.ts';
import { RETRY_ON_FAILURE, RetryOnFailure } from '../../../../sim-core/observability/pipeline/retry-on-failure.ts';

/** All waits of a batch whose attempts each fail at once. */
function waitsOf(options: Partial<typeof RETRY_ON_FAILURE>, seed = 1, most = 1000): number[] {
  const random = new Simulation({ seed }).random('waits');
  const retry = new RetryOnFailure({ ...RETRY_ON_FAILURE, ...options }, 0);
  const waits: number[] = [];
  let now = 0;
  while (waits.length < most) {
    const wait = retry.next(now, random);
    if (wait === undefined) break;
    waits.push(wait);
    now += wait;
  }
  return waits;
}

it('waits 5 s, then half as long again each time up to 30 s, and gives up before 300 s are over', () => {
  const waits = waitsOf({ randomizationFactor: 0 }).map(toSeconds);
  expect(waits.slice(0, 5)).toEqual([5, 7.5, 11.25, 16.875, 25.3125]);
  expect(new Set(waits.slice(5))).toEqual(new Set([30]));
  // 65.9375 s of growing waits, and seven of 30 s: an eighth would end at 305.9 s.
  expect(waits).toHaveLength(5 + 7);
});

it('never waits outside of half to one and a half times its interval, nor into the time when it has given up', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const waits = waitsOf({}, seed);
      let interval = s(5);
      for (const wait of waits) {
        expect(wait).toBeGreaterThanOrEqual(Math.floor(interval / 2));
        expect(wait).toBeLessThanOrEqual(Math.ceil(interval * 1.5));
        interval = Math.min(s(30), interval * 1.5);
      }
      const spent = waits.reduce((sum, wait) => sum + wait, 0);
      expect(spent).toBeLessThanOrEqual(s(300));
      // Another wait is at most 45 s, so it gave up no earlier than that before its time.
      expect(spent).toBeGreaterThan(s(255));
    }),
  );
});

it('never gives up where its time is 0', () => {
  expect(waitsOf({ maxElapsedTime: 0 }, 1, 500)).toHaveLength(500);
});
