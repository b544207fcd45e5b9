/** What the guide of rate limiting says beyond its variants: where the edge is not met, and where the burst goes. */
import { expect, it } from 'vitest';
import rateLimiting from '../../../scenarios/overload/rate-limiting.ts';
import { IN_A_SECOND, USERS_WAIT } from '../../../scenarios/overload/rate-limiting/tally.ts';
import { ms, s, type ParameterValues } from '../../../sim-core/index.ts';
import { summaryOf, trialled } from '../trials.ts';

function summaries(variant: string, params: ParameterValues) {
  const evidence = trialled(rateLimiting, { variant, seed: 1, params: { length: s(12), ...params } });
  return (signal: string, field: string): number => summaryOf(evidence, signal, field);
}

it('holds the limit by a fixed window where each pulse falls into one', () => {
  expect(summaries('fixed-window', { lead: 0 })(IN_A_SECOND, 'max')).toBe(400);
});

it('lets shorter windows double less', () => {
  // Around the edge twice 40, and within half a pulse no other edge.
  expect(summaries('fixed-window', { window: ms(100) })(IN_A_SECOND, 'max')).toBe(80);
});

it('refuses nothing with room for a whole pulse: in the queue the partner waits, with the bucket the users do', () => {
  const [queue, bucket] = [
    summaries('leaky-bucket-queue', { queueMax: 1200 }),
    summaries('token-bucket', { burst: 1200 }),
  ];
  for (const measured of [queue, bucket]) expect(measured('rate_limit.refused', 'total')).toBe(0);
  // The last of a pulse leaves three seconds after the first came, and came a pulse's length, 0.1 s, after it.
  expect(queue('rate_limit.wait', 'max')).toBeCloseTo(2.9, 2);
  expect(bucket('rate_limit.wait', 'max')).toBe(0);
  // 1,200 requests take the backend 0.6 s.
  expect(queue(USERS_WAIT, 'p99')).toBeLessThan(0.05);
  expect(bucket(USERS_WAIT, 'p99')).toBeGreaterThan(0.3);
});

it('lets the two counters pass what the age of the window gives back', () => {
  // Half of the pulse is after the edge: 50 ms of a second are a twentieth of 400.
  expect(summaries('sliding-window-counter', {})(IN_A_SECOND, 'max')).toBe(420);
});
