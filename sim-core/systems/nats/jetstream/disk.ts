/**
 * The disk under the files of a stream: what was written is there once the server has synced it, at an interval that is counted
 * from when it began with the stream (`sync_interval`; 2.9.10, seen with strace, two minutes after that), or the kernel has
 * written it back (`storage/page-cache.ts`). Acknowledgements wait for neither, and so the last half minute of them is lost with
 * the power: https://github.com/nats-io/nats-server/issues/7564
 */
import { Fifo } from '../../../kernel/fifo.ts';
import type { Duration, Time } from '../../../kernel/time.ts';
import { minutes } from '../../../kernel/time.ts';
import { writtenBackBy } from '../../../storage/page-cache.ts';

/** `always` is with every write, before it is answered. */
export type SyncInterval = Duration | 'always';

export const DEFAULT_SYNC_INTERVAL: SyncInterval = minutes(2);

export class Disk {
  private readonly interval: SyncInterval;
  private startedAt: Time;
  /** What was written before it is there, by what servers before this one have synced. */
  private before: Time = -Infinity;
  /** Nobody syncs while it does not; the kernel writes back all the same. */
  private isRunning = true;
  /** The last number of a message on disk, and those given since, whether their messages are still there or not. */
  private lastOnDisk = 0;
  private readonly unsynced = new Fifo<{ readonly at: Time; readonly sequence: number }>();

  constructor(now: Time, interval: SyncInterval = DEFAULT_SYNC_INTERVAL) {
    if (interval !== 'always' && !(interval > 0)) {
      throw new RangeError(`the interval between syncs is ${interval}; it must be more than 0, or always`);
    }
    this.interval = interval;
    this.startedAt = now;
  }

  /** All that was written before this time is on disk. */
  syncedBy(now: Time): Time {
    const { interval, startedAt } = this;
    if (interval === 'always') return Infinity;
    if (!this.isRunning) return Math.max(this.before, writtenBackBy(now));
    const synced = startedAt + Math.floor((now - startedAt) / interval) * interval;
    return Math.max(this.before, synced > startedAt ? synced : -Infinity, writtenBackBy(now));
  }

  /** A message was written, or that its number has none. */
  wrote(now: Time, sequence: number): void {
    this.settle(this.syncedBy(now));
    this.unsynced.add({ at: now, sequence });
  }

  /** The machine died: what was written since `by` is gone. Gives the last number that is known, whatever became of its message. */
  lostSince(by: Time): number {
    this.settle(by);
    while (this.unsynced.size > 0) this.unsynced.take();
    return this.lastOnDisk;
  }

  /** The server died. */
  stopped(now: Time): void {
    this.before = this.syncedBy(now);
    this.isRunning = false;
  }

  /** It is up again. */
  started(now: Time): void {
    this.startedAt = now;
    this.isRunning = true;
  }

  private settle(by: Time): void {
    const { unsynced } = this;
    while (unsynced.first !== undefined && unsynced.first.at < by) this.lastOnDisk = unsynced.take().sequence;
  }
}
