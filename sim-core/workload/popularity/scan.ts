/**
 * Scans through a working set: of every so many requests the last ones read cold keys one after the other, each once, as
 * a backup, a report or a crawler does; between them another law has its way. Cold keys come after that law's own. A scan
 * goes on where the last one stopped, and only after all cold keys have been read does the first come again.
 */
import { checkedCount } from './checked-count.ts';
import type { Popularity } from './popularity.ts';

export interface ScanOptions {
  /** Requests from the start of one period to the next. */
  readonly every: number;
  /** Requests of a period, its last ones, that scan. */
  readonly length: number;
  /** Keys that nobody but the scans asks for. */
  readonly cold: number;
}

export function scans(others: Popularity, { every, length, cold }: ScanOptions): Popularity {
  checkedCount('scans: every', every);
  checkedCount('scans: length', length);
  checkedCount('scans: cold', cold);
  if (length >= every) throw new RangeError(`scans: length is ${length}; it must be less than every, ${every}`);
  const quiet = every - length;
  return {
    keys: others.keys + cold,
    draw(random, number) {
      const place = number % every;
      if (place < quiet) return others.draw(random, number);
      const scanned = Math.floor(number / every) * length + place - quiet;
      return others.keys + (scanned % cold);
    },
  };
}
