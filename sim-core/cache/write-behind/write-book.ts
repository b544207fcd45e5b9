/**
 * The experimenter's book of writes that are acknowledged before they are stored: what became of each. A write is lost if
 * it was acknowledged and neither the database has it nor anything that survives will bring it there. Whether the
 * database has it is taken from the database's own answers, which come even where nobody is left to hear them: a batch
 * that was on its way when its sender crashed may be committed all the same.
 *
 * One book for all instances. The patterns write in it and read nothing from it but the truth about versions.
 */
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import { BACKGROUND, RequestContext } from '../../network/request-context.ts';
import { databaseAnswered } from '../../storage/database-signals.ts';
import { VersionHistory } from '../../storage/version-history.ts';

/** `refused`: the buffer was full and nobody looked; `batch`: it was in a batch that failed; `crash`. */
export type LossCause = 'refused' | 'batch' | 'crash';

/** A write was acknowledged to who had sent it. */
export const writeAcknowledged = defineFact('write.acknowledged', 'A write was acknowledged to who had sent it', {
  request: 'request',
  key: 'key',
});

/** The database has a write. `delay`: since the write began; `again`: it had been stored before. */
export const writeStored = defineFact('write.stored', 'A buffered write was committed by the database', {
  request: 'request',
  key: 'key',
  delay: 'duration',
  again: 'flag',
});

/** A write that was acknowledged will not be stored any more. */
export const writeLost = defineFact('write.lost', 'A write that was acknowledged will never be stored', {
  request: 'request',
  key: 'key',
  cause: 'text',
});

/** Acknowledged writes that a crash at this moment would lose. */
export const writesExposed = defineReading('write.exposed', 'Writes that a crash would lose changed in number', {
  writes: 'number',
});

export class Write {
  readonly key: number;
  readonly request: RequestContext;
  readonly began: Time;
  /** Of its key, in the order in which writes were accepted. */
  version = 0;
  acknowledged = false;
  /** `refused` by a full buffer: it may be acknowledged yet, if nobody looks. */
  fate: 'open' | 'refused' | 'stored' | 'lost' = 'open';
  /** Whether a journal has it, and whether it brings it back after a crash. */
  journaled = false;
  safe = false;
  /** Batches under way that it is in: after a crash an old one and a new one. */
  flights = 0;

  constructor(key: number, request: RequestContext, began: Time) {
    this.key = key;
    this.request = request;
    this.began = began;
  }
}

/** A batch on its way; once its sender has crashed only the database knows what becomes of it. */
interface Flight {
  readonly writes: readonly Write[];
  senderIsGone: boolean;
}

export class WriteBook {
  /** The truth about versions: that of each accepted write, whether the database has it yet or not. */
  readonly history = new VersionHistory();
  private readonly sim: Simulation;
  private readonly flights = new Map<number, Flight>();
  private flightsSent = 0;
  private readonly holders: (() => Iterable<Write>)[] = [];
  private exposedCount = 0;
  private acknowledgedCount = 0;
  private storedCount = 0;
  private lostCount = 0;
  private readonly acknowledgements: FactChannel<Fact<typeof writeAcknowledged>>;
  private readonly storings: FactChannel<Fact<typeof writeStored>>;
  private readonly losses: FactChannel<Fact<typeof writeLost>>;
  private readonly exposures: FactChannel<Fact<typeof writesExposed>>;

  constructor(sim: Simulation) {
    this.sim = sim;
    this.acknowledgements = sim.facts.channel(writeAcknowledged);
    this.storings = sim.facts.channel(writeStored);
    this.losses = sim.facts.channel(writeLost);
    this.exposures = sim.facts.channel(writesExposed);
    sim.facts.channel(databaseAnswered).listen(({ request, outcome }) => this.hear(request, outcome === 'ok'));
  }

  /** Acknowledged writes; those of them that the database has; those that it never will have. */
  get totals(): { readonly acknowledged: number; readonly stored: number; readonly lost: number } {
    return { acknowledged: this.acknowledgedCount, stored: this.storedCount, lost: this.lostCount };
  }

  begin(key: number, request: RequestContext): Write {
    return new Write(key, request, this.sim.now);
  }

  /** The version that the next accepted write of a key will have. */
  nextVersion(key: number): number {
    return this.history.current(key) + 1;
  }

  /** The cache has it: from now on readers should see it. */
  accept(write: Write): void {
    this.history.commit(write.key, this.sim.now);
  }

  refuse(write: Write): void {
    write.fate = 'refused';
  }

  acknowledge(write: Write): void {
    const { key, request, fate } = write;
    write.acknowledged = true;
    this.acknowledgedCount++;
    if (this.acknowledgements.heard) this.acknowledgements.emit({ request: request.id, key });
    if (fate === 'stored') this.storedCount++;
    else if (fate === 'refused') this.lose(write, 'refused');
    else if (!write.safe) this.expose(1);
  }

  /** A journal brings it back from now on. */
  secure(write: Write): void {
    if (write.safe) return;
    if (isExposed(write)) this.expose(-1);
    write.safe = true;
  }

  /** A batch is sent to the database, by a request of its own. */
  send(writes: readonly Write[]): RequestContext {
    const context = new RequestContext(BACKGROUND + this.flightsSent++, this.sim.now);
    for (const write of writes) write.flights++;
    this.flights.set(context.id, { writes, senderIsGone: false });
    return context;
  }

  /** A batch has failed and will not be sent again: what no journal has is lost. */
  failBatch(writes: readonly Write[]): void {
    for (const write of writes) if (write.fate === 'open' && !write.journaled) this.lose(write, 'batch');
  }

  /** The sender of a batch has crashed; what becomes of it the database will say. */
  abandon(batch: RequestContext): void {
    const flight = this.flights.get(batch.id);
    if (flight !== undefined) flight.senderIsGone = true;
  }

  /** Writes were in what a crash took: lost, unless a journal brings them back or a batch on its way arrives. */
  takenByCrash(writes: Iterable<Write>): void {
    for (const write of writes) {
      if (write.fate === 'open' && !write.safe && write.flights === 0) this.lose(write, 'crash');
    }
  }

  /** Who holds writes in memory or on a disk; asked whenever the book is checked. */
  heldBy(holder: () => Iterable<Write>): void {
    this.holders.push(holder);
  }

  /** Conservation: each acknowledged write is stored, lost, or still held by somebody. */
  violations(): readonly string[] {
    const held = new Set<Write>();
    for (const holder of this.holders) for (const write of holder()) held.add(write);
    for (const { writes } of this.flights.values()) for (const write of writes) held.add(write);
    const open = [...held].filter(({ acknowledged, fate }) => acknowledged && fate === 'open');
    const exposed = open.filter(({ safe }) => !safe);
    const expected = this.acknowledgedCount - this.storedCount - this.lostCount;
    const broken: string[] = [];
    if (open.length !== expected) {
      broken.push(`writes: ${expected} are neither stored nor lost, and ${open.length} are held by somebody`);
    }
    if (exposed.length !== this.exposedCount) {
      broken.push(`writes: ${this.exposedCount} are counted as exposed, and there are ${exposed.length}`);
    }
    return broken;
  }

  private hear(request: number, isDone: boolean): void {
    const flight = this.flights.get(request);
    if (flight === undefined) return;
    this.flights.delete(request);
    for (const write of flight.writes) write.flights--;
    if (isDone) for (const write of flight.writes) this.store(write);
    else if (flight.senderIsGone) this.takenByCrash(flight.writes);
  }

  private store(write: Write): void {
    const { key, request, began } = write;
    const again = write.fate === 'stored';
    if (!again) {
      if (isExposed(write)) this.expose(-1);
      if (write.acknowledged) this.storedCount++;
      write.fate = 'stored';
    }
    if (this.storings.heard) this.storings.emit({ request: request.id, key, delay: this.sim.now - began, again });
  }

  private lose(write: Write, cause: LossCause): void {
    if (isExposed(write)) this.expose(-1);
    write.fate = 'lost';
    if (!write.acknowledged) return;
    this.lostCount++;
    if (this.losses.heard) this.losses.emit({ request: write.request.id, key: write.key, cause });
  }

  private expose(change: number): void {
    this.exposedCount += change;
    if (this.exposures.heard) this.exposures.emit({ writes: this.exposedCount });
  }
}

const isExposed = ({ acknowledged, safe, fate }: Write): boolean => acknowledged && !safe && fate === 'open';
