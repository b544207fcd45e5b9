/**
 * Batched writes of a hot counter: an instance does not send each increment to the store, but gathers those of a while and
 * sends their sum, one write for all of them (`UPDATE … SET n = n + ?`). What has come of it is handed to who pushes it
 * on. These are the handbook's "batch writes & push deltas" (section 1.8); the client-side aggregation that ad counters
 * and Prometheus' client libraries do is the same.
 *
 * An increment is acknowledged when it is counted here. The book of writes has each: one that was acknowledged and not sent yet is lost
 * when the instance dies, and nobody could tell from the store. A batch that the store refuses is sent again with the next;
 * increments commute, so the order of batches does not matter.
 *
 * Leaves out what makes that exact where an answer may not come in time: a number of each batch that the store remembers. A call
 * that ran into its timeout is taken for refused here, and what the store has committed all the same is added twice. So the way to
 * the store should have no timeout.
 *
 * Batches leave on a grid of the run's time, shifted by a phase, so that instances do not all send at once. While one is
 * not done with none leaves; what is gathered meanwhile goes with the first tick after it.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Wait } from '../../kernel/wait.ts';
import { CallFailed } from '../../network/call.ts';
import type { ComponentPart } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { DatabaseQuery, Row } from '../../storage/queries.ts';
import { writeBehindSignals } from '../write-behind/signals.ts';
import type { Write, WriteBook } from '../write-behind/write-book.ts';

/** The increments that an instance has gathered and not sent changed in number. */
export const incrementsGathered = defineReading('write.gathered', 'Increments that an instance has not sent changed', {
  instance: 'text',
  writes: 'number',
});

/** Somebody who was to be told what the store has since a batch was not, for the call failed. */
export const sumNotPushed = defineFact('hot_key.sum_not_pushed', 'A copy was not told of the sum that the store has', {
  instance: 'text',
  request: 'request',
  key: 'key',
  failure: 'text',
});

export const batchedIncrementSignals = [
  ...writeBehindSignals,
  defineSignal({
    name: 'hot_key.increments.gathered',
    kind: 'gauge',
    unit: '{write}',
    help: 'Increments that instances have acknowledged and not sent to the store yet',
    fact: incrementsGathered,
    value: (fact) => fact.writes,
    of: (fact) => fact.instance,
  }),
  defineSignal({
    name: 'hot_key.pushes.failed',
    kind: 'counter',
    unit: '{message}',
    help: 'Times that a copy could not be told of a sum that was stored, and stays as it was until it expires',
    fact: sumNotPushed,
  }),
];

export interface BatchedIncrementsOptions {
  /** Name of the application instance. */
  readonly instance: string;
  /** Time between two batches, and how far its grid is shifted. */
  readonly every: Duration;
  readonly phase: Duration;
  readonly store: Link<DatabaseQuery, Row>;
  readonly book: WriteBook;
  /**
   * The store has a batch of so many increments, and this is the row since. Gives who is to be told of it, one after the other:
   * each may throw `CallFailed`, and the others are told all the same.
   */
  readonly stored: (row: Row, increments: number, request: RequestContext) => Iterable<Behaviour | Wait<unknown>>;
}

export class BatchedIncrements {
  readonly inside: ComponentPart = {
    signals: batchedIncrementSignals,
    state: () => ({ 'increments not sent': this.count() }),
    violations: () => this.options.book.violations(),
  };
  private readonly sim: Simulation;
  private readonly options: BatchedIncrementsOptions;
  private readonly gathered = new Map<number, Write[]>();
  private sending: readonly Write[] = [];
  private batchUnderWay: RequestContext | undefined = undefined;
  private flusher: Process | undefined = undefined;
  private readonly changed: FactChannel<Fact<typeof incrementsGathered>>;
  private readonly notPushed: FactChannel<Fact<typeof sumNotPushed>>;

  constructor(sim: Simulation, options: BatchedIncrementsOptions) {
    this.sim = sim;
    this.options = options;
    this.changed = sim.facts.channel(incrementsGathered);
    this.notPushed = sim.facts.channel(sumNotPushed);
    options.book.heldBy(() => this.held());
  }

  /** Counts an increment and acknowledges it; the row is what it will be once all that came before is stored. */
  add(key: number, request: RequestContext): Row {
    const { book, instance } = this.options;
    const write = book.begin(key, request);
    write.version = book.nextVersion(key);
    book.accept(write);
    let writes = this.gathered.get(key);
    if (writes === undefined) this.gathered.set(key, (writes = []));
    writes.push(write);
    book.acknowledge(write);
    this.tell();
    this.flusher ??= spawn(this.sim, `${instance} sends increments`, this.flushes());
    return { key, version: write.version };
  }

  /** The instance has crashed: what it has not sent is lost. */
  crash(): void {
    const { book } = this.options;
    this.flusher?.cancel();
    this.flusher = undefined;
    if (this.batchUnderWay !== undefined) book.abandon(this.batchUnderWay);
    book.takenByCrash(this.held());
    this.gathered.clear();
    this.sending = [];
    this.batchUnderWay = undefined;
    this.tell();
  }

  private *flushes(): Behaviour {
    const { every, phase } = this.options;
    while (this.gathered.size > 0) {
      yield every - ((this.sim.now - phase + every) % every);
      // What is gathered anew meanwhile, or kept for a second attempt, goes with the next tick.
      const due = [...this.gathered.keys()];
      for (const key of due) yield* this.flush(key);
    }
    this.flusher = undefined;
  }

  /** Sends what was gathered of a key, and keeps it if the store refuses. */
  private *flush(key: number): Behaviour {
    const { book, store } = this.options;
    const batch = this.gathered.get(key)!;
    this.gathered.delete(key);
    this.sending = batch;
    this.tell();
    const request = (this.batchUnderWay = book.send(batch));
    let row: Row | undefined;
    try {
      row = yield* store.call({ operation: 'write', key, increments: batch.length }, request);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      this.gathered.set(key, [...batch, ...(this.gathered.get(key) ?? [])]);
    }
    this.sending = [];
    this.batchUnderWay = undefined;
    if (row === undefined) this.tell();
    else yield* this.push(row, batch.length, request);
  }

  /** Tells each of what the store has, and of those that could not be told. */
  private *push(row: Row, increments: number, request: RequestContext): Behaviour {
    const { stored, instance } = this.options;
    for (const pushed of stored(row, increments, request)) {
      try {
        yield* pushed;
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        const { failure } = error;
        if (this.notPushed.heard) this.notPushed.emit({ instance, request: request.id, key: row.key, failure });
      }
    }
  }

  private held(): Write[] {
    return [...this.sending, ...[...this.gathered.values()].flat()];
  }

  private count(): number {
    let count = 0;
    for (const writes of this.gathered.values()) count += writes.length;
    return count;
  }

  private tell(): void {
    if (this.changed.heard) this.changed.emit({ instance: this.options.instance, writes: this.count() });
  }
}
