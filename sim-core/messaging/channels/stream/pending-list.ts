/**
 * Pending entries of a consumer group: what was delivered to one of its consumers and not acknowledged, by id, with the
 * time of its last delivery and the number of its deliveries. Redis calls it the PEL. It holds ids, not entries: an entry
 * that was deleted or trimmed stays pending.
 */
import type { Time } from '../../../kernel/time.ts';
import { compareIds, LAST_ID, placeOf, ZERO_ID, type EntryId } from './entry-id.ts';

export interface PendingEntry {
  readonly id: EntryId;
  consumer: string;
  deliveredAt: Time;
  deliveries: number;
}

const idOf = (pending: PendingEntry): EntryId => pending.id;

export class PendingList {
  private readonly list: PendingEntry[] = [];
  private readonly counts = new Map<string, number>();

  get size(): number {
    return this.list.length;
  }

  /** Entries pending for one consumer. */
  countOf(consumer: string): number {
    return this.counts.get(consumer) ?? 0;
  }

  get(id: EntryId): PendingEntry | undefined {
    const pending = this.list[placeOf(this.list, id, idOf)];
    return pending !== undefined && compareIds(pending.id, id) === 0 ? pending : undefined;
  }

  /** The first one at an id or above it. */
  from(id: EntryId): PendingEntry | undefined {
    return this.list[placeOf(this.list, id, idOf)];
  }

  /** Those from one id to another, both included, in order. Nothing is to be added or removed meanwhile. */
  *range(from: EntryId = ZERO_ID, to: EntryId = LAST_ID): Generator<PendingEntry> {
    for (let i = placeOf(this.list, from, idOf); i < this.list.length; i++) {
      if (compareIds(this.list[i].id, to) > 0) return;
      yield this.list[i];
    }
  }

  /** Adds one that is not there. */
  add(pending: PendingEntry): void {
    const place = placeOf(this.list, pending.id, idOf);
    if (place === this.list.length) this.list.push(pending);
    else this.list.splice(place, 0, pending);
    this.count(pending.consumer, 1);
  }

  assign(pending: PendingEntry, consumer: string): void {
    this.count(pending.consumer, -1);
    pending.consumer = consumer;
    this.count(consumer, 1);
  }

  remove(pending: PendingEntry): void {
    this.list.splice(placeOf(this.list, pending.id, idOf), 1);
    this.count(pending.consumer, -1);
  }

  private count(consumer: string, change: number): void {
    this.counts.set(consumer, this.countOf(consumer) + change);
  }
}
