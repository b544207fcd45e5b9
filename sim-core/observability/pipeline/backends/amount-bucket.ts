/**
 * A token bucket from which as many tokens are taken at once as something is large: samples of a write request, bytes of a push. As
 * `AllowN` of https://pkg.go.dev/golang.org/x/time/rate, by which Mimir and Loki limit what they ingest: all of it or nothing, and
 * nothing that is more than the bucket holds.
 */
import { SECOND, type Time } from '../../../kernel/time.ts';

export interface AmountLimit {
  /** What is allowed in a second in the long run, above 0; Infinity for no limit. */
  readonly perSecond: number;
  /** What the bucket holds, above 0. */
  readonly burst: number;
}

export class AmountBucket {
  private readonly limit: AmountLimit;
  private level: number;
  private since: Time = 0;

  constructor(limit: AmountLimit) {
    const { perSecond, burst } = limit;
    if (!(perSecond > 0)) throw new RangeError(`bucket: perSecond is ${perSecond}; it must be above 0`);
    if (!(burst > 0)) throw new RangeError(`bucket: burst is ${burst}; it must be above 0`);
    this.limit = limit;
    this.level = burst;
  }

  /** Whether so much would be allowed. */
  allows(amount: number, now: Time): boolean {
    const { perSecond, burst } = this.limit;
    if (perSecond === Infinity) return true;
    this.level = Math.min(burst, this.level + ((now - this.since) / SECOND) * perSecond);
    this.since = now;
    return amount <= this.level;
  }

  /** Takes what was allowed at this instant. */
  take(amount: number): void {
    if (this.limit.perSecond < Infinity) this.level -= amount;
  }
}
