/**
 * Gradient2: compares the time of answers now with a long average of it. While it takes no longer the limit grows by a few; when it
 * does the limit shrinks in proportion, to half at most, and a fifth of the way at a time. As `Gradient2Limit` of Netflix's concurrency-limits at commit
 * 14ddfa2f. Later ones bear half as much again of the long average before the limit shrinks (`rttTolerance`, 1.5 by default),
 * and let that come down by a twentieth at a time in place of a tenth.
 *
 * The long average is that of the latest 600 samples or so, and follows what it is compared with: under an overload that lasts, slow
 * becomes usual, and the limit rises again, up to its maximum.
 */
import { checked, within, type ConcurrencyLimit, type ConcurrencyLimitOptions } from './concurrency-limit.ts';

const SMOOTHING = 0.2;
/** How much may wait, for the limit to grow by. */
const QUEUE = 4;
/** Samples of the long average, and how many of them make a plain one to begin with. */
const LONG = 600;
const PLAIN = 10;

export function gradient2(options: ConcurrencyLimitOptions): ConcurrencyLimit {
  let { initial: estimate } = checked(options);
  let long = 0;
  let count = 0;

  function average(rtt: number): number {
    const weight = count < PLAIN ? 1 / ++count : 2 / (LONG + 1);
    long += weight * (rtt - long);
    return long;
  }

  return {
    get limit() {
      return Math.floor(estimate);
    },
    sample(rtt, inFlight) {
      const usual = average(rtt);
      // After a long overload what counts as usual is far too much; it comes down faster than by averaging.
      if (usual > 2 * rtt) long *= 0.9;
      if (inFlight < estimate / 2) return;
      const gradient = Math.max(0.5, Math.min(1, usual / rtt));
      const next = estimate * gradient + QUEUE;
      estimate = within(options, estimate * (1 - SMOOTHING) + next * SMOOTHING);
    },
  };
}
