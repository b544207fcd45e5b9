/** What the guide of load shedding says beyond its variants: a backend that changes, a rush that lasts, and the way out. */
import { describe, expect, it } from 'vitest';
import loadShedding from '../../../scenarios/overload/load-shedding.ts';
import { ANSWER_TIME, ANSWERED, CORE_RATIO } from '../../../scenarios/overload/load-shedding/tally.ts';
import { parseIntervention, s, type ParameterValues } from '../../../sim-core/index.ts';
import { failed, summaryOf, trialled } from '../trials.ts';

function measured(variant: string, params: ParameterValues, ...interventions: readonly string[]) {
  const evidence = trialled(loadShedding, {
    variant,
    seed: 1,
    params: { length: s(14), ...params },
    interventions: interventions.map(parseIntervention),
  });
  return (signal: string, field: string): number => summaryOf(evidence, signal, field);
}

describe('a backend that is four times as slow', () => {
  const slowed = '3s:slow:backend:factor=4';
  const possible = 900;
  const answered = (variant: string, params: ParameterValues = {}): number =>
    measured(variant, params, slowed)(ANSWERED, 'total');

  it('is too slow for thresholds that were chosen for its usual speed', () => {
    expect(answered('random-shed')).toBeLessThan(0.8 * possible);
    expect(answered('priority-shed')).toBeLessThan(0.8 * possible);
  });

  it('is too slow for a limit that stays where it began', () => {
    expect(answered('adaptive-concurrency', { algorithm: 'fixed' })).toBeLessThan(0.8 * possible);
  });

  it.each(['gradient2', 'vegas', 'aimd'])('is followed by %s, from the same limit', (algorithm) => {
    expect(answered('adaptive-concurrency', { algorithm })).toBeGreaterThan(0.8 * possible);
  });
});

it('keeps its goodput at twenty times the load', () => {
  for (const variant of ['random-shed', 'priority-shed', 'adaptive-concurrency']) {
    expect(measured(variant, { overload: 20, length: s(9) })(ANSWERED, 'total'), variant).toBeGreaterThan(
      0.9 * 400 * 4,
    );
  }
});

it('cannot keep core requests that are more than can be done', () => {
  const ratio = measured('priority-shed', { coreRate: 70 })(CORE_RATIO, 'mean');
  // They are 70 of 310, and five times 400 come a second.
  expect(ratio).toBeCloseTo(400 / ((70 / 310) * 2000), 1);
});

it('is told from a limit that nobody finds by how long a median answer takes, and by nothing else', () => {
  const evidence = trialled(loadShedding, { variant: 'adaptive-concurrency', params: { algorithm: 'fixed' } });
  expect(failed(evidence)).toEqual([expect.stringMatching(`^p50 of ${ANSWER_TIME}`)]);
});
