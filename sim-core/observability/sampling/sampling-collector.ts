/**
 * A collector of traces that may sample their tails: receives exports, holds spans back until their traces are decided if it
 * samples, and exports what is kept in batches. Whoever sends has its answer as soon as the spans are in memory, so what is
 * lost with the process is lost for good.
 *
 *     receiver --> tail sampling --> batch processor and exporter --> backend
 *
 * Decoding and encoding take processor time by the byte. Batches are those of the collector's batch processor: 8192 spans or
 * 200 ms. https://opentelemetry.io/docs/collector/architecture/
 *
 * Does not model a memory limiter nor a sending queue with consumers: here one export is under way at a time.
 */
import { Process, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { ms, s, SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { BatchProcessor } from '../pipeline/batch-processor.ts';
import type { ExportRequest, ExportResponse } from '../pipeline/export-request.ts';
import { OtlpExporter } from '../pipeline/otlp-exporter.ts';
import type { InstrumentCosts } from '../signals/instrument-costs.ts';
import { InstrumentedProcess } from '../signals/instrumented-process.ts';
import type { SpanData } from '../signals/telemetry.ts';
import { TailSampler } from './tail-sampler.ts';
import type { TailSamplingOptions } from './tail-sampling-options.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';

const BATCHES = { queueMax: 100_000, batchMax: 8192, delay: ms(200), timeout: s(30) };

export interface SamplingCollectorOptions {
  readonly name: string;
  readonly cores: number;
  readonly costs: InstrumentCosts;
  /** The way to the backend. */
  readonly backend: Link<ExportRequest<'traces'>, ExportResponse>;
  /** All that comes is passed on without it. */
  readonly sampling?: TailSamplingOptions;
}

type Export = Call<ExportRequest<'traces'>, ExportResponse>;

export class SamplingCollector implements Endpoint<ExportRequest<'traces'>, ExportResponse>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly process: InstrumentedProcess;
  private readonly exporter: BatchProcessor<'traces'>;
  private readonly sampler: TailSampler | undefined;
  /** Exports that are being decoded; bounded by who sends, for none of them is answered. */
  private readonly receiving = new Map<Export, Process>();
  private downUntil: Time = 0;

  constructor(sim: Simulation, { name, cores, costs, backend, sampling }: SamplingCollectorOptions) {
    this.sim = sim;
    this.name = name;
    const resource = { 'service.name': 'collector', 'service.instance.id': name };
    this.process = new InstrumentedProcess(sim, { resource, cores, costs });
    const exporter = new OtlpExporter({ link: backend });
    this.exporter = new BatchProcessor(this.process, { kind: 'traces', exporter, limits: BATCHES });
    if (sampling !== undefined) {
      const release = (spans: readonly SpanData[]): void => this.passOn(spans);
      this.sampler = new TailSampler(sim, { name, ...sampling, release });
    }
    this.help = sampling === undefined ? 'Passes all spans on' : 'Keeps the traces that its policies are for';
    this.signals = [...this.exporter.signals, ...(this.sampler?.signals ?? [])];
    this.interventions = { crash: this.crashing() };
    register(sim, this);
  }

  receive(call: Export): void {
    if (this.sim.now < this.downUntil) return call.refuse('unavailable');
    const handling = new Process(this.sim, `${this.name} receives`, this.take(call));
    this.receiving.set(call, handling);
    handling.startNow();
  }

  /** The process dies with all that it holds, and is up again after `downtime`. */
  crash(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const [call, handling] of this.receiving) {
      handling.cancel();
      call.refuse('unavailable');
    }
    this.receiving.clear();
    this.sampler?.crash();
    this.process.crash();
  }

  state(): Readonly<Record<string, number | string>> {
    return { ...this.sampler?.state(), ...this.exporter.state() };
  }

  violations(): readonly string[] {
    return [...(this.sampler?.violations() ?? []), ...this.exporter.violations()];
  }

  private *take(call: Export): Behaviour {
    const { items, bytes } = call.query;
    yield* this.process.background(Math.round(bytes * this.process.costs.byte));
    this.receiving.delete(call);
    if (this.sampler === undefined) this.passOn(items);
    else this.sampler.consume(items);
    call.reply({ rejected: 0 });
  }

  private passOn(spans: readonly SpanData[]): void {
    for (const span of spans) this.exporter.add(span);
  }

  private crashing(): Intervention {
    return {
      help: 'Kills the process with all that it holds; it is up again after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.crash(Math.round(seconds * SECOND)),
    };
  }
}
