/** The experimenter's look at the outbox: how many rows it has, and how many of them nobody has marked as processed. */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Change } from '../../storage/relational/rows.ts';
import { isOutbox, isProcessed } from './outbox-table.ts';
import { outboxChanged } from './signals.ts';

export class OutboxDepth {
  private readonly rows = new Map<number, boolean>();
  private processed = 0;
  private readonly changed: FactChannel<Fact<typeof outboxChanged>>;

  constructor(sim: Simulation) {
    this.changed = sim.facts.channel(outboxChanged);
  }

  /** A transaction has committed these. */
  committed(changes: readonly Change[]): void {
    for (const { table, key, row } of changes) {
      if (!isOutbox(table)) continue;
      if (this.rows.get(key) === true) this.processed--;
      if (row === undefined) this.rows.delete(key);
      else {
        this.rows.set(key, isProcessed(row));
        if (isProcessed(row)) this.processed++;
      }
    }
    if (!this.changed.heard) return;
    this.changed.emit({ rows: this.rows.size, depth: this.rows.size - this.processed });
  }
}
