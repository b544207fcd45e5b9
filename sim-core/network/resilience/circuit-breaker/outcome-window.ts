/** What a breaker remembers of the calls that ended: the seam of its sliding windows. */
import type { Time } from '../../../kernel/time.ts';

/** Calls in a window, and how many of them failed, or were slow: a call may be both. */
export interface OutcomeCounts {
  readonly total: number;
  readonly failed: number;
  readonly slow: number;
}

export interface OutcomeWindow {
  /** A call ended now. */
  record(failed: boolean, slow: boolean, now: Time): void;
  /** What is in the window now. */
  counts(now: Time): OutcomeCounts;
}

/** What is remembered in states that look at no call. */
export const NOTHING_REMEMBERED: OutcomeWindow = {
  record() {},
  counts: () => ({ total: 0, failed: 0, slow: 0 }),
};
