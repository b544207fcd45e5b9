/**
 * Gradient2: compares the time of answers now with a long average of it. While it takes less than half as long again the limit grows by a few;
 * when it takes more the limit shrinks in proportion, to half at most, and a fifth of the way at a time. As `Gradient2Limit` of Netflix's
 * concurrency-limits at commit f2528def with its defaults, which bears that much (`rttTolerance`, 1.5):
 * https://github.com/Netflix/concurrency-limits
 *
 * The long average is that of the latest 600 samples or so, and follows what it is compared with: where answers take half as long again as is
 * usual that becomes usual, in some hundred samples, and the limit rises once more, up to its maximum.
 */
import { checked, within, type ConcurrencyLimit, type ConcurrencyLimitOptions } from './concurrency-limit.ts';

const SMOOTHING = 0.2;
/** So many times what is usual an answer may take before the limit shrinks. */
const TOLERANCE = 1.5;
/** How much may wait, for the limit to grow by. */
const QUEUE = 4;
/** Samples of the long average, and how many of them make a plain one to begin with. */
const LONG = 600;
const PLAIN = 10;

export function gradient2(options: ConcurrencyLimitOptions): ConcurrencyLimit {
  let { initial: estimate } = checked(options);
  let long = 0;
  let sum = 0;
  let count = 0;

  function average(rtt: number): number {
    if (count < PLAIN) {
      sum += rtt;
      long = sum / ++count;
    } else long += (2 / (LONG + 1)) * (rtt - long);
    return long;
  }

  return {
    get limit() {
      return Math.floor(estimate);
    },
    sample(rtt, inFlight) {
      const usual = average(rtt);
      // After a long overload what counts as usual is far too much; it comes down faster than by averaging.
      if (usual > 2 * rtt) long *= 0.95;
      if (inFlight < estimate / 2) return;
      const gradient = Math.max(0.5, Math.min(1, (TOLERANCE * usual) / rtt));
      const next = estimate * gradient + QUEUE;
      estimate = within(options, estimate * (1 - SMOOTHING) + next * SMOOTHING);
    },
  };
}
