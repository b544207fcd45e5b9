/**
 * Locks on rows, held to the end of a transaction: who wants one that is taken stands in line (PostgreSQL, "Row-Level Locks").
 * Who would wait for somebody who waits for him is told so, and has to give up (deadlock). He is told at once: that PostgreSQL
 * looks for a deadlock only when somebody has waited for `deadlock_timeout`, a second, is not modelled.
 */
export interface LockOwner {
  readonly held: string[];
  /** In whose line it stands. */
  waitsFor: string | undefined;
}

interface Lock<Owner extends LockOwner> {
  holder: Owner;
  readonly waiting: { readonly owner: Owner; readonly granted: () => void }[];
}

export class RowLocks<Owner extends LockOwner> {
  private readonly locks = new Map<string, Lock<Owner>>();

  /** Rows that are locked. */
  get size(): number {
    return this.locks.size;
  }

  /** Takes a row's lock, or waits for it: `granted` is called then. Nobody may wait for two at once. */
  take(owner: Owner, row: string, granted: () => void): 'held' | 'waits' | 'deadlock' {
    const lock = this.locks.get(row);
    if (lock === undefined) {
      this.locks.set(row, { holder: owner, waiting: [] });
      owner.held.push(row);
      return 'held';
    }
    if (lock.holder === owner) return 'held';
    if (this.isWaitedFor(owner, lock.holder)) return 'deadlock';
    owner.waitsFor = row;
    lock.waiting.push({ owner, granted });
    return 'waits';
  }

  /** Takes a row's lock if nobody else has it, and does not wait (`SKIP LOCKED`): whether it has it now. */
  tryTake(owner: Owner, row: string): boolean {
    return (this.locks.get(row)?.holder ?? owner) === owner && this.take(owner, row, () => {}) === 'held';
  }

  /** Gives all that it holds back; the next in each line has the lock at once. */
  release(owner: Owner): void {
    const granted: (() => void)[] = [];
    for (const row of owner.held.splice(0)) {
      const lock = this.locks.get(row)!;
      const next = lock.waiting.shift();
      if (next === undefined) {
        this.locks.delete(row);
        continue;
      }
      lock.holder = next.owner;
      next.owner.held.push(row);
      next.owner.waitsFor = undefined;
      granted.push(next.granted);
    }
    for (const tell of granted) tell();
  }

  /** A crash: nobody holds anything. */
  clear(): void {
    this.locks.clear();
  }

  private isWaitedFor(owner: Owner, by: Owner): boolean {
    for (let other = by; ;) {
      if (other === owner) return true;
      if (other.waitsFor === undefined) return false;
      other = this.locks.get(other.waitsFor)!.holder;
    }
  }
}
