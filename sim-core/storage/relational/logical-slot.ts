/**
 * A logical replication slot: where a reader of the log is, and what of the log is kept for it. Transactions are handed out
 * whole, in the order of their commits, once their commit is flushed (PostgreSQL, "Logical Decoding Concepts").
 *
 * The reader says behind which place it wants to go on and confirms what it has made safe. What is kept begins at the first
 * change of any transaction that commits behind the confirmed place (`restart_lsn`), not at that place. A crash takes the slot back
 * to what was written down, and the reader, who knows better, has to say where it is.
 *
 * Simplified: checkpoints alone write it down. PostgreSQL does that at once, too, where a confirmation moves `restart_lsn`
 * (`LogicalConfirmReceivedLocation`), which it moves in steps, from one record of the running transactions to the next.
 */
import { Reorder, type CommittedTransaction } from './reorder.ts';
import type { Lsn, WriteAheadLog } from './write-ahead-log.ts';

interface SlotPosition {
  readonly confirmed: Lsn;
  readonly restart: Lsn;
}

export interface Decoded {
  readonly transactions: readonly CommittedTransaction[];
  /** Behind this the reader goes on: it has been handed all that committed before. */
  readonly position: Lsn;
}

export class LogicalSlot {
  private readonly log: WriteAheadLog;
  private now: SlotPosition = { confirmed: 0, restart: 0 };
  private saved: SlotPosition = this.now;
  private reorder = new Reorder();
  private decodedTo: Lsn = 0;
  private handedTo: Lsn = 0;
  /** Decoded and not confirmed, in the order of their commits. */
  private readonly unconfirmed: CommittedTransaction[] = [];

  constructor(log: WriteAheadLog) {
    this.log = log;
  }

  get confirmed(): Lsn {
    return this.now.confirmed;
  }

  /** From here on the log is kept for it. */
  get keeps(): Lsn {
    return this.saved.restart;
  }

  /** The next transactions behind a place, at most so many, and how many records of the log had to be read for that. */
  read(after: Lsn, max: number): Decoded & { readonly records: number } {
    if (after !== this.handedTo) this.restart();
    let records = 0;
    for (const record of this.log.from(this.decodedTo)) {
      records++;
      this.decodedTo = record.end;
      const committed = this.reorder.take(record);
      if (committed !== undefined && committed.commit > this.now.confirmed) this.unconfirmed.push(committed);
    }
    const begin = Math.max(after, this.now.confirmed);
    const behind = this.unconfirmed.filter(({ commit }) => commit > begin);
    const transactions = behind.slice(0, max);
    this.handedTo = transactions.length < behind.length ? transactions.at(-1)!.commit : this.decodedTo;
    return { transactions, position: this.handedTo, records };
  }

  /** The reader does not need again what committed up to here. */
  confirm(place: Lsn): void {
    if (place < this.now.confirmed) return;
    while (this.unconfirmed.length > 0 && this.unconfirmed[0].commit <= place) this.unconfirmed.shift();
    let restart = Math.min(place, this.decodedTo, this.reorder.oldestOpen);
    for (const { first } of this.unconfirmed) restart = Math.min(restart, first);
    this.now = { confirmed: place, restart: Math.max(restart, this.now.restart) };
  }

  /** A checkpoint writes down where it is. */
  save(): void {
    this.saved = this.now;
  }

  crash(): void {
    this.now = this.saved;
    this.restart();
  }

  /** Somebody begins to read anew: from where it is certain to find the beginnings of all that it wants. */
  private restart(): void {
    this.reorder = new Reorder();
    this.unconfirmed.length = 0;
    this.decodedTo = this.now.restart;
    this.handedTo = this.now.confirmed;
  }
}
