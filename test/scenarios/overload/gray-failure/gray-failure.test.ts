/** What the guide of the gray failure says beyond its variants: other settings, and what may be done to a replica. */
import { describe, expect, it } from 'vitest';
import grayFailure from '../../../../scenarios/overload/gray-failure.ts';
import { ACTIVE, FAILED, SHARE, WASTED, WORKED } from '../../../../scenarios/overload/gray-failure/tally.ts';
import { parseIntervention, s, type ParameterValues } from '../../../../sim-core/index.ts';
import { failed, summaryOf, trialled } from '../../trials.ts';

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

  it('tells one in ten failures by comparison, where there are five to compare and a hundred requests for each', () => {
    const compared = (params: ParameterValues): number => ejections('success-rate-ejection', params);
    expect(compared({})).toBe(2);
    expect(compared({ replicas: 5, rate: 700 })).toBe(2);
    // One of n is the root of n - 1 deviations from their mean at most: of four 1.7, and Envoy asks for 1.9.
    expect(compared({ replicas: 4, rate: 700 })).toBe(0);
    expect(compared({ rate: 400 })).toBe(0);
    // A number is not compared with the others, but with a bound.
    expect(ejections('failure-percentage-ejection', { failurePercentage: 0.5 })).toBe(0);
    const four = ['2', '3', '4'].map((replica) => `4s:fail:replica-${replica}:share=0.1`);
    const [rate, percentage] = ['success-rate-ejection', 'failure-percentage-ejection'].map((variant) =>
      measured(variant, { ejectable: 1 }, ...four)('balancing.ejections', 'total'),
    );
    expect(percentage).toBeGreaterThan(rate);
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

it('all but ceases to hedge where one call in eight fails, by the throttle', () => {
  const failing = measured('hedging', { trouble: 'fails-fast' });
  const [hedged, throttled] = ['hedging.hedges', 'hedging.throttled'].map((signal) => failing(signal, 'total'));
  expect(failing(FAILED, 'total')).toBeGreaterThan(0);
  // Each of 900 / 8 failures a second, for five seconds, would have a further call, 560 in all: a failure takes a token and seven
  // successes put 0.7 in, so that five tokens last for some 17 failures. And one or two in a hundred are late in the calm, at 900 a second
  // for five seconds after the warm-up: 90.
  expect(throttled).toBeGreaterThan(560 / 2);
  expect(hedged).toBeLessThan(560 / 2);
});

describe('hedging', () => {
  const hedging = measured('hedging');

  it('is not throttled where nobody fails, and a further call is often the first to be answered', () => {
    expect(hedging('hedging.throttled', 'total')).toBe(0);
    // Of 112 a second for five seconds whose work takes 200 ms two in three take longer than the delay, and most lose then.
    expect(hedging('hedging.won', 'total')).toBeGreaterThan(150);
    expect(hedging('hedging.won', 'total')).toBeLessThanOrEqual(hedging('hedging.hedges', 'total'));
  });

  it('has work broken off that was for nobody, if less than where it is not broken off', () => {
    // The slow replica's four workers are busy for five seconds. Nobody is there for more than about the delay and an answer of
    // another, 110 ms: of times with a mean of 200 ms that end by then the sum is a quarter of all that are cut there.
    expect(hedging(WASTED, 'total')).toBeGreaterThan(8);
    expect(hedging(WASTED, 'total')).toBeLessThan(measured('hedging-uncancelled')(WASTED, 'total'));
  });
});

it('overloads all replicas by hedges that come too soon and are not taken back', () => {
  const soon = { rate: 1200, hedgingDelay: s(0.01) };
  const late = measured('hedging-uncancelled', { rate: 1200 });
  const early = measured('hedging-uncancelled', soon);
  expect(early('http.client.request.duration', 'p50')).toBeGreaterThan(late('http.client.request.duration', 'p50'));
  expect(early(WASTED, 'total') / early(WORKED, 'total')).toBeGreaterThan(0.2);
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

  it('slows it so much that a health check takes longer than its second', () => {
    const dead = measured('round-robin', calm, '4s:slow:replica-2:factor=1000');
    expect(dead('balancing.health_checks.failed', 'total')).toBeGreaterThanOrEqual(3);
    expect(dead('balancing.unhealthy', 'max')).toBe(1);
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

it('claims no failure of those who still wait when the run ends', () => {
  expect(failed(trialled(grayFailure, { variant: 'round-robin', params: { length: s(13) } }))).toEqual([]);
});
