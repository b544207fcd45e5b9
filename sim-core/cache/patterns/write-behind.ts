/**
 * Write-behind: a write goes to the cache and into a buffer, and is acknowledged; the buffer is flushed to the store later
 * (handbook 1.1: "cache first, async flush"). Reads are those of read-through, and find in the buffer what the cache does
 * not hold any more and the store not yet.
 *
 * What a write waits for before it is acknowledged is the whole question: as printed for nothing, not even for the
 * result of `queue.offer`; or for room in the buffer; for the flush of its batch; for a journal on a disk, and room. After
 * a crash the journal's records are flushed before anything newer.
 *
 * Versions are those of accepted writes, as they stand in the cache: the store has the same ones later. Where two
 * instances write one key, their buffers may reach the store in the wrong order; a row is a count of commits, so that is
 * not seen.
 */
import type { Behaviour } from '../../kernel/process.ts';
import { Completion } from '../../kernel/signal.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { ComponentPart } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { Row } from '../../storage/queries.ts';
import type { Journal } from '../write-behind/journal.ts';
import { writeBehindSignals } from '../write-behind/signals.ts';
import type { Write } from '../write-behind/write-book.ts';
import { WriteBuffer, type WriteBufferOptions } from '../write-behind/write-buffer.ts';
import type { PatternOptions } from './cache-pattern.ts';
import { ReadThrough } from './read-through.ts';

export interface JournalAccess {
  readonly journal: Journal;
  readonly link: Link<Write, void>;
}

export interface WriteBehindOptions extends PatternOptions {
  readonly buffer: Omit<WriteBufferOptions, 'instance' | 'onFlushed'>;
  /** What a write waits for: nothing; room in the buffer; its flush; a journal that has it, and room. */
  readonly acknowledge: 'at-once' | 'with-room' | 'when-stored' | JournalAccess;
}

export class WriteBehind extends ReadThrough {
  readonly inside: ComponentPart = {
    signals: writeBehindSignals,
    state: () => this.buffer.state(),
    violations: () => [...this.buffer.violations(), ...this.behind.buffer.book.violations()],
  };
  private readonly behind: WriteBehindOptions;
  private readonly journal: JournalAccess | undefined;
  private readonly buffer: WriteBuffer;
  private readonly flushed = new Map<Write, Completion>();
  /** What a journal brings back once the instance is up again. */
  private recovered: readonly Write[] = [];
  private restart = -1;

  constructor(sim: Simulation, options: WriteBehindOptions) {
    super(sim, options);
    this.behind = options;
    const { instance, buffer, acknowledge } = options;
    this.journal = typeof acknowledge === 'object' ? acknowledge : undefined;
    this.buffer = new WriteBuffer(sim, { ...buffer, instance, onFlushed: (write) => this.endFlush(write) });
    buffer.book.heldBy(() => [...this.buffer.held(), ...this.recovered, ...(this.journal?.journal.held() ?? [])]);
  }

  override *write(key: number, request: RequestContext): Behaviour<Row> {
    const { book } = this.behind.buffer;
    const write = book.begin(key, request);
    const row = yield* this.turns.inTurn(key, () => this.accept(write));
    if (this.behind.acknowledge === 'when-stored') yield* this.flushOf(write);
    book.acknowledge(write);
    return row;
  }

  crash(downtime: Duration): void {
    this.buffer.crash();
    this.flushed.clear();
    this.recovered = this.journal?.journal.crash() ?? [];
    if (this.restart >= 0) this.sim.cancel(this.restart);
    this.restart = this.sim.schedule(downtime, WriteBehind.resume, this as WriteBehind);
  }

  protected override *load(key: number, request: RequestContext): Behaviour<Row> {
    const pending = this.buffer.pending(key);
    if (pending === undefined) return yield* this.loader.load(key, request);
    const row = { key, version: pending.version };
    yield* this.app.put(row, request);
    return row;
  }

  /** The cache first, then the journal, then the buffer. */
  private *accept(write: Write): Behaviour<Row> {
    const { buffer, acknowledge } = this.behind;
    const { key, request } = write;
    write.version = buffer.book.nextVersion(key);
    const row = { key, version: write.version };
    yield* this.app.put(row, request);
    buffer.book.accept(write);
    if (this.journal !== undefined) yield* this.journal.link.call(write, request);
    if (acknowledge !== 'at-once') yield* this.buffer.put(write);
    else if (!this.buffer.offer(write)) buffer.book.refuse(write);
    return row;
  }

  private *flushOf(write: Write): Behaviour {
    const flushed = new Completion(this.sim);
    this.flushed.set(write, flushed);
    yield* flushed.wait();
  }

  private endFlush(write: Write): void {
    this.journal?.journal.forget(write);
    this.flushed.get(write)?.complete();
    this.flushed.delete(write);
  }

  private static resume(pattern: WriteBehind): void {
    pattern.restart = -1;
    pattern.buffer.restart(pattern.recovered);
    pattern.recovered = [];
  }
}
