/**
 * Pareto's distribution of the first kind: at least `scale`, and P(X > x) = (scale / x)^shape. The fat tail of file
 * sizes and of work per request. The mean is infinite for a shape up to 1, the variance up to 2.
 *
 * The logarithm of X / scale is exponential; the sample is made that way because a ziggurat's tail goes on beyond
 * the last of 2^53 uniforms.
 */
import { exp } from '../maths.ts';
import { standardExponential } from '../random/ziggurat.ts';
import type { Distribution } from './distribution.ts';
import { positive } from './parameters.ts';

/** `shape` and `scale`: above 0. */
export function pareto(shape: number, scale: number): Distribution {
  positive('pareto.shape', shape);
  positive('pareto.scale', scale);
  const mean = shape > 1 ? (scale * shape) / (shape - 1) : Infinity;
  return {
    mean,
    variance: shape > 2 ? (mean / (shape - 1)) * (scale / (shape - 2)) : Infinity,
    sample: (random) => scale * exp(standardExponential(random) / shape),
    describe: () => `pareto(shape ${shape}, scale ${scale})`,
  };
}
