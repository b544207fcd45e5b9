/**
 * Shedding by priority: what matters less is let in while fewer than a threshold are inside, what matters most up to a higher one; the
 * places between are kept for it. Trunk reservation, as telephone exchanges have it for calls of their own (F. Kelly, Loss Networks, 1991).
 * While the core by itself is less than the service can do, the chance that it finds even these places taken falls with their
 * number as a power of its load.
 */
import { checked, type LoadShedder, type LoadShedderOptions } from './load-shedder.ts';

export function priorityShedding(options: LoadShedderOptions): LoadShedder {
  const { from, full } = checked(options);
  return {
    limit: full,
    admits: (inside, priority) => inside < (priority === 0 ? full : from),
    ended() {},
  };
}
