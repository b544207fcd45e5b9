/** What the guide of the retry storm says beyond its variants: when waits no longer help, and other ways out. */
import { expect, it } from 'vitest';
import retryStorm from '../../../scenarios/messaging/retry-storm.ts';
import { RECOVERY } from '../../../scenarios/messaging/retry-storm/recovery.ts';
import { Run, s, type InterventionData, type ParameterValues } from '../../../sim-core/index.ts';

/** Seconds from the end of the trouble to the last failure; the run goes on for 15. */
function recoveryTime(
  variant: string,
  params: ParameterValues,
  interventions: readonly InterventionData[] = [],
): number {
  const run = new Run(retryStorm, { variant, seed: 1, params, interventions });
  while (!run.advance(100_000));
  return run.finish().signals.find(({ name }) => name === RECOVERY)!.summary['max'];
}

const REST_OF_RUN = 14;

it('is stuck with waits as well where the attempts that they leave room for are more than the dependency can do', () => {
  expect(recoveryTime('exponential', { rate: 1000 })).toBeGreaterThan(REST_OF_RUN);
  expect(recoveryTime('exponential', { rate: 1000, budgeted: true })).toBeLessThan(REST_OF_RUN / 2);
});

it.each<ParameterValues>([{ attempts: 3 }, { pendingMax: 100 }, { attemptTimeout: s(1.5) }])(
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
  expect(recoveryTime('immediate', {}, [surge(s(15), 0.05), surge(s(18), 1)])).toBeLessThan(REST_OF_RUN - 3);
});
