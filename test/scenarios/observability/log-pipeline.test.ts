/** What the guide of the log pipeline says beyond its variants: what lines cost, what is torn, what a crash of an agent leaves. */
import { expect, it } from 'vitest';
import { singlesLetThrough } from '../../../scenarios/observability/log-pipeline/bucket-theory.ts';
import { CUSTOMERS, customersOf } from '../../../scenarios/observability/log-pipeline/customers.ts';
import { STACK_LINES } from '../../../scenarios/observability/log-pipeline/statements.ts';
import logPipeline from '../../../scenarios/observability/log-pipeline.ts';
import {
  exponential,
  findPii,
  ms,
  parseIntervention,
  rateLimiters,
  s,
  Simulation,
  type ParameterValues,
} from '../../../sim-core/index.ts';
import { failed, summaryOf, totalOf, trialled } from '../trials.ts';

const SHORT = { incidentAt: s(3), incidentFor: s(3), rest: s(7) };
function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  return trialled(logPipeline, {
    variant,
    params: { ...SHORT, ...params },
    interventions: interventions.map(parseIntervention),
  });
}

const structured = measured('structured');
const unstructured = measured('unstructured');

it('DEBUG for all makes slow requests slower, and sampling makes them faster than every line does', () => {
  const p99 = (variant: string): number =>
    summaryOf(measured(variant, { debugLines: 25, rest: s(2) }), 'http.client.request.duration', 'p99');
  const [debug, info, sampled] = [p99('debug-everywhere'), p99('structured'), p99('sampled-info')];
  expect(debug).toBeGreaterThan(info);
  expect(info).toBeGreaterThan(sampled);
});

it('a sentence with a stack trace comes as so many lines, unless the agent puts them together', () => {
  const errors = 3 * totalOf(structured, 'http.client.request.errors');
  const more = (run: ReturnType<typeof measured>): number =>
    totalOf(run, 'log.stored.lines') - totalOf(structured, 'log.stored.lines');
  expect(more(unstructured)).toBe(STACK_LINES * errors);
  expect(more(measured('unstructured', { joinsLines: true }))).toBe(0);
});

it('fields cost bytes, and sampling saves them', () => {
  const bytes = (run: ReturnType<typeof measured>): number => summaryOf(run, 'log.stored.volume', 'mean');
  expect(bytes(structured)).toBeGreaterThan(1.5 * bytes(unstructured));
  expect(bytes(measured('sampled-by-line'))).toBeLessThan(0.2 * bytes(structured));
});

it('an agent that crashes loses nothing while the file is there, and sends some lines twice', () => {
  const crashed = measured('structured', {}, '4.5s:crash:orders-agent:seconds=1');
  expect(failed(crashed)).toEqual([]);
  expect(totalOf(crashed, 'log.lost')).toBe(0);
  expect(totalOf(crashed, 'log.stored.lines')).toBeGreaterThan(totalOf(structured, 'log.stored.lines'));
});

it('DEBUG for a while is there for a while', () => {
  const kept = (raiseFor: number): number =>
    summaryOf(measured('dynamic-level', { raiseFor, incidentFor: s(8) }), 'log.debug.kept_ratio', 'mean');
  expect(kept(s(3))).toBeLessThan(kept(s(30)));
  expect(kept(s(3))).toBeGreaterThan(0);
});

it('the level of one service can be lowered while it runs', () => {
  const lowered = measured('structured', {}, '4s:debug:payments:seconds=2');
  expect(totalOf(lowered, 'log.stored.lines')).toBeGreaterThan(totalOf(structured, 'log.stored.lines'));
  expect(summaryOf(lowered, 'log.debug.kept_ratio', 'mean')).toBeGreaterThan(0);
  expect(summaryOf(lowered, 'log.debug.kept_ratio', 'mean')).toBeLessThan(0.34);
});

it('of a customer patterns find what they claim to, and nothing of what is hidden', () => {
  const customers = customersOf(8);
  expect(new Set(customers.flatMap(({ plainData }) => plainData)).size).toBe(5 * CUSTOMERS);
  for (const { plainData, hiddenData } of customers) {
    for (const value of plainData) expect(findPii(value).map(({ text }) => text)).toEqual([value]);
    for (const value of hiddenData) expect(findPii(value)).toEqual([]);
  }
});

it.each([
  [0.45, 5],
  [0.3, 3],
  [0.8, 1],
  [0.1, 5],
])(
  'a token bucket lets as much through as a queue of tokens says: %d orders a slot, %d lines at a time',
  (orders, burst) => {
    const draws = new Simulation().random('lines');
    const gap = exponential(ms(10) / orders);
    const bucket = rateLimiters['token-bucket']({ perSecond: 100, burst: 100, queueMax: 1, window: s(1) });
    const ORDERS = 60_000;
    const lines: [at: number, count: number][] = [];
    let [arrival, single] = [0, 0];
    for (let i = 0; i < ORDERS; i++) {
      lines.push([(arrival += gap.sample(draws)), burst], [(single += gap.sample(draws)), 1]);
    }
    let through = 0;
    for (const [at, count] of lines.sort(([a], [b]) => a - b)) {
      for (let i = 0; i < count; i++) {
        const goesOn = bucket.admit(at) !== undefined;
        if (count === 1 && goesOn) through++;
      }
    }
    const singles = burst === 1 ? 2 * ORDERS : ORDERS;
    // What is left of chance in tens of thousands of lines of which some neighbours hang together.
    expect(Math.abs(through / singles - singlesLetThrough({ orders, burst }))).toBeLessThan(0.02);
  },
);
