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

describe('a limit that is found otherwise', () => {
  /** What is claimed of a median answer, and what it takes. */
  function median(params: ParameterValues, seed = 1): { limit: number; actual: number } {
    const { expectations } = trialled(loadShedding, { variant: 'adaptive-concurrency', seed, params });
    return expectations.find(({ text }) => text.startsWith(`p50 of ${ANSWER_TIME}`))!;
  }

  it.each<[string, ParameterValues]>([
    ['vegas', {}],
    ['vegas', { overload: 20 }],
    ['vegas', { cores: 16, coreRate: 80, restRate: 480 }],
    ['aimd', { target: s(0.1) }],
    ['aimd', { target: s(0.05) }],
  ])('is held to where %s settles with %j, which a fixed one does not keep to', (algorithm, params) => {
    for (const seed of [1, 2, 3]) {
      const { limit, actual } = median({ algorithm, ...params }, seed);
      expect(actual).toBeLessThanOrEqual(limit);
      expect(median({ algorithm: 'fixed', ...params }, seed).actual).toBeGreaterThan(limit);
    }
  });

  it('is held to nothing where Vegas may have taken the queue for none', () => {
    const long = { algorithm: 'vegas', rushFor: s(20), length: s(30) };
    expect(median(long).limit).toBeGreaterThan(0.5);
  });
});

it('is told from a limit that nobody finds by how long a median answer takes, and by nothing else', () => {
  const evidence = trialled(loadShedding, { variant: 'adaptive-concurrency', params: { algorithm: 'fixed' } });
  expect(failed(evidence)).toEqual([expect.stringMatching(`^p50 of ${ANSWER_TIME}`)]);
});
