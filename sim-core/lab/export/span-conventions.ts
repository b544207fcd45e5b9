/**
 * What the spans of a recorded call are called and what is said of it. Names follow the handbook's table: `DB {operation} {table}`,
 * `CALL {service}.{endpoint}`, else domain and action. Attributes are those of OpenTelemetry's semantic conventions as of 1.45.0, and
 * `brownout.…` for what they have no word for. A call between components is taken for a remote procedure call, one to a database for
 * a query of it, one to a broker or a consumer for a message; a database of a model is one table, so its name stands for that.
 * https://opentelemetry.io/docs/specs/semconv/
 */
import type { AttributeValue, SpanKind } from '../../observability/signals/telemetry.ts';
import type { Recording } from '../recording.ts';
import { factText, type FactPlace } from '../traces/fact-places.ts';
import type { TraceSpan } from '../traces/request-trace.ts';
import type { Resources } from './resources.ts';

/** Of a request as a whole, in the client that makes it. */
export const REQUEST_NAME = 'client.request';
/** A caller has stopped waiting: an event. */
export const GAVE_UP = 'call.gave_up';
/** What is not a product of its own is this one. */
const SYSTEM = 'brownout';
const WAITS_FOR = 'waits for ';

export interface CallKinds {
  readonly caller: SpanKind;
  readonly callee: SpanKind;
}

export class SpanConventions {
  private readonly recording: Recording;
  private readonly resources: Resources;

  constructor(recording: Recording, resources: Resources) {
    this.recording = recording;
    this.resources = resources;
  }

  kindsOf({ origin, component }: TraceSpan): CallKinds {
    const [from, to] = [origin, component].map((name) => this.componentKind(name));
    if (to === 'consumer') return { caller: 'producer', callee: 'consumer' };
    if (to === 'broker' && from !== 'broker' && from !== 'consumer') return { caller: 'producer', callee: 'server' };
    return { caller: 'client', callee: 'server' };
  }

  nameOfCall(span: TraceSpan): string {
    const service = this.serviceOf(span.component);
    return this.isQuery(span) ? `DB ${this.operationOf(span)} ${service}` : `CALL ${service}.${this.endpointOf(span)}`;
  }

  /** What was told of it as a whole, else what was told in it first. */
  nameOfWork({ facts, marks, component }: TraceSpan): string {
    const told = facts.at(0) ?? marks.find(({ fact }) => fact !== undefined)?.fact;
    return told?.table.kind ?? `${this.componentKind(component) ?? 'component'}.call`;
  }

  /** Of the caller's span. */
  attributesOf(span: TraceSpan, { caller }: CallKinds): Record<string, AttributeValue> {
    const service = this.serviceOf(span.component);
    const server = { 'server.address': span.component ?? service, 'server.service.name': service };
    if (this.isQuery(span)) {
      const operation = this.operationOf(span);
      return { 'db.system.name': SYSTEM, 'db.operation.name': operation, 'db.collection.name': service, ...server };
    }
    if (caller !== 'producer') {
      return { 'rpc.system.name': SYSTEM, 'rpc.method': `${service}/${this.endpointOf(span)}`, ...server };
    }
    // A broker that hands a message over sends it to whom it is for.
    const operation = { 'messaging.operation.type': 'send', 'messaging.operation.name': this.endpointOf(span) };
    return { 'messaging.system.name': SYSTEM, 'messaging.destination.name': service, ...operation, ...server };
  }

  componentKind(name: string | undefined): string | undefined {
    return this.recording.components.find((component) => component.name === name)?.kind;
  }

  private serviceOf(component: string | undefined): string {
    return this.resources.of(component)['service.name'];
  }

  private isQuery({ component }: TraceSpan): boolean {
    return this.componentKind(component) === 'database';
  }

  private endpointOf(span: TraceSpan): string {
    const name = this.nameOfWork(span);
    return name.slice(name.lastIndexOf('.') + 1);
  }

  private operationOf({ facts, marks }: TraceSpan): string {
    const all: FactPlace[] = [...facts, ...marks.flatMap(({ fact }) => fact ?? [])];
    const told = all.map((fact) => factText(this.recording.facts, fact, 'operation')).find((operation) => operation);
    return told ?? 'query';
  }
}

/** Of `waits for app-1 slots` it is `slots.wait`; of a pause that nobody else is waited for in, `pause.wait`. */
export function waitNamed(reason: string): {
  readonly name: string;
  readonly attributes: Record<string, AttributeValue>;
} {
  if (!reason.startsWith(WAITS_FOR)) return { name: 'pause.wait', attributes: {} };
  const awaited = reason.slice(WAITS_FOR.length);
  const what = /[a-z]+$/.exec(awaited)?.[0] ?? 'resource';
  return { name: `${what}.wait`, attributes: { 'brownout.awaited': awaited } };
}
