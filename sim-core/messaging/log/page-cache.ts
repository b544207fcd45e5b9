/**
 * How much of a log is on disk. Kafka does not wait for a disk (`flush.messages` and `flush.ms` are unlimited by default): what it
 * has written is in the operating system's page cache, where the process's death does not touch it and the loss of the host's power
 * does. A segment is flushed when the next begins (UnifiedLog.roll in apache/kafka); the rest the kernel writes back once it is 30 s
 * old (`vm.dirty_expire_centisecs` is 3000 by default in Linux).
 *
 * Does not model that the kernel looks only every 5 s, that it writes earlier when much is dirty, or that it may write later pages first.
 */
import { SECOND, type Time } from '../../kernel/time.ts';

const EXPIRY = 30 * SECOND;
/** What is written within so much counts as written with the last of it. */
const GRAIN = SECOND;

/** All below an offset was written by then; what it counts together began before. */
interface Mark {
  end: number;
  at: Time;
  readonly began: Time;
}

export class PageCache {
  private marks: Mark[] = [];
  private synced = 0;

  /** Something is written now, with which the log ends at an offset. */
  write(end: number, now: Time): void {
    const { marks } = this;
    if (marks.length > 0 && now - marks[marks.length - 1].began < GRAIN) {
      const last = marks[marks.length - 1];
      last.end = end;
      last.at = now;
      return;
    }
    marks.push({ end, at: now, began: now });
    while (marks.length > 1 && now - marks[1].at >= EXPIRY) marks.shift();
  }

  /** All below an offset is on disk. */
  sync(end: number): void {
    this.synced = end;
    this.marks = [];
  }

  /** The log ends here from now on. */
  cut(end: number): void {
    this.synced = Math.min(this.synced, end);
    for (const mark of this.marks) mark.end = Math.min(mark.end, end);
  }

  /** The offset below which the log is on disk. */
  flushed(now: Time): number {
    const old = this.marks.findLast(({ at }) => now - at >= EXPIRY);
    return Math.max(this.synced, old?.end ?? 0);
  }
}
