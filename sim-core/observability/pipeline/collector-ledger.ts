/**
 * The books of a collector's pipeline of one kind: what it took over, and what became of that. At every instant what was
 * accepted is exported, held or dropped for a reason; whoever holds says how much.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { collectorDropped, collectorReceived, collectorSent, type CollectorLoss } from './collector-signals.ts';
import type { TelemetryKind } from './export-request.ts';

export class CollectorLedger {
  readonly collector: string;
  readonly kind: TelemetryKind;
  accepted = 0;
  exported = 0;
  private readonly droppedBy = new Map<CollectorLoss, number>();
  private readonly tellReceived: FactChannel<Fact<typeof collectorReceived>>;
  private readonly tellSent: FactChannel<Fact<typeof collectorSent>>;
  private readonly tellDropped: FactChannel<Fact<typeof collectorDropped>>;

  constructor(sim: Simulation, collector: string, kind: TelemetryKind) {
    this.collector = collector;
    this.kind = kind;
    this.tellReceived = sim.facts.channel(collectorReceived);
    this.tellSent = sim.facts.channel(collectorSent);
    this.tellDropped = sim.facts.channel(collectorDropped);
  }

  get dropped(): number {
    let sum = 0;
    for (const items of this.droppedBy.values()) sum += items;
    return sum;
  }

  droppedFor(reason: CollectorLoss): number {
    return this.droppedBy.get(reason) ?? 0;
  }

  accept(items: number, request: number): void {
    this.accepted += items;
    this.received(items, request, 'accepted');
  }

  refuse(items: number, request: number): void {
    this.received(items, request, 'refused');
  }

  export(items: number, request: number): void {
    this.exported += items;
    const { collector, kind } = this;
    if (this.tellSent.heard) this.tellSent.emit({ collector, request, kind, items });
  }

  drop(items: number, reason: CollectorLoss): void {
    if (items === 0) return;
    this.droppedBy.set(reason, this.droppedFor(reason) + items);
    const { collector, kind } = this;
    if (this.tellDropped.heard) this.tellDropped.emit({ collector, kind, items, reason });
  }

  /** Whether the books balance, in words if they do not. */
  violations(held: number): string[] {
    const { accepted, exported, dropped, collector, kind } = this;
    if (accepted === exported + held + dropped) return [];
    return [`${collector}: of ${accepted} ${kind} ${exported} are exported, ${held} held and ${dropped} dropped`];
  }

  private received(items: number, request: number, outcome: string): void {
    const { collector, kind } = this;
    if (this.tellReceived.heard) this.tellReceived.emit({ collector, request, kind, items, outcome });
  }
}
