/** What a collector does with telemetry of one kind: the batch that is being gathered, the exporter, and the books. */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { Batching, type BatchingOptions } from './batching.ts';
import { CollectorLedger } from './collector-ledger.ts';
import { collectorQueue } from './collector-signals.ts';
import { Exporter, type ExporterHost, type ExporterOptions } from './exporter.ts';
import { countOf } from './export-batches.ts';
import type { ExportRequest, TelemetryKind } from './export-request.ts';

type Host = Omit<ExporterHost, 'ledger'> & { readonly collector: string };

export class CollectorPipeline {
  readonly ledger: CollectorLedger;
  readonly exporter: Exporter;
  private readonly sim: Simulation;
  private readonly batching: Batching;
  private readonly host: Host;
  private readonly timerKind: number;
  private timer: EventHandle = -1;
  private readonly told: FactChannel<Fact<typeof collectorQueue>>;

  constructor(sim: Simulation, kind: TelemetryKind, batching: BatchingOptions, exporter: ExporterOptions, host: Host) {
    this.sim = sim;
    this.host = host;
    this.batching = new Batching(batching);
    this.ledger = new CollectorLedger(sim, host.collector, kind);
    this.timerKind = sim.eventKind(`${host.collector} sends the batch of ${kind}`);
    this.told = sim.facts.channel(collectorQueue);
    this.exporter = new Exporter(sim, exporter, { ...host, ledger: this.ledger, changed: () => this.changed() });
  }

  /** Items that it answers for. */
  get held(): number {
    return this.batching.count + this.exporter.held;
  }

  get bytesInMemory(): number {
    return this.batching.bytes + this.exporter.bytesInMemory;
  }

  /** Takes over what was received. */
  take(received: ExportRequest, request: number): void {
    this.ledger.accept(countOf(received), request);
    for (const batch of this.batching.add(received, this.sim.now)) this.exporter.offer(batch);
    this.setTimer();
  }

  crash(): void {
    this.ledger.drop(this.batching.count, 'crash');
    this.batching.clear();
    this.setTimer();
    this.exporter.crash();
    this.tell();
  }

  violations(): string[] {
    return [...this.ledger.violations(this.held), ...this.exporter.violations()];
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
    const { exporter, ledger } = this;
    const name = `${ledger.collector} ${ledger.kind}`;
    this.told.emit({ exporter: name, waiting: exporter.size, sending: exporter.sending, held: this.held });
  }
}
