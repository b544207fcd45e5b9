/** What the guide of the label cardinality says beyond its variants: what multiplies, what survives, and who is found. */
import { expect, it } from 'vitest';
import cardinality from '../../../scenarios/observability/cardinality.ts';
import { RATE_PANEL } from '../../../scenarios/observability/cardinality/panels.ts';
import { AGE, KNOWN, CHARTED } from '../../../scenarios/observability/cardinality/tally.ts';
import { parseIntervention, signalOf, type ParameterValues } from '../../../sim-core/index.ts';
import { failed, summaryOf, totalOf, trialled } from '../trials.ts';

const SERIES = 'prometheus.head.series';

function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  return trialled(cardinality, { variant, params, interventions: interventions.map(parseIntervention) });
}

const atTheEnd = (run: ReturnType<typeof measured>, signal: string): number =>
  signalOf(run, signal).columns.last.at(-1)!;

it('a label of two hundred values is no mistake, and is multiplied by instances', () => {
  const [one, two] = [1, 2].map((instances) => measured('user-id-label', { users: 200, instances }));
  expect(summaryOf(one, SERIES, 'max')).toBeLessThanOrEqual(201 * 8 + 5);
  expect(atTheEnd(one, KNOWN)).toBe(1);
  expect(totalOf(one, 'prometheus.kills')).toBe(0);
  expect(summaryOf(two, SERIES, 'max')).toBeGreaterThan(1.9 * summaryOf(one, SERIES, 'max'));
  for (const run of [one, two]) expect(failed(run)).toEqual([]);
});

it('series, memory and what a query looks at grow with the users of a label, and not at all without it', () => {
  const costs = [SERIES, 'prometheus.head.memory', 'prometheus.query.series'];
  const costsOf = (variant: string, users: number): number[] => {
    const run = measured(variant, { users, exponent: 0, rate: 50 });
    return costs.map((signal) => summaryOf(run, signal, 'max'));
  };
  const [few, more, most] = [100, 200, 400].map((users) => costsOf('user-id-label', users));
  // One of 400 sends 12 requests before the last scrapes in the mean: all of them have come, and the account.
  expect([few[0], more[0], most[0]]).toEqual([100, 200, 400].map((users) => (users + 1) * 8 + 5));
  costs.forEach((_, i) => expect((most[i] - more[i]) / (more[i] - few[i])).toBeCloseTo(2, 1));
  expect(costsOf('aggregated', 400)).toEqual(costsOf('aggregated', 100));
});

it('the SDK’s own limit of 2000 users is 16,000 series, and too high for memory for half of them', () => {
  const run = measured('cardinality-limit', { cardinalityLimit: 2000 });
  expect(totalOf(run, 'prometheus.kills')).toBeGreaterThan(0);
  expect(failed(run)).toEqual([]);
});

it('an account that comes before the limit is reached is found by its series', () => {
  const run = measured('cardinality-limit', { users: 400 });
  expect(atTheEnd(run, KNOWN)).toBe(1);
});

it('exemplars need traces that are sampled, unless any measurement may be one', () => {
  const rare = measured('aggregated-with-exemplars', { sampling: 0.0002 });
  expect(atTheEnd(rare, KNOWN)).toBe(0);
  // An exemplar of a trace that nobody kept leads nowhere.
  const all = measured('aggregated-with-exemplars', { sampling: 0, exemplars: 'always-on' });
  expect(summaryOf(all, KNOWN, 'max')).toBe(0);
  for (const run of [rare, all]) expect(failed(run)).toEqual([]);
});

it('what overflows is counted, and what is killed counts no first request', () => {
  const served = (run: ReturnType<typeof measured>): number => summaryOf(run, CHARTED.served, 'mean');
  const [limited, labelled] = ['cardinality-limit', 'user-id-label'].map((variant) => measured(variant));
  expect(summaryOf(limited, RATE_PANEL, 'mean') / served(limited)).toBeCloseTo(1, 1);
  expect(summaryOf(labelled, RATE_PANEL, 'mean') / served(labelled)).toBeLessThan(0.2);
});

it('a Prometheus that is down for a while comes back with its series, and counters have gone on', () => {
  const run = measured('aggregated', {}, '60s:crash:prometheus:seconds=20');
  expect(summaryOf(run, AGE, 'max')).toBeGreaterThanOrEqual(20);
  // It was evaluated 10 s before, and is 10 s after it has come back.
  expect(summaryOf(run, AGE, 'max')).toBeLessThanOrEqual(41);
  expect(summaryOf(run, SERIES, 'max')).toBe(13);
});

it('an application that has little memory for its instruments is killed for them, unless they are bounded', () => {
  const outage = (params: ParameterValues): number =>
    totalOf(measured('user-id-label', { memory: 4096, appMemory: 2, ...params }), 'http.client.request.errors');
  expect(outage({})).toBeGreaterThan(0);
  expect(outage({ cardinalityLimit: 500 })).toBe(0);
  expect(failed(measured('user-id-label', { appMemory: 2 }))).toEqual([]);
});
