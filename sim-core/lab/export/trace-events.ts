/**
 * A run as a trace that Perfetto (https://ui.perfetto.dev) and Chrome's own viewer open, in the Trace Event Format
 * (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU): a process a component with as many threads as
 * it did things at once, a slice a span, an arrow a message, an asynchronous slice a request, a counter a signal, and an
 * instant for what was told or done.
 *
 * Times are microseconds since the run's start, of which the decimals are nanoseconds.
 */
import type { AttributeValue, SpanData, SpanEvent } from '../../observability/signals/telemetry.ts';
import type { Time } from '../../kernel/time.ts';
import { mainColumn, type Recording } from '../recording.ts';
import { onLanes } from './lanes.ts';
import type { ExportedRun } from './exported-run.ts';

/** The phases of the format that are used here. */
type Phase = 'X' | 'b' | 'n' | 'e' | 's' | 'f' | 'C' | 'i' | 'M';

export interface TraceEvent {
  readonly ph: Phase;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: string;
  /** Of an instant: of the thread or of all. */
  readonly s?: 't' | 'g';
  /** Of the end of an arrow: it ends at the slice around it. */
  readonly bp?: 'e';
  readonly args?: Readonly<Record<string, AttributeValue>>;
}

/** The process of the run as a whole; those of the components follow. */
const RUN = 0;

/** The file's text. */
export function traceEvents(run: ExportedRun): string {
  const { recording } = run;
  const { scenario, variant, seed, digest } = recording.header;
  const [roots, others] = [run.spans.filter(isRoot), run.spans.filter((span) => !isRoot(span))];
  const pids = new Map(recording.components.map(({ name }, place) => [name, place + 1]));
  const pidOf = ({ resource }: SpanData): number => pids.get(resource['service.instance.id']) ?? RUN;
  const placed = onLanes(others);
  const tids = new Map(placed.map(({ span, lane }) => [span.context.traceId + span.context.spanId, lane + 1]));
  const tidOf = ({ traceId, spanId }: SpanData['context']): number => tids.get(traceId + spanId) ?? 0;
  const traceEvents = [
    ...named(
      recording,
      pids,
      placed.map(({ span, lane }) => [pidOf(span), lane + 1]),
    ),
    ...roots.flatMap((span) => asynchronous(span, pidOf(span))),
    ...placed.flatMap(({ span }) => slice(span, pidOf(span), tidOf(span.context))),
    ...arrows(others, pidOf, tidOf),
    ...counters(recording),
    ...interventions(recording),
  ];
  const otherData = { scenario, variant, seed: String(seed), digest };
  return JSON.stringify({ displayTimeUnit: 'ms', otherData, traceEvents });
}

const isRoot = ({ parentSpanId }: SpanData): boolean => parentSpanId === '';
const micros = (time: Time): number => time / 1000;

/** Names of processes and threads. */
function named(
  { components, header }: Recording,
  pids: ReadonlyMap<string, number>,
  used: readonly (readonly [pid: number, tid: number])[],
): TraceEvent[] {
  const processes = components.flatMap(({ name }): TraceEvent[] => {
    const pid = pids.get(name)!;
    const common = { ph: 'M', pid, tid: 0 } as const;
    return [
      { ...common, name: 'process_name', args: { name } },
      { ...common, name: 'process_sort_index', args: { sort_index: pid } },
    ];
  });
  const threads = new Map(used.map(([pid, tid]) => [`${pid} ${tid}`, { pid, tid }]));
  return [
    { ph: 'M', name: 'process_name', pid: RUN, tid: 0, args: { name: `${header.scenario}, ${header.variant}` } },
    ...processes,
    ...[...threads.values()].map(({ pid, tid }): TraceEvent => {
      const name = components[pid - 1]?.name ?? header.scenario;
      return { ph: 'M', name: 'thread_name', pid, tid, args: { name: tid === 1 ? name : `${name} (${tid})` } };
    }),
  ];
}

/** A request, which overlaps with others of its client: begun, told of, ended, under one id. */
function asynchronous(span: SpanData, pid: number): TraceEvent[] {
  const common = { pid, tid: 0, cat: 'request', id: span.context.traceId.slice(16) };
  return [
    { ...common, ph: 'b', name: span.name, ts: micros(span.start), args: argumentsOf(span) },
    ...span.events.map(({ name, time, attributes }): TraceEvent => {
      return { ...common, ph: 'n', name, ts: micros(time), args: attributes };
    }),
    { ...common, ph: 'e', name: span.name, ts: micros(span.end) },
  ];
}

function slice(span: SpanData, pid: number, tid: number): TraceEvent[] {
  const { name, kind, start, end, events } = span;
  const instant = ({ name, time, attributes }: SpanEvent): TraceEvent => {
    return { ph: 'i', name, pid, tid, ts: micros(time), s: 't', args: attributes };
  };
  const [ts, dur] = [micros(start), micros(end - start)];
  return [{ ph: 'X', name, cat: kind, pid, tid, ts, dur, args: argumentsOf(span) }, ...events.map(instant)];
}

const argumentsOf = ({ context: { traceId, spanId }, attributes }: SpanData): Record<string, AttributeValue> => ({
  trace_id: traceId,
  span_id: spanId,
  ...attributes,
});

/** From each call to what came of it. */
function arrows(
  spans: readonly SpanData[],
  pidOf: (span: SpanData) => number,
  tidOf: (context: SpanData['context']) => number,
): TraceEvent[] {
  const callers = new Map(
    spans
      .filter(({ kind }) => kind === 'client' || kind === 'producer')
      .map((span) => [span.context.traceId + span.context.spanId, span]),
  );
  return spans.flatMap((callee): TraceEvent[] => {
    const caller = callers.get(callee.context.traceId + callee.parentSpanId);
    if (caller === undefined || (callee.kind !== 'server' && callee.kind !== 'consumer')) return [];
    const common = {
      name: 'message',
      cat: 'message',
      id: `${callee.context.traceId.slice(16)}-${callee.context.spanId}`,
    };
    return [
      { ...common, ph: 's', pid: pidOf(caller), tid: tidOf(caller.context), ts: micros(caller.start) },
      { ...common, ph: 'f', bp: 'e', pid: pidOf(callee), tid: tidOf(callee.context), ts: micros(callee.start) },
    ];
  });
}

/** A value at the start of each interval that has one. */
function counters({ signals, header: { interval } }: Recording): TraceEvent[] {
  return signals.flatMap((signal) =>
    Array.from(mainColumn(signal)).flatMap((value, row): TraceEvent[] => {
      if (Number.isNaN(value)) return [];
      return [
        { ph: 'C', name: signal.name, pid: RUN, tid: 0, ts: micros(row * interval), args: { [signal.unit]: value } },
      ];
    }),
  );
}

function interventions({ header, simulated }: Recording): TraceEvent[] {
  const done = header.interventions.filter(({ at }) => at <= simulated);
  return done.map(({ at, action, target, args = {} }) => {
    return { ph: 'i', name: `${action} ${target}`, pid: RUN, tid: 0, ts: micros(at), s: 'g', args };
  });
}
