/**
 * The experimenter's book of events, whatever service, relay and broker believe: which orders the database has, and which events a
 * reader of the topic was given. An event is missing while its order is committed and nobody has read it, and invented while it
 * has been read and there is no such order. No model reads the book; it keeps an entry an event for as long as the run lasts.
 *
 * Within an aggregate orders are numbered as they commit. An event is late if a reader has it for the first time when it has
 * had one of a later order of the same aggregate.
 */
import { type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import { eventApplied, eventCommitted, eventRead, eventsUnmatched } from './signals.ts';

interface Entry {
  aggregate: number;
  /** 0 while it is not committed. */
  number: number;
  committedAt: Time;
  read: number;
  applied: number;
}

export class EventBook {
  private readonly sim: Simulation;
  private readonly entries = new Map<number, Entry>();
  private readonly orders = new Map<number, { committed: number; read: number }>();
  private readonly counts = { committed: 0, missing: 0, invented: 0, doubled: 0, late: 0, appliedTwice: 0 };
  private readonly commits: FactChannel<Fact<typeof eventCommitted>>;
  private readonly reads: FactChannel<Fact<typeof eventRead>>;
  private readonly applications: FactChannel<Fact<typeof eventApplied>>;
  private readonly unmatched: FactChannel<Fact<typeof eventsUnmatched>>;

  constructor(sim: Simulation) {
    this.sim = sim;
    this.commits = sim.facts.channel(eventCommitted);
    this.reads = sim.facts.channel(eventRead);
    this.applications = sim.facts.channel(eventApplied);
    this.unmatched = sim.facts.channel(eventsUnmatched);
  }

  get totals(): Readonly<EventBook['counts']> {
    return { ...this.counts };
  }

  /** The database has it, and everybody sees that. */
  committed(id: number, aggregate: number): void {
    const entry = this.entry(id);
    const order = this.order(aggregate);
    entry.aggregate = aggregate;
    entry.number = ++order.committed;
    entry.committedAt = this.sim.now;
    this.counts.committed++;
    if (this.commits.heard) this.commits.emit({ request: id, key: aggregate });
    if (entry.read > 0) this.counts.invented--;
    else this.counts.missing++;
    this.tell();
  }

  /** A reader of the topic was given it. */
  read(id: number): void {
    const entry = this.entry(id);
    const isCommitted = entry.number > 0;
    entry.read++;
    let isLate = false;
    if (entry.read === 1) {
      if (isCommitted) {
        const order = this.order(entry.aggregate);
        isLate = entry.number < order.read;
        order.read = Math.max(order.read, entry.number);
        this.counts.missing--;
      } else this.counts.invented++;
      this.tell();
    } else this.counts.doubled++;
    if (isLate) this.counts.late++;
    if (!this.reads.heard) return;
    const delay = isCommitted ? this.sim.now - entry.committedAt : 0;
    const isFirst = entry.read === 1;
    this.reads.emit({ request: id, delay, first: isFirst, committed: isCommitted, late: isLate });
  }

  /** The reader has acted on it; it remembers so many ids now. */
  applied(id: number, remembered: number): void {
    const entry = this.entry(id);
    entry.applied++;
    if (entry.applied > 1) this.counts.appliedTwice++;
    if (this.applications.heard) this.applications.emit({ request: id, again: entry.applied > 1, remembered });
  }

  private entry(id: number): Entry {
    let entry = this.entries.get(id);
    if (entry === undefined) {
      entry = { aggregate: 0, number: 0, committedAt: 0, read: 0, applied: 0 };
      this.entries.set(id, entry);
    }
    return entry;
  }

  private order(aggregate: number): { committed: number; read: number } {
    let order = this.orders.get(aggregate);
    if (order === undefined) this.orders.set(aggregate, (order = { committed: 0, read: 0 }));
    return order;
  }

  private tell(): void {
    if (this.unmatched.heard) this.unmatched.emit({ missing: this.counts.missing, invented: this.counts.invented });
  }
}
