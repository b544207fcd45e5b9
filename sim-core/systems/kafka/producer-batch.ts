/**
 * What a producer has of one partition: the batch that is being filled, those that wait to be sent, those in flight, and
 * the sequences of an idempotent producer.
 *
 * The producer's epoch counts for each partition here. A real one has one epoch, asks a broker for the next, and begins
 * every partition anew with it; so does a transactional one here, with each transaction.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Time } from '../../kernel/time.ts';
import { nextSequence } from '../../messaging/log/producer-states.ts';
import type { ProducerStamp } from '../../messaging/log/record-batch.ts';
import type { ProducerIdentity } from '../../messaging/transactions/transaction.ts';
import type { Call } from '../../network/call.ts';
import type { Draft } from './messages.ts';
import type { SentRecord } from './record-book.ts';
import type { Outgoing } from './valued-record.ts';

/** A batch's header, and what each record takes beside key and value, about. */
const BATCH_OVERHEAD = 61;

/** What a producer is asked to send: a key, or all of a record. */
export type ProducerQuery = number | Outgoing;

export interface Entry {
  readonly record: SentRecord;
  readonly call: Call<ProducerQuery, void>;
}

export class ProducerBatch {
  readonly partition: string;
  readonly createdAt: Time;
  readonly entries: Entry[] = [];
  bytes = BATCH_OVERHEAD;
  attempts = 0;
  /** After a failure: not to be sent before. */
  notBefore: Time = 0;
  stamp: ProducerStamp | undefined = undefined;
  isDone = false;
  lingered: EventHandle = -1;
  expiry: EventHandle = -1;

  constructor(partition: string, createdAt: Time) {
    this.partition = partition;
    this.createdAt = createdAt;
  }

  hasRoom(bytes: number, batchSize: number): boolean {
    return this.attempts === 0 && this.bytes + bytes <= batchSize;
  }

  add(entry: Entry): void {
    this.entries.push(entry);
    this.bytes += entry.record.bytes;
  }

  draft(): Draft {
    return { records: this.entries.map(({ record }) => record), bytes: this.bytes, producer: this.stamp };
  }
}

export class PartitionQueue {
  readonly partition: string;
  private producerId: number | undefined;
  private isTransactional = false;
  readonly waiting: ProducerBatch[] = [];
  readonly inFlight = new Set<ProducerBatch>();
  private epoch = 0;
  private sequence = 0;
  /** A batch was given up or is out of order: sequences begin anew when nothing is in flight any more. */
  private isBroken = false;

  /** `producerId`: of an idempotent producer. */
  constructor(partition: string, producerId: number | undefined) {
    this.partition = partition;
    this.producerId = producerId;
  }

  /** A transaction begins: its batches are numbered from 0. */
  beginTransaction({ id, epoch }: ProducerIdentity): void {
    this.isTransactional = true;
    this.producerId = id;
    this.epoch = epoch;
    this.sequence = 0;
    this.isBroken = false;
  }

  /** The producer has died, and with it everything that it had. */
  drop(): readonly ProducerBatch[] {
    const dropped = [...this.waiting, ...this.inFlight];
    this.waiting.length = 0;
    this.inFlight.clear();
    return dropped;
  }

  get last(): ProducerBatch | undefined {
    return this.waiting[this.waiting.length - 1];
  }

  /** The batch that may be sent next, if there is one. */
  next(now: Time): ProducerBatch | undefined {
    const [first] = this.waiting;
    if (first === undefined || first.notBefore > now) return undefined;
    if (this.isBroken && this.inFlight.size > 0) return undefined;
    // One that is sent again goes alone, and after those before it.
    if (first.stamp !== undefined && this.inFlight.size > 0) return undefined;
    return first;
  }

  /** Takes it out to be sent. */
  send(batch: ProducerBatch): void {
    this.waiting.shift();
    if (this.isBroken) this.beginAnew(batch);
    if (this.producerId !== undefined && batch.stamp === undefined) {
      const { producerId: id, epoch, sequence } = this;
      batch.stamp = { id, epoch, sequence, isTransactional: this.isTransactional };
      this.sequence = nextSequence(sequence, batch.entries.length);
    }
    batch.attempts++;
    this.inFlight.add(batch);
  }

  /** It comes back to be sent again: before all that came after it. */
  putBack(batch: ProducerBatch): void {
    this.inFlight.delete(batch);
    const place =
      batch.stamp === undefined
        ? 0
        : this.waiting.findIndex(({ stamp }) => stamp === undefined || stamp.sequence > batch.stamp!.sequence);
    this.waiting.splice(place < 0 ? this.waiting.length : place, 0, batch);
  }

  /** It is done with: appended, or given up. */
  finish(batch: ProducerBatch): void {
    this.inFlight.delete(batch);
    const place = this.waiting.indexOf(batch);
    if (place >= 0) this.waiting.splice(place, 1);
  }

  /** Whether nothing that was sent before it is undecided. */
  isFirstUndecided(batch: ProducerBatch): boolean {
    return [...this.inFlight, ...this.waiting].every(
      (other) => other === batch || other.stamp === undefined || other.stamp.sequence > batch.stamp!.sequence,
    );
  }

  /** The sequences have a gap that nothing will fill. */
  break(): void {
    // A transaction with a gap is aborted, and the next one has an epoch of its own.
    this.isBroken = this.producerId !== undefined && !this.isTransactional;
  }

  private beginAnew(first: ProducerBatch): void {
    this.isBroken = false;
    this.epoch++;
    this.sequence = 0;
    first.stamp = undefined;
    for (const batch of this.waiting) batch.stamp = undefined;
  }
}
