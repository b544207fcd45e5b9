/**
 * How many entries a group has read, and how many it lags behind. Redis keeps a counter in the stream (all entries ever
 * added) and one in each group; the difference is the lag. A deletion ahead of the group makes a hole in it, and so does a
 * group that begins in the midst: then the counter is worked out where that can be done for certain, or the lag is not known.
 * https://redis.io/docs/latest/commands/xinfo-groups/ ; `t_stream.c` of Redis 7.0.
 */
import { compareIds, ZERO_ID, type EntryId } from './entry-id.ts';

/** What the counters of a stream are. */
export interface StreamCounters {
  readonly length: number;
  readonly lastId: EntryId;
  readonly firstId: EntryId;
  /** Entries ever added. */
  readonly entriesAdded: number;
  /** The highest id that `XDEL` has deleted. */
  readonly maxDeletedId: EntryId;
}

/** Where a group stands. */
export interface ReadPosition {
  readonly lastDelivered: EntryId;
  /** Undefined if not known. */
  readonly entriesRead: number | undefined;
}

/** Whether `XDEL` has made a hole among the entries that are there. What was deleted before the first of them is none. */
const hasHole = ({ length, firstId, maxDeletedId }: StreamCounters): boolean =>
  length > 0 && compareIds(maxDeletedId, ZERO_ID) !== 0 && compareIds(maxDeletedId, firstId) >= 0;

/** Whether there is a hole at an id or above it. */
const hasHoleFrom = (stream: StreamCounters, id: EntryId): boolean =>
  hasHole(stream) && compareIds(id, stream.maxDeletedId) <= 0;

/** Entries ever added up to an id; undefined where deletions have made that uncertain. */
function entriesUpTo(stream: StreamCounters, id: EntryId): number | undefined {
  const { length, lastId, firstId, entriesAdded } = stream;
  if (entriesAdded === 0) return 0;
  const toLast = compareIds(id, lastId);
  if (toLast === 0 || (length === 0 && toLast < 0)) return entriesAdded;
  if (toLast > 0) return undefined;
  if (hasHole(stream)) return undefined;
  const toFirst = compareIds(id, firstId);
  if (toFirst > 0) return undefined;
  return entriesAdded - length + (toFirst === 0 ? 1 : 0);
}

/** The group's counter once it has read the entry of this id too. */
export function countRead(stream: StreamCounters, group: ReadPosition, id: EntryId): number | undefined {
  if (group.entriesRead !== undefined && !hasHoleFrom(stream, id)) return group.entriesRead + 1;
  return stream.entriesAdded > 0 ? entriesUpTo(stream, id) : group.entriesRead;
}

/** Entries that the group has still to read; undefined if that is not known. */
export function lagOf(stream: StreamCounters, group: ReadPosition): number | undefined {
  if (stream.entriesAdded === 0) return 0;
  const { entriesRead, lastDelivered } = group;
  const read =
    entriesRead !== undefined && !hasHoleFrom(stream, lastDelivered) ? entriesRead : entriesUpTo(stream, lastDelivered);
  return read === undefined ? undefined : stream.entriesAdded - read;
}
