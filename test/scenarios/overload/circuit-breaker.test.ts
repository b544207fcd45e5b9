/** What the guide of the circuit breaker says beyond its variants: when a timeout is enough, and what a breaker opens for. */
import { expect, it } from 'vitest';
import circuitBreaker from '../../../scenarios/overload/circuit-breaker.ts';
import { BUYERS_FAILED, HELD } from '../../../scenarios/overload/circuit-breaker/tally.ts';
import { ms, s, type ParameterValues } from '../../../sim-core/index.ts';
import { summaryOf, trialled } from '../trials.ts';

function summaries(variant: string, params: ParameterValues) {
  const evidence = trialled(circuitBreaker, { variant, seed: 1, params: { length: s(12), ...params } });
  return (signal: string, field: string): number => summaryOf(evidence, signal, field);
}

it('needs no more than a timeout where that holds fewer threads than there are', () => {
  const measured = summaries('timeout-only', { timeout: ms(100) });
  expect(measured(BUYERS_FAILED, 'total')).toBe(0);
  // 400 calls a second for a tenth of one, and five standard deviations of that.
  expect(measured(HELD, 'max')).toBeLessThan(40 + 5 * Math.sqrt(40));
});

it('holds threads once more with every round of trials, if there are many of them', () => {
  const [few, many] = [5, 100].map((trials) => summaries('breaker', { trials })(HELD, 'mean'));
  expect(many).toBeGreaterThan(2 * few);
});

it('opens for calls that are only slow, if that is what slow means', () => {
  const slow = { slowdown: 10, timeout: s(2) };
  expect(summaries('breaker', slow)('circuit_breaker.not_permitted', 'total')).toBeGreaterThan(100);
  expect(summaries('breaker', { ...slow, slowAfter: s(2) })('circuit_breaker.not_permitted', 'total')).toBe(0);
});

it('takes the dependency out of all pages by hand, and lets all through where it is disabled', () => {
  const forced = summaries('breaker-and-fallback', { byHand: 'forced-open' });
  expect(forced('circuit_breaker.permitted', 'total')).toBe(0);
  expect(forced(BUYERS_FAILED, 'total') + forced('shop.readers.errors', 'total')).toBe(0);
  const disabled = summaries('breaker', { byHand: 'disabled' });
  expect(disabled('circuit_breaker.not_permitted', 'total')).toBe(0);
  // A breaker that lets all through is a timeout and no more, to the request.
  expect(disabled(BUYERS_FAILED, 'total')).toBe(summaries('timeout-only', {})(BUYERS_FAILED, 'total'));
});
