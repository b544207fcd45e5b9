/**
 * A consumer group of a Redis stream: each entry goes to one of its consumers, and is pending for that one until it is
 * acknowledged. https://redis.io/docs/latest/develop/data-types/streams/#consumer-groups
 *
 * What surprises, and is so in Redis 7.0: new entries are all that `>` gives, never those of a consumer that died; to read
 * one's own history counts as another delivery; a deleted consumer takes its pending entries with it.
 *
 * The group keeps the books of its copies. Ready is every entry past the last one delivered, unless it is pending. Whoever
 * sets the group back makes new copies of what has ended; whoever sets it forward drops what was skipped.
 */
import type { Time } from '../../../kernel/time.ts';
import { Fates, type Fate } from '../../fates.ts';
import { compareIds, idAfter, type EntryId } from './entry-id.ts';
import type { EntryLog, StreamEntry } from './entry-log.ts';
import { PendingList, type PendingEntry } from './pending-list.ts';
import { countRead, lagOf, type StreamCounters } from './read-counter.ts';

export interface Consumer {
  readonly name: string;
  /** When it last read or claimed something. */
  seenAt: Time;
}

/** Of a consumer's history: an entry that was deleted since is only an id. */
export interface HistoryEntry<Value> {
  readonly id: EntryId;
  readonly entry: StreamEntry<Value> | undefined;
}

/** What a group needs of the stream it reads. */
export interface ReadableStream<Value> extends StreamCounters {
  readonly log: EntryLog<Value>;
  readonly now: Time;
  after(id: EntryId, count?: number): StreamEntry<Value>[];
}

export class ConsumerGroup<Value> {
  readonly name: string;
  readonly pending = new PendingList();
  readonly consumers = new Map<string, Consumer>();
  readonly books = new Fates();
  /** The last entry that `>` has given to anybody. */
  lastDelivered: EntryId;
  /** Entries read so far; undefined while that is not known. */
  entriesRead: number | undefined;
  readonly stream: ReadableStream<Value>;

  constructor(stream: ReadableStream<Value>, name: string, after: EntryId, entriesRead?: number) {
    this.stream = stream;
    this.name = name;
    this.lastDelivered = after;
    this.entriesRead = entriesRead;
    for (let ready = this.unread().length; ready > 0; ready--) this.books.take('ready');
  }

  get lag(): number | undefined {
    return lagOf(this.stream, this);
  }

  /** The consumer of a name, made if there is none, and seen now. */
  consumer(name: string): Consumer {
    let consumer = this.consumers.get(name);
    if (consumer === undefined) this.consumers.set(name, (consumer = { name, seenAt: this.stream.now }));
    consumer.seenAt = this.stream.now;
    return consumer;
  }

  /**
   * Gives a consumer the entries that nobody was given, oldest first (`XREADGROUP … >`). Without acknowledgement (`NOACK`)
   * they do not become pending. An entry that is pending all the same, since the group was set back, changes hands.
   */
  read(name: string, count = Infinity, noAck = false): StreamEntry<Value>[] {
    const entries = this.unread(count);
    if (entries.length === 0) return entries;
    const consumer = this.consumer(name).name;
    for (const { id } of entries) {
      this.entriesRead = countRead(this.stream, this, id);
      const pending = this.pending.get(id);
      if (noAck) {
        if (pending === undefined) this.books.move('ready', 'acknowledged');
      } else if (pending === undefined) {
        this.books.move('ready', 'in-flight');
        this.pending.add({ id, consumer, deliveredAt: this.stream.now, deliveries: 1 });
      } else {
        this.pending.assign(pending, consumer);
        pending.deliveredAt = this.stream.now;
        pending.deliveries = 1;
      }
      this.lastDelivered = id;
    }
    return entries;
  }

  /** Gives a consumer again what is pending for it above an id: one more delivery of each entry that is still there. */
  history(name: string, after: EntryId, count = Infinity): HistoryEntry<Value>[] {
    const consumer = this.consumer(name).name;
    const found: HistoryEntry<Value>[] = [];
    const from = idAfter(after);
    if (from === undefined) return found;
    for (const pending of this.pending.range(from)) {
      if (pending.consumer !== consumer) continue;
      if (found.length >= count) break;
      const entry = this.stream.log.get(pending.id);
      found.push({ id: pending.id, entry });
      if (entry === undefined) continue;
      pending.deliveredAt = this.stream.now;
      pending.deliveries++;
    }
    return found;
  }

  /** Entries are done with; gives how many of them were pending, for whomever. */
  acknowledge(ids: readonly EntryId[]): number {
    let count = 0;
    for (const id of ids) {
      const pending = this.pending.get(id);
      if (pending === undefined) continue;
      this.end(pending, 'acknowledged');
      count++;
    }
    return count;
  }

  /** Takes a consumer out; what is pending for it is pending no more, and never comes again. Gives how much that was. */
  deleteConsumer(name: string): number {
    const mine = [...this.pending.range()].filter(({ consumer }) => consumer === name);
    for (const pending of mine) this.end(pending, 'dropped');
    this.consumers.delete(name);
    return mine.length;
  }

  /** Sets the group back or forward: what comes after `after` is what `>` gives next. */
  setPosition(after: EntryId, entriesRead?: number): void {
    const before = this.ready();
    this.lastDelivered = after;
    this.entriesRead = entriesRead;
    const ready = this.ready();
    for (let more = ready - before; more > 0; more--) this.books.take('ready');
    for (let fewer = before - ready; fewer > 0; fewer--) this.books.move('ready', 'dropped');
  }

  /** An entry was added to the stream. */
  added(id: EntryId): void {
    if (this.isUnread(id)) this.books.take('ready');
  }

  /** An entry was deleted or trimmed; if it is pending it remains so. */
  removed(id: EntryId): void {
    if (this.isUnread(id) && this.pending.get(id) === undefined) this.books.move('ready', 'dropped');
  }

  /** Makes an entry pending that was not (`XCLAIM … FORCE`): it was unread, or had ended and is there once more. */
  force(id: EntryId, consumer: string): PendingEntry {
    if (this.isUnread(id)) this.books.move('ready', 'in-flight');
    else this.books.take('in-flight');
    const pending = { id, consumer, deliveredAt: this.stream.now, deliveries: 1 };
    this.pending.add(pending);
    return pending;
  }

  /** An entry is pending no more. If `>` has not come to it yet, it still will: another copy. */
  end(pending: PendingEntry, fate: Fate): void {
    this.pending.remove(pending);
    this.books.move('in-flight', fate);
    if (this.isUnread(pending.id) && this.stream.log.get(pending.id) !== undefined) this.books.take('ready');
  }

  /** The group is destroyed: all it had is given up. */
  destroy(): void {
    for (let ready = this.ready(); ready > 0; ready--) this.books.move('ready', 'dropped');
    for (let pending = this.pending.size; pending > 0; pending--) this.books.move('in-flight', 'dropped');
  }

  violations(owner: string): readonly string[] {
    return this.books.violations(`${owner}/${this.name}`, { ready: this.ready(), inFlight: this.pending.size });
  }

  private isUnread(id: EntryId): boolean {
    return compareIds(id, this.lastDelivered) > 0;
  }

  private unread(count?: number): StreamEntry<Value>[] {
    return this.stream.after(this.lastDelivered, count);
  }

  /** Unread entries that are not pending. */
  private ready(): number {
    return this.unread().filter(({ id }) => this.pending.get(id) === undefined).length;
  }
}
