/**
 * The batch processor of OpenTelemetry's SDKs, for spans and log records: what is finished stands in a queue with a bound and is
 * exported in batches by a thread of its own, when there are enough for a batch or some time has gone by. What finds the
 * queue full is dropped, and what is in memory is lost in a crash.
 *
 * One export at a time; the next follows at once while there is a full batch, else the delay begins anew
 * (https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor). To encode takes processor time from the application.
 * A process that is told to end can flush what waits before it does, for as long as it has time; one that is killed, or whose
 * program does not care, loses it.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import { timeout, TIMED_OUT } from '../../kernel/combine.ts';
import type { EventHandle } from '../../kernel/event-table.ts';
import { fork, spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import { Signal } from '../../kernel/signal.ts';
import { NO_SUBJECT } from '../../kernel/simulation.ts';
import { s, type Duration } from '../../kernel/time.ts';
import { CallFailed, type CallFailure } from '../../network/call.ts';
import type { ComponentPart } from '../../network/component.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import { itemBytes } from '../signals/instrument-memory.ts';
import type { InstrumentedProcess } from '../signals/instrumented-process.ts';
import {
  batchExported,
  itemsLost,
  itemsProcessed,
  logProcessorSignals,
  spanProcessorSignals,
} from './batch-signals.ts';
import type { ExportRequest, Telemetry } from './export-request.ts';
import type { OtlpExporter } from './otlp-exporter.ts';
import { requestSize } from './otlp-size.ts';
import type { TelemetryProcessor } from './processor.ts';

/** What is batched: metrics are read by the clock instead. */
export type BatchedKind = 'traces' | 'logs';

export interface BatchLimits {
  /** Items that may wait. */
  readonly queueMax: number;
  /** Items of one export at most. */
  readonly batchMax: number;
  /** From the first item, or the last export, to the next one that is not full. */
  readonly delay: Duration;
  /** An export that takes longer, further attempts included, is given up. */
  readonly timeout: Duration;
}

/** OTEL_BSP_* and OTEL_BLRP_*: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const BATCH_LIMITS: Readonly<Record<BatchedKind, BatchLimits>> = {
  traces: { queueMax: 2048, batchMax: 512, delay: s(5), timeout: s(30) },
  logs: { queueMax: 2048, batchMax: 512, delay: s(1), timeout: s(30) },
};

export interface BatchProcessorOptions<Kind extends BatchedKind> {
  readonly kind: Kind;
  readonly exporter: OtlpExporter<Kind>;
  /** The SDKs' own without it. */
  readonly limits?: BatchLimits;
}

/**
 * Why something was not exported: the queue, the end of its process, that it came after a shutdown, its receiver by partial
 * success, or how its export ended.
 */
export type TelemetryLoss = 'queue_full' | 'crash' | 'shutdown' | 'rejected' | CallFailure;

export class BatchProcessor<Kind extends BatchedKind> implements TelemetryProcessor<Telemetry[Kind]>, ComponentPart {
  readonly signals: readonly SignalDefinition[];
  readonly limits: BatchLimits;
  private readonly process: InstrumentedProcess;
  private readonly kind: Kind;
  private readonly exporter: OtlpExporter<Kind>;
  private readonly processed: FactChannel<Fact<typeof itemsProcessed>>;
  private readonly ended: FactChannel<Fact<typeof batchExported>>;
  private readonly lost: FactChannel<Fact<typeof itemsLost>>;
  private readonly exportKind: number;
  /** At the end of each export, and of the process. */
  private readonly exportEnded: Signal;
  private isShutDown = false;
  private queue: Telemetry[Kind][] = [];
  private exporting: Process | undefined = undefined;
  private inFlight = 0;
  private alarm: EventHandle = -1;
  private taken = 0;
  private exportedCount = 0;
  private readonly droppedCounts = new Map<TelemetryLoss, number>();

  constructor(
    process: InstrumentedProcess,
    { kind, exporter, limits = BATCH_LIMITS[kind] }: BatchProcessorOptions<Kind>,
  ) {
    const { queueMax, batchMax } = limits;
    if (!(batchMax >= 1 && batchMax <= queueMax)) {
      throw new RangeError(`batch processor: batchMax is ${batchMax}; it must be from 1 to queueMax, ${queueMax}`);
    }
    this.process = process;
    this.kind = kind;
    this.exporter = exporter;
    this.limits = limits;
    this.signals = kind === 'traces' ? spanProcessorSignals : logProcessorSignals;
    this.processed = process.sim.facts.channel(itemsProcessed);
    this.ended = process.sim.facts.channel(batchExported);
    this.lost = process.sim.facts.channel(itemsLost);
    this.exportEnded = new Signal(process.sim);
    this.exportKind = process.sim.eventKind(`${this.id} exports ${kind}`);
    process.whenCrashed(() => this.crash());
    tellCapacity(process.sim, {
      kind: 'room',
      name: `${this.id} queue of ${kind}`,
      units: () => queueMax,
      held: () => this.queue.length,
    });
  }

  /** Items that were handed over so far. */
  get accepted(): number {
    return this.taken;
  }

  /** Items that a receiver has taken, as far as is known here. */
  get exported(): number {
    return this.exportedCount;
  }

  /** Items that were lost, by the reason. */
  get dropped(): ReadonlyMap<TelemetryLoss, number> {
    return this.droppedCounts;
  }

  add(item: Telemetry[Kind]): void {
    this.taken++;
    const refused = this.isShutDown ? 'shutdown' : this.queue.length >= this.limits.queueMax ? 'queue_full' : undefined;
    if (refused !== undefined) {
      this.lose(refused, 1);
      this.tell(1, refused);
      return;
    }
    this.queue.push(item);
    this.process.hold(itemBytes(this.kind, item));
    this.tell(0, '');
    this.plan();
  }

  /** ForceFlush: waits until all that was handed over before has been exported, given up, or lost with the process. */
  *forceFlush(): Behaviour {
    const upTo = this.taken;
    while (this.taken - this.queue.length - this.inFlight < upTo) {
      if (this.exporting === undefined) this.start();
      yield* this.exportEnded.wait();
    }
  }

  /**
   * Shutdown: flushes for so long at most, and says whether all was; what comes from now on is dropped. What is left when the process
   * ends is lost with it. https://opentelemetry.io/docs/specs/otel/trace/sdk/#shutdown-1
   */
  *shutdown(patience: Duration): Behaviour<boolean> {
    this.isShutDown = true;
    const flushing = fork('flush', this.forceFlush());
    const flushed = yield* timeout(this.process.sim, flushing.join(), patience);
    return flushed !== TIMED_OUT && this.isShutDown;
  }

  state(): Readonly<Record<string, number | string>> {
    const lost = [...this.droppedCounts].map(([reason, count]) => [`${this.kind} lost: ${reason}`, count] as const);
    return {
      [`${this.kind} in queue`]: this.queue.length,
      [`${this.kind} in flight`]: this.inFlight,
      [`${this.kind} exported`]: this.exportedCount,
      ...Object.fromEntries(lost),
    };
  }

  violations(): readonly string[] {
    const name = `${this.id} ${this.kind}`;
    let lost = 0;
    for (const count of this.droppedCounts.values()) lost += count;
    const kept = this.queue.length + this.inFlight;
    const broken: string[] = [];
    if (this.taken !== this.exportedCount + kept + lost) {
      broken.push(`${name}: ${this.taken} taken, ${this.exportedCount} exported, ${kept} held and ${lost} lost`);
    }
    if (this.queue.length > this.limits.queueMax) broken.push(`${name}: more in the queue than it holds`);
    return broken;
  }

  /** Exports now what makes a batch, or later what does not yet. */
  private plan(): void {
    const { sim } = this.process;
    if (this.exporting !== undefined || this.queue.length === 0) return;
    if (this.queue.length >= this.limits.batchMax) this.start();
    else if (this.alarm < 0) {
      // On behalf of nobody, whoever's item it was that came first.
      this.alarm = sim.schedule(this.limits.delay, () => this.start(), undefined, this.exportKind, NO_SUBJECT);
    }
  }

  private start(): void {
    const { sim } = this.process;
    if (this.alarm >= 0) sim.cancel(this.alarm);
    this.alarm = -1;
    const items = this.queue.splice(0, this.limits.batchMax);
    this.inFlight = items.length;
    this.tell(items.length, '');
    this.exporting = spawn(sim, `export of ${this.kind}`, this.export(items));
  }

  private *export(items: readonly Telemetry[Kind][]): Behaviour {
    const { sim, costs } = this.process;
    const began = sim.now;
    const bytes = requestSize(this.kind, items);
    yield* this.process.background(bytes * costs.byte);
    const sending = fork(`sending of ${this.kind}`, this.send({ kind: this.kind, items, bytes }));
    const sent = yield* timeout(sim, sending.join(), this.limits.timeout);
    const { failed, reason } = sent === TIMED_OUT ? { failed: items.length, reason: 'timeout' as const } : sent;
    this.inFlight = 0;
    this.process.hold(-items.reduce((sum, item) => sum + itemBytes(this.kind, item), 0));
    this.exportedCount += items.length - failed;
    if (failed > 0) this.lose(reason, failed);
    const duration = sim.now - began;
    const error = failed > 0 ? reason : '';
    const { id: process, kind: telemetry } = this;
    if (this.ended.heard) {
      this.ended.emit({ process, telemetry, items: items.length, failed, error, bytes, duration });
    }
    this.exporting = undefined;
    this.plan();
    this.exportEnded.fire();
  }

  private *send(batch: ExportRequest<Kind>): Behaviour<{ readonly failed: number; readonly reason: TelemetryLoss }> {
    try {
      const { rejected } = yield* this.exporter.export(batch, this.process.requests.next());
      return { failed: rejected, reason: 'rejected' };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      return { failed: batch.items.length, reason: error.failure };
    }
  }

  private crash(): void {
    if (this.alarm >= 0) this.process.sim.cancel(this.alarm);
    this.alarm = -1;
    this.exporting?.cancel();
    this.exporting = undefined;
    this.isShutDown = false;
    const items = this.queue.length + this.inFlight;
    this.lose('crash', items);
    this.queue = [];
    this.inFlight = 0;
    this.tell(0, '');
    if (items > 0 && this.lost.heard) this.lost.emit({ process: this.id, telemetry: this.kind, items });
    this.exportEnded.fire();
  }

  private lose(reason: TelemetryLoss, count: number): void {
    if (count > 0) this.droppedCounts.set(reason, (this.droppedCounts.get(reason) ?? 0) + count);
  }

  private get id(): string {
    return this.process.resource['service.instance.id'];
  }

  private tell(processed: number, error: string): void {
    if (!this.processed.heard) return;
    const { id: process, kind: telemetry, queue } = this;
    this.processed.emit({ process, telemetry, processed, error, queue: queue.length });
  }
}
