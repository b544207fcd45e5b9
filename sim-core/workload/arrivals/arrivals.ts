/**
 * When requests come: the seam of arrival processes. Each is one file in this folder; a scenario picks one.
 */
import type { RandomStream } from '../../kernel/random-stream.ts';
import type { Time } from '../../kernel/time.ts';

export interface ArrivalProcess {
  /** The instant of the next arrival after `now`, in order; Infinity when no more will come. */
  next(now: Time, random: RandomStream): Time;
  /**
   * Within which time it is the process, and what it is there, if it is one of a stretch of time only: whoever has it come faster or
   * slower leaves the stretch where it is.
   */
  readonly within?: { readonly from: Time; readonly to: Time; readonly process: ArrivalProcess };
}

/** Arrivals per second, checked. */
export function checkedRate(name: string, perSecond: number): number {
  if (perSecond > 0 && perSecond < 1e9) return perSecond;
  throw new RangeError(`${name}: the rate is ${perSecond} a second; it must lie between 0 (excluded) and 10^9`);
}
