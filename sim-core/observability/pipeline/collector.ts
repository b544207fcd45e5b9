/**
 * A collector: takes telemetry from processes and from other collectors, gathers it in batches and sends each kind to its
 * backend. Whoever sends is answered when what was sent is in a batch, after which it is the collector's to lose.
 *
 *     receiver --> memory limiter --> (tail sampling) --> batch processor --> sending queue --> consumers --> backend
 *
 * All of them share the collector's processors, so that one that is busy with receiving is slow to send. What a request costs to
 * decode is spent before the memory limiter is asked, as in the real one, whose limiter is the first processor behind the
 * receiver. With more than its memory the process is killed, and starts again with what it has on disk.
 *
 * https://opentelemetry.io/docs/collector/architecture/. Memory is counted in bytes as they were sent: the real one's structures
 * take a few times as much. Does not model other processors that change or drop what goes through them.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { Process, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { tailSamplingSignals } from '../sampling/tail-sampling-signals.ts';
import type { TailSamplingOptions } from '../sampling/tail-sampling-options.ts';
import { NO_COSTS } from '../signals/instrument-costs.ts';
import { InstrumentedProcess, processSignals } from '../signals/instrumented-process.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import type { BatchingOptions } from './batching.ts';
import { collectorDied, collectorMemory, collectorSignals } from './collector-signals.ts';
import { CollectorPipeline } from './collector-pipeline.ts';
import type { ExporterOptions } from './exporter.ts';
import type { ExportRequest, ExportResponse, TelemetryKind } from './export-request.ts';
import { countOf } from './export-batches.ts';
import { MemoryLimiter, type MemoryLimiterOptions } from './memory-limiter.ts';

/** Processor time of handling something. */
export interface HandlingCost {
  readonly item: Duration;
  readonly byte: Duration;
}

export interface CollectorOptions {
  readonly name: string;
  readonly cores: number;
  /** To decode what comes and to put it in a batch. */
  readonly receiving: HandlingCost;
  /** To encode and compress a batch, at each attempt. */
  readonly sending: HandlingCost;
  readonly memoryLimiter: MemoryLimiterOptions;
  /** Bytes with more of which the process is killed. */
  readonly memoryMax: number;
  /** How long it is down then. */
  readonly restart: Duration;
  readonly batching: BatchingOptions;
  /** Which traces are kept, when they are over; all without it. */
  readonly tailSampling?: TailSamplingOptions;
  /** Where each kind goes; what has no place is refused for good. */
  readonly exporters: Readonly<Partial<Record<TelemetryKind, ExporterOptions>>>;
}

type Received = Call<ExportRequest, ExportResponse>;

export class Collector implements Endpoint<ExportRequest, ExportResponse>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: CollectorOptions;
  private readonly process: InstrumentedProcess;
  private readonly limiter: MemoryLimiter;
  private readonly pipelines = new Map<TelemetryKind, CollectorPipeline>();
  /** Requests that are being decoded, or wait until a queue has room; bounded by who sends, for none of them is answered. */
  private readonly receiving = new Map<Received, Process>();
  private bytesReceiving = 0;
  private memorySeen = 0;
  private downUntil: Time = 0;
  private readonly memoryTold: FactChannel<Fact<typeof collectorMemory>>;
  private readonly died: FactChannel<Fact<typeof collectorDied>>;
  private readonly upKind: number;

  constructor(sim: Simulation, options: CollectorOptions) {
    const { name, cores, exporters } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = `${cores} processors; what is received, batched and sent shares them`;
    const resource = { 'service.name': 'collector', 'service.instance.id': name };
    this.process = new InstrumentedProcess(sim, { resource, cores, costs: NO_COSTS });
    this.limiter = new MemoryLimiter(options.memoryLimiter);
    this.memoryTold = sim.facts.channel(collectorMemory);
    this.died = sim.facts.channel(collectorDied);
    this.upKind = sim.eventKind(`${name} is up again`);
    this.interventions = { crash: this.crashing() };
    const ofSampler = options.tailSampling === undefined ? [] : tailSamplingSignals;
    this.signals = [...collectorSignals, ...processSignals, ...ofSampler];
    const host = {
      collector: name,
      requests: new BackgroundRequests(sim),
      encoded: (batch: ExportRequest) => this.process.background(costOf(options.sending, batch)),
      changed: () => this.changed(),
    };
    for (const kind of ['traces', 'metrics', 'logs'] as const) {
      const exporter = exporters[kind];
      if (exporter === undefined) continue;
      const sampling = kind === 'traces' ? options.tailSampling : undefined;
      this.pipelines.set(kind, new CollectorPipeline(sim, kind, options.batching, exporter, host, sampling));
    }
    register(sim, this);
    tellCapacity(sim, {
      kind: 'room',
      name: `${name} memory`,
      units: () => options.memoryMax,
      held: () => this.memory,
    });
    this.look();
  }

  get isUp(): boolean {
    return this.sim.now >= this.downUntil;
  }

  /** Bytes of telemetry in its memory. */
  get memory(): number {
    let bytes = this.bytesReceiving;
    for (const pipeline of this.pipelines.values()) bytes += pipeline.bytesInMemory;
    return bytes;
  }

  /** What became of one kind, for those who check. */
  pipeline(kind: TelemetryKind): CollectorPipeline | undefined {
    return this.pipelines.get(kind);
  }

  receive(call: Received): void {
    if (!this.isUp) return call.refuse('unavailable');
    const pipeline = this.pipelines.get(call.query.kind);
    if (pipeline === undefined) return call.refuse('error');
    const handling = new Process(this.sim, `${this.name} receives`, this.handle(call, pipeline));
    this.receiving.set(call, handling);
    this.bytesReceiving += call.query.bytes;
    handling.startNow();
    this.changed();
  }

  /** The process dies with all that it has in memory, and is up again after `downtime`. */
  crash(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const [call, handling] of this.receiving) {
      handling.cancel();
      call.refuse('unavailable');
    }
    this.receiving.clear();
    this.bytesReceiving = 0;
    this.process.crash();
    for (const pipeline of this.pipelines.values()) pipeline.crash();
    if (this.died.heard) this.died.emit({ collector: this.name });
    this.changed();
    this.sim.scheduleAt(this.downUntil, () => this.goOn(), undefined, this.upKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const state: Record<string, number | string> = { 'bytes in memory': this.memory };
    for (const [kind, { exporter, ledger, sampler }] of this.pipelines) {
      Object.assign(state, sampler?.state());
      state[`${kind} batches waiting`] = exporter.size;
      state[`${kind} exported`] = ledger.exported;
      state[`${kind} dropped`] = ledger.dropped;
    }
    if (this.limiter.mustRefuse) state['memory limiter'] = 'refuses';
    return this.isUp ? state : { ...state, down: 'yes' };
  }

  violations(): readonly string[] {
    return [...this.pipelines.values()].flatMap((pipeline) => pipeline.violations());
  }

  private *handle(call: Received, pipeline: CollectorPipeline): Behaviour {
    const { query, request } = call;
    yield* this.process.background(costOf(this.options.receiving, query));
    const refuses = this.limiter.mustRefuse;
    if (!refuses) yield* pipeline.room();
    this.receiving.delete(call);
    this.bytesReceiving -= query.bytes;
    if (refuses) {
      pipeline.ledger.refuse(countOf(query), request.id);
      call.refuse('overloaded');
    } else {
      pipeline.take(query, request.id);
      call.reply({ rejected: 0 });
    }
    this.changed();
  }

  private look(): void {
    const kind = this.sim.eventKind(`${this.name} looks at its memory`);
    const { checkInterval } = this.limiter;
    const check = (): void => {
      this.limiter.check(this.memory);
      this.sim.schedule(checkInterval, check, undefined, kind);
    };
    this.sim.schedule(checkInterval, check, undefined, kind);
  }

  private changed(): void {
    const bytes = this.memory;
    if (bytes === this.memorySeen) return;
    this.memorySeen = bytes;
    if (this.memoryTold.heard) this.memoryTold.emit({ collector: this.name, bytes });
    if (bytes > this.options.memoryMax) this.crash(this.options.restart);
  }

  private goOn(): void {
    if (!this.isUp) return;
    for (const pipeline of this.pipelines.values()) pipeline.exporter.wake();
  }

  private crashing(): Intervention {
    return {
      help: 'Kills the process with all that it has in memory; it is up again after so long',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 10 }],
      apply: ([seconds]) => this.crash(Math.round(seconds * SECOND)),
    };
  }
}

const costOf = ({ item, byte }: HandlingCost, request: ExportRequest): Duration =>
  countOf(request) * item + request.bytes * byte;
