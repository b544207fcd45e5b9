/** Simulated instants as the world's: what JavaScript's own calendar says of them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isoTime, unixNanos, unixSeconds } from '../../../../sim-core/observability/export/wall-time.ts';

const BEGIN = Date.parse('2025-01-01T10:00:00Z');

it('an instant is so long after ten in the morning of the first of January 2025', () => {
  expect([isoTime(0), unixSeconds(0), unixNanos(7)]).toEqual([
    '2025-01-01T10:00:00Z',
    '1735725600',
    '1735725600000000007',
  ]);
  // 104 days are exact in nanoseconds.
  fc.assert(
    fc.property(fc.nat(104 * 86_400 * 1000), fc.nat(999_999), (millis, nanos) => {
      const time = millis * 1e6 + nanos;
      const date = new Date(BEGIN + millis);
      expect(isoTime(time)).toBe(date.toISOString().replace('.000Z', 'Z'));
      expect(BigInt(unixNanos(time))).toBe(BigInt(date.getTime()) * 1_000_000n + BigInt(nanos));
      expect(Number(unixSeconds(time))).toBeCloseTo(date.getTime() / 1000 + nanos / 1e9, 6);
    }),
  );
});
