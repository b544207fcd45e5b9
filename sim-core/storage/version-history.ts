/**
 * When each version of each key was committed: the truth that staleness is measured by. Versions of a key are numbered
 * from 1 in the order of their commits; version 0 was there from the start.
 *
 * Keeps one number a commit, for as long as the run lasts: it is the experimenter's book, not the database's memory.
 */
import type { Time } from '../kernel/time.ts';

export class VersionHistory {
  private readonly commits = new Map<number, Time[]>();

  /** Notes a commit of the key's next version, and returns that version. Times may not go back. */
  commit(key: number, now: Time): number {
    const times = this.commits.get(key);
    if (times !== undefined) return times.push(now);
    this.commits.set(key, [now]);
    return 1;
  }

  /** The version that stands. */
  current(key: number): number {
    return this.commits.get(key)?.length ?? 0;
  }

  /** When a version gave way to the next one; undefined while it stands. */
  supersededAt(key: number, version: number): Time | undefined {
    return this.commits.get(key)?.[version];
  }

  /** The version that stood just before a moment: commits at that very moment are not yet seen. */
  before(key: number, moment: Time): number {
    const times = this.commits.get(key);
    if (times === undefined) return 0;
    let [low, high] = [0, times.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (times[middle] < moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
