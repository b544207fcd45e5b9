/**
 * Log-linear buckets of the positive doubles: every octave [2^e, 2^(e+1)) is cut into 2^bits buckets of equal width,
 * so that a bucket is never wider than 2^-bits of its lowest value. It is the division of HdrHistogram
 * (hdrhistogram.org), taken here from the number itself: an IEEE 754 double already holds the exponent and, just below
 * it, the linear part, so that the leading bits of its high word number the buckets in ascending order. No logarithm
 * is taken, so every engine agrees.
 *
 * Below 2^-1022 doubles have no exponent of their own and buckets stop getting narrower.
 */

const DOUBLE = new Float64Array(1);
const WORDS = new Uint32Array(DOUBLE.buffer);
DOUBLE[0] = 1;
/** Which of the two words holds sign, exponent and leading mantissa bits: it depends on the machine's byte order. */
const HIGH = WORDS[1] === 0 ? 0 : 1;

/** The most bits that the high word has below the exponent. */
const BITS_MAX = 20;

/**
 * The number of the bucket that holds `value`, a finite double of at least 0 with a positive sign. What is not one
 * (NaN, an infinity, a negative number, minus zero) gets a number above every bucket's, from 2047 · 2^bits up.
 */
export function bucketOf(value: number, bits: number): number {
  DOUBLE[0] = value;
  return WORDS[HIGH] >>> (BITS_MAX - bits);
}

/** The lowest value of a bucket; the bucket ends just below the lowest value of the next one. */
export function lowestOf(bucket: number, bits: number): number {
  WORDS[HIGH] = bucket << (BITS_MAX - bits);
  WORDS[1 - HIGH] = 0;
  return DOUBLE[0];
}
