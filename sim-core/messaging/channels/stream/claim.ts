/**
 * Pending entries change hands. Nothing in a stream does so by itself: a consumer that died keeps its entries until another
 * one claims them, by id (`XCLAIM`) or by scanning for what has been idle too long (`XAUTOCLAIM`).
 * https://redis.io/docs/latest/commands/xclaim/ and /xautoclaim/. As in Redis 7.0, an entry that is no longer in the
 * stream is not given to anybody: it ceases to be pending.
 */
import type { Duration, Time } from '../../../kernel/time.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { compareIds, type EntryId } from './entry-id.ts';
import type { StreamEntry } from './entry-log.ts';
import type { PendingEntry } from './pending-list.ts';

export interface ClaimOptions {
  /** Only what was delivered at least so long ago. */
  readonly minIdle: Duration;
  /** The time that counts as that of the delivery; now unless given, and never later. */
  readonly deliveredAt?: Time;
  /** The number of deliveries; one more than there were unless given. */
  readonly deliveries?: number;
  /** Takes hold of entries too that are not pending. */
  readonly force?: boolean;
  /** The claim is no delivery: the count remains (`JUSTID`). */
  readonly justId?: boolean;
  /** Moves the group forward to this id, if it is not there yet (`LASTID`). */
  readonly lastId?: EntryId;
}

/** Gives a consumer these entries, where they are pending and idle enough; returns those. */
export function claim<Value>(
  group: ConsumerGroup<Value>,
  consumer: string,
  ids: readonly EntryId[],
  options: ClaimOptions,
): StreamEntry<Value>[] {
  const { minIdle, deliveries, force = false, justId = false, lastId } = options;
  const { now, log } = group.stream;
  const deliveredAt = Math.min(now, options.deliveredAt ?? now);
  if (lastId !== undefined && compareIds(lastId, group.lastDelivered) > 0) group.setPosition(lastId, group.entriesRead);
  const claimed: StreamEntry<Value>[] = [];
  for (const id of ids) {
    const entry = log.get(id);
    let pending = group.pending.get(id);
    if (entry === undefined) {
      if (pending !== undefined) group.end(pending, 'dropped');
      continue;
    }
    if (pending === undefined) {
      if (!force) continue;
      pending = group.force(id, group.consumer(consumer).name);
    } else if (now - pending.deliveredAt < minIdle) {
      continue;
    }
    group.pending.assign(pending, group.consumer(consumer).name);
    pending.deliveredAt = deliveredAt;
    if (deliveries !== undefined) pending.deliveries = deliveries;
    else if (!justId) pending.deliveries++;
    claimed.push(entry);
  }
  return claimed;
}

export interface ClaimScanOptions {
  readonly minIdle: Duration;
  /** The id at which the scan begins. */
  readonly from: EntryId;
  /** Entries in the answer at most; ten times as many are looked at. 100 unless given. */
  readonly count?: number;
  readonly justId?: boolean;
  /** Called with each entry before it changes hands or ceases to be pending. */
  readonly changing?: (pending: PendingEntry) => void;
}

export interface ClaimScan<Value> {
  /** Where the next scan is to begin; undefined when all has been looked at. */
  readonly next: EntryId | undefined;
  readonly claimed: readonly StreamEntry<Value>[];
  /** Entries that were pending and are not in the stream any more. */
  readonly deleted: readonly EntryId[];
}

/** Goes through the pending entries from an id on, and gives a consumer those that were idle long enough. */
export function autoClaim<Value>(
  group: ConsumerGroup<Value>,
  consumer: string,
  options: ClaimScanOptions,
): ClaimScan<Value> {
  const { minIdle, from, justId = false, changing } = options;
  const { now, log } = group.stream;
  const claimed: StreamEntry<Value>[] = [];
  const deleted: EntryId[] = [];
  let count = options.count ?? 100;
  let attempts = 10 * count;
  // As far as it looks, and the one at which the next scan begins: the list changes meanwhile.
  const candidates: PendingEntry[] = [];
  for (const pending of group.pending.range(from)) if (candidates.push(pending) > attempts) break;
  for (const pending of candidates) {
    if (attempts-- <= 0 || count <= 0) return { next: pending.id, claimed, deleted };
    const entry = log.get(pending.id);
    if (entry === undefined) {
      changing?.(pending);
      group.end(pending, 'dropped');
      deleted.push(pending.id);
      count--;
    } else if (now - pending.deliveredAt >= minIdle) {
      changing?.(pending);
      group.pending.assign(pending, group.consumer(consumer).name);
      pending.deliveredAt = now;
      if (!justId) pending.deliveries++;
      claimed.push(entry);
      count--;
    }
  }
  return { next: undefined, claimed, deleted };
}
