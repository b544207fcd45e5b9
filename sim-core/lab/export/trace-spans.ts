/**
 * The trace of a request as OpenTelemetry would have it: what the page shows as one bar for a call is the caller's span, from the
 * message's departure until it has the answer or gives up, and within it the callee's, while it had the call. Waits are spans of
 * their own, with a link to the request that was waited for. Facts are events of the span that they were told in.
 *
 * A span that goes on after its parent's end says why in `brownout.outlives`: its caller had given up on it, or nobody waited for it.
 * What they are called and what is said of them is in `span-conventions.ts`. https://opentelemetry.io/docs/specs/otel/trace/api/
 */
import { BACKGROUND } from '../../network/request-context.ts';
import type { AttributeValue, SpanContext, SpanData, SpanKind } from '../../observability/signals/telemetry.ts';
import type { Recording } from '../recording.ts';
import { factText, factTime, type FactPlace } from '../traces/fact-places.ts';
import { roleOfFact } from '../traces/outcome-roles.ts';
import type { RequestTrace, SpanMark, SpanSegment, TraceSpan } from '../traces/request-trace.ts';
import { factAttributes } from './fact-attributes.ts';
import type { Resources } from './resources.ts';
import { GAVE_UP, REQUEST_NAME, SpanConventions, waitNamed } from './span-conventions.ts';
import type { TraceIds } from './trace-ids.ts';

/** A fact of a request, and the span that it was told in. */
export interface ToldInSpan {
  readonly fact: FactPlace;
  readonly context: SpanContext;
}

export interface ExportedTrace {
  readonly request: number;
  /** The root first; a span's parent stands before it. */
  readonly spans: readonly SpanData[];
  readonly facts: readonly ToldInSpan[];
}

type Writable<Shape> = { -readonly [Field in keyof Shape]: Shape[Field] };
type Draft = Writable<Omit<SpanData, 'attributes' | 'events' | 'links'>> & {
  attributes: Record<string, AttributeValue>;
  events: SpanData['events'][number][];
  links: SpanData['links'][number][];
};

export function exportTrace(
  recording: Recording,
  trace: RequestTrace,
  resources: Resources,
  ids: TraceIds,
): ExportedTrace {
  const writer = new TraceWriter(recording, trace, resources, ids);
  for (const span of trace.spans) writer.write(span);
  return { request: trace.request, spans: writer.finish(), facts: writer.facts };
}

class TraceWriter {
  readonly facts: ToldInSpan[] = [];
  private readonly recording: Recording;
  private readonly trace: RequestTrace;
  private readonly resources: Resources;
  private readonly conventions: SpanConventions;
  private readonly ids: TraceIds;
  private readonly traceId: string;
  private readonly drafts: Draft[] = [];
  /** Those who stopped waiting for what they had called. That a call of its timed out is a service's failure too, but not this. */
  private readonly gaveUp = new Set<Draft>();
  /** For each span of the recording's, what stands for the component's own time. */
  private readonly inner: Draft[] = [];

  constructor(recording: Recording, trace: RequestTrace, resources: Resources, ids: TraceIds) {
    this.recording = recording;
    this.trace = trace;
    this.resources = resources;
    this.conventions = new SpanConventions(recording, resources);
    this.ids = ids;
    this.traceId = ids.trace(trace.request);
  }

  write(span: TraceSpan): void {
    const parent = this.inner[span.parent];
    const own = span.kind === 'call' ? this.writeCall(span, parent) : this.writeOwn(span, parent);
    this.inner.push(own);
    for (const mark of span.marks) if (mark.fact) this.tell(own, mark.fact);
    for (const fact of span.facts) this.tell(own, fact);
    for (const segment of span.segments) if (segment.kind === 'wait') this.writeWait(span, segment, own);
    if (!span.ended) own.attributes['brownout.unfinished'] = true;
  }

  /** Says of each span that outlives its parent why. */
  finish(): SpanData[] {
    const byId = new Map(this.drafts.map((draft) => [draft.context.spanId, draft]));
    for (const draft of this.drafts) {
      const parent = byId.get(draft.parentSpanId);
      if (parent === undefined || draft.end <= parent.end) continue;
      const isLeft = this.gaveUp.has(parent);
      draft.attributes['brownout.outlives'] = isLeft ? 'the caller gave up' : 'asynchronous';
      if (!isLeft) {
        const attributes = { 'brownout.link': 'began it and did not wait' };
        draft.links.push({ context: parent.context, attributes });
      }
    }
    return this.drafts;
  }

  private writeOwn(span: TraceSpan, parent: Draft | undefined): Draft {
    const { component, origin, start, end } = span;
    const isRoot = span.kind === 'request';
    const isConsumed =
      !isRoot &&
      this.conventions.componentKind(component) === 'consumer' &&
      parent?.resource !== this.resources.of(origin);
    const own = this.draft(
      isRoot ? REQUEST_NAME : span.name,
      isConsumed ? 'consumer' : 'internal',
      component,
      start,
      end,
      parent,
    );
    if (isRoot) own.attributes['brownout.request'] = this.trace.request;
    this.judge(own, span);
    if (isConsumed) this.linkToProducer(own, own);
    return own;
  }

  private writeCall(span: TraceSpan, parent: Draft | undefined): Draft {
    const { origin, component, start, end, inside } = span;
    const { conventions } = this;
    const kinds = conventions.kindsOf(span);
    const gaveUp = span.marks.find(({ fact }) => fact === undefined);
    const caller = this.draft(conventions.nameOfCall(span), kinds.caller, origin, start, gaveUp?.time ?? end, parent);
    Object.assign(caller.attributes, conventions.attributesOf(span, kinds));
    const callee = this.draft(conventions.nameOfWork(span), kinds.callee, component, inside[0], inside[1], caller);
    this.judge(callee, span);
    if (gaveUp) this.giveUp(caller, gaveUp);
    else if (callee.status === 'error') {
      caller.status = 'error';
      caller.attributes['error.type'] = callee.attributes['error.type'];
    }
    if (kinds.callee === 'consumer') this.linkToProducer(callee, caller);
    return callee;
  }

  private writeWait({ component }: TraceSpan, { from, to, label, awaited }: SpanSegment, parent: Draft): void {
    const reason = label.slice(0, label.lastIndexOf(', in '));
    // What is done for nobody's request has no trace to be led to.
    const isLed = awaited >= 0 && awaited < BACKGROUND;
    const named = isLed ? 'waits for another request' : awaited < 0 ? reason : 'waits for background work';
    const { name, attributes } = waitNamed(named);
    const wait = this.draft(name, 'internal', component, from, to, parent);
    Object.assign(wait.attributes, attributes);
    if (!isLed) return;
    wait.attributes['brownout.awaited.request'] = awaited;
    const context = this.contextOf(this.ids.trace(awaited), this.ids.span(awaited, 0));
    wait.links.push({ context, attributes: { 'brownout.link': 'waits for it' } });
  }

  /** Where a message was first sent, if that is another span than the one that delivers it. */
  private linkToProducer(consumer: Draft, delivery: Draft): void {
    const sent = this.drafts.find(({ kind, start }) => kind === 'producer' && start <= delivery.start);
    if (sent && sent !== delivery) {
      consumer.links.push({ context: sent.context, attributes: { 'brownout.link': 'sent the message' } });
    }
  }

  private tell(draft: Draft, fact: FactPlace): void {
    const attributes = factAttributes(this.recording.facts, fact);
    draft.events.push({ name: fact.table.kind, time: factTime(fact), attributes });
    this.facts.push({ fact, context: draft.context });
  }

  private giveUp(caller: Draft, { time, label }: SpanMark): void {
    this.gaveUp.add(caller);
    caller.status = 'error';
    caller.attributes['error.type'] = 'timeout';
    caller.events.push({ name: GAVE_UP, time, attributes: { 'brownout.gave_up': label } });
  }

  /** An error where the recording says that it failed, of the type that a fact names. */
  private judge(draft: Draft, { role, facts, marks }: TraceSpan): void {
    if (role !== 'failed') return;
    const all = [...facts, ...marks.flatMap(({ fact }) => fact ?? [])];
    const failed = all.find((fact) => roleOfFact(this.recording.facts, fact) === 'failed');
    if (failed === undefined) return;
    draft.status = 'error';
    draft.attributes['error.type'] = factText(this.recording.facts, failed, 'outcome') ?? failed.table.kind;
  }

  private contextOf(traceId: string, spanId: string): SpanContext {
    return { traceId, spanId, isSampled: true, traceState: '' };
  }

  private draft(
    name: string,
    kind: SpanKind,
    component: string | undefined,
    start: number,
    end: number,
    parent: Draft | undefined,
  ): Draft {
    const resource = this.resources.of(component);
    const context = this.contextOf(this.traceId, this.ids.span(this.trace.request, this.drafts.length));
    const parentSpanId = parent?.context.spanId ?? '';
    const status = 'unset';
    const draft: Draft = {
      resource,
      name,
      kind,
      context,
      parentSpanId,
      start,
      end,
      status,
      attributes: {},
      events: [],
      links: [],
    };
    this.drafts.push(draft);
    return draft;
  }
}
