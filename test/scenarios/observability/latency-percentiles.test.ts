/** What the guide of the latency percentiles says beyond its variants: which numbers move with what, and which with nothing. */
import { expect, it } from 'vitest';
import latencyPercentiles from '../../../scenarios/observability/latency-percentiles.ts';
import { tailOf } from '../../../scenarios/observability/latency-percentiles/mixture.ts';
import { LATENCY_PANEL, WITHIN_PANEL } from '../../../scenarios/observability/latency-percentiles/panels.ts';
import type { Values } from '../../../scenarios/observability/latency-percentiles/params.ts';
import { P99, REPORT, USERS_P99, WITHIN } from '../../../scenarios/observability/latency-percentiles/truth.ts';
import { ms, parseIntervention, resolveParameters, s, type ParameterValues } from '../../../sim-core/index.ts';
import { failed, summaryOf, trialled } from '../trials.ts';

function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  return trialled(latencyPercentiles, { variant, params, interventions: interventions.map(parseIntervention) });
}
type Measured = ReturnType<typeof measured>;
const meanOf = (run: Measured, signal: string): number => summaryOf(run, signal, 'mean');

it('a panel of buckets is right at a bound, and stops at the last', () => {
  const atBound = measured('bucket-histogram', { target: ms(200), slowTime: s(9) });
  // Windows of dashboard and truth are up to two scrape intervals apart: a share of the requests at their ends.
  expect(Math.abs(meanOf(atBound, WITHIN_PANEL) - meanOf(atBound, WITHIN))).toBeLessThan(0.02);
  expect(summaryOf(atBound, LATENCY_PANEL, 'max')).toBeCloseTo(0.8, 9);
  expect(meanOf(atBound, P99)).toBeGreaterThan(8);
  expect(failed(atBound)).toEqual([]);
});

it('instances that stand by lower the mean of percentiles, and nothing else', () => {
  const [none, many] = [0, 16].map((idle) => measured('averaged-percentiles', { idle }));
  expect(meanOf(many, P99)).toBe(meanOf(none, P99));
  // 4 of 20 in place of 4 of 4, but for what the instruments' own work does to the others: nothing.
  expect(meanOf(many, LATENCY_PANEL)).toBeCloseTo(meanOf(none, LATENCY_PANEL) / 5, 9);
});

it('where all instances are alike, the mean of their percentiles is about that of all', () => {
  const alike = measured('averaged-percentiles', { idle: 0, slowdown: 1 });
  expect(meanOf(alike, LATENCY_PANEL) / meanOf(alike, P99)).toBeCloseTo(1, 1);
});

it('a generator that waits notices a standstill when its connections are a hundredth of what it sends', () => {
  const many = measured('closed-loop-load', { connections: 100 });
  expect(summaryOf(many, REPORT, 'max')).toBeGreaterThan(1);
  expect(failed(many)).toEqual([]);
});

it('the correction invents requests where nothing stood still', () => {
  const params = { stallFor: ms(0), slowShare: 0.005 };
  const [plain, corrected] = ['closed-loop-load', 'closed-loop-corrected'].map((variant) => measured(variant, params));
  for (const run of [plain, corrected]) expect(meanOf(run, USERS_P99)).toBeLessThan(0.2);
  expect(meanOf(plain, REPORT)).toBeLessThan(0.2);
  expect(meanOf(corrected, REPORT)).toBeGreaterThan(1);
});

it('one of four instances that stands still is felt by a quarter of those who come', () => {
  const one = measured('exponential-histogram', { slowShare: 0 }, '45s:stall:app-1:seconds=2');
  // 50 a second come to it, half of whom wait for more than a second: 50 of the 4000 of a window, more than a hundredth.
  expect(summaryOf(one, P99, 'max')).toBeGreaterThan(0.9);
  expect(summaryOf(one, LATENCY_PANEL, 'max')).toBeGreaterThan(0.9);
});

it('the mixture’s tail is what the run has, share by share', () => {
  const params = resolveParameters(latencyPercentiles, 'bucket-at-target', {}) as unknown as Values;
  const run = measured('bucket-at-target');
  // 8000 requests after the warm-up: a share varies by 5 sqrt(0.05 / 8000) and less.
  expect(Math.abs(1 - meanOf(run, WITHIN) - tailOf(params, 0.3))).toBeLessThan(0.0125);
});
