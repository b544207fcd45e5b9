/**
 * When each version of each key was committed: the truth that staleness is measured by. Versions of a key are numbered
 * from 1 in the order in which they were written; version 0 was there from the start. A transaction that rolls back has
 * used up its number: what it wrote is told apart from whatever is committed next.
 *
 * Writers of one key hold its lock until they commit, as in PostgreSQL and InnoDB, so versions are committed in the order
 * of their numbers. Keeps two numbers a commit, for as long as the run lasts: it is the experimenter's book, not the
 * database's memory.
 */
import type { Time } from '../kernel/time.ts';

interface Book {
  /** Committed versions and when, both rising. */
  readonly versions: number[];
  readonly times: Time[];
  /** The highest version that was ever written. */
  written: number;
  /** The one written by a transaction that is still open, 0 if there is none. */
  open: number;
}

export class VersionHistory {
  private readonly books = new Map<number, Book>();

  /** The version that an open transaction writes. An error while another one is open: it would have to wait. */
  write(key: number): number {
    const book = this.bookOf(key);
    if (book.open !== 0) throw new Error(`key ${key} is written while another transaction has it locked`);
    return (book.open = ++book.written);
  }

  /** The open transaction commits what it wrote. */
  commitWritten(key: number, now: Time): void {
    const book = this.bookOf(key);
    if (book.open === 0) throw new Error(`key ${key} is committed, but no transaction has written it`);
    book.versions.push(book.open);
    book.times.push(now);
    book.open = 0;
  }

  /** The open transaction takes back what it wrote. */
  rollBack(key: number): void {
    this.bookOf(key).open = 0;
  }

  /** Writes and commits the key's next version, and returns that version. Times may not go back. */
  commit(key: number, now: Time): number {
    const version = this.write(key);
    this.commitWritten(key, now);
    return version;
  }

  /** The version that stands. */
  current(key: number): number {
    return this.books.get(key)?.versions.at(-1) ?? 0;
  }

  /** When a version gave way to a newer one; undefined while none has been committed. */
  supersededAt(key: number, version: number): Time | undefined {
    const book = this.books.get(key);
    return book?.times[firstAbove(book.versions, version)];
  }

  /** The version that stood just before a moment: commits at that very moment are not yet seen. */
  before(key: number, moment: Time): number {
    const book = this.books.get(key);
    if (book === undefined) return 0;
    return book.versions[firstAbove(book.times, moment, true) - 1] ?? 0;
  }

  /** How many versions newer than this one were committed before a moment. */
  newer(key: number, version: number, moment: Time): number {
    const book = this.books.get(key);
    if (book === undefined) return 0;
    return Math.max(0, firstAbove(book.times, moment, true) - firstAbove(book.versions, version));
  }

  /** Whether a version was written by a transaction that rolled back. */
  isPhantom(key: number, version: number): boolean {
    const book = this.books.get(key);
    if (book === undefined || version === 0 || version === book.open) return false;
    return book.versions[firstAbove(book.versions, version) - 1] !== version;
  }

  private bookOf(key: number): Book {
    let book = this.books.get(key);
    if (book === undefined) this.books.set(key, (book = { versions: [], times: [], written: 0, open: 0 }));
    return book;
  }
}

/** The place of the first number above a limit, or at it where that is asked for, in a list that rises. */
function firstAbove(rising: readonly number[], limit: number, orAt = false): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle] > limit || (orAt && rising[middle] === limit)) high = middle;
    else low = middle + 1;
  }
  return low;
}
