/** What the guide of the five pillars says beyond its variants: what each answer hangs on. */
import { expect, it } from 'vitest';
import { orderSignal } from '../../../scenarios/observability/five-pillars/order-truth.ts';
import { ask, NO_ANSWERS } from '../../../scenarios/observability/five-pillars/questions.ts';
import { nearestChange } from '../../../scenarios/observability/five-pillars/searches.ts';
import { orderAnswered } from '../../../scenarios/observability/five-pillars/shop.ts';
import fivePillars from '../../../scenarios/observability/five-pillars.ts';
import {
  Head,
  parseIntervention,
  resolveParameters,
  s,
  signalOf,
  Simulation,
  toSeconds,
  type ParameterValues,
} from '../../../sim-core/index.ts';
import { summaryOf, totalOf, trialled } from '../trials.ts';

function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  return trialled(fivePillars, { variant, params, interventions: interventions.map(parseIntervention) });
}
/** Whether a question is answered rightly when it is asked for the last time. */
const knows = (evidence: ReturnType<typeof measured>, question: string): boolean =>
  signalOf(evidence, `five_pillars.${question}.right`).columns.last.at(-1) === 1;

it('what is true of orders is the duration that 95 in 100 of those of the last ten seconds did not exceed', () => {
  const sim = new Simulation({ seed: 1 });
  const answered: { at: number; duration: number }[] = [];
  const told: number[] = [];
  const expected: number[] = [];
  sim.facts.channel(orderAnswered).listen(({ duration }) => void answered.push({ at: sim.now, duration }));
  sim.facts.channel(orderSignal.fact).listen((fact) => {
    const lately = answered.filter(({ at }) => sim.now - at < s(10)).map(({ duration }) => duration);
    const isLongEnough = (least: number): boolean =>
      lately.filter((one) => one <= least).length >= 0.95 * lately.length;
    expected.push(toSeconds(Math.min(...lately.filter(isLongEnough))));
    if (orderSignal.kind === 'gauge') told.push(orderSignal.value(fact));
  });
  fivePillars.system(sim, resolveParameters(fivePillars, 'metrics-only', {}) as never);
  sim.runUntil(s(60));
  expect(told.length).toBeGreaterThan(10);
  expect(told).toEqual(expected);
  expect(new Set(told).size).toBeGreaterThan(5);
});

it('users can be counted in traces if all are kept, and that costs', () => {
  const [some, all] = [measured('with-traces'), measured('with-traces', { sampled: 1 })];
  expect([knows(some, 'how_many_users'), knows(all, 'how_many_users')]).toEqual([false, true]);
  expect(totalOf(all, 'telemetry.cpu.time')).toBeGreaterThan(1.5 * totalOf(some, 'telemetry.cpu.time'));
});

it('without the change nothing has risen, and nobody says that something has', () => {
  const quiet = measured('with-events', { slowdown: 1 });
  expect(summaryOf(quiet, 'five_pillars.right', 'max')).toBe(0);
  expect(summaryOf(quiet, 'five_pillars.wrong', 'max')).toBe(0);
});

it('fewer than one order in twenty do not move the percentile', () => {
  expect(knows(measured('metrics-only', { tenants: 40 }), 'which_endpoint')).toBe(false);
});

it('of changes the nearest to the time is taken, of the service that is slow if that is known, before it or after', () => {
  const changes = (['gateway', 'orders', 'payments'] as const).map((service, i) => ({
    time: s(10 + i),
    service,
    kind: 'deployment' as const,
    what: `${service} 2`,
  }));
  expect(nearestChange(changes, s(12), undefined)?.what).toBe('payments 2');
  expect(nearestChange(changes, s(12), 'orders')?.what).toBe('orders 2');
  expect(nearestChange(changes, s(9), undefined)?.what).toBe('gateway 2');
  expect(nearestChange(changes, s(9), 'catalogue')).toBeUndefined();
});

it('what is asked of nothing has no answer', () => {
  const nothing = { traces: undefined, logs: undefined, profiles: undefined, events: undefined };
  expect(ask({ metrics: new Head(), ...nothing }, s(60), s(1))).toEqual(NO_ANSWERS);
});

it('instruments that look more often make slow requests slower', () => {
  const p99 = (params: ParameterValues): number =>
    summaryOf(
      measured('with-profiles', { changeAt: s(25), rest: s(15), ...params }),
      'http.client.request.duration',
      'p99',
    );
  expect(p99({ profileRate: 250 })).toBeGreaterThan(p99({ profileRate: 1 }));
});
