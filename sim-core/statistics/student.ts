/**
 * Student's t distribution (Biometrika 6(1), 1908): how far the mean of a few normal observations strays from the
 * truth, in units of its own estimated standard error. With few degrees of freedom it has much heavier tails than the
 * normal distribution, to which it tends as they grow.
 *
 * The two tails together are the regularised incomplete beta function I_x(ν/2, 1/2) at x = ν/(ν + t²) (Abramowitz and
 * Stegun 26.5.27), taken by its continued fraction (26.5.8). The ratio Γ((ν+1)/2)/Γ(ν/2) in front comes from its
 * asymptotic series, so that square roots and one power are all the mathematics there is and every engine agrees.
 * Good to a relative error of 1e-8, as checked against closed forms and published values.
 */
import { pow } from '../kernel/maths.ts';

/**
 * The t with P(−t ≤ T ≤ t) = `level`: the factor of a two-sided confidence interval. `level` is a fraction strictly
 * between 0 and 1; `degreesOfFreedom` is at least 1, need not be whole, and may be Infinity for the normal distribution.
 */
export function studentQuantile(level: number, degreesOfFreedom: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError(`level: ${level} is not a fraction strictly between 0 and 1`);
  checkDegreesOfFreedom(degreesOfFreedom);
  const nu = Math.min(degreesOfFreedom, NEARLY_NORMAL);
  // The tails' weight falls ever more slowly as t grows, so Newton's steps from 0 approach the root and never pass it.
  let t = 0;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const ahead = (studentTails(t, nu) - (1 - level)) / (2 * density(t, nu));
    if (!(ahead > t * Number.EPSILON)) break;
    t += ahead;
  }
  // Beyond, t departs from its value there by the first term of the Cornish-Fisher expansion in 1/ν.
  return nu === degreesOfFreedom ? t : t + ((t * t * t + t) / 4) * (1 / degreesOfFreedom - 1 / nu);
}

/** P(|T| ≥ t), the two-sided p-value of a statistic `t` of at least 0; at most 100,000 degrees of freedom count. */
export function studentTails(t: number, degreesOfFreedom: number): number {
  if (!(t >= 0)) throw new RangeError(`t: ${t} is not a number of at least 0`);
  checkDegreesOfFreedom(degreesOfFreedom);
  if (t === Infinity) return 0;
  const nu = Math.min(degreesOfFreedom, NEARLY_NORMAL);
  const a = nu / 2;
  const x = nu / (nu + t * t);
  // The fraction converges fast on one side of the beta distribution's mean only; the other side is its mirror image.
  return x < (a + 1) / (a + 2.5)
    ? (density(t, nu) * t * betaFraction(x, a, 0.5)) / a
    : 1 - 2 * density(t, nu) * t * betaFraction((t * t) / (nu + t * t), 0.5, a);
}

/** From here on the difference from the normal quantile is its first-order term, to 1e-8 at any usual level. */
const NEARLY_NORMAL = 100_000;
const STEPS_MAX = 2_000;
const TERMS_MAX = 10_000;
const SQRT_PI = 1.772453850905516;

function checkDegreesOfFreedom(degreesOfFreedom: number): void {
  if (!(degreesOfFreedom >= 1)) {
    throw new RangeError(`degreesOfFreedom: ${degreesOfFreedom} is not at least 1`);
  }
}

/** Student's probability density. */
function density(t: number, nu: number): number {
  return (gammaHalfStep(nu / 2) / (Math.sqrt(nu) * SQRT_PI)) * pow(1 + (t * t) / nu, -(nu + 1) / 2);
}

/** Γ(x + 1/2) / Γ(x): the asymptotic series where it is good to the last digit, reached by Γ's recurrence. */
function gammaHalfStep(x: number): number {
  let factor = 1;
  while (x < 64) {
    factor *= x / (x + 0.5);
    x += 1;
  }
  const r = 1 / x;
  return (
    factor * Math.sqrt(x) * (1 + r * (-1 / 8 + r * (1 / 128 + r * (5 / 1024 + r * (-21 / 32768 - (r * 399) / 262144)))))
  );
}

/** The continued fraction of the incomplete beta function, evaluated from the front by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let numerator = 1;
  let denominator = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = denominator;
  for (let m = 1; m < TERMS_MAX; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    denominator = 1 / (1 + even * denominator);
    numerator = 1 + even / numerator;
    value *= denominator * numerator;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    denominator = 1 / (1 + odd * denominator);
    numerator = 1 + odd / numerator;
    const change = denominator * numerator;
    value *= change;
    if (Math.abs(change - 1) < 4 * Number.EPSILON) return value;
  }
  throw new RangeError(`incomplete beta: no convergence at x = ${x}, a = ${a}, b = ${b}`);
}
