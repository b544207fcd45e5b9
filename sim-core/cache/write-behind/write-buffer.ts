/**
 * A write-behind buffer: a bounded queue in an instance's memory, and a scheduler that flushes it to the store in
 * batches.
 *
 * As the handbook prints it (section 1.1): a `LinkedBlockingQueue` of which `offer` returns false when it is full and
 * `put` waits for room; `drainTo` takes up to a batch; `scheduleWithFixedDelay` waits the delay from the end of one
 * execution to the start of the next, and if an execution throws, suppresses all further ones (java.util.concurrent,
 * `ScheduledExecutorService`). So one batch a delay is all it can do, and a failing store stops it for good.
 *
 * The options mend that: full batches follow each other at once, and a batch that failed is kept and sent again at the
 * next delay. What a journal brought back is flushed before anything newer; it is read from the journal and takes no
 * room of the queue. Does not model writes of one key that are merged in the queue, or a batch split after an error.
 */
import { defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import { Resource } from '../../kernel/resource.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { CallFailed } from '../../network/call.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { DatabaseBatch, Row } from '../../storage/queries.ts';
import type { Write, WriteBook } from './write-book.ts';

/** The number of writes in a buffer changed. */
export const writesBuffered = defineReading('write.buffered', 'Writes in the buffer of an instance changed in number', {
  instance: 'text',
  writes: 'number',
});

export interface WriteBufferOptions {
  /** Name of the application instance. */
  readonly instance: string;
  /** Writes that the queue holds: an integer of at least 1. */
  readonly capacity: number;
  /** Writes of one batch at most: an integer of at least 1. */
  readonly batch: number;
  /** From the end of one flush to the start of the next. */
  readonly flushDelay: Duration;
  /** Whether full batches follow each other at once; one batch a delay without it, as printed. */
  readonly fullBatchesAtOnce: boolean;
  /** What a failing batch does: as printed it is gone, and the scheduler stops for good. */
  readonly onError: 'stop' | 'retry';
  readonly store: Link<DatabaseBatch, readonly Row[]>;
  readonly book: WriteBook;
  /** Told of each write that the store has acknowledged. */
  readonly onFlushed: (write: Write) => void;
}

type Flush = 'full batch' | 'last batch' | 'failed';

export class WriteBuffer {
  private readonly sim: Simulation;
  private readonly options: WriteBufferOptions;
  private readonly room: Resource;
  private readonly buffered: FactChannel<Fact<typeof writesBuffered>>;
  private readonly queue: Write[] = [];
  /** The batch that was taken out and that the store has not answered for. */
  private hand: readonly Write[] = [];
  private batchUnderWay: RequestContext | undefined = undefined;
  /** What a journal brought back, to be flushed first. */
  private backlog: Write[] = [];
  private readonly newest = new Map<number, Write>();
  private scheduler: Process;

  constructor(sim: Simulation, options: WriteBufferOptions) {
    const { instance, capacity, batch } = options;
    if (!(Number.isInteger(batch) && batch >= 1)) {
      throw new RangeError(`${instance}: batch is ${batch}; it must be an integer of at least 1`);
    }
    this.sim = sim;
    this.options = options;
    // No bound on who waits for room: they are the instance's handlers, whose number is bounded.
    this.room = new Resource(sim, { name: `${instance} write buffer`, capacity, queueMax: Infinity });
    this.buffered = sim.facts.channel(writesBuffered);
    this.scheduler = this.start();
  }

  get size(): number {
    return this.queue.length;
  }

  /** Takes a write in, or returns false if there is no room. */
  offer(write: Write): boolean {
    if (!this.room.tryAcquire()) return false;
    this.add(write);
    return true;
  }

  /** Waits until there is room. */
  *put(write: Write): Behaviour {
    yield* this.room.acquire();
    this.add(write);
  }

  /** The newest write of a key that the store may not have yet. */
  pending(key: number): Write | undefined {
    return this.newest.get(key);
  }

  /** The instance has crashed, and nobody waits for room any more. */
  crash(): void {
    const { book } = this.options;
    this.scheduler.cancel();
    if (this.batchUnderWay !== undefined) book.abandon(this.batchUnderWay);
    book.takenByCrash(this.held());
    for (let i = 0; i < this.queue.length; i++) this.room.release();
    this.queue.length = 0;
    this.hand = [];
    this.batchUnderWay = undefined;
    this.backlog = [];
    this.newest.clear();
    this.tell();
  }

  /** The instance is up again, with what a journal held. */
  restart(recovered: readonly Write[]): void {
    this.backlog = [...recovered];
    for (const write of recovered) this.newest.set(write.key, write);
    this.scheduler = this.start();
  }

  state(): Readonly<Record<string, number | string>> {
    return {
      'buffered writes': this.queue.length,
      'room in the buffer': this.options.capacity,
      flushing: this.scheduler.ended ? 'stopped' : this.hand.length,
    };
  }

  violations(): readonly string[] {
    const { instance, capacity } = this.options;
    const broken: string[] = [];
    if (this.size > capacity) broken.push(`${instance}: ${this.size} writes in a buffer of ${capacity}`);
    if (this.room.inUse < this.size) broken.push(`${instance}: a write is in the buffer without having had room`);
    return broken;
  }

  /** All that is in here. */
  held(): Iterable<Write> {
    return [...this.queue, ...this.hand, ...this.backlog];
  }

  private start(): Process {
    return spawn(this.sim, `${this.options.instance} flushes`, this.schedule());
  }

  private *schedule(): Behaviour {
    const { flushDelay, fullBatchesAtOnce, onError } = this.options;
    for (;;) {
      yield flushDelay;
      let flush: Flush;
      do {
        flush = yield* this.flush();
        if (flush === 'failed' && onError === 'stop') return this.giveUp();
      } while (flush === 'full batch' && fullBatchesAtOnce);
    }
  }

  private *flush(): Behaviour<Flush> {
    const { book, store, batch, onFlushed } = this.options;
    if (this.hand.length === 0) this.hand = this.drain();
    const { length } = this.hand;
    if (length === 0) return 'last batch';
    this.batchUnderWay = book.send(this.hand);
    try {
      yield* store.call({ operation: 'write', keys: this.hand.map(({ key }) => key) }, this.batchUnderWay);
    } catch (error) {
      if (error instanceof CallFailed) return 'failed';
      throw error;
    }
    for (const write of this.hand) onFlushed(write);
    this.letGo();
    return length === batch ? 'full batch' : 'last batch';
  }

  /** An exception has left the scheduled execution: its batch is gone, and there will be no further execution. */
  private giveUp(): void {
    this.options.book.failBatch(this.hand);
    this.letGo();
  }

  private letGo(): void {
    for (const write of this.hand) if (this.newest.get(write.key) === write) this.newest.delete(write.key);
    this.hand = [];
  }

  private drain(): readonly Write[] {
    const { batch } = this.options;
    const old = this.backlog.splice(0, batch);
    const drained = this.queue.splice(0, batch - old.length);
    for (let i = 0; i < drained.length; i++) this.room.release();
    if (drained.length > 0) this.tell();
    return [...old, ...drained];
  }

  private add(write: Write): void {
    this.queue.push(write);
    this.newest.set(write.key, write);
    this.tell();
  }

  private tell(): void {
    if (!this.buffered.heard) return;
    this.buffered.emit({ instance: this.options.instance, writes: this.queue.length });
  }
}
