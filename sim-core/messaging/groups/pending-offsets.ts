/**
 * Offsets that a group was sent in transactions: they count when the transaction is committed, and until it is decided
 * nobody is told where to go on in their partitions (KIP-98, KIP-447): from the moment at which they were asked for, even
 * before they are written. That a producer is fenced is known to the log in which they are.
 */
import type { Marker } from '../log/record-batch.ts';

/** An offset, and where in the log it was committed: what is further on counts. */
export interface CommittedOffset {
  readonly offset: number;
  readonly at: number;
}

interface Pending {
  readonly written: Map<string, CommittedOffset>;
  /** By partition: how many requests are being written. */
  readonly asked: Map<string, number>;
}

export class PendingOffsets {
  private readonly producers = new Map<number, Pending>();

  /** A producer has asked for offsets of these partitions to be committed. */
  ask(producer: number, partitions: Iterable<string>): void {
    const { asked } = this.of(producer);
    for (const partition of partitions) asked.set(partition, (asked.get(partition) ?? 0) + 1);
  }

  /** They are written, or will not be. */
  answered(producer: number, partitions: Iterable<string>): void {
    const { asked } = this.of(producer);
    for (const partition of partitions) {
      const left = (asked.get(partition) ?? 0) - 1;
      if (left > 0) asked.set(partition, left);
      else asked.delete(partition);
    }
  }

  write(producer: number, partition: string, committed: CommittedOffset): void {
    this.of(producer).written.set(partition, committed);
  }

  /** The producer's transaction is decided: gives what counts now. */
  decide(producer: number, marker: Marker): ReadonlyMap<string, CommittedOffset> {
    const { written } = this.of(producer);
    const decided = new Map(marker === 'commit' ? written : []);
    written.clear();
    return decided;
  }

  isUnstable(partition: string): boolean {
    for (const { written, asked } of this.producers.values()) {
      if (written.has(partition) || asked.has(partition)) return true;
    }
    return false;
  }

  private of(producer: number): Pending {
    let pending = this.producers.get(producer);
    if (pending === undefined) {
      pending = { written: new Map(), asked: new Map() };
      this.producers.set(producer, pending);
    }
    return pending;
  }
}
