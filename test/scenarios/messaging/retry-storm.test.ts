/** What the guide of the retry storm says beyond its variants: when waits no longer help, and other ways out. */
import { describe, expect, it } from 'vitest';
import retryStorm from '../../../scenarios/messaging/retry-storm.ts';
import { RECOVERY } from '../../../scenarios/messaging/retry-storm/tally.ts';
import { ms, s, type InterventionData, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { failed, summaryOf, trialled } from '../trials.ts';

/** Seconds from the end of the trouble to the last failure; the run goes on for 9. */
function recoveryTime(
  variant: string,
  params: ParameterValues,
  interventions: readonly InterventionData[] = [],
): number {
  return summaryOf(trialled(retryStorm, { variant, seed: 1, params, interventions }), RECOVERY, 'max');
}

const REST_OF_RUN = 8;

it('is stuck with waits as well where the attempts that they leave room for are more than the dependency can do', () => {
  expect(recoveryTime('exponential', { rate: 720 })).toBeGreaterThan(REST_OF_RUN);
  expect(recoveryTime('exponential', { rate: 720, budgeted: true })).toBeLessThan(REST_OF_RUN / 2);
});

it.each<ParameterValues>([{ attempts: 3 }, { pendingMax: 70 }, { attemptTimeout: s(1.5) }])(
  'recovers with immediate retries and %j',
  (params) => {
    expect(recoveryTime('immediate', params)).toBeLessThan(REST_OF_RUN / 2);
  },
);

it('leaves the state by having its load taken away, and stays out of it with all of it back', () => {
  const surge = (at: number, factor: number): InterventionData => ({
    at,
    action: 'surge',
    target: 'users',
    args: { factor },
  });
  expect(recoveryTime('immediate', {}, [surge(s(9), 0.05), surge(s(11), 1)])).toBeLessThan(REST_OF_RUN - 3);
});

const finished = (variant: string, params: ParameterValues = {}): Trialled =>
  trialled(retryStorm, { variant, seed: 1, params });

describe('the pitfall', () => {
  it.each<ParameterValues>([
    { attempts: 3 },
    { pendingMax: 70 },
    { attemptTimeout: s(1.5) },
    { slowdown: 2 },
    { backoff: 'full-jitter' },
    { budgeted: true },
  ])('claims nothing with %j, where it recovers', (params) => {
    const { expectations } = finished('immediate', params);
    expect(expectations.map(({ limit, pass }) => [limit, pass])).toEqual(expectations.map(() => [0, true]));
  });

  it.each<ParameterValues>([{ pendingMax: 2000 }, { attempts: 7, rate: 400 }, { slowdown: 30 }, { troubleFor: s(4) }])(
    'claims that it stays with %j as well, and it does',
    (params) => {
      const recording = finished('immediate', params);
      expect(failed(recording)).toEqual([]);
      expect(recording.expectations.every(({ limit }) => limit > 1)).toBe(true);
    },
  );
});

describe('callers in step', () => {
  const column = (recording: Trialled, signal: string): Float64Array =>
    recording.signals.find(({ name }) => name === signal)!.columns['mean'];

  it('come again in waves without jitter, with nothing in between', () => {
    const rates = column(finished('in-step-exponential'), 'retry.rate');
    // They ask at 4 s, again after 0.8 s, after 1.6 s more and after 3.2 s more; rows are of 0.2 s.
    const waves = [24, 32, 48];
    for (const wave of waves) expect(rates[wave]).toBeGreaterThan(5000);
    for (let row = 21; row < 60; row++) {
      if (!waves.includes(row)) expect(rates[row], `row ${row}`).toBeLessThan(rates[waves[2]] / 10);
    }
  });

  it.each<[string, ParameterValues]>([
    ['half as many', { inStep: 1000 }],
    ['a longer first wait', { base: ms(1600) }],
  ])('hold their claims with %s', (_name, params) => {
    for (const variant of ['in-step-exponential', 'in-step-full-jitter']) {
      expect(failed(finished(variant, params)), variant).toEqual([]);
    }
  });
});
