/**
 * What a condition can say of a span and of an event within it: the paths, enumerations and functions of OTTL's contexts `span`,
 * `spanevent` and `resource`, as far as spans here have them.
 *
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/pkg/ottl/contexts. There are no instrumentation
 * scopes here, no messages of a status, and no caches.
 */
import type { Attributes, SpanData, SpanEvent, SpanKind, SpanStatus } from '../../signals/telemetry.ts';
import { int, text, valueOf, type Value } from './values.ts';

/** What is looked at: a span, and an event where conditions on events are asked. */
export interface Subject {
  readonly span: SpanData;
  readonly event?: SpanEvent;
}

export type Getter = (subject: Subject) => Value;
export type ContextName = 'span' | 'spanevent';

const KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const STATUS_CODES: Readonly<Record<SpanStatus, number>> = { unset: 0, ok: 1, error: 2 };

/** Symbols and their numbers, as in OTLP. */
export const ENUMS: Readonly<Record<string, number>> = {
  SPAN_KIND_UNSPECIFIED: 0,
  ...Object.fromEntries(Object.entries(KINDS).map(([name, code]) => [`SPAN_KIND_${name.toUpperCase()}`, code])),
  ...Object.fromEntries(
    Object.entries(STATUS_CODES).map(([name, code]) => [`STATUS_CODE_${name.toUpperCase()}`, code]),
  ),
};

const SPAN_FIELDS: Readonly<Record<string, (span: SpanData) => Value>> = {
  name: ({ name }) => text(name),
  kind: ({ kind }) => int(KINDS[kind]),
  'status.code': ({ status }) => int(STATUS_CODES[status]),
  start_time_unix_nano: ({ start }) => int(start),
  end_time_unix_nano: ({ end }) => int(end),
  'trace_id.string': ({ context }) => text(context.traceId),
  'span_id.string': ({ context }) => text(context.spanId),
  'parent_span_id.string': ({ parentSpanId }) => text(parentSpanId),
  trace_state: ({ context }) => text(context.traceState),
  dropped_attributes_count: ({ dropped }) => int(dropped?.attributes ?? 0),
  dropped_events_count: ({ dropped }) => int(dropped?.events ?? 0),
  dropped_links_count: ({ dropped }) => int(dropped?.links ?? 0),
};

/** An event is looked at only where there is one. */
const EVENT_FIELDS: Readonly<Record<string, (event: SpanEvent) => Value>> = {
  name: ({ name }) => text(name),
  time_unix_nano: ({ time }) => int(time),
};

const ATTRIBUTES: Readonly<Record<string, (subject: Subject) => Attributes>> = {
  span: ({ span }) => span.attributes,
  spanevent: ({ event }) => event!.attributes,
  resource: ({ span }) => span.resource,
};

/** Contexts that a path may begin with, by whose conditions it stands in; without one it is of that context itself. */
export const CONTEXTS: Readonly<Record<ContextName, readonly string[]>> = {
  span: ['span', 'resource'],
  spanevent: ['spanevent', 'span', 'resource'],
};

/** Reads a path, `status.code` or `attributes` with a key; undefined where there is none of that name. */
export function pathOf(context: string, field: string, key: string | undefined): Getter | undefined {
  if (key !== undefined) {
    const attributesOf = ATTRIBUTES[context];
    return field === 'attributes' ? (subject) => valueOf(attributesOf(subject)[key]) : undefined;
  }
  if (context === 'span' && Object.hasOwn(SPAN_FIELDS, field)) return ({ span }) => SPAN_FIELDS[field](span);
  if (context === 'spanevent' && Object.hasOwn(EVENT_FIELDS, field)) return ({ event }) => EVENT_FIELDS[field](event!);
  return undefined;
}

/** The paths that there are in a context, for those who ask for another. */
export function pathsOf(context: string): readonly string[] {
  const fields = context === 'span' ? SPAN_FIELDS : context === 'spanevent' ? EVENT_FIELDS : {};
  return [...Object.keys(fields), 'attributes["key"]'];
}
