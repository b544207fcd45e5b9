/** What the guide of latency budgets says beyond its claims: how the whole's percentile stands to the sum of the hops' in each variant. */
import { expect, it } from 'vitest';
import { HOPS } from '../../../scenarios/observability/latency-budget/budgets.ts';
import { hopSignal, OVER_TARGET } from '../../../scenarios/observability/latency-budget/hops.ts';
import latencyBudget from '../../../scenarios/observability/latency-budget.ts';
import { type ParameterValues } from '../../../sim-core/index.ts';
import { summaryOf, trialled } from '../trials.ts';

const measured = (variant: string, params: ParameterValues = {}) => {
  const run = trialled(latencyBudget, { variant, params });
  const whole = summaryOf(run, 'http.client.request.duration', 'p99');
  const hops = HOPS.map((hop) => summaryOf(run, hopSignal(hop), 'p99')).filter((value) => !Number.isNaN(value));
  return { whole, sum: hops.reduce((a, b) => a + b, 0), over: summaryOf(run, OVER_TARGET, 'mean') };
};

it('the whole is less than the sum where hops are independent, the sum where they share a cause, more where pauses are rare', () => {
  const [alone, together, rare] = ['within-budget', 'shared-cause', 'rare-pauses'].map((variant) => measured(variant));
  expect(alone.whole / alone.sum).toBeLessThan(0.75);
  expect(together.whole / together.sum).toBeCloseTo(1, 1);
  expect(rare.whole / rare.sum).toBeGreaterThan(1.3);
  // None of which the hops' own percentiles tell apart.
  for (const { sum } of [alone, together, rare]) expect(sum).toBeCloseTo(0.28, 1);
});

it('a hop at twice its budget leaves the target to ninety-nine of a hundred, and one at three times does not', () => {
  expect(measured('one-hop-over').over).toBeLessThan(0.01);
  expect(measured('one-hop-over', { over: 3 }).over).toBeGreaterThan(0.01);
});
