/**
 * Weibull's distribution: P(X > x) = exp(-(x / scale)^shape). Times to failure, with a hazard that falls (shape below
 * 1: infant mortality), stays (1: exponential) or rises (above 1: wear).
 */
import { exp, ln, lnGamma } from '../maths.ts';
import { standardExponential } from '../random/ziggurat.ts';
import type { Distribution } from './distribution.ts';
import { positive } from './parameters.ts';

/** `shape` and `scale`: above 0. */
export function weibull(shape: number, scale: number): Distribution {
  positive('weibull.shape', shape);
  positive('weibull.scale', scale);
  const power = 1 / shape;
  const mean = scale * exp(lnGamma(1 + power));
  return {
    mean,
    variance: scale * scale * exp(lnGamma(1 + 2 * power)) - mean * mean,
    sample: (random) => scale * exp(power * ln(standardExponential(random))),
    describe: () => `weibull(shape ${shape}, scale ${scale})`,
  };
}
