/**
 * Identities that were seen within a window of time: who comes again meanwhile is a duplicate, whatever became of the first
 * (Amazon SQS Developer Guide, "FIFO queue and message deduplication": five minutes). Bounded by what comes in one window.
 */
import type { Duration, Time } from '../../kernel/time.ts';

export class DeduplicationWindow<Identity = string> {
  private readonly window: Duration;
  /** When each was accepted, the earliest first. */
  private readonly seen = new Map<Identity, Time>();

  constructor(window: Duration) {
    this.window = window;
  }

  /** Identities remembered. */
  get size(): number {
    return this.seen.size;
  }

  /** Whether it has come within the window. */
  has(identity: Identity, now: Time): boolean {
    for (const [oldest, at] of this.seen) {
      if (now - at < this.window) break;
      this.seen.delete(oldest);
    }
    return this.seen.has(identity);
  }

  /** Whether it comes for the first time; it is then remembered. */
  accept(identity: Identity, now: Time): boolean {
    if (this.has(identity, now)) return false;
    this.seen.set(identity, now);
    return true;
  }
}
