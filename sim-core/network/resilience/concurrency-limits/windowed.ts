/**
 * Samples of a while taken together: a limit is told their mean time, the most that were inside, and whether anything was dropped. One
 * answer says little where requests differ. As Netflix's `WindowedLimit`, with at least ten samples and a window that
 * does not depend on them.
 */
import type { Duration, Time } from '../../../kernel/time.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';

const SAMPLES_MIN = 10;

export class WindowedLimit implements ConcurrencyLimit {
  private readonly inner: ConcurrencyLimit;
  private readonly window: Duration;
  private readonly now: () => Time;
  private ends: Time = 0;
  private count = 0;
  private sum = 0;
  private most = 0;
  private dropped = false;

  constructor(inner: ConcurrencyLimit, window: Duration, now: () => Time) {
    this.inner = inner;
    this.window = window;
    this.now = now;
  }

  get limit(): number {
    return this.inner.limit;
  }

  sample(rtt: Duration, inFlight: number, dropped: boolean): void {
    this.count++;
    this.sum += rtt;
    this.most = Math.max(this.most, inFlight);
    this.dropped ||= dropped;
    const now = this.now();
    if (now <= this.ends) return;
    this.ends = now + this.window;
    if (this.count >= SAMPLES_MIN) this.inner.sample(Math.round(this.sum / this.count), this.most, this.dropped);
    this.count = this.sum = this.most = 0;
    this.dropped = false;
  }
}
