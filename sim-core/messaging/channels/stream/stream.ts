/**
 * A Redis stream: an append-only log of entries under ascending ids, read by any number of consumer groups, each of which
 * keeps its own place, and cut from its oldest end only when somebody says so. Behaves as Redis 7.0; real replies of it
 * are the test's tables, and `brownout twin redis` plays the same commands to both.
 * https://redis.io/docs/latest/develop/data-types/streams/
 *
 * A stream has no bound unless it is trimmed: that is the experiment. Does not model the time a command takes, blocking
 * reads, or what a crash leaves: that is the server's part.
 */
import { MILLISECOND, type Time } from '../../../kernel/time.ts';
import { ConsumerGroup } from './consumer-group.ts';
import { compareIds, formatId, idAfter, LAST_ID, ZERO_ID, type EntryId } from './entry-id.ts';
import { EntryLog, type StreamEntry, type Trim } from './entry-log.ts';

/** The id that an entry is to have: whole, its time only (`5-*`), or left to the stream (`*`). */
export type NewEntryId = EntryId | { readonly ms: number; readonly seq: '*' } | '*';

export type StreamRefusal =
  | 'zero-id'
  | 'id-not-above-last'
  | 'ids-exhausted'
  | 'id-below-deleted'
  | 'id-below-top'
  | 'count-below-length';

/** The stream did not do what it was asked to. */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly refusal: StreamRefusal;

  constructor(refusal: StreamRefusal, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

export class EntryStream<Value> {
  readonly name: string;
  readonly log = new EntryLog<Value>();
  readonly groups = new Map<string, ConsumerGroup<Value>>();
  private readonly clock: { readonly now: Time };
  private topId = ZERO_ID;
  private added = 0;
  private highestDeleted = ZERO_ID;

  constructor(clock: { readonly now: Time }, name: string) {
    this.clock = clock;
    this.name = name;
  }

  get now(): Time {
    return this.clock.now;
  }

  /** Entries that are there. */
  get length(): number {
    return this.log.length;
  }

  /** The highest id there ever was; the next entry's is above it, whatever was deleted. */
  get lastId(): EntryId {
    return this.topId;
  }

  get firstId(): EntryId {
    return this.log.first?.id ?? ZERO_ID;
  }

  get entriesAdded(): number {
    return this.added;
  }

  get maxDeletedId(): EntryId {
    return this.highestDeleted;
  }

  /** Appends an entry (`XADD`), and gives it. */
  add(id: NewEntryId, value: Value): StreamEntry<Value> {
    const entry = { id: this.newId(id), value };
    this.log.append(entry);
    this.topId = entry.id;
    this.added++;
    for (const group of this.groups.values()) group.added(entry.id);
    return entry;
  }

  /** Entries above an id, oldest first (`XREAD`): every reader sees them all. */
  after(id: EntryId, count = Infinity): StreamEntry<Value>[] {
    const from = idAfter(id);
    return from === undefined ? [] : this.log.range(from, LAST_ID, count);
  }

  /** Deletes entries (`XDEL`); gives how many there were. Where they are pending they remain so. */
  delete(ids: readonly EntryId[]): number {
    let count = 0;
    for (const id of ids) {
      if (this.log.delete(id) === undefined) continue;
      count++;
      if (compareIds(id, this.highestDeleted) > 0) this.highestDeleted = id;
      for (const group of this.groups.values()) group.removed(id);
    }
    return count;
  }

  /** Cuts the oldest entries off (`XTRIM`); gives how many. */
  trim(trim: Trim): number {
    const removed = this.log.trim(trim);
    for (const { id } of removed) for (const group of this.groups.values()) group.removed(id);
    return removed.length;
  }

  /** Sets the last id (`XSETID`), and, where given, the number of entries ever added and the highest deleted id. */
  setLastId(id: EntryId, entriesAdded?: number, maxDeletedId?: EntryId): void {
    const floors: readonly (readonly [StreamRefusal, EntryId | undefined])[] = [
      ['id-below-deleted', maxDeletedId],
      ['id-below-top', this.log.last?.id],
    ];
    for (const [refusal, floor] of floors) {
      if (floor === undefined || compareIds(id, floor) >= 0) continue;
      throw new StreamError(
        refusal,
        `${this.name}: the last id cannot be ${formatId(id)}, it must be ${formatId(floor)} or above`,
      );
    }
    if (entriesAdded !== undefined && this.length > 0 && entriesAdded < this.length) {
      const message = `${this.name}: entries added cannot be ${entriesAdded}: there are ${this.length}`;
      throw new StreamError('count-below-length', message);
    }
    this.topId = id;
    this.added = entriesAdded ?? this.added;
    if (maxDeletedId !== undefined && compareIds(maxDeletedId, ZERO_ID) !== 0) this.highestDeleted = maxDeletedId;
  }

  /** The newest entry was never added, and the last id is what it was before. Groups are not told (`rewind.ts`). */
  unadd(id: EntryId, lastId: EntryId): void {
    this.log.delete(id);
    this.topId = lastId;
    this.added--;
  }

  /** There is nothing and never was. Groups are not told (`rewind.ts`). */
  clear(): void {
    this.log.trim({ keep: { maxLength: 0 } });
    this.topId = ZERO_ID;
    this.added = 0;
    this.highestDeleted = ZERO_ID;
  }

  /** Makes a group that reads what comes after an id; undefined if there is one of that name. */
  createGroup(name: string, after: EntryId = this.topId, entriesRead?: number): ConsumerGroup<Value> | undefined {
    if (this.groups.has(name)) return undefined;
    const group = new ConsumerGroup(this, name, after, entriesRead);
    this.groups.set(name, group);
    return group;
  }

  /** Destroys a group with all that is pending in it; false if there is none. */
  destroyGroup(name: string): boolean {
    this.groups.get(name)?.destroy();
    return this.groups.delete(name);
  }

  violations(): readonly string[] {
    const broken: string[] = [];
    const entries = this.log.range();
    if (entries.length !== this.length)
      broken.push(`${this.name}: counts ${this.length} entries, there are ${entries.length}`);
    entries.forEach(({ id }, i) => {
      if (i > 0 && compareIds(entries[i - 1].id, id) >= 0) broken.push(`${this.name}: ${formatId(id)} is out of order`);
    });
    if (compareIds(this.log.last?.id ?? ZERO_ID, this.topId) > 0)
      broken.push(`${this.name}: an entry is above its last id`);
    for (const group of this.groups.values()) broken.push(...group.violations(this.name));
    return broken;
  }

  private newId(wanted: NewEntryId): EntryId {
    if (compareIds(this.topId, LAST_ID) === 0) {
      throw new StreamError('ids-exhausted', `${this.name}: there is no id after ${formatId(LAST_ID)}`);
    }
    const id = this.wholeId(wanted);
    const given = wanted !== '*' && wanted.seq !== '*';
    if (given && compareIds(id, ZERO_ID) === 0)
      throw new StreamError('zero-id', `${this.name}: an id must be above 0-0`);
    if (compareIds(id, this.topId) <= 0) {
      const message = `${this.name}: ${formatId(id)} is not above the last id, ${formatId(this.topId)}`;
      throw new StreamError('id-not-above-last', message);
    }
    return id;
  }

  private wholeId(wanted: NewEntryId): EntryId {
    const next = idAfter(this.topId)!;
    if (wanted === '*') {
      const ms = Math.floor(this.now / MILLISECOND);
      return ms > this.topId.ms ? { ms, seq: 0 } : next;
    }
    if (wanted.seq !== '*') return { ms: wanted.ms, seq: wanted.seq };
    return wanted.ms === this.topId.ms ? next : { ms: wanted.ms, seq: 0 };
  }
}
