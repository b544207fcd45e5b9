/**
 * Ids of a Redis stream's entries: a time in milliseconds and a number within it, `1526919030474-55`, in that order.
 * https://redis.io/docs/latest/develop/data-types/streams/#entry-ids
 * Both parts are whole numbers up to 2^53 - 1 here, where Redis has 2^64 - 1.
 */

export interface EntryId {
  readonly ms: number;
  readonly seq: number;
}

/** Below every entry's id: no entry has this one. */
export const ZERO_ID: EntryId = { ms: 0, seq: 0 };
/** Above every entry's id, or equal to it. */
export const LAST_ID: EntryId = { ms: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };

/** Negative if `a` comes before `b`, 0 if they are the same, positive if it comes after. */
export const compareIds = (a: EntryId, b: EntryId): number => a.ms - b.ms || a.seq - b.seq;

export const formatId = ({ ms, seq }: EntryId): string => `${ms}-${seq}`;

/** The id that follows; undefined after the last one. */
export function idAfter({ ms, seq }: EntryId): EntryId | undefined {
  if (seq < Number.MAX_SAFE_INTEGER) return { ms, seq: seq + 1 };
  return ms < Number.MAX_SAFE_INTEGER ? { ms: ms + 1, seq: 0 } : undefined;
}

/** The id before; undefined before the first one. */
export function idBefore({ ms, seq }: EntryId): EntryId | undefined {
  if (seq > 0) return { ms, seq: seq - 1 };
  return ms > 0 ? { ms: ms - 1, seq: Number.MAX_SAFE_INTEGER } : undefined;
}

/** The first place in a sorted list whose id is `id` or above it; its length if there is none. */
export function placeOf<Item>(items: readonly Item[], id: EntryId, idOf: (item: Item) => EntryId): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIds(idOf(items[middle]), id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
