/**
 * What `--sizes` takes: a comma-separated list of
 *
 *     size       := count | percentage
 *     count      := digits ["K" | "M"]                           objects; K is a thousand, M a million
 *                 | digits ["K" | "M" | "G" | "T" ["i"]] ["B"]   bytes, with `--bytes`; Ki is 1,024, and so on
 *     percentage := digits ["." digits] "%"                      of the trace's distinct objects, or of the bytes of them
 *                                                                all, over 0 and at most 100
 */

export type CacheSize =
  /** Objects, or bytes. */
  | { readonly units: number }
  /** A percentage as a fraction of two integers, so that 0.1 % of 1,000 is 1 and not a rounding away from it. */
  | { readonly numerator: bigint; readonly denominator: bigint };

/** What a cache's size is counted in. */
export type CacheUnit = 'objects' | 'bytes';

/** Beyond the one no policy's arrays fit a machine; beyond the other bytes are not counted exactly. */
const MAX = { objects: 1_000_000_000, bytes: Number.MAX_SAFE_INTEGER };
const MAX_WORDS = { objects: '1,000M objects', bytes: '9,007T bytes' };
const FORMS = { objects: /^(\d+)([km]?)$/i, bytes: /^(\d+)(|[kmgt]i?)b?$/i };
const EXAMPLES = { objects: '500 or 10K', bytes: '500, 10MB or 4GiB' };

/** Throws a `RangeError` that says what is wrong with this one value. */
export function parseSize(text: string, unit: CacheUnit = 'objects'): CacheSize {
  const count = FORMS[unit].exec(text);
  if (count !== null) {
    const units = Number(count[1]) * factorOf(count[2].toLowerCase());
    if (units < 1 || units > MAX[unit]) throw new RangeError(`"${text}" is not from 1 to ${MAX_WORDS[unit]}`);
    return { units };
  }
  const percentage = /^(\d+)(?:\.(\d+))?%$/.exec(text);
  if (percentage === null) {
    throw new RangeError(
      `"${text}" is neither a count of ${unit}, as ${EXAMPLES[unit]}, nor a percentage of them, as 1%`,
    );
  }
  const decimals = percentage[2] ?? '';
  const numerator = BigInt(percentage[1] + decimals);
  const denominator = 100n * 10n ** BigInt(decimals.length);
  if (numerator === 0n || numerator > denominator) throw new RangeError(`"${text}" is not over 0% and at most 100%`);
  return { numerator, denominator };
}

/** A percentage as a number from 0 to 1. */
export const shareOf = ({ numerator, denominator }: Extract<CacheSize, { readonly numerator: bigint }>): number =>
  Number(numerator) / Number(denominator);

/** How many units a cache of this size holds of so many: a percentage is rounded down, but to 1 at least. */
export function unitsOf(size: CacheSize, all: number): number {
  if ('units' in size) return size.units;
  return Math.max(1, Number((BigInt(all) * size.numerator) / size.denominator));
}

const factorOf = (prefix: string): number =>
  (prefix.endsWith('i') ? 1024 : 1000) ** (prefix === '' ? 0 : 1 + 'kmgt'.indexOf(prefix[0]));
