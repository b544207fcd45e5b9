/** What the guide of dynamic batching says beyond its variants: how the size moves, what it loses, and what lets a line that is stuck go. */
import { expect, it } from 'vitest';
import dynamicBatching from '../../../scenarios/overload/dynamic-batching.ts';
import { inTimeIn, SIZE_IN_SPIKE } from '../../../scenarios/overload/dynamic-batching/tally.ts';
import { judge, parseIntervention, s, signalOf, type ParameterValues } from '../../../sim-core/index.ts';
import { failed, summaryOf, trialled } from '../trials.ts';

function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  return trialled(dynamicBatching, { variant, params, interventions: interventions.map(parseIntervention) });
}

/** The last value of a gauge in the interval before a moment. */
function limitAt(evidence: ReturnType<typeof measured>, seconds: number): number {
  return signalOf(evidence, 'batch.limit').columns.last[seconds * 4 - 1];
}

const adaptive = measured('adaptive');

it('the size grows in the rush, shrinks on the spike, and grows again as far as it is asked for', () => {
  const [calm, rush, spike] = [7, 16, 31].map((moment) => limitAt(adaptive, moment));
  expect(rush).toBeGreaterThan(calm + 10);
  expect(spike).toBeLessThanOrEqual(26);
  expect(spike).toBeGreaterThanOrEqual(Math.floor(25 * 0.75));
  expect(limitAt(adaptive, 40)).toBeGreaterThan(spike);
});

it('no fixed size is right for all: each fails a phase that the size that is found does not', () => {
  for (const [variant, phase] of [
    ['fixed-small', 'rush'],
    ['fixed-large', 'calm'],
    ['fixed-large', 'spike'],
    ['shrink-as-printed', 'after'],
  ] as const) {
    expect(summaryOf(measured(variant), inTimeIn(phase), 'mean'), `${variant} ${phase}`).toBeLessThan(0.75);
    expect(summaryOf(adaptive, inTimeIn(phase), 'mean'), phase).toBeGreaterThan(0.95);
  }
});

it('the rule as printed is well while all is calm, unless it lingers for longer than its target', () => {
  const printed = measured('shrink-as-printed');
  expect(limitAt(printed, 8)).toBe(40);
  expect(summaryOf(printed, inTimeIn('calm'), 'mean')).toBeGreaterThan(0.99);
  expect(limitAt(measured('shrink-as-printed', { linger: s(0.15) }), 8)).toBeLessThan(10);
});

it('is told from the rule as printed by every phase that is not calm', () => {
  const { expectations: own, ...evidence } = measured('shrink-as-printed');
  expect(own.every(({ pass }) => pass)).toBe(true);
  const refuted = judge(dynamicBatching, 'adaptive', evidence).flatMap(({ pass, text }) => (pass ? [] : [text]));
  for (const phase of ['rush', 'after', 'spike'] as const) expect(refuted.join()).toContain(inTimeIn(phase));
});

it('a line that is stuck goes when hardly anybody comes until it is empty; a larger size alone shrinks again', () => {
  const later = (...deeds: readonly string[]): number => {
    // Looked at from 47 s on, where items take no longer here.
    const params = { calmFor: s(30), slowdown: 1 };
    return summaryOf(measured('shrink-as-printed', params, ...deeds), inTimeIn('spike'), 'mean');
  };
  // A thousand wait, and batches of one can do 47 a second: they are gone after 21 seconds.
  const away = '17s:surge:users:factor=0.02';
  expect(later(away, '30s:surge:users:factor=1')).toBeLessThan(0.05);
  expect(later(away, '42s:surge:users:factor=1')).toBeGreaterThan(0.9);
  expect(later('17s:size:writer:items=40')).toBeLessThan(0.05);
});

it('a store that is far slower is tried with ever smaller batches, and few are lost', () => {
  const slowed = measured('adaptive', {}, '24.5s:slow:store:factor=20');
  expect(summaryOf(slowed, 'batch.failed', 'total')).toBeLessThanOrEqual(5);
  expect(summaryOf(slowed, SIZE_IN_SPIKE, 'p50')).toBeLessThanOrEqual(5);
  expect(summaryOf(slowed, inTimeIn('spike'), 'mean')).toBeLessThan(0.5);
});

it('more than batches at the target can do is more than it can do', () => {
  const over = measured('adaptive', { rushRate: 900 });
  expect(summaryOf(over, inTimeIn('rush'), 'mean')).toBeLessThan(0.5);
  expect(summaryOf(over, inTimeIn('after'), 'mean')).toBeGreaterThan(0.95);
  expect(failed(over)).toEqual([]);
});
