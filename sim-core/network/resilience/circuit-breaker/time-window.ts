/**
 * The calls of the latest seconds, as resilience4j's `TIME_BASED`: a counter for each whole second of the clock, so that the
 * window is the present second, as far as it has gone, and the full ones before it.
 */
import { SECOND, type Time } from '../../../kernel/time.ts';
import type { OutcomeCounts, OutcomeWindow } from './outcome-window.ts';

interface Bucket {
  total: number;
  failed: number;
  slow: number;
}

export class TimeWindow implements OutcomeWindow {
  private readonly buckets: readonly Bucket[];
  private readonly sum: Bucket = { total: 0, failed: 0, slow: 0 };
  /** The second that the latest bucket counts. */
  private latest: number;

  /** `size`: seconds, an integer of at least 1. */
  constructor(size: number, now: Time) {
    this.buckets = Array.from({ length: size }, () => ({ total: 0, failed: 0, slow: 0 }));
    this.latest = Math.floor(now / SECOND);
  }

  record(failed: boolean, slow: boolean, now: Time): void {
    this.moveTo(now);
    for (const one of [this.buckets[this.latest % this.buckets.length], this.sum]) {
      one.total++;
      if (failed) one.failed++;
      if (slow) one.slow++;
    }
  }

  counts(now: Time): OutcomeCounts {
    this.moveTo(now);
    return { ...this.sum };
  }

  /** Forgets the seconds that the window has left. */
  private moveTo(now: Time): void {
    const second = Math.floor(now / SECOND);
    const { buckets, sum } = this;
    for (let passed = Math.max(this.latest, second - buckets.length) + 1; passed <= second; passed++) {
      const old = buckets[passed % buckets.length];
      sum.total -= old.total;
      sum.failed -= old.failed;
      sum.slow -= old.slow;
      old.total = old.failed = old.slow = 0;
    }
    this.latest = second;
  }
}
