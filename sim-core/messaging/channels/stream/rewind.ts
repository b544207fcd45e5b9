/**
 * A stream and its groups as they were before: what becomes of their copies when a server comes up with less than it had. A
 * group that has forgotten that it gave an entry out has it ready once more; one that has forgotten that an entry was acknowledged
 * has it pending, another copy; an entry that is not there any more is lost to it.
 */
import type { ConsumerGroup } from './consumer-group.ts';
import { compareIds, ZERO_ID, type EntryId } from './entry-id.ts';
import type { PendingEntry } from './pending-list.ts';
import type { EntryStream } from './stream.ts';

/** Where a group stood, and what of some ids was pending in it. */
export interface GroupState {
  readonly lastDelivered: EntryId;
  readonly entriesRead: number | undefined;
  readonly pending: readonly PendingEntry[];
}

/** `ids`: those that may be pending and are about to change; all that is pending if not given. */
export function stateOf(group: ConsumerGroup<unknown>, ids?: readonly EntryId[]): GroupState {
  const { lastDelivered, entriesRead, pending } = group;
  const found = ids === undefined ? [...pending.range()] : ids.flatMap((id) => pending.get(id) ?? []);
  return { lastDelivered, entriesRead, pending: found.map((each) => ({ ...each })) };
}

/** Puts a group back to where it stood, as far as these ids go; its books are not told. */
export function putBack(group: ConsumerGroup<unknown>, state: GroupState, ids: readonly EntryId[]): void {
  group.lastDelivered = state.lastDelivered;
  group.entriesRead = state.entriesRead;
  for (const id of ids) {
    const pending = group.pending.get(id);
    if (pending !== undefined) group.pending.remove(pending);
  }
  for (const pending of state.pending) group.pending.add({ ...pending });
}

type Whereabouts = 'ready' | 'in-flight' | 'nowhere';

/** Undoes what was done to a stream, and tells the books of its groups what became of each entry. */
export function rewind(stream: EntryStream<unknown>, ids: readonly EntryId[], undo: () => void): void {
  const whereabouts = (group: ConsumerGroup<unknown>): Whereabouts[] =>
    ids.map((id) => {
      if (group.pending.get(id) !== undefined) return 'in-flight';
      const isReady = stream.log.get(id) !== undefined && compareIds(id, group.lastDelivered) > 0;
      return isReady ? 'ready' : 'nowhere';
    });
  const groups = [...stream.groups.values()];
  const before = groups.map(whereabouts);
  undo();
  groups.forEach((group, g) => {
    whereabouts(group).forEach((after, i) => rebook(group, before[g][i], after));
  });
}

/** All entries are gone, and the groups are as if made anew from the oldest entry on. */
export function wipe(stream: EntryStream<unknown>): void {
  const pending = [...stream.groups.values()].flatMap((group) => [...group.pending.range()]);
  const ids = [...stream.log.range(), ...pending].map(({ id }) => id);
  const unique = [...new Map(ids.map((id) => [`${id.ms}-${id.seq}`, id])).values()];
  rewind(stream, unique, () => {
    stream.clear();
    const state: GroupState = { lastDelivered: ZERO_ID, entriesRead: 0, pending: [] };
    for (const group of stream.groups.values()) putBack(group, state, unique);
  });
}

function rebook({ books }: ConsumerGroup<unknown>, before: Whereabouts, after: Whereabouts): void {
  if (before === after) return;
  if (before === 'nowhere') books.take(after as 'ready' | 'in-flight');
  else books.move(before, after === 'nowhere' ? 'lost' : after);
}
