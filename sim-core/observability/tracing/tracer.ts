/**
 * What begins and ends spans in a process: asks the sampler, makes ids, takes what the instruments cost from the process's
 * processors, and hands what has ended to a processor, mostly a `BatchProcessor`.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk/
 *
 * Leaves out samplers that record without sampling, and the current context that SDKs keep for a thread: whoever begins a span
 * names its parent.
 */
import { defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Time } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { TelemetryProcessor } from '../pipeline/processor.ts';
import type { InstrumentedProcess } from '../signals/instrumented-process.ts';
import type { Attributes, SpanContext, SpanData, SpanKind, SpanLink } from '../signals/telemetry.ts';
import type { Sampler } from './sampler.ts';
import { SpanIds } from './span-ids.ts';
import { RecordingSpan, SPAN_LIMITS, UnsampledSpan, type Span, type SpanLimits, type SpanOwner } from './span.ts';

/** A span began (`begun` 1), or one that is recorded ended (0); `live` of those are open in the process now. */
export const spanChanged = defineReading('otel.sdk.span', 'A span began or ended', {
  process: 'text',
  begun: 'number',
  live: 'number',
});

export const tracerSignals = [
  defineSignal({
    name: 'otel.sdk.span.started',
    kind: 'counter',
    unit: '{span}',
    help: 'Spans begun, those that are not sampled included',
    fact: spanChanged,
    amount: ({ begun }) => begun,
  }),
  defineSignal({
    name: 'otel.sdk.span.live',
    kind: 'gauge',
    unit: '{span}',
    help: 'Spans that are recorded and have not ended',
    fact: spanChanged,
    value: ({ live }) => live,
    of: ({ process }) => process,
  }),
];

export interface TracerOptions {
  readonly sampler: Sampler;
  readonly processor: TelemetryProcessor<SpanData>;
  /** The SDKs' own without it. */
  readonly limits?: SpanLimits;
}

export interface SpanOptions {
  /** `internal` without it. */
  readonly kind?: SpanKind;
  /** Without it the span is the root of a new trace. */
  readonly parent?: SpanContext;
  readonly links?: readonly SpanLink[];
  readonly attributes?: Attributes;
  /** When it began, if that was before now. */
  readonly at?: Time;
}

export class Tracer implements SpanOwner {
  readonly process: InstrumentedProcess;
  readonly limits: SpanLimits;
  private readonly sampler: Sampler;
  private readonly processor: TelemetryProcessor<SpanData>;
  private readonly ids: SpanIds;
  private readonly changed: FactChannel<Fact<typeof spanChanged>>;
  /** Spans that are open, of the process as it runs now: of one that crashed no span ends. */
  private readonly open = new Set<RecordingSpan>();

  constructor(process: InstrumentedProcess, { sampler, processor, limits = SPAN_LIMITS }: TracerOptions) {
    this.process = process;
    this.sampler = sampler;
    this.processor = processor;
    this.limits = limits;
    this.ids = new SpanIds(process.sim);
    this.changed = process.sim.facts.channel(spanChanged);
    process.whenCrashed(() => {
      this.open.clear();
      this.tell(0);
    });
  }

  /** Begins a span on behalf of a request. */
  startSpan(name: string, request: RequestContext, options: SpanOptions = {}): Span {
    const { parent, kind = 'internal', at = this.process.sim.now, links, attributes } = options;
    const key = request.nextSpanKey();
    const traceId = parent?.traceId ?? this.ids.traceId(key);
    const isSampled = this.sampler.isSampled(traceId, name, parent, links);
    const context = {
      traceId,
      spanId: this.ids.spanId(key),
      isSampled,
      isRandom: parent === undefined || parent.isRandom === true,
      traceState: parent?.traceState ?? '',
    };
    const { costs } = this.process;
    if (!isSampled) {
      this.process.charge(costs.unsampledSpan);
      this.tell(1);
      return new UnsampledSpan(context);
    }
    this.process.charge(costs.span);
    const span = new RecordingSpan(this, { name, kind, context, parentSpanId: parent?.spanId ?? '', start: at });
    if (attributes) for (const key of Object.keys(attributes)) span.setAttribute(key, attributes[key]);
    if (links) for (const link of links) span.addLink(link.context, link.attributes);
    this.open.add(span);
    this.tell(1);
    return span;
  }

  /** For the span itself. */
  ended(span: RecordingSpan): Behaviour | undefined {
    if (!this.open.delete(span)) return undefined;
    this.tell(0);
    this.processor.add(span.data());
    return this.processor.waits?.();
  }

  /** For the span itself. */
  get hasEndersWait(): boolean {
    return this.processor.waits !== undefined;
  }

  private tell(begun: number): void {
    if (!this.changed.heard) return;
    const process = this.process.resource['service.instance.id'];
    this.changed.emit({ process, begun, live: this.open.size });
  }
}
