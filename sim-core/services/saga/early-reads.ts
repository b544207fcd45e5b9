/**
 * What sagas read of a participant's keys in an early step and rely on in a later one. Nothing isolates the two: another saga may
 * have changed the key in between, so that the later step finds something else (a fuzzy, or non-repeatable, read), and if it
 * writes what it had read, less its part, the other's change is overwritten (a lost update). Sagas that write by amount lose none,
 * for their updates commute. Under a semantic lock the early step marks the key as its saga's until the saga is undone or no step of
 * it can be refused any more, and who comes meanwhile is refused: to be charged is not enough, for a refund would change what
 * another has read by then.
 * Source: C. Richardson, Microservices Patterns, section 4.3: the anomalies of sagas, and their countermeasures.
 *
 * The mark is in the database with the key, and outlives whoever is killed. Does not model the call by which one service reads
 * another's key: it is part of the early step's work.
 */
import type { Saga } from './definition.ts';
import type { Holdings } from './holdings.ts';

export interface EarlyReadsOptions {
  readonly holdings: Holdings;
  /** Whether who reads locks the key for his saga. */
  readonly isLocked: boolean;
  /** Whether the later step writes what was read, less its part, and not its part alone. */
  readonly writesAsRead: boolean;
}

/** What the later step found. */
export interface Reread {
  /** Others have changed the key since the saga read it, by its version: also where what they took is given back by now. */
  readonly isFuzzy: boolean;
  /** What is there is overwritten by something else, by its value: another had changed it, and that is lost. */
  readonly isLost: boolean;
}

export class EarlyReads {
  private readonly options: EarlyReadsOptions;
  private readonly reads = new Map<number, ReturnType<Holdings['standingFor']>>();
  /** Whose lock a key is under. */
  private readonly locks = new Map<number, number>();

  constructor(options: EarlyReadsOptions) {
    this.options = options;
  }

  /** The early step reads the key; false if another saga has its lock. */
  read(saga: Saga): boolean {
    const { holdings, isLocked } = this.options;
    const standing = holdings.standingFor(saga);
    if (isLocked) {
      if ((this.locks.get(standing.key) ?? saga.id) !== saga.id) return false;
      this.locks.set(standing.key, saga.id);
    }
    this.reads.set(saga.id, standing);
    return true;
  }

  /** The later step takes its part. */
  take(saga: Saga): Reread {
    const { holdings, isLocked, writesAsRead } = this.options;
    const read = this.reads.get(saga.id);
    const found = holdings.standingFor(saga);
    const isFuzzy = read !== undefined && read.version !== found.version;
    const isLost = writesAsRead && read !== undefined && read.available !== found.available;
    holdings.take(saga, writesAsRead ? read?.available : undefined);
    if (isLocked) this.reads.set(saga.id, holdings.standingFor(saga));
    else this.reads.delete(saga.id);
    return { isFuzzy, isLost };
  }

  /** The saga is undone, or no step of it can be refused any more. */
  forget(saga: Saga): void {
    const read = this.reads.get(saga.id);
    if (read === undefined) return;
    this.reads.delete(saga.id);
    if (this.locks.get(read.key) === saga.id) this.locks.delete(read.key);
  }
}
