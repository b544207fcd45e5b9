/**
 * The models of an SDK's parts beside OpenTelemetry's own for JavaScript, `@opentelemetry/sdk-trace`: its batch processor under a clock
 * that is turned by hand, what its spans keep, whom its samplers obey.
 */
import { context as contextApi, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  SamplingDecision,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { MILLISECOND, ms, s } from '../../../sim-core/kernel/time.ts';
import type { Call } from '../../../sim-core/network/call.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { RequestContext } from '../../../sim-core/network/request-context.ts';
import { BatchProcessor } from '../../../sim-core/observability/pipeline/batch-processor.ts';
import type { ExportRequest, ExportResponse } from '../../../sim-core/observability/pipeline/export-request.ts';
import { OTLP_RETRY, OtlpExporter } from '../../../sim-core/observability/pipeline/otlp-exporter.ts';
import type { SpanData } from '../../../sim-core/observability/signals/telemetry.ts';
import { samplers } from '../../../sim-core/observability/tracing/samplers.ts';
import { Tracer } from '../../../sim-core/observability/tracing/tracer.ts';
import { contexts } from './context/contexts.ts';
import { processOf } from './processes.ts';
import { spansOf } from './tracing/spans.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const LIMITS = { queueMax: 10, batchMax: 4, delay: ms(100), timeout: ms(300) };
const [SPAN] = spansOf([{ parent: undefined, links: [], isLost: false }]);

/** Spans end so many at a time, each time so long after the one before; an export takes as long as its turn says. */
interface Script {
  readonly ends: readonly (readonly [after: number, count: number])[];
  readonly takes: readonly number[];
}

/** When exports began, in milliseconds, and with how many spans. */
type Exports = readonly (readonly [at: number, spans: number])[];

async function theirs({ ends, takes }: Script): Promise<Exports> {
  const exports: [number, number][] = [];
  const began = Date.now();
  const processor = new BatchSpanProcessor({
    maxQueueSize: LIMITS.queueMax,
    maxExportBatchSize: LIMITS.batchMax,
    scheduledDelayMillis: LIMITS.delay / MILLISECOND,
    exportTimeoutMillis: LIMITS.timeout / MILLISECOND,
    exporter: {
      export(spans, done) {
        const time = takes[exports.length % takes.length];
        exports.push([Date.now() - began, spans.length]);
        if (time === 0) done({ code: 0 });
        else setTimeout(() => done({ code: 0 }), time);
      },
      shutdown: () => Promise.resolve(),
    },
  });
  const span = { spanContext: () => ({ traceFlags: TraceFlags.SAMPLED }), resource: {} } as unknown as ReadableSpan;
  for (const [after, count] of ends) {
    await vi.advanceTimersByTimeAsync(after);
    for (let i = 0; i < count; i++) processor.onEnd(span);
    // What they have promised to do at once.
    await vi.advanceTimersByTimeAsync(0);
  }
  await vi.advanceTimersByTimeAsync(3000);
  return exports;
}

function ours({ ends, takes }: Script): Exports {
  const sim = new Simulation();
  const exports: [number, number][] = [];
  const receiver = {
    name: 'collector',
    receive(call: Call<ExportRequest<'traces'>, ExportResponse>) {
      const time = ms(takes[exports.length % takes.length]);
      exports.push([Math.floor(sim.now / MILLISECOND), call.query.items.length]);
      sim.schedule(time, () => call.reply({ rejected: 0 }), undefined);
    },
  };
  const link = new Link<ExportRequest<'traces'>, ExportResponse>(sim, receiver, { from: 'app', delay: constant(0) });
  const exporter = new OtlpExporter({ link, timeout: s(10), retry: { ...OTLP_RETRY, retriesMax: 0 } });
  const processor = new BatchProcessor(processOf(sim, 'app-1'), { kind: 'traces', exporter, limits: LIMITS });
  let now = 0;
  for (const [step, [after, count]] of ends.entries()) {
    now += after;
    // Each step is a nanosecond later within its millisecond, behind all timers that are due by then, as theirs is.
    sim.runUntil(ms(now) + step + 1);
    sim.inject(() => {
      for (let i = 0; i < count; i++) processor.add(SPAN);
    }, 0);
  }
  sim.runUntil(ms(now + 3000));
  expect(processor.violations()).toEqual([]);
  return exports;
}

it('a batch processor exports when theirs does, as many spans, however long its exports take', async () => {
  const script: fc.Arbitrary<Script> = fc.record({
    ends: fc.array(fc.tuple(fc.constantFrom(0, 1, 40, 99, 100, 101, 250), fc.integer({ min: 1, max: 12 })), {
      minLength: 1,
      maxLength: 8,
    }),
    // None is given up: after one that was, theirs can have two exports at once, which the specification forbids.
    takes: fc.array(fc.constantFrom(0, 30, 130, 290), { minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(script, async (given) => {
      expect(ours(given)).toEqual(await theirs(given));
    }),
    { numRuns: 25 },
  );
});

it('a span keeps and drops as many attributes, events and links as theirs', () => {
  const sim = new Simulation();
  const ended: SpanData[] = [];
  const processor = { add: (span: SpanData) => void ended.push(span) };
  const tracer = new Tracer(processOf(sim, 'app-1'), { sampler: samplers.always_on(), processor });
  const theirTracer = new TracerProvider({ sampler: new AlwaysOnSampler() }).getTracer('test');
  const many = fc.nat(200);
  fc.assert(
    fc.property(many, many, many, fc.boolean(), (attributes, events, links, again) => {
      const mine = tracer.startSpan('name', new RequestContext(1, 0));
      const other = theirTracer.startSpan('name') as unknown as ReadableSpan & ReturnType<typeof theirTracer.startSpan>;
      for (const span of [mine, other]) {
        for (let i = 0; i < attributes; i++) span.setAttribute(`a${i}`, i);
        if (again && attributes > 0) span.setAttribute('a0', -1);
        for (let i = 0; i < events; i++) span.addEvent(`e${i}`);
      }
      for (let i = 0; i < links; i++) {
        mine.addLink(mine.context);
        other.addLink({ context: other.spanContext() });
      }
      mine.end();
      other.end();
      const data = ended.pop()!;
      expect(data.attributes).toEqual(other.attributes);
      expect([data.events.length, data.links.length]).toEqual([other.events.length, other.links.length]);
      expect(data.dropped ?? { attributes: 0, events: 0, links: 0 }).toEqual({
        attributes: other.droppedAttributesCount,
        events: other.droppedEventsCount,
        links: other.droppedLinksCount,
      });
    }),
    { numRuns: 25 },
  );
});

it('a sampler that obeys its parent decides as theirs does', () => {
  const roots = { always_on: new AlwaysOnSampler(), always_off: new AlwaysOffSampler() };
  fc.assert(
    fc.property(fc.constantFrom('always_on' as const, 'always_off' as const), fc.option(contexts), (root, parent) => {
      const traceFlags = parent?.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
      const given =
        parent === null
          ? ROOT_CONTEXT
          : trace.setSpanContext(contextApi.active(), { ...parent, traceFlags, isRemote: true } as never);
      const traceId = parent?.traceId ?? '0af7651916cd43dd8448eb211c80319c';
      const theirs = new ParentBasedSampler({ root: roots[root] });
      const { decision } = theirs.shouldSample(given, traceId, 'name', SpanKind.INTERNAL, {}, []);
      const mine = samplers[`parentbased_${root}`]().isSampled(traceId, 'name', parent ?? undefined);
      expect(mine).toBe(decision === SamplingDecision.RECORD_AND_SAMPLED);
    }),
  );
});
