/** Whom a service lets in when more come than it can do: the seam of load shedding. Each shedder is one file in this folder. */
import type { RandomStream } from '../../../kernel/random-stream.ts';
import type { Duration } from '../../../kernel/time.ts';
import type { ConcurrencyLimit } from '../concurrency-limits/concurrency-limit.ts';

export interface LoadShedderOptions {
  /** Up to so many inside nobody is shed. */
  readonly from: number;
  /** With so many inside nobody is let in. */
  readonly full: number;
  /** Of a shedder that finds its own number. */
  readonly adaptive: ConcurrencyLimit;
}

export interface LoadShedder {
  /** How many may be inside at most now. */
  readonly limit: number;
  /** Whether one more is let in beside those inside: of this priority, 0 for what matters most; `random` are its own draws. */
  admits(inside: number, priority: number, random: RandomStream): boolean;
  /** One that was let in is over: it took so long, with so many inside as it came in, and may have come to nothing. */
  ended(took: Duration, inside: number, dropped: boolean): void;
}

export type LoadShedderFactory = (options: LoadShedderOptions) => LoadShedder;

/** Thresholds, if they can be. */
export function checked({ from, full }: LoadShedderOptions): { readonly from: number; readonly full: number } {
  if (Number.isInteger(from) && Number.isInteger(full) && from >= 0 && full > from) return { from, full };
  throw new RangeError(
    `load shedder: from ${from}, full ${full}; they must be whole numbers of at least 0, the second larger`,
  );
}
