/**
 * Demand: items that were asked for and not promised yet. It adds up (rule 3.8 of Reactive Streams), and what reaches 2^63 - 1 is
 * as good as without a bound, not an overflow (3.17). That number itself is no double: the next one is taken, and from 2^53
 * on demand no longer falls by one, since nobody lives to be given so many items.
 */
export const UNBOUNDED_DEMAND = 9_223_372_036_854_775_808;

export class Demand {
  private open = 0;

  get outstanding(): number {
    return this.open;
  }

  add(n: number): void {
    this.open = Math.min(this.open + n, UNBOUNDED_DEMAND);
  }

  /** Takes one of it; false if there is none. */
  take(): boolean {
    if (this.open === 0) return false;
    if (this.open < UNBOUNDED_DEMAND) this.open--;
    return true;
  }
}

/** Whether `request` takes it (rule 3.9). */
export const isDemand = (n: number): boolean => Number.isInteger(n) && n > 0;
