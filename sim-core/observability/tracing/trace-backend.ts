/**
 * A trace backend: takes spans by exports and makes traces of them. A trace is looked at once nothing of it has come for a while,
 * as Tempo does before it writes one (`trace_idle_period`, https://grafana.com/docs/tempo/latest/configuration/), for nothing
 * says that it is complete; and it is kept for a time from then on. What comes later is of a trace that is looked at again.
 *
 * It may be down: exports are refused then. Does not model what storing and searching cost it (`pipeline/backends`), nor
 * replicas.
 */
import { defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { s, SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { defineSignal, type SignalDefinition, type Truth } from '../../statistics/signal.ts';
import { arrivalsOf, type Arrived } from '../pipeline/arrivals.ts';
import type { ExportRequest, ExportResponse } from '../pipeline/export-request.ts';
import type { SpanData } from '../signals/telemetry.ts';
import { keepsFor } from '../signals/retention.ts';
import { TraceIndex } from './trace-index.ts';

/** A trace that nothing was added to for a while: what the backend sees of it. */
export const traceSettled = defineReading('trace.settled', 'A trace got no further spans for a while', {
  trace: 'text',
  spans: 'number',
  orphans: 'number',
  /** It has one root and no orphan. */
  isWhole: 'flag',
});

/** What the backend holds. */
export const tracesHeld = defineReading('trace.held', 'A trace backend counted what it holds', {
  backend: 'text',
  spans: 'number',
  /** Of the largest trace so far. */
  largest: 'number',
  /** Names that spans had so far. */
  names: 'number',
});

/** What is true of what the backend shows: signals of the experimenter's, where a scenario has them. */
export type TraceTruths = Partial<Record<'wholeRatio' | 'traces' | 'spans' | 'largest' | 'names', string>>;

const truthOf = (signal: string | undefined): { readonly truth?: Truth } => (signal ? { truth: { signal } } : {});

const traceSignals = (truths: TraceTruths): readonly SignalDefinition[] => [
  defineSignal({
    name: 'dashboard.trace.whole_ratio',
    kind: 'ratio',
    unit: '1',
    ...truthOf(truths.wholeRatio),
    help: 'Share of the backend’s traces with one root and no parent missing',
    fact: traceSettled,
    counts: ({ isWhole }) => isWhole,
  }),
  defineSignal({
    name: 'dashboard.trace.orphans',
    kind: 'counter',
    unit: '{span}',
    help: 'Spans whose parent is not there',
    fact: traceSettled,
    amount: ({ orphans }) => orphans,
  }),
  defineSignal({
    name: 'dashboard.trace.traces',
    kind: 'counter',
    unit: '{trace}',
    ...truthOf(truths.traces),
    help: 'Traces that the backend has made of what came',
    fact: traceSettled,
  }),
  defineSignal({
    name: 'dashboard.trace.spans',
    kind: 'gauge',
    unit: '{span}',
    ...truthOf(truths.spans),
    help: 'Spans that the backend holds',
    fact: tracesHeld,
    value: ({ spans }) => spans,
    of: ({ backend }) => backend,
  }),
  defineSignal({
    name: 'dashboard.trace.largest',
    kind: 'gauge',
    unit: '{span}',
    ...truthOf(truths.largest),
    help: 'Spans of the largest trace so far',
    fact: tracesHeld,
    value: ({ largest }) => largest,
    of: ({ backend }) => backend,
  }),
  defineSignal({
    name: 'dashboard.trace.names',
    kind: 'gauge',
    unit: '{name}',
    ...truthOf(truths.names),
    help: 'Different names that spans had so far',
    fact: tracesHeld,
    value: ({ names }) => names,
    of: ({ backend }) => backend,
  }),
];

export interface TraceBackendOptions {
  readonly name: string;
  /** A trace is looked at when nothing was added to it for so long. */
  readonly idle: Duration;
  /** And forgotten so long after that. */
  readonly retention: Duration;
  readonly truths?: TraceTruths;
}

const LOOKS_EVERY = SECOND;

export class TraceBackend implements Endpoint<ExportRequest<'traces'>, ExportResponse>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly index = new TraceIndex();
  private readonly sim: Simulation;
  private readonly options: TraceBackendOptions;
  private readonly settled: FactChannel<Fact<typeof traceSettled>>;
  private readonly held: FactChannel<Fact<typeof tracesHeld>>;
  private readonly arrived: Arrived<'traces'> | undefined;
  private readonly lookKind: number;
  /** Traces in the order in which something was last added to them, and when. */
  private readonly growing = new Map<string, Time>();
  /** Traces in the order in which they settled, and when. */
  private readonly kept = new Map<string, Time>();
  private readonly names = new Set<string>();
  private largest = 0;
  private received = 0;
  private doubles = 0;
  private forgotten = 0;
  private downUntil: Time = 0;

  constructor(sim: Simulation, options: TraceBackendOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = `Makes traces of spans; looks at one when nothing of it has come for ${options.idle / SECOND} s`;
    this.signals = traceSignals(options.truths ?? {});
    this.settled = sim.facts.channel(traceSettled);
    this.held = sim.facts.channel(tracesHeld);
    this.arrived = arrivalsOf(sim, 'traces');
    this.lookKind = sim.eventKind(`${options.name} looks at its traces`);
    this.interventions = { crash: this.crashing() };
    register(sim, this);
    sim.schedule(LOOKS_EVERY, TraceBackend.look, this as TraceBackend, this.lookKind);
  }

  receive(call: Call<ExportRequest<'traces'>, ExportResponse>): void {
    if (this.sim.now < this.downUntil) {
      call.refuse('unavailable');
      return;
    }
    for (const span of call.query.items) this.keep(span);
    call.reply({ rejected: 0 });
  }

  state(): Readonly<Record<string, number | string>> {
    const { growing, kept, index, largest, names } = this;
    return {
      'traces that grow': growing.size,
      'traces kept': kept.size,
      spans: index.size,
      'largest trace': largest,
      'names of spans': names.size,
      ...keepsFor(this.options.retention),
    };
  }

  violations(): readonly string[] {
    const { received, index, doubles, forgotten, name } = this;
    if (received === index.size + doubles + forgotten) return [];
    return [`${name}: ${received} spans came, ${index.size} are held, ${doubles} were doubles, ${forgotten} forgotten`];
  }

  private keep(span: SpanData): void {
    const { traceId } = span.context;
    this.received++;
    if (!this.index.add(span)) {
      this.doubles++;
      return;
    }
    this.arrived?.([span]);
    this.names.add(span.name);
    this.largest = Math.max(this.largest, this.index.spansOf(traceId).length);
    this.kept.delete(traceId);
    // To the end: the first is always the one that has grown least lately.
    this.growing.delete(traceId);
    this.growing.set(traceId, this.sim.now);
  }

  private settle(): void {
    const { sim, options } = this;
    for (const [trace, since] of this.growing) {
      if (since + options.idle > sim.now) break;
      this.growing.delete(trace);
      this.kept.set(trace, sim.now);
      if (!this.settled.heard) continue;
      const { spans, orphans, isWhole } = this.index.treeOf(trace);
      this.settled.emit({ trace, spans: spans.length, orphans: orphans.length, isWhole });
    }
    for (const [trace, since] of this.kept) {
      if (since + options.retention > sim.now) break;
      this.kept.delete(trace);
      this.forgotten += this.index.spansOf(trace).length;
      this.index.remove(trace);
    }
  }

  private crashing(): Intervention {
    return {
      help: 'Refuses exports for so many seconds; what it holds is on its disk',
      arguments: [{ name: 'seconds', help: 'how long', min: 0.001, max: 1e6, default: 10 }],
      apply: ([seconds]) => {
        this.downUntil = Math.max(this.downUntil, this.sim.now + s(seconds));
      },
    };
  }

  private static look(backend: TraceBackend): void {
    backend.settle();
    const { name, index, largest, names, held, sim } = backend;
    if (held.heard) held.emit({ backend: name, spans: index.size, largest, names: names.size });
    sim.schedule(LOOKS_EVERY, TraceBackend.look, backend, backend.lookKind);
  }
}
