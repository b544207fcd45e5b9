/** What the guide of trace propagation says beyond its variants, and that spans, whatever carries their context, add up. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { NEAR_MIN } from '../../../scenarios/application/distances.ts';
import {
  Journeys,
  LOOKED_UP_AFTER,
  PIECES,
  TRUTHS,
  WHOLE,
} from '../../../scenarios/observability/trace-propagation/journeys.ts';
import { WARM_UP } from '../../../scenarios/observability/trace-propagation/limits.ts';
import tracePropagation from '../../../scenarios/observability/trace-propagation.ts';
import {
  componentsOf,
  ms,
  outlivesBecause,
  parseIntervention,
  resolveParameters,
  s,
  Simulation,
  toSeconds,
  TraceBackend,
  type ParameterValues,
  type SpanContext,
  type SpanData,
  type TraceTree,
} from '../../../sim-core/index.ts';
import { messageDelivered, messageEnqueued, messageSettled } from '../../../sim-core/messaging/channels/facts.ts';
import { messageBrokenOff } from '../../../sim-core/messaging/consuming/facts.ts';
import { traceSettled } from '../../../sim-core/observability/tracing/trace-backend.ts';
import { failed, summaryOf, totalOf, trialled } from '../trials.ts';

const SHORT = { length: s(20) };

function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  return trialled(tracePropagation, { variant, params, interventions: interventions.map(parseIntervention) });
}

/** The trees of all traces that the backend has looked at. */
function treesOf(variant: string, params: ParameterValues = {}): readonly TraceTree[] {
  const sim = new Simulation({ seed: 1 });
  const ids = new Set<string>();
  sim.facts.channel(traceSettled).listen(({ trace }) => void ids.add(trace));
  tracePropagation.system(sim, resolveParameters(tracePropagation, variant, { rate: 20, ...params }) as never);
  sim.runUntil(s(20));
  const { index } = componentsOf(sim).find((one) => one instanceof TraceBackend)!;
  expect(ids.size).toBeGreaterThan(20);
  return Array.from(ids, (id) => index.treeOf(id));
}

/** Of each span whose parent is there, why it ends later, if it does. */
function outliving(trees: readonly TraceTree[]): { reasons: Set<string>; unexplained: SpanData[] } {
  const reasons = new Set<string>();
  const unexplained: SpanData[] = [];
  for (const tree of trees) {
    for (const parent of tree.spans) {
      for (const child of tree.children(parent)) {
        if (child.end <= parent.end) continue;
        const reason = outlivesBecause(child, parent);
        if (reason === undefined) unexplained.push(child);
        else reasons.add(reason);
      }
    }
  }
  return { reasons, unexplained };
}

describe('a span that outlives its parent says why', () => {
  it.each(Object.keys(tracePropagation.variants))('%s', (variant) => {
    const { reasons, unexplained } = outliving(treesOf(variant));
    expect(unexplained).toEqual([]);
    // The trace of a context that leaked grows as long as the run, and is never looked at.
    expect([...reasons]).toEqual(variant === 'one-parent-of-many' ? ['asynchronous'] : []);
  });

  it('or whoever called gave up', () => {
    const { reasons, unexplained } = outliving(treesOf('propagated', { callTimeout: ms(3) }));
    expect(unexplained).toEqual([]);
    expect([...reasons]).toEqual(['caller timed out']);
  });
});

describe('what is true of what the backend shows, replayed from what was done', () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each(['propagated', 'broken-async-boundary', 'lost-in-pool', 'links-decide'])('%s', (variant) => {
    const done: { ids: number[]; kind: string; span: SpanContext; isOwn: boolean }[] = [];
    const bookedAt = new Map<number, number>();
    const { did, didTogether, booked } = Journeys.prototype;
    vi.spyOn(Journeys.prototype, 'did').mockImplementation(function (this: Journeys, request, kind, span) {
      done.push({ ids: [request.id], kind, span, isOwn: true });
      did.call(this, request, kind, span);
    });
    vi.spyOn(Journeys.prototype, 'didTogether').mockImplementation(function (this: Journeys, requests, kind, span) {
      done.push({ ids: requests.map(({ id }) => id), kind, span, isOwn: false });
      didTogether.call(this, requests, kind, span);
    });
    vi.spyOn(Journeys.prototype, 'booked').mockImplementation(function (this: Journeys, requests) {
      for (const { id } of requests) bookedAt.set(id, this['sim'].now);
      booked.call(this, requests);
    });
    const evidence = measured(variant, SHORT);
    const recorded = done.filter(({ span }) => span.isSampled);
    const counts = new Map<number, number>();
    for (const { ids } of recorded) for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);

    const lookedUp = [...bookedAt].filter(([, at]) => at + LOOKED_UP_AFTER > WARM_UP && at + LOOKED_UP_AFTER < s(20));
    const orders = lookedUp
      .map(([id]) => done.filter(({ ids }) => ids.includes(id)))
      .filter((operations) => operations.some(({ span, isOwn }) => isOwn && span.isSampled));
    const missing = orders.flatMap((operations) => {
      const isIn = ({ span }: (typeof done)[number]): boolean => span.traceId === operations[0].span.traceId;
      // A batch is linked with what its orders were published by, where that is told.
      const isLinked = variant !== 'broken-async-boundary' && isIn(operations.find(({ kind }) => kind === 'publish')!);
      return operations.filter((one) => !isIn(one) && !(isLinked && !one.isOwn));
    });
    expect(orders.length).toBeGreaterThan(50);
    expect(missing.length > 0).toBe(['broken-async-boundary', 'lost-in-pool'].includes(variant));
    const signals = [TRUTHS.spans, TRUTHS.names, TRUTHS.largest].map((name) => summaryOf(evidence, name, 'max'));
    expect([...signals, totalOf(evidence, TRUTHS.traces), totalOf(evidence, 'trace.operations.missing')]).toEqual([
      recorded.length,
      new Set(recorded.map(({ kind }) => kind)).size,
      Math.max(...counts.values()),
      orders.length,
      missing.length,
    ]);
  });
});

it('an order lies in one piece more than there are breaks, whichever they are', () => {
  const flags = {
    injects: fc.boolean(),
    extracts: fc.boolean(),
    proxyStrips: fc.boolean(),
    poolLosesContext: fc.boolean(),
  };
  const formats = fc.constantFrom('tracecontext', 'b3', 'both');
  fc.assert(
    fc.property(fc.record({ ...flags, edgeFormat: formats, ordersFormat: formats }), (p) => {
      const evidence = measured('ids-in-names', { ...SHORT, rate: 10, ...p });
      const meets = p.edgeFormat === p.ordersFormat || [p.edgeFormat, p.ordersFormat].includes('both');
      const breaks = [p.proxyStrips || !meets, p.poolLosesContext, p.poolLosesContext, !p.injects || !p.extracts];
      const pieces = 1 + breaks.filter(Boolean).length;
      expect(summaryOf(evidence, PIECES, 'mean')).toBe(pieces);
      expect(summaryOf(evidence, WHOLE, 'mean')).toBe(pieces === 1 ? 1 : 0);
    }),
    { numRuns: 12 },
  );
});

it('a span keeps 128 links: of a larger batch those beyond are not found', () => {
  const evidence = measured('propagated', { linger: s(5), batchMax: 200 });
  expect(failed(evidence)).toEqual([]);
  expect(summaryOf(evidence, WHOLE, 'mean')).toBeCloseTo(128 / 200, 5);
});

it.each<[string, string, ParameterValues]>([
  [
    'nothing of how many orders are looked up where the database cannot keep up',
    'leaked-context',
    { queryTime: ms(100) },
  ],
  ['what a run of the least length can show', 'broken-async-boundary', SHORT],
])('claims %s', (_, variant, params) => {
  expect(failed(measured(variant, params))).toEqual([]);
});

it('to have every order’s batch costs spans', () => {
  const spans = (sampling: string): number =>
    totalOf(measured('propagated', { ratio: 0.02, sampling }), 'otel.sdk.exporter.span.exported');
  expect(spans('parent-and-links')).toBeGreaterThan(1.1 * spans('parent'));
});

it('a backend that is away for longer than an export lasts costs spans, and a shorter time costs none', () => {
  const lost = (seconds: number): number => {
    const evidence = measured('propagated', { length: s(40) }, `12s:crash:traces:seconds=${seconds}`);
    return totalOf(evidence, 'otel.sdk.exporter.span.exported.failed');
  };
  // Five attempts with waits of 1, 1.5, 2.25 and 3.375 s, a fifth less at the least: 6.5 s, and 9.75 s at the most.
  expect(lost(6)).toBe(0);
  expect(lost(20)).toBeGreaterThan(0);
});

it('what an edge that crashes had to export is missing, and what was below it has lost its parents', () => {
  const evidence = measured('propagated', {}, '15s:crash:edge:seconds=1');
  expect(totalOf(evidence, 'dashboard.trace.orphans')).toBeGreaterThan(0);
  expect(summaryOf(evidence, WHOLE, 'mean')).toBeLessThan(1);
});

it('a consumer that is killed is sent its batch again, and each message is acknowledged once', () => {
  const sim = new Simulation({ seed: 1 });
  const came = new Map<number, { enqueued: number; acknowledged: number }>();
  const redelivered = new Set<number>();
  const brokenOff: number[] = [];
  sim.facts.channel(messageEnqueued).listen(({ request }) => {
    came.set(request, { enqueued: sim.now, acknowledged: 0 });
  });
  sim.facts.channel(messageSettled).listen(({ request, fate }) => {
    expect(fate).toBe('acknowledged');
    came.get(request)!.acknowledged++;
  });
  sim.facts.channel(messageDelivered).listen((fact) => {
    if (fact.redelivered) redelivered.add(fact.request);
  });
  sim.facts.channel(messageBrokenOff).listen(({ request }) => void brokenOff.push(request));
  tracePropagation.system(sim, resolveParameters(tracePropagation, 'propagated', {}) as never);
  sim.runUntil(s(4));
  const [consumer] = componentsOf(sim).filter(({ name }) => name === 'fulfilment');
  sim.inject(() => consumer.interventions.kill.apply([2]), 0);
  sim.runUntil(s(10));
  expect(brokenOff.length).toBeGreaterThan(0);
  for (const request of brokenOff) expect(redelivered).toContain(request);
  const early = [...came.values()].filter(({ enqueued }) => enqueued < s(9));
  expect(early.length).toBeGreaterThan(400);
  expect(early.filter(({ acknowledged }) => acknowledged !== 1)).toEqual([]);
  expect(componentsOf(sim).flatMap((one) => one.violations())).toEqual([]);
});

describe('a process that is told to end', () => {
  const restarted = { rate: 15, restarts: true };
  const lost = (params: ParameterValues, ...interventions: string[]): number =>
    totalOf(measured('propagated', { ...restarted, ...params }, ...interventions), 'otel.sdk.processor.span.lost');

  it('flushes what it has, unless nobody takes it until it is killed', () => {
    expect(lost({ atShutdown: 'ends' })).toBeGreaterThan(0);
    expect(lost({ atShutdown: 'flushes' })).toBe(0);
    // Told at 18 s, with 30 s of grace and an export of 10 s: the export is given up, and nothing is left to be killed with.
    const away = measured('propagated', { ...restarted, atShutdown: 'flushes' }, '17.5s:crash:traces:seconds=12');
    expect(totalOf(away, 'otel.sdk.exporter.span.exported.failed')).toBeGreaterThan(0);
  });

  it('claims that a flush is taken: one that is given up leaves nothing that could be lost at the end', () => {
    const [claim, ...others] = failed(measured('flushed-at-shutdown', {}, '17.5s:crash:traces:seconds=12'));
    expect(claim).toContain('otel.sdk.exporter.span.exported.failed');
    expect(others).toEqual([]);
  });

  it('where each span is exported when it ends, each request waits for five of its own', () => {
    const p50 = (processing: string): number =>
      summaryOf(measured('propagated', { rate: 15, processing }), 'http.client.request.duration', 'p50');
    // Edge and orders end two and three, and an export goes there and back.
    const [roundTrip, spans] = [2 * toSeconds(NEAR_MIN), 5];
    expect(p50('simple') - p50('batch')).toBeGreaterThan(0.9 * spans * roundTrip);
  });
});
