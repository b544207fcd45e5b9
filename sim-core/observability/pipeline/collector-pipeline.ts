/**
 * What a collector does with telemetry of one kind: a tail sampler if it has one, the batch that is being gathered, the exporter,
 * and the books.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { TailSampler } from '../sampling/tail-sampler.ts';
import type { TailSamplingOptions } from '../sampling/tail-sampling-options.ts';
import { Batching, type BatchingOptions } from './batching.ts';
import { CollectorLedger } from './collector-ledger.ts';
import { collectorQueue } from './collector-signals.ts';
import { Exporter, type ExporterHost, type ExporterOptions } from './exporter.ts';
import { bytesOf, countOf } from './export-batches.ts';
import type { ExportRequest, TelemetryKind } from './export-request.ts';
import type { SpanData } from '../signals/telemetry.ts';

type Host = Omit<ExporterHost, 'ledger'> & { readonly collector: string };

export class CollectorPipeline {
  readonly ledger: CollectorLedger;
  readonly exporter: Exporter;
  readonly sampler: TailSampler | undefined;
  private readonly sim: Simulation;
  /** Of its exporter. */
  private readonly name: string;
  private readonly batching: Batching;
  private readonly host: Host;
  private readonly timerKind: number;
  private timer: EventHandle = -1;
  private readonly told: FactChannel<Fact<typeof collectorQueue>>;

  /** `sampling`: of traces alone; without it all is passed on. */
  constructor(
    sim: Simulation,
    kind: TelemetryKind,
    batching: BatchingOptions,
    exporter: ExporterOptions,
    host: Host,
    sampling?: TailSamplingOptions,
  ) {
    this.sim = sim;
    this.host = host;
    this.name = `${host.collector} ${kind}`;
    this.batching = new Batching(batching);
    this.ledger = new CollectorLedger(sim, host.collector, kind);
    this.timerKind = sim.eventKind(`${host.collector} sends the batch of ${kind}`);
    this.told = sim.facts.channel(collectorQueue);
    this.exporter = new Exporter(sim, exporter, { ...host, ledger: this.ledger, changed: () => this.changed() });
    this.sampler = sampling === undefined ? undefined : this.sampling(sampling);
  }

  /** Items that it answers for. */
  get held(): number {
    return this.batching.count + this.exporter.held + (this.sampler?.waiting.spans ?? 0);
  }

  get bytesInMemory(): number {
    return this.batching.bytes + this.exporter.bytesInMemory + (this.sampler?.waiting.bytes ?? 0);
  }

  /** Waits while something that came before waits for room. */
  *room(): Behaviour {
    for (;;) {
      if (!this.exporter.unblocked.open) yield* this.exporter.unblocked.pass();
      else if (this.sampler !== undefined && !this.sampler.unblocked.open) yield* this.sampler.unblocked.pass();
      else return;
    }
  }

  /** Takes over what was received. */
  take(received: ExportRequest, request: number): void {
    this.ledger.accept(countOf(received), request);
    const { items, bundles } = received;
    if (this.sampler === undefined) return this.gather(received);
    this.sampler.consume(items as readonly SpanData[]);
    // Nobody can look into them: they are passed on.
    if (bundles !== undefined) this.gather({ ...received, items: [], bytes: bytesOf(bundles) });
  }

  crash(): void {
    this.sampler?.crash();
    this.ledger.drop(this.batching.count, 'crash');
    this.batching.clear();
    this.setTimer();
    this.exporter.crash();
    this.tell();
  }

  violations(): string[] {
    const ofSampler = this.sampler?.violations() ?? [];
    return [...this.ledger.violations(this.held), ...this.exporter.violations(), ...ofSampler];
  }

  private sampling(options: TailSamplingOptions): TailSampler {
    return new TailSampler(this.sim, {
      ...options,
      name: this.host.collector,
      release: (items, bytes) => this.gather({ kind: 'traces', items, bytes }),
      discarded: (spans, reason) => this.ledger.drop(spans, reason === 'crashed' ? 'crash' : 'sampling'),
      changed: () => this.host.changed(),
    });
  }

  private gather(request: ExportRequest): void {
    for (const batch of this.batching.add(request, this.sim.now)) this.exporter.offer(batch);
    this.setTimer();
  }

  private setTimer(): void {
    const { sim, batching } = this;
    if (this.timer >= 0) sim.cancel(this.timer);
    this.timer = -1;
    if (batching.count === 0) return;
    this.timer = sim.scheduleAt(
      batching.due(sim.now),
      CollectorPipeline.flush,
      this as CollectorPipeline,
      this.timerKind,
    );
  }

  private static flush(pipeline: CollectorPipeline): void {
    pipeline.timer = -1;
    const batch = pipeline.batching.flush(pipeline.sim.now);
    if (batch !== undefined) pipeline.exporter.offer(batch);
    pipeline.setTimer();
  }

  private changed(): void {
    this.tell();
    this.host.changed();
  }

  private tell(): void {
    if (!this.told.heard) return;
    const { exporter, held } = this;
    this.told.emit({ exporter: this.name, waiting: exporter.size, sending: exporter.sending, held });
  }
}
