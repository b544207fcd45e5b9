/** What the guide of trace sampling says beyond its variants: other settings, what instruments cost, and a collector that dies. */
import { describe, expect, it, vi } from 'vitest';
import { DEVIATIONS, poissonLow, poissonMost } from '../../../scenarios/application/chance.ts';
import { TraceBook } from '../../../scenarios/observability/application/trace-book.ts';
import traceSampling from '../../../scenarios/observability/trace-sampling.ts';
import {
  COUNT_OFF,
  DASHBOARD_REQUESTS,
  ERRORS_KEPT,
  INSTRUMENTS,
  MISSED,
  ORDINARY_KEPT,
  READS_SAMPLED,
  REQUEST_ERRORS,
  REQUESTS,
  SENT_BYTES,
  SLOW_KEPT,
} from '../../../scenarios/observability/trace-sampling/tally.ts';
import { TraceStore } from '../../../scenarios/observability/trace-sampling/trace-store.ts';
import {
  componentsOf,
  INSTRUMENT_COSTS,
  outlivesBecause,
  parseIntervention,
  resolveParameters,
  s,
  SECOND,
  signalOf,
  Simulation,
  type ParameterValues,
  type SpanData,
} from '../../../sim-core/index.ts';
import { summaryOf, trialled } from '../trials.ts';

/** Waits and the run are half as long, so that all that is judged is seen soon. */
const SHORT = {
  decisionWait: s(6),
  exportDelay: s(1),
  paymentTimeout: s(2),
  peakAt: s(5),
  peakFor: s(10),
  length: s(30),
};

function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  const options = {
    variant,
    seed: 1,
    params: { ...SHORT, ...params },
    interventions: interventions.map(parseIntervention),
  };
  const evidence = trialled(traceSampling, options);
  return (signal: string, field = 'total'): number => summaryOf(evidence, signal, field);
}

const everything = measured('keep-all');
const head = measured('head-ratio');
const tail = measured('tail-error-or-slow');

/** How far the count by traces may be off that were sampled by this probability or a higher one (Horvitz & Thompson, 1952). */
const chanceOf = (probability: number): number => DEVIATIONS * Math.sqrt(everything(REQUESTS) * (1 / probability - 1));

it('asks the same of all variants, and what fails does so whatever is written down of it', () => {
  for (const other of [head, tail]) {
    expect(other(REQUESTS)).toBe(everything(REQUESTS));
    // A request by which instruments make the difference between in time and too late there may be.
    expect(Math.abs(other(REQUEST_ERRORS) - everything(REQUEST_ERRORS))).toBeLessThanOrEqual(5);
  }
  expect(everything(REQUEST_ERRORS)).toBeGreaterThan(10);
});

/** Of a run in which everything is kept. */
function spansOf(seed: number): SpanData[] {
  const sim = new Simulation({ seed });
  const spans: SpanData[] = [];
  traceSampling.system(sim, resolveParameters(traceSampling, 'keep-all', {}) as never);
  const store = componentsOf(sim).find((one) => one instanceof TraceStore)!;
  const receive = store.receive.bind(store);
  store.receive = (call) => {
    spans.push(...(call.query.items as readonly SpanData[]));
    receive(call);
  };
  sim.runUntil(s(63));
  return spans;
}

describe('spans', () => {
  const spans = spansOf(1);
  const named = (name: string): SpanData[] => spans.filter((span) => span.name === name);

  it('that outlive their parent say why', () => {
    const byId = new Map(spans.map((span) => [span.context.spanId, span]));
    const outliving = spans.flatMap((child) => {
      const parent = byId.get(child.parentSpanId);
      return parent !== undefined && child.end > parent.end ? [outlivesBecause(child, parent)] : [];
    });
    expect(new Set(outliving)).toEqual(new Set(['caller timed out']));
  });

  it('have the status of HTTP where there was a response, and else say what failed', () => {
    const statuses = (name: string): Set<unknown> =>
      new Set(named(name).map(({ attributes }) => attributes['http.response.status_code'] ?? attributes['error.type']));
    expect(statuses('DB SELECT orders')).toEqual(new Set([undefined]));
    expect(statuses('CALL cards.charge')).toEqual(new Set([undefined, 'refused']));
    // Orders gave up on payments, of which the gateway was told; payments waits for longer than any card hangs.
    expect(statuses('CALL payments.charge')).toEqual(new Set([200, 502, 'timeout']));
    expect(statuses('CALL orders.create')).toEqual(new Set([200, 502, 504]));
  });
});

describe('instruments', () => {
  it('slow a service that is busy, and a tail sampler spares it none of that', () => {
    const busy = { workTime: s(0.00045) };
    const median = (variant: string, params: ParameterValues = {}): number =>
      measured(variant, { ...busy, ...params })('http.client.request.duration', 'p50');
    const off = median('head-ratio', { ratio: 0 });
    const keepAll = median('keep-all');
    // Six spans of a request one after the other, on a processor of which there is 0.035: each request waits for that at least.
    const alone = (6 * (INSTRUMENT_COSTS.span - INSTRUMENT_COSTS.unsampledSpan)) / 0.035 / SECOND;
    expect(keepAll - off).toBeGreaterThan(alone);
    expect(median('tail-error-or-slow')).toBe(keepAll);
  });

  it('cost a head sampler its share and the contexts, in bytes its share alone', () => {
    expect(head(SENT_BYTES) / everything(SENT_BYTES)).toBeLessThan(0.3);
    expect(head(INSTRUMENTS) / everything(INSTRUMENTS)).toBeGreaterThan(head(SENT_BYTES) / everything(SENT_BYTES));
    expect(tail(INSTRUMENTS)).toBe(everything(INSTRUMENTS));
  });
});

it('a head sampler keeps of what went wrong what it keeps of anything, a tail sampler that alone', () => {
  expect(head(ERRORS_KEPT, 'mean')).toBeLessThan(0.6);
  expect([ERRORS_KEPT, SLOW_KEPT, ORDINARY_KEPT].map((signal) => tail(signal, 'mean'))).toEqual([1, 1, 0]);
  expect(Math.abs(head(DASHBOARD_REQUESTS) - everything(REQUESTS))).toBeLessThan(chanceOf(0.2));
  expect(tail(DASHBOARD_REQUESTS) / everything(REQUESTS)).toBeLessThan(0.3);
});

it('the new name of the attribute keeps what the old one lost', () => {
  expect(measured('old-attribute-name')(MISSED)).toBeGreaterThan(0);
  expect(measured('old-attribute-name', { errorBy: 'http.response.status_code' })(MISSED)).toBe(0);
});

it('a short wait is long enough where spans are exported at once', () => {
  const late = (exportDelay: number): number =>
    measured('short-wait', { decisionWait: s(1), exportDelay, paymentTimeout: s(0.5) })('tail_sampling.spans.late');
  expect(late(s(5))).toBeGreaterThan(1000);
  expect(late(s(0.1))).toBeLessThan(100);
});

it('room for the traces of the wait, a second and an export is enough; without it for the wait alone they are pushed out', () => {
  const pushedOut = (numTraces: number): number =>
    measured('tail-error-or-slow', { numTraces })('tail_sampling.traces.dropped_too_early');
  const [inPeak, wait, exportDelay, peakFor] = [64, 6, 1, 10];
  expect(pushedOut(Math.ceil(poissonMost(inPeak * (wait + 1 + exportDelay))))).toBe(0);
  // A trace is gone if the peak lasts for the wait, and an export, after it.
  const lost = poissonLow(inPeak * (peakFor - wait - exportDelay));
  expect(pushedOut(Math.floor(poissonLow(inPeak * wait)))).toBeGreaterThan(lost);
});

it('with no room, traces that wait are not pushed out: what no longer comes in is lost before the collector', () => {
  const waits = measured('small-memory', { whenFull: 'wait', decisionCache: 10_000 });
  expect(waits('tail_sampling.traces.dropped_too_early')).toBe(0);
  expect(waits(MISSED)).toBeGreaterThan(0);
  // With places for all that are kept waiting, and decisions remembered, there is no difference.
  expect(measured('tail-error-or-slow', { whenFull: 'wait', decisionCache: 10_000 })(MISSED)).toBe(0);
});

it('conditions on single spans keep slow traces as far as one span is slow', () => {
  const conditions = { policies: 'ottl', errorBy: 'status' };
  expect(measured('tail-error-or-slow', conditions)(MISSED)).toBe(0);
});

it('adaptive sampling lowers the probability of a busy route, and goes on counting right', () => {
  expect(measured('adaptive', { adjust: s(1) })(READS_SAMPLED, 'mean')).toBeLessThan(0.2);
  // With more traces, so that chance leaves something to count by.
  const params = { ...SHORT, adjust: s(1), target: 20 };
  const evidence = trialled(traceSampling, { variant: 'adaptive', seed: 1, params });
  // Reads are the most frequent, and so the least probable. Probabilities last for a second, and are seen every half.
  const least = Math.min(...[...signalOf(evidence, READS_SAMPLED).columns.last].filter((seen) => seen > 0));
  const room = chanceOf(least);
  expect(room).toBeLessThan(everything(REQUESTS) / 2);
  const offBy = summaryOf(evidence, DASHBOARD_REQUESTS, 'total') - everything(REQUESTS);
  expect(Math.abs(offBy)).toBeLessThan(room);
});

it('whoever weighs each sampled trace by its probability is off by chance alone, and whoever counts it as one is not', () => {
  expect(measured('adaptive')(COUNT_OFF, 'max')).toBeLessThan(DEVIATIONS);
  const { stored } = TraceBook.prototype;
  const planted = vi.spyOn(TraceBook.prototype, 'stored').mockImplementation(function (
    this: TraceBook,
    span,
    probability,
  ) {
    stored.call(this, span, probability === undefined ? undefined : 1);
  });
  try {
    expect(measured('adaptive')(COUNT_OFF, 'max')).toBeGreaterThan(DEVIATIONS);
  } finally {
    planted.mockRestore();
  }
});

it('a collector that dies takes with it what it held', () => {
  expect(measured('tail-error-or-slow', {}, '12s:crash:collector:seconds=2')(MISSED)).toBeGreaterThan(0);
});
