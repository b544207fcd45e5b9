/**
 * Another process of which only some arrivals come, a share that changes with time: a Poisson process of the highest rate
 * becomes one whose rate follows a curve (Lewis and Shedler, Naval Research Logistics Quarterly 26(3), 1979).
 */
import type { Time } from '../../kernel/time.ts';
import type { ArrivalProcess } from './arrivals.ts';

/** `share`: of the arrivals of a moment, those that come; above 0 at any time, up to 1. */
export function thinned(process: ArrivalProcess, share: (time: Time) => number): ArrivalProcess {
  return {
    next(now, random) {
      let time = process.next(now, random);
      while (time < Infinity) {
        const comes = share(time);
        if (!(comes > 0 && comes <= 1)) {
          throw new RangeError(`thinned: the share at ${time} ns is ${comes}; it must lie between 0 (excluded) and 1`);
        }
        if (random.next() < comes) break;
        time = process.next(time, random);
      }
      return time;
    },
  };
}
