/**
 * What of a Redis server's memory is still there after it has gone down, by how it keeps it on disk
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/; `aof.c` and `server.c` of Redis 7.0):
 *
 * - an append-only file is written before the reply, so that a process that is killed loses nothing whatever `appendfsync` is; a
 *   machine that loses its power loses what was not synced: nothing with `always`; with `everysec` what came since the
 *   last whole second, at which the file is synced; with `no` what the kernel has not written back, which it looks for every
 *   5 s and does with what is 30 s old (Linux, `vm.dirty_writeback_centisecs` and `vm.dirty_expire_centisecs`);
 * - snapshots alone (`save 3600 1 300 100 60 10000`) keep what was there at the last one, whoever dies;
 * - without either all is gone.
 *
 * Changes that may still be lost are kept, newest last, with how each is undone. Does not model what a sync or a snapshot
 * costs the server, that a write waits up to 2 s for a slow sync, or that a file is rewritten.
 */
import { s, SECOND, type Time } from '../../kernel/time.ts';
import type { EntryId } from '../../messaging/channels/stream/entry-id.ts';

export const PERSISTENCES = ['always', 'everysec', 'no', 'snapshots', 'none'] as const;
export type Persistence = (typeof PERSISTENCES)[number];

/** Who died: the server's process, or the machine that it ran on. */
export type Death = 'process' | 'machine';

export interface Change {
  /** Entries that it was about. */
  readonly ids: readonly EntryId[];
  readonly undo: () => void;
}

const WRITEBACK_EVERY = s(5);
const WRITEBACK_AGE = s(30);
/** After so long, if there were so many changes: `save` of the file that Redis 7.0 comes with. */
const SAVES = [
  { after: s(3600), changes: 1 },
  { after: s(300), changes: 100 },
  { after: s(60), changes: 10_000 },
] as const;

export class UnsavedChanges {
  private readonly persistence: Persistence;
  private list: (Change & { readonly at: Time })[] = [];
  private savedAt: Time;

  constructor(persistence: Persistence, now: Time) {
    this.persistence = persistence;
    this.savedAt = now;
  }

  add(change: Change, now: Time): void {
    this.forgetSaved('machine', now);
    if (this.persistence !== 'always' && this.persistence !== 'none') this.list.push({ ...change, at: now });
  }

  /** What such a death undoes, in the order in which it is to be undone; then nothing is unsaved. */
  lost(death: Death, now: Time): Change[] {
    this.forgetSaved(death, now);
    this.savedAt = now;
    return this.list.splice(0).reverse();
  }

  private forgetSaved(death: Death, now: Time): void {
    if (this.persistence === 'snapshots') this.takeSnapshots(now);
    else this.forgetUntil(this.safeUntil(death, now));
  }

  /** What was written before then outlives such a death now. */
  private safeUntil(death: Death, now: Time): Time {
    if (death === 'process') return Infinity;
    if (this.persistence === 'everysec') return Math.floor(now / SECOND) * SECOND;
    return Math.floor(now / WRITEBACK_EVERY) * WRITEBACK_EVERY - WRITEBACK_AGE;
  }

  private takeSnapshots(now: Time): void {
    for (;;) {
      const due = SAVES.filter(({ changes }) => this.list.length >= changes).map(({ after, changes }) =>
        Math.max(this.savedAt + after, this.list[changes - 1].at),
      );
      const next = Math.min(...due);
      if (next > now) return;
      this.savedAt = next;
      this.forgetUntil(next + 1);
    }
  }

  private forgetUntil(time: Time): void {
    const first = this.list.findIndex(({ at }) => at >= time);
    if (first !== 0) this.list.splice(0, first === -1 ? this.list.length : first);
  }
}
