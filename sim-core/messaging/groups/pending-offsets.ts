/**
 * Offsets that a group was sent in transactions: they count when the transaction is committed, and until it is decided
 * nobody is told where to go on in their partitions (KIP-98, KIP-447). A marker raises the producer's epoch, and what
 * comes late of the old one is refused, as in the partition of `__consumer_offsets` in which a real group keeps them.
 */
import type { Marker } from '../log/record-batch.ts';
import type { ProducerIdentity } from '../transactions/transaction.ts';

interface Pending {
  epoch: number;
  offsets: Map<string, number>;
}

export class PendingOffsets {
  private readonly producers = new Map<number, Pending>();

  /** Takes offsets by partition; false from a producer that has been fenced. */
  add({ id, epoch }: ProducerIdentity, offsets: ReadonlyMap<string, number>): boolean {
    const known = this.producers.get(id);
    if (known !== undefined && epoch < known.epoch) return false;
    const all = known?.epoch === epoch ? known.offsets : new Map<string, number>();
    for (const [partition, offset] of offsets) all.set(partition, offset);
    this.producers.set(id, { epoch, offsets: all });
    return true;
  }

  /** The transaction is decided: gives what counts now. A marker that has come before, or is late, ends nothing. */
  decide({ id, epoch }: ProducerIdentity, marker: Marker): ReadonlyMap<string, number> {
    const known = this.producers.get(id);
    if (known !== undefined && known.epoch >= epoch) return new Map();
    this.producers.set(id, { epoch, offsets: new Map() });
    return marker === 'commit' && known !== undefined ? known.offsets : new Map();
  }

  isUnstable(partition: string): boolean {
    for (const { offsets } of this.producers.values()) if (offsets.has(partition)) return true;
    return false;
  }
}
