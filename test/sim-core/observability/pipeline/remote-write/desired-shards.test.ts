/** How many shards remote write runs, against the samples a second times the time of one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { DesiredShards } from '../../../../../sim-core/observability/pipeline/remote-write/desired-shards.ts';

const bounds = { minShards: 1, maxShards: 50 };

/** So many ticks in which `rate` samples a second come and are sent, 2,000 a request of `took`. */
function settled(rate: number, took: number, ticks = 60, lag = 0, shards = 1): number {
  const desired = new DesiredShards(bounds);
  for (let tick = 0; tick < ticks; tick++) {
    desired.received(rate * 10);
    for (let sent = 0; sent < rate * 10; sent += 2000) desired.sent(2000, took);
    shards = desired.tick(shards, lag);
  }
  return shards;
}

it('has as many as the samples a second times the time of one are, but for its tolerance of three tenths', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 3000 }), (thousands, millis) => {
      const rate = 2000 * thousands;
      const needed = (rate / 2000) * (millis / 1000);
      const shards = settled(rate, ms(millis));
      expect(shards).toBeLessThanOrEqual(bounds.maxShards);
      expect(shards).toBeGreaterThanOrEqual(bounds.minShards);
      if (needed > bounds.maxShards) expect(shards * 1.3).toBeGreaterThanOrEqual(bounds.maxShards);
      else expect(1.3 * shards).toBeGreaterThanOrEqual(needed - 1e-6);
      // No more than the next whole number: it came from below.
      expect(shards).toBeLessThanOrEqual(Math.max(1, Math.ceil(needed + 1e-6)));
    }),
  );
});

it('rounds up before it asks whether the change is a small one, as Prometheus does', () => {
  // 1.2 are 2, twice as many as the one there is; 3.6 are 4, which is within three tenths of 5, as is 6.4, which is 7, not.
  expect(settled(6000, ms(400))).toBe(2);
  expect(settled(18_000, ms(400), 60, 0, 5)).toBe(5);
  expect(settled(32_000, ms(400), 60, 0, 5)).toBe(7);
});

it('adds a twentieth of what is pending a second', () => {
  // 10,000 a second at 1 ms a thousandth: 2 shards in the steady state. 60 s behind is 600,000 samples pending.
  expect(settled(10_000, ms(400))).toBe(2);
  expect(settled(10_000, ms(400), 1, s(60))).toBe(2 + 6);
});

it('goes down only when it is no more than ten seconds behind', () => {
  expect(settled(2000, ms(100), 1, s(11), 20)).toBe(20);
  expect(settled(2000, ms(100), 1, s(9), 20)).toBe(1);
});

it('changes nothing while nothing is sent', () => {
  const desired = new DesiredShards(bounds);
  desired.received(1e6);
  expect(desired.tick(7, s(1000))).toBe(7);
});

it.each([
  [{ minShards: 0, maxShards: 5 }, 'minShards is 0'],
  [{ minShards: 6, maxShards: 5 }, 'maxShards is 5; it must be at least minShards, 6'],
])('does not take %o', (wrong, message) => {
  expect(() => new DesiredShards(wrong)).toThrow(message);
});
