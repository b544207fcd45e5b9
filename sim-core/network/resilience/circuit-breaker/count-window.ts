/** The latest calls, however long ago: a ring of so many outcomes, as resilience4j's `COUNT_BASED`. */
import type { OutcomeCounts, OutcomeWindow } from './outcome-window.ts';

const FAILED = 1;
const SLOW = 2;

export class CountWindow implements OutcomeWindow {
  private readonly outcomes: Uint8Array;
  private recorded = 0;
  private failed = 0;
  private slow = 0;

  /** `size`: calls, an integer of at least 1. */
  constructor(size: number) {
    this.outcomes = new Uint8Array(size);
  }

  record(failed: boolean, slow: boolean): void {
    const place = this.recorded++ % this.outcomes.length;
    this.count(this.outcomes[place], -1);
    this.outcomes[place] = (failed ? FAILED : 0) | (slow ? SLOW : 0);
    this.count(this.outcomes[place], 1);
  }

  counts(): OutcomeCounts {
    return { total: Math.min(this.recorded, this.outcomes.length), failed: this.failed, slow: this.slow };
  }

  private count(outcome: number, by: 1 | -1): void {
    if (outcome & FAILED) this.failed += by;
    if (outcome & SLOW) this.slow += by;
  }
}
