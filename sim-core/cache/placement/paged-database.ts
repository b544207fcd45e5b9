/**
 * A database whose rows lie on pages of a disk, with a buffer pool in front of it. A query with a connection first needs
 * its row's page: from the pool, which takes no time, or from the disk, which works at so many reads at once and has the
 * rest wait. Whoever wants a page that is being read waits for that read (PostgreSQL's `BM_IO_IN_PROGRESS`).
 *
 * Rows that are near each other in number lie on different pages, since popularity says nothing of where a row was
 * inserted. A batch needs the page of its first row only. Does not model indexes (taken to be in memory), dirty pages and
 * their writing, the log, or the cache of the operating system.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import { Resource } from '../../kernel/resource.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { Database, type DatabaseOptions } from '../../storage/database.ts';
import { databaseSignals } from '../../storage/database-signals.ts';
import type { DatabaseOperation, Query, Row } from '../../storage/queries.ts';
import { defineSignal } from '../../statistics/signal.ts';
import { ClockSweep } from './clock-sweep.ts';

/** A query needed a page: it was in the pool (`hit`), was `read`, or was being read for another query (`joined`). */
export const pageNeeded = defineFact('db.page', 'A query needed a page of the disk', {
  database: 'text',
  request: 'request',
  page: 'number',
  outcome: 'text',
});

const pagedSignals = [
  ...databaseSignals,
  defineSignal({
    name: 'db.buffer_pool.hit_ratio',
    kind: 'ratio',
    unit: '1',
    help: 'Share of the pages needed that were in the buffer pool',
    fact: pageNeeded,
    counts: (fact) => fact.outcome === 'hit',
  }),
];

/** A row, and whether its page had to be read. */
export interface PagedRow extends Row {
  readonly fromDisk?: boolean;
}

export interface PagedDatabaseOptions extends DatabaseOptions {
  /** Pages that all rows take, and pages that there are buffers for. */
  readonly pages: number;
  readonly buffers: number;
  /** Time of a read, in nanoseconds, and how many the disk works at at once. */
  readonly readTime: Distribution;
  readonly readsAtOnce: number;
}

interface Reading {
  readonly page: number;
  /** Whoever waits for it, the one that it is done for first. */
  readonly queries: Query[];
}

export class PagedDatabase extends Database {
  override readonly signals = pagedSignals;
  private readonly pages: number;
  private readonly buffers: ClockSweep;
  private readonly disk: Resource;
  private readonly readTime: Distribution;
  private readonly readDraws: KeyedStream;
  private readonly readKind: number;
  private readonly readings = new Map<number, Reading>();
  /** Queries under way that had to wait for the disk. */
  private readonly fromDisk = new Set<Query>();
  /** The query that is being answered. */
  private answering: Query | undefined = undefined;
  private readonly needed: FactChannel<Fact<typeof pageNeeded>>;

  constructor(sim: Simulation, options: PagedDatabaseOptions) {
    super(sim, options);
    const { name } = options;
    this.pages = options.pages;
    this.buffers = new ClockSweep(options.buffers);
    // The line has no bound of its own: nobody waits in it without one of the connections.
    this.disk = new Resource(sim, { name: `${name} disk`, capacity: options.readsAtOnce, queueMax: Infinity });
    this.readTime = options.readTime;
    this.readDraws = sim.keyedRandom(`${name}/disk`);
    this.readKind = sim.eventKind(`${name} has read a page`);
    this.needed = sim.facts.channel(pageNeeded);
  }

  override work(query: Query): void {
    const page = query.key % this.pages;
    const reading = this.readings.get(page);
    if (reading === undefined && this.buffers.use(page)) {
      this.tell(query, page, 'hit');
      super.work(query);
      return;
    }
    this.fromDisk.add(query);
    this.tell(query, page, reading === undefined ? 'read' : 'joined');
    if (reading !== undefined) reading.queries.push(query);
    else this.begin({ page, queries: [query] });
  }

  override finish(query: Query): void {
    this.answering = query;
    super.finish(query);
    this.answering = undefined;
    this.fromDisk.delete(query);
  }

  override access(operation: DatabaseOperation, key: number): PagedRow {
    const row = super.access(operation, key);
    const isRead = this.answering !== undefined && this.fromDisk.has(this.answering);
    return isRead ? { key, version: row.version, fromDisk: true } : row;
  }

  override state(): Readonly<Record<string, number | string>> {
    return {
      ...super.state(),
      'pages in the pool': this.buffers.size,
      'room in the pool': this.buffers.capacity,
      'pages being read': this.disk.inUse,
      'reads waiting': this.disk.waiting,
    };
  }

  private begin(reading: Reading): void {
    this.readings.set(reading.page, reading);
    if (this.disk.tryAcquire()) this.read(reading);
    else this.disk.enqueue((granted) => this.read(granted), reading);
  }

  private read(reading: Reading): void {
    const { request } = reading.queries[0];
    const time = this.readTime.sample(this.readDraws.of(request.nextWorkKey()));
    this.sim.schedule(Math.max(0, Math.round(time)), (done) => this.haveRead(done), reading, this.readKind, request.id);
  }

  private haveRead({ page, queries }: Reading): void {
    this.disk.release();
    this.readings.delete(page);
    this.buffers.admit(page);
    for (const query of queries) super.work(query);
  }

  private tell(query: Query, page: number, outcome: string): void {
    if (this.needed.heard) this.needed.emit({ database: this.name, request: query.request.id, page, outcome });
  }
}
