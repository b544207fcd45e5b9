/** What the guide of the gray failure says beyond its variants: other settings, and what may be done to a replica. */
import { describe, expect, it } from 'vitest';
import grayFailure from '../../../../scenarios/overload/gray-failure.ts';
import { ACTIVE, FAILED, SHARE, WASTED } from '../../../../scenarios/overload/gray-failure/tally.ts';
import { parseIntervention, s, type ParameterValues } from '../../../../sim-core/index.ts';
import { summaryOf, trialled } from '../../trials.ts';

const SHORT = { troubleAt: s(3), troubleFor: s(5), length: s(12) };

function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  const options = {
    variant,
    seed: 1,
    params: { ...SHORT, ...params },
    interventions: interventions.map(parseIntervention),
  };
  const evidence = trialled(grayFailure, options);
  return (signal: string, field: string): number => summaryOf(evidence, signal, field);
}

const ejections = (variant: string, params: ParameterValues = {}, ...interventions: readonly string[]): number =>
  measured(variant, params, ...interventions)('balancing.ejections', 'total');

describe('outlier ejection', () => {
  it('ejects nobody of eight by Envoy’s default of a tenth', () => {
    expect(ejections('outlier-ejection', { ejectable: 0.1 })).toBe(0);
  });

  it('is undone by a health check that passes, which is Envoy’s default', () => {
    // Once a second, for five seconds; else once for three seconds and once for six.
    expect(ejections('outlier-ejection')).toBe(2);
    expect(ejections('outlier-ejection', { checksReturn: true })).toBeGreaterThanOrEqual(4);
  });

  it('is too late with a timeout that is too long', () => {
    const failed = (timeout: number): number => measured('outlier-ejection', { timeout })(FAILED, 'total');
    expect(failed(s(1))).toBeGreaterThan(failed(s(0.2)));
  });
});

it('overruns a replica by two choices that can do less than what has no choice', () => {
  const active = (variant: string): number => measured(variant, { slowdown: 40 })(ACTIVE, 'max');
  // 900 / 64 a second come, and 5 can be done, for five seconds: about 45 more, against the others' few.
  expect(active('two-choices')).toBeGreaterThan(3 * active('least-loaded'));
});

it('hedges no more where one call in eight fails, by the throttle', () => {
  const failing = measured('hedging', { trouble: 'fails-fast' });
  expect(failing('hedging.throttled', 'total')).toBeGreaterThan(0);
  expect(failing(FAILED, 'total')).toBeGreaterThan(0);
  expect(measured('hedging')('hedging.throttled', 'total')).toBe(0);
});

it('overloads all replicas by hedges that come too soon and are not taken back', () => {
  const soon = { rate: 1200, hedgingDelay: s(0.01) };
  const late = measured('hedging-uncancelled', { rate: 1200 });
  const early = measured('hedging-uncancelled', soon);
  expect(early('http.client.request.duration', 'p50')).toBeGreaterThan(late('http.client.request.duration', 'p50'));
  expect(early(WASTED, 'mean')).toBeGreaterThan(0.2);
});

describe('what is done to a replica', () => {
  const calm = { troubleAt: s(11), troubleFor: s(1) };

  it('heals it', () => {
    const left = measured('round-robin')('http.client.request.errors', 'total');
    expect(
      measured('round-robin', {}, '4s:slow:replica-1:factor=1')('http.client.request.errors', 'total'),
    ).toBeLessThan(left / 2);
  });

  it('slows another one, or makes it fail at once', () => {
    expect(measured('round-robin', calm)('http.client.request.errors', 'total')).toBe(0);
    const slow = measured('round-robin', calm, '4s:slow:replica-2:factor=10');
    expect(slow('http.client.request.errors', 'total')).toBeGreaterThan(100);
    expect(slow('balancing.health_checks.failed', 'total')).toBe(0);
    const failing = measured('least-loaded', calm, '4s:fail:replica-2:share=1');
    // From four seconds on to the end: an eighth would be 900.
    expect(failing('http.client.request.errors', 'total')).toBeGreaterThan(2000);
  });

  it('kills it: connections are refused until three health checks have failed', () => {
    const killed = (variant: string) => measured(variant, calm, '4s:crash:replica-3:seconds=5');
    const inTurn = killed('round-robin');
    // Two to three seconds, of 900 requests an eighth each; then it is out of use until it is up again.
    expect(inTurn('http.client.request.errors', 'total')).toBeGreaterThan(200);
    expect(inTurn('http.client.request.errors', 'total')).toBeLessThan(450);
    expect(inTurn('balancing.unhealthy', 'max')).toBe(1);
    // Whoever refuses at once has least under way.
    const drawn = killed('least-loaded')('http.client.request.errors', 'total');
    expect(drawn).toBeGreaterThan(2 * inTurn('http.client.request.errors', 'total'));
  });

  it('sends it no more than it can do though more come, where the load decides', () => {
    const more = measured('least-loaded', {}, '4s:surge:users:factor=1.3');
    // 20 of 1,170 a second, and the few that it has under way.
    expect(more(SHARE, 'mean')).toBeLessThan(0.03);
    expect(more(FAILED, 'total')).toBe(0);
  });
});
