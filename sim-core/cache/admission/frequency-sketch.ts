/**
 * The seam of TinyLFU's memory: about how often was a key requested lately, also one that the cache does not hold? A
 * sketch of 4-bit counters that ages; `sketches.ts` is the table of them.
 */
export interface FrequencySketch {
  /** The cache's entries that it has room for: it is made anew, and forgets, for a cache that holds more. */
  readonly entries: number;
  /**
   * Counts a request for the key with this 32-bit hash. Returns false if all of its counters were full already: as they
   * will stay so until the next halving, further requests for it need not be told before.
   */
  increment(key: number): boolean;
  /** About how often the key with this 32-bit hash was requested lately: from 0 to 15, seldom too low. */
  frequency(key: number): number;
}

export interface SketchOptions {
  /** Entries of the cache: an integer from 1 to 2^30. */
  readonly entries: number;
  /** Increments an entry, or a slot, from one halving to the next: an integer from 1; 10 by default. */
  readonly sample?: number;
  /** Called when all counters have been halved. */
  readonly onHalving?: () => void;
}

/** The sample, checked. */
export function checkedSample({ sample = 10 }: SketchOptions): number {
  if (Number.isInteger(sample) && sample >= 1) return sample;
  throw new RangeError(`sample: ${sample} is not a number of increments; give an integer from 1`);
}

/** The least power of two that is no less than the cache's entries. */
export function slotsFor(entries: number): number {
  let slots = 1;
  while (slots < entries) slots *= 2;
  return slots;
}
