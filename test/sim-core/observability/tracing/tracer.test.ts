/** Spans and their ids: what is kept, what it costs, what a crash takes, and that others' spans move nobody's ids. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { INSTRUMENT_COSTS, NO_COSTS } from '../../../../sim-core/observability/signals/instrument-costs.ts';
import { processWorked } from '../../../../sim-core/observability/signals/instrumented-process.ts';
import type { SpanContext, SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { samplers } from '../../../../sim-core/observability/tracing/samplers.ts';
import type { Span } from '../../../../sim-core/observability/tracing/span.ts';
import { spanChanged, Tracer } from '../../../../sim-core/observability/tracing/tracer.ts';
import { processOf } from '../processes.ts';

function tracing({ ratio = 1, costs = NO_COSTS, seed = 1 } = {}) {
  const sim = new Simulation({ seed });
  const process = processOf(sim, 'app-1', costs);
  const ended: SpanData[] = [];
  const processor = { add: (span: SpanData) => void ended.push(span) };
  const tracer = new Tracer(process, { sampler: samplers.parentbased_traceidratio({ ratio }), processor });
  const request = (id: number): RequestContext => new RequestContext(id, sim.now);
  return { sim, process, tracer, ended, request };
}

it('a child is of its parent’s trace, names it, and both end when they end', () => {
  const { sim, tracer, ended, request } = tracing();
  const context = request(7);
  const parent = tracer.startSpan('HTTP GET /orders', context, {
    kind: 'server',
    attributes: { 'http.route': '/orders' },
  });
  sim.runUntil(ms(1));
  const child = tracer.startSpan('DB SELECT orders', context, { kind: 'client', parent: parent.context });
  sim.runUntil(ms(3));
  child.setStatus('error');
  child.end();
  sim.runUntil(ms(4));
  parent.addEvent('cache.miss', { key: 'a' });
  parent.setAttribute('http.response.status_code', 200);
  parent.end();
  expect(ended).toMatchObject([
    {
      name: 'DB SELECT orders',
      kind: 'client',
      start: ms(1),
      end: ms(3),
      status: 'error',
      parentSpanId: parent.context.spanId,
    },
    {
      name: 'HTTP GET /orders',
      parentSpanId: '',
      start: 0,
      end: ms(4),
      attributes: { 'http.route': '/orders', 'http.response.status_code': 200 },
      events: [{ name: 'cache.miss', time: ms(4), attributes: { key: 'a' } }],
    },
  ]);
  expect(ended[0].context.traceId).toBe(ended[1].context.traceId);
  expect(ended[0].dropped).toBeUndefined();
  expect(() => parent.end()).toThrow('the span HTTP GET /orders has ended');
});

it('the id of a trace that begins here is random, and one that came from elsewhere is what it was said to be', () => {
  const { tracer, request } = tracing();
  const root = tracer.startSpan('root', request(1)).context;
  const { isRandom: _, ...unsaid } = root;
  const child = (parent: SpanContext) => tracer.startSpan('child', request(1), { parent }).context;
  expect([root, child(root), child(unsaid)].map(({ isRandom }) => isRandom)).toEqual([true, true, false]);
});

it('a span may have begun before, as one that is only known to be one when a message is there', () => {
  const { sim, tracer, ended, request } = tracing();
  sim.runUntil(ms(5));
  const links = [{ context: tracer.startSpan('producer', request(1)).context, attributes: {} }];
  tracer.startSpan('receive', request(2), { kind: 'consumer', at: ms(2), links }).end();
  expect(ended).toMatchObject([{ start: ms(2), end: ms(5), links, parentSpanId: '' }]);
});

it('of one that is not sampled nothing is kept, but its context goes on, and so do its costs', () => {
  const { sim, process, tracer, ended, request } = tracing({ ratio: 0, costs: INSTRUMENT_COSTS });
  let instruments = 0;
  sim.facts.channel(processWorked).listen((fact) => (instruments += fact.instruments));
  const parent = tracer.startSpan('domain.action', request(1), { attributes: { a: 1 } });
  const child = tracer.startSpan('domain.action', request(1), { parent: parent.context });
  for (const span of [child, parent]) {
    span.setAttribute('b', 2);
    span.addEvent('c');
    span.end();
  }
  expect(ended).toEqual([]);
  expect(child.context).toMatchObject({ traceId: parent.context.traceId, isSampled: false });
  process.work(0, 'handler');
  expect(instruments).toBe(2 * INSTRUMENT_COSTS.unsampledSpan);
});

it('keeps 128 of each, the first, and counts what is beyond', () => {
  const { tracer, ended, request } = tracing();
  const counts = fc.record({ attributes: fc.nat(200), events: fc.nat(200), links: fc.nat(200) });
  fc.assert(
    fc.property(counts, (given) => {
      const span = tracer.startSpan('domain.action', request(1));
      for (let i = 0; i < given.attributes; i++) span.setAttribute(`a${i}`, i);
      for (let i = 0; i < given.events; i++) span.addEvent(`e${i}`);
      for (let i = 0; i < given.links; i++) span.addLink(span.context);
      // Set again, an attribute is no further one; one that was dropped is dropped again.
      span.setAttribute('a0', -1);
      span.end();
      const { attributes, events, links, dropped } = ended.at(-1)!;
      const all = { ...given, attributes: Math.max(1, given.attributes) };
      const beyond = (count: number): number => Math.max(0, count - 128);
      expect(Object.keys(attributes)).toHaveLength(Math.min(128, all.attributes));
      expect(attributes.a0).toBe(-1);
      expect(events.map(({ name }) => name)).toEqual(
        Array.from({ length: Math.min(128, all.events) }, (_, i) => `e${i}`),
      );
      expect(links).toHaveLength(Math.min(128, all.links));
      const lost = { attributes: beyond(all.attributes), events: beyond(all.events), links: beyond(all.links) };
      expect(dropped).toEqual(lost.attributes + lost.events + lost.links > 0 ? lost : undefined);
    }),
    { numRuns: 20 },
  );
});

it('ids are of one request alone, and none is there twice', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 40 }), fc.nat(4), (order, one) => {
      const idsOf = (requests: readonly number[]): Map<number, string[]> => {
        const { tracer } = tracing();
        const contexts = [0, 1, 2, 3, 4].map((id) => new RequestContext(id, 0));
        const ids = new Map<number, string[]>();
        for (const id of requests) {
          const { traceId, spanId } = tracer.startSpan('domain.action', contexts[id]).context;
          ids.set(id, [...(ids.get(id) ?? []), `${traceId} ${spanId}`]);
        }
        return ids;
      };
      const together = idsOf(order);
      expect(together.get(one)).toEqual(idsOf(order.filter((id) => id === one)).get(one));
      const all = [...together.values()].flat();
      expect(new Set(all.flatMap((pair) => pair.split(' '))).size).toBe(2 * all.length);
      for (const pair of all) expect(pair).toMatch(/^[0-9a-f]{32} [0-9a-f]{16}$/);
    }),
  );
});

it('a crash takes the spans that were open: they never end', () => {
  const { sim, process, tracer, ended, request } = tracing();
  const live: number[] = [];
  sim.facts.channel(spanChanged).listen((fact) => void live.push(fact.live));
  const spans: Span[] = [1, 2].map((id) => tracer.startSpan('domain.action', request(id)));
  process.crash();
  for (const span of spans) span.end();
  expect(ended).toEqual([]);
  expect(live).toEqual([1, 2, 0]);
});
