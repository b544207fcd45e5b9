/**
 * Logarithms and powers with the same bits on every engine. `Math.log`, `exp` and `pow` differ between engines and
 * between versions of one engine, and a single differing bit changes a whole run; these are made of + - * / and bit
 * operations alone, which IEEE 754 and ECMAScript fix. ln and pow are @stdlib's ports of fdlibm (Sun, 1993), exp is its method.
 *
 * Largest errors seen against 60-digit arithmetic, over 20,000 arguments each: ln 0.80, exp 0.86 and pow 0.77 units in
 * the last place, expm1 2.5, log1p 2.0; lnGamma 1e-14 relative to the greater of 1 and its value.
 */
import stdlibExp from '@stdlib/math-base-special-exp';
import stdlibLn from '@stdlib/math-base-special-ln';
import stdlibPow from '@stdlib/math-base-special-pow';

/** The natural logarithm. -Infinity at 0, NaN below. */
export const ln: (x: number) => number = stdlibLn;

/** 2^-64 to 2^64: of what is larger or smaller exp makes no powers of its own, for hardly anybody asks for it. */
const EXPONENT_MAX = 64;
const POWERS_OF_TWO = new Float64Array(2 * EXPONENT_MAX + 1).fill(1);
for (let k = 1; k <= EXPONENT_MAX; k++) {
  POWERS_OF_TWO[EXPONENT_MAX + k] = POWERS_OF_TWO[EXPONENT_MAX + k - 1] * 2;
  POWERS_OF_TWO[EXPONENT_MAX - k] = POWERS_OF_TWO[EXPONENT_MAX - k + 1] / 2;
}
/** The arguments between these two, of either sign: 2^-28, below which e^x is 1 + x, and a little less than 64 ln 2. */
const ARGUMENT_MIN = 1 / 268_435_456;
const ARGUMENT_MAX = 44;
/** ln 2 in two parts, the first of so few bits that its products with small whole numbers are exact. */
const LN_2 = 0.6931471803691238;
const LN_2_REST = 1.9082149292705877e-10;
/**
 * The coefficients of r², r⁴, … in r coth(r/2) = 2 + r²/6 - r⁴/360 + r⁶/15120 - …, each near to what it is named after, but together with
 * the least error over the whole range of r.
 */
const NEAR_1_6 = 0.16666666666666602;
const NEAR_MINUS_1_360 = -0.0027777777777015593;
const NEAR_1_15120 = 0.00006613756321437934;
const NEAR_MINUS_1_604800 = -0.0000016533902205465252;
const NEAR_1_23950080 = 4.1381367970572385e-8;

/**
 * e^x as 2^k e^r with |r| at most half of ln 2, where r coth(r/2), that is 2 + r²/6 - r⁴/360 + …, is a polynomial of r² to within 2^-59
 * (fdlibm's e_exp.c). To the bit what @stdlib's port gives, which takes several times as long to put 2^k in its place.
 */
export function exp(x: number): number {
  const size = Math.abs(x);
  if (!(size > ARGUMENT_MIN && size < ARGUMENT_MAX)) return stdlibExp(x);
  const k = (x * Math.LOG2E + (x < 0 ? -0.5 : 0.5)) | 0;
  const high = x - k * LN_2;
  const low = k * LN_2_REST;
  const r = high - low;
  const t = r * r;
  const c =
    r - t * (NEAR_1_6 + t * (NEAR_MINUS_1_360 + t * (NEAR_1_15120 + t * (NEAR_MINUS_1_604800 + t * NEAR_1_23950080))));
  return (1 - (low - (r * c) / (2 - c) - high)) * POWERS_OF_TWO[k + EXPONENT_MAX];
}

/** x^y. NaN for a negative x and a fractional y. */
export const pow: (x: number, y: number) => number = stdlibPow;

/**
 * e^x - 1 without cancellation near 0. Kahan's method: the rounding of u = e^x cancels in the quotient (u - 1) / ln u.
 */
export function expm1(x: number): number {
  if (!(x > -1 && x < 1)) return exp(x) - 1;
  const u = exp(x);
  return u === 1 ? x : ((u - 1) * x) / ln(u);
}

/** ln(1 + x) without cancellation near 0, by the same method. -Infinity at -1, NaN below. */
export function log1p(x: number): number {
  if (!(x < 1)) return ln(1 + x);
  const u = 1 + x;
  return u === 1 ? x : (ln(u) * x) / (u - 1);
}

/**
 * ln Γ(x) for x > 0: Stirling's series (Abramowitz & Stegun 6.1.41) once the recurrence Γ(x + 1) = x Γ(x) has moved
 * x beyond 10.
 */
export function lnGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`lnGamma: x must be above 0, got ${x}`);
  let product = 1;
  let z = x;
  for (; z < 10; z++) product *= z;
  const w = 1 / (z * z);
  const series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360)))))) / z;
  return (z - 0.5) * ln(z) - z + HALF_LN_TWO_PI + series - ln(product);
}

const HALF_LN_TWO_PI = 0.9189385332046728;
