/** Pulses: many requests in a short time, again and again, as jobs send that a clock starts. At equal distances, without chance. */
import type { Duration, Time } from '../../kernel/time.ts';
import type { ArrivalProcess } from './arrivals.ts';

export interface PulseOptions {
  /** When the first pulse begins. */
  readonly first: Time;
  /** From the beginning of one to that of the next; not less than `length`. */
  readonly every: Duration;
  /** Requests of a pulse: an integer of at least 1. */
  readonly count: number;
  /** How long a pulse lasts. */
  readonly length: Duration;
}

export function pulses({ first, every, count, length }: PulseOptions): ArrivalProcess {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`pulses: count is ${count}; it must be an integer of at least 1`);
  }
  if (!(length >= 0 && every >= length && every > 0)) {
    throw new RangeError(`pulses: a length of ${length} ns every ${every} ns; a pulse must end before the next`);
  }
  let number = 0;
  return {
    next() {
      const pulse = Math.floor(number / count);
      const place = number++ % count;
      return first + pulse * every + Math.round((place * length) / count);
    },
  };
}
