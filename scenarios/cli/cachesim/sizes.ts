/**
 * What `--sizes` takes: a comma-separated list of
 *
 *     size       := count | percentage
 *     count      := digits ["K" | "M"]         objects; K is a thousand, M a million
 *     percentage := digits ["." digits] "%"    of the trace's distinct objects, over 0 and at most 100
 */

export type CacheSize =
  | { readonly objects: number }
  /** A percentage as a fraction of two integers, so that 0.1 % of 1,000 is 1 and not a rounding away from it. */
  | { readonly numerator: bigint; readonly denominator: bigint };

/** Beyond this no policy's arrays fit a machine. */
const MAX_OBJECTS = 1_000_000_000;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000 };

/** Throws a `RangeError` that says what is wrong with this one value. */
export function parseSize(text: string): CacheSize {
  const count = /^(\d+)([km]?)$/i.exec(text);
  if (count !== null) {
    const objects = Number(count[1]) * UNITS[count[2].toLowerCase()];
    if (objects < 1 || objects > MAX_OBJECTS) throw new RangeError(`"${text}" is not from 1 to 1,000M objects`);
    return { objects };
  }
  const percentage = /^(\d+)(?:\.(\d+))?%$/.exec(text);
  if (percentage === null) {
    throw new RangeError(`"${text}" is neither a count of objects, as 500 or 10K, nor a percentage of them, as 1%`);
  }
  const decimals = percentage[2] ?? '';
  const numerator = BigInt(percentage[1] + decimals);
  const denominator = 100n * 10n ** BigInt(decimals.length);
  if (numerator === 0n || numerator > denominator) throw new RangeError(`"${text}" is not over 0% and at most 100%`);
  return { numerator, denominator };
}

/** How many objects a cache of this size holds: a percentage is rounded down, but to 1 at least. */
export function objectsOf(size: CacheSize, objectsInTrace: number): number {
  if ('objects' in size) return size.objects;
  return Math.max(1, Number((BigInt(objectsInTrace) * size.numerator) / size.denominator));
}
