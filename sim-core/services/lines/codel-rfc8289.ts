/**
 * Controlled delay as it is for packets: RFC 8289 (K. Nichols, V. Jacobson, 2018), section 5, https://www.rfc-editor.org/rfc/rfc8289.
 *
 * Once the wait has been at its target or above for an interval without a break, one is dropped, and the next one after that after
 * interval / sqrt(count), count being how many were: the n-th follows the first by about 2 n^0.5 intervals. It ends with the first that
 * waited for less than the target, or has nobody behind it; a line that stands anew within 16 intervals goes on with as many as the last
 * time had added. A dropped packet tells its sender to send less, so one is enough for a while; callers of a service who do not hear of it, or
 * ask again, are dropped too slowly.
 *
 * "Nobody behind it" stands for the RFC's "no more than one packet's bytes": a line of one is no line.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import { CODEL_INTERVAL, CODEL_TARGET } from './codel.ts';
import type { LineDiscipline } from './line-discipline.ts';

/** Within so many intervals of the last drop the rate that had controlled the line is a good one to begin with. */
const REMEMBERED = 16;

export function codelRfc8289(): LineDiscipline {
  /** When the wait will have been above the target for an interval; 0 while it is not. */
  let firstAboveTime: Time = 0;
  let dropNext: Time = 0;
  let count = 0;
  let lastCount = 0;
  let isDropping = false;
  /** What became of whoever was asked about last: a drop is followed by the next in line at the same time, which is served after the first. */
  let last: 'served' | 'dropped' | 'dropped as the first' = 'served';

  function isOkToDrop(waited: Duration, now: Time, behind: number): boolean {
    if (waited < CODEL_TARGET || behind === 0) firstAboveTime = 0;
    else if (firstAboveTime === 0) firstAboveTime = now + CODEL_INTERVAL;
    else return now >= firstAboveTime;
    return false;
  }

  function begin(now: Time): void {
    const delta = count - lastCount;
    count = delta > 1 && now - dropNext < REMEMBERED * CODEL_INTERVAL ? delta : 1;
    dropNext = now + CODEL_INTERVAL / Math.sqrt(count);
    lastCount = count;
    isDropping = true;
  }

  return {
    placeOf: () => 0,
    drops(waited, now, _deadline, behind) {
      const isOk = isOkToDrop(waited, now, behind);
      const before = last;
      last = 'served';
      if (isDropping) {
        if (!isOk) isDropping = false;
        else if (before === 'dropped') dropNext += CODEL_INTERVAL / Math.sqrt(count);
        if (!isDropping || now < dropNext) return false;
        count++;
        last = 'dropped';
        return true;
      }
      if (!isOk) return false;
      begin(now);
      last = 'dropped as the first';
      return true;
    },
  };
}
