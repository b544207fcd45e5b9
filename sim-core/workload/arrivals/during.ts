/** Another process within a stretch of time only: a job that starts at night and is done in the morning. */
import type { Time } from '../../kernel/time.ts';
import type { ArrivalProcess } from './arrivals.ts';

/** Arrivals from `from` on and before `to`; none if `to` is not later. The other process begins at `from`. */
export function during(from: Time, to: Time, process: ArrivalProcess): ArrivalProcess {
  return {
    within: { from, to, process },
    next(now, random) {
      const time = process.next(Math.max(now, from), random);
      return time < to ? time : Infinity;
    },
  };
}
