/**
 * Vegas: takes the shortest time that it has seen for the time without a queue, and estimates what waits from how much longer
 * answers take now: limit x (1 - shortest / present). Few waiting: more are let in; many: fewer. TCP Vegas (L. Brakmo, L. Peterson,
 * 1995) as `VegasLimit` of Netflix's concurrency-limits has it at commit 141214dc: thresholds grow with the logarithm of the limit.
 *
 * Now and then it takes the present time for the shortest, since a service may become slower for good. Where that happens under
 * load the queue that is there becomes its idea of none, and the limit rises.
 */
import { checked, within, type ConcurrencyLimit, type ConcurrencyLimitOptions } from './concurrency-limit.ts';

/** It looks for the shortest time anew after so many answers times the limit, or down to half as many by chance. */
const PROBE = 30;

/** The whole part of the decimal logarithm, 1 at least; from 1,000 on the square root. */
const scaleOf = (limit: number): number => (limit < 100 ? 1 : limit < 1000 ? 2 : Math.floor(Math.sqrt(limit)));

export function vegas(options: ConcurrencyLimitOptions): ConcurrencyLimit {
  const { random } = options;
  let { initial: limit } = checked(options);
  let shortest = Infinity;
  let answers = 0;
  let jitter = (1 + random.next()) / 2;

  function changed(rtt: number, inFlight: number, dropped: boolean): number {
    const scale = scaleOf(limit);
    if (dropped) return limit - scale;
    if (inFlight * 2 < limit) return limit;
    const waiting = Math.ceil(limit * (1 - shortest / rtt));
    if (waiting <= scale) return limit + 6 * scale;
    if (waiting < 3 * scale) return limit + scale;
    if (waiting > 6 * scale) return limit - scale;
    return limit;
  }

  return {
    get limit() {
      return limit;
    },
    sample(rtt, inFlight, dropped) {
      answers++;
      if (answers >= jitter * PROBE * limit) {
        answers = 0;
        jitter = (1 + random.next()) / 2;
        shortest = rtt;
      } else if (rtt < shortest) shortest = rtt;
      else limit = within(options, changed(rtt, inFlight, dropped));
    },
  };
}
