/**
 * What of a Redis server's memory is still there after it has gone down, by how it keeps it on disk
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/; `aof.c` and `server.c` of Redis 7.0):
 *
 * - an append-only file is written before the reply, so that a process that is killed loses nothing whatever `appendfsync` is; a
 *   machine that loses its power loses what was not synced: nothing with `always`; with `everysec` what came since the
 *   last whole second, at which the file is synced; with `no` what the kernel has not written back (`storage/page-cache.ts`);
 * - snapshots alone (`save`) keep what was there at the last one, whoever dies;
 * - without either all is gone.
 *
 * What a killed process had written and not synced is in the kernel's memory: the next one reads it there, and a loss of power
 * before it is on disk loses it still. Loading a file syncs nothing (`aof_fsync_offset` is set to its size): it is synced with
 * the first write of the next process, at the end of that second, or the kernel writes it back.
 *
 * Changes that may still be lost are kept, newest last, with how each is undone: one each that Redis counts (`server.dirty`), an
 * entry that is added, claimed or acknowledged, or a read. Does not model what a sync or a snapshot
 * costs the server, that a write waits up to 2 s for a slow sync, or that a file is rewritten.
 */
import { s, SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { EntryId } from '../../messaging/channels/stream/entry-id.ts';
import { writtenBackBy, type Death } from '../../storage/page-cache.ts';

export const PERSISTENCES = ['always', 'everysec', 'no', 'snapshots', 'none'] as const;
export type Persistence = (typeof PERSISTENCES)[number];

export interface Change {
  /** Entries that it was about. */
  readonly ids: readonly EntryId[];
  readonly undo: () => void;
}

/** `save`: a snapshot is taken so long after the last one, if there were so many changes. */
export interface SaveRule {
  readonly after: Duration;
  readonly changes: number;
}

/** Of the file that Redis 7.0 comes with: `save 3600 1 300 100 60 10000`. */
const SAVES: readonly SaveRule[] = [
  { after: s(3600), changes: 1 },
  { after: s(300), changes: 100 },
  { after: s(60), changes: 10_000 },
];

type Listed = Change & { readonly at: Time };

export class UnsavedChanges {
  private readonly persistence: Persistence;
  private list: Listed[] = [];
  /** Of processes before this one: written to the file, and not on disk yet. */
  private left: Listed[] = [];
  private readonly saves: readonly SaveRule[];
  private savedAt: Time;

  constructor(persistence: Persistence, now: Time, saves = SAVES) {
    this.persistence = persistence;
    this.saves = saves;
    this.savedAt = now;
  }

  add(change: Change, now: Time): void {
    this.forgetSaved(now);
    if (this.persistence !== 'always' && this.persistence !== 'none') this.list.push({ ...change, at: now });
  }

  /** What such a death undoes, in the order in which it is to be undone. */
  lost(death: Death, now: Time): Change[] {
    this.forgetSaved(now);
    if (death === 'process' && this.persistence !== 'snapshots') {
      this.left.push(...this.list.splice(0));
      return [];
    }
    this.savedAt = now;
    return [...this.left.splice(0), ...this.list.splice(0)].reverse();
  }

  private forgetSaved(now: Time): void {
    if (this.persistence === 'snapshots') this.takeSnapshots(now);
    if (this.persistence === 'everysec') this.sync(Math.floor(now / SECOND) * SECOND);
    const writtenBack = writtenBackBy(now);
    this.left = since(this.left, writtenBack);
    if (this.persistence === 'no') this.list = since(this.list, writtenBack);
  }

  /** A process that has written something by then has synced its file, with what others wrote there before it. */
  private sync(by: Time): void {
    if (this.list.length === 0 || this.list[0].at >= by) return;
    this.list = since(this.list, by);
    this.left = [];
  }

  private takeSnapshots(now: Time): void {
    for (;;) {
      const due = this.saves
        .filter(({ changes }) => this.list.length >= changes)
        .map(({ after, changes }) => Math.max(this.savedAt + after, this.list[changes - 1].at));
      const next = Math.min(...due);
      if (next > now) return;
      this.savedAt = next;
      this.list = since(this.list, next + 1);
    }
  }
}

/** What came at a time or later; the list itself if that is all of it. */
function since(list: Listed[], time: Time): Listed[] {
  if (list.length === 0 || list[0].at >= time) return list;
  const first = list.findIndex(({ at }) => at >= time);
  return first === -1 ? [] : list.slice(first);
}
