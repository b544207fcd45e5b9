/** Callers of a producer that has no memory for their records: they wait in their order, each for so long at most. */
import type { EventHandle } from '../../kernel/event-table.ts';
import { Fifo } from '../../kernel/fifo.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Entry } from './producer-batch.ts';

interface Blocked {
  readonly entry: Entry;
  readonly partition: string;
  alarm: EventHandle;
  isOver: boolean;
}

export class BlockedCallers {
  private readonly sim: Simulation;
  private readonly patience: Duration;
  private readonly givenUp: (entry: Entry, partition: string) => void;
  private readonly alarmKind: number;
  private readonly line = new Fifo<Blocked>();
  private readonly changed: (waiting: number) => void;
  private waiting = 0;

  /**
   * `givenUp`: called for who has waited for `patience`; `changed`: with how many wait. The line is bounded by the callers
   * alone.
   */
  constructor(
    sim: Simulation,
    owner: string,
    patience: Duration,
    givenUp: (entry: Entry, partition: string) => void,
    changed: (waiting: number) => void,
  ) {
    this.sim = sim;
    this.patience = patience;
    this.givenUp = givenUp;
    this.changed = changed;
    this.alarmKind = sim.eventKind(`${owner}: a caller has waited for memory`);
  }

  get count(): number {
    return this.waiting;
  }

  private set count(waiting: number) {
    if (waiting === this.waiting) return;
    this.waiting = waiting;
    this.changed(waiting);
  }

  add(entry: Entry, partition: string): void {
    const blocked: Blocked = { entry, partition, alarm: -1, isOver: false };
    const giveUp = (): void => {
      blocked.isOver = true;
      this.count = this.waiting - 1;
      this.givenUp(entry, partition);
    };
    blocked.alarm = this.sim.schedule(this.patience, giveUp, undefined, this.alarmKind, entry.record.request);
    this.line.add(blocked);
    this.count = this.waiting + 1;
  }

  /** The producer has died: those who wait. */
  drop(): readonly Entry[] {
    const entries: Entry[] = [];
    while (this.line.size > 0) {
      const { entry, alarm, isOver } = this.line.take();
      if (isOver) continue;
      this.sim.cancel(alarm);
      entries.push(entry);
    }
    this.count = 0;
    return entries;
  }

  /** There may be memory again: `place` takes a record, or says that there is none. */
  letIn(place: (entry: Entry, partition: string) => boolean): void {
    while (this.line.size > 0) {
      const first = this.line.take();
      if (first.isOver) continue;
      if (!place(first.entry, first.partition)) {
        this.line.addFirst(first);
        return;
      }
      this.sim.cancel(first.alarm);
      this.count = this.waiting - 1;
    }
  }
}
