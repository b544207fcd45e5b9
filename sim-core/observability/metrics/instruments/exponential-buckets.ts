/**
 * Buckets whose width grows with the value: at a scale s bucket i covers (base^i, base^(i+1)] with base = 2^(2^-s), so that any
 * value is known up to the same relative error. One less of the scale merges each two neighbours into one, exactly. A
 * histogram of a bounded number of buckets begins at the finest scale and merges whenever what it has seen does not fit.
 * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 *
 * Prometheus' native histograms are these with another number for a bucket: theirs is one more.
 * https://prometheus.io/docs/specs/native_histograms/
 */
import { exp, ln } from '../../../kernel/maths.ts';
import type { ExponentialBuckets } from '../../signals/telemetry.ts';

export const SCALE_MAX = 20;
export const SCALE_MIN = -10;

const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);
DOUBLE[0] = 1;
/** Which of the two words holds sign, exponent and leading mantissa bits: it depends on the machine's byte order. */
const HIGH = WORDS[1] === 0 ? 0 : 1;

/**
 * The bucket of a value above 0 (from 2^-1022 on) at a scale from -10 to 20. Powers of two, which are bounds at every scale,
 * are exact; elsewhere a value closer to a bound than the logarithm's error may come to the neighbour, which the
 * specification allows.
 */
export function exponentialBucketOf(value: number, scale: number): number {
  DOUBLE[0] = value;
  const high = WORDS[HIGH];
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  const isPower = (high & 0xfffff) === 0 && WORDS[1 - HIGH] === 0;
  if (isPower)
    return (scale > 0 ? exponent * (1 << scale) : exponent >> -scale) - (scale > 0 || isBound(exponent, scale) ? 1 : 0);
  if (scale <= 0) return exponent >> -scale;
  const perOctave = 1 << scale;
  const bucket = Math.ceil((ln(value) / Math.LN2) * perOctave) - 1;
  // What lies between two powers of two is in none of the buckets beyond them, however the logarithm is rounded.
  return Math.min(Math.max(bucket, exponent * perOctave), (exponent + 1) * perOctave - 1);
}

/** Whether 2^exponent is a bound at a scale of 0 or less. */
const isBound = (exponent: number, scale: number): boolean => (exponent >> -scale) << -scale === exponent;

/** The lower bound of a bucket: base^bucket. */
export function exponentialLowerBound(bucket: number, scale: number): number {
  const exponent = scale >= 0 ? bucket / (1 << scale) : bucket * (1 << -scale);
  const whole = Math.floor(exponent);
  return powerOfTwo(whole) * exp((exponent - whole) * Math.LN2);
}

/** Exact: by halving and doubling alone. */
function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power *= 2;
  for (let i = 0; i > exponent; i--) power /= 2;
  return power;
}

/** The buckets as they are at a scale that is `by` less. */
export function downscaled({ offset, counts }: ExponentialBuckets, by: number): ExponentialBuckets {
  if (by === 0 || counts.length === 0) return { offset: offset >> by, counts };
  const first = offset >> by;
  const merged = zeros(((offset + counts.length - 1) >> by) - first + 1);
  counts.forEach((count, place) => (merged[((offset + place) >> by) - first] += count));
  return { offset: first, counts: merged };
}

/** How much less the scale must be for the buckets from `low` to `high` to be no more than `size`. */
export function scaleChange(low: number, high: number, size: number): number {
  let by = 0;
  while ((high >> by) - (low >> by) >= size) by++;
  return by;
}

/** The sum of both, bucket by bucket, at one scale; `sign` of -1 takes the second from the first. */
export function addBuckets(a: ExponentialBuckets, b: ExponentialBuckets, sign: 1 | -1 = 1): ExponentialBuckets {
  if (b.counts.length === 0) return a;
  if (a.counts.length === 0 && sign === 1) return b;
  const isEmpty = a.counts.length === 0;
  const offset = isEmpty ? b.offset : Math.min(a.offset, b.offset);
  const end = Math.max(isEmpty ? -Infinity : a.offset + a.counts.length, b.offset + b.counts.length);
  const counts = zeros(end - offset);
  a.counts.forEach((count, place) => (counts[a.offset - offset + place] += count));
  b.counts.forEach((count, place) => (counts[b.offset - offset + place] += sign * count));
  return { offset, counts };
}

const zeros = (length: number): number[] => Array.from({ length }, () => 0);
