/**
 * The gamma distribution of mean shape * scale, by Marsaglia & Tsang, "A simple method for generating gamma
 * variables", 2000: a normal variate, cubed and shifted, is accepted in more than 95 % of trials.
 */
import { exp, ln } from '../maths.ts';
import type { RandomStream } from '../random-stream.ts';
import { standardExponential, standardNormal } from '../random/ziggurat.ts';
import type { Distribution } from './distribution.ts';
import { integerBetween, positive } from './parameters.ts';

/** `shape` and `scale`: above 0. The squared coefficient of variation is 1 / shape. */
export function gamma(shape: number, scale: number): Distribution {
  positive('gamma.shape', shape);
  positive('gamma.scale', scale);
  return {
    mean: shape * scale,
    variance: shape * scale * scale,
    sample: sampler(shape, scale),
    describe: () => `gamma(shape ${shape}, scale ${scale})`,
  };
}

/** The sum of `stages` exponentials, of this `mean` in all: less variable the more stages. */
export function erlang(stages: number, mean: number): Distribution {
  integerBetween('erlang.stages', stages, 1, 1_000_000);
  positive('erlang.mean', mean);
  return {
    mean,
    variance: (mean * mean) / stages,
    sample: sampler(stages, mean / stages),
    describe: () => `erlang(${stages} stages, mean ${mean})`,
  };
}

function sampler(shape: number, scale: number): (random: RandomStream) => number {
  if (shape === 1) return (random) => scale * standardExponential(random);
  if (shape > 1) {
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    return (random) => scale * d * standardGamma(d, c, random);
  }
  // A shape below 1: the variate of shape + 1 times U^(1/shape).
  const d = shape + 2 / 3;
  const c = 1 / Math.sqrt(9 * d);
  return (random) => scale * d * standardGamma(d, c, random) * exp(-standardExponential(random) / shape);
}

/** A gamma variate of shape d + 1/3, divided by d. */
function standardGamma(d: number, c: number, random: RandomStream): number {
  for (;;) {
    const x = standardNormal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const cube = root * root * root;
    const uniform = random.next();
    const square = x * x;
    if (uniform < 1 - 0.0331 * square * square) return cube;
    if (ln(uniform) < 0.5 * square + d * (1 - cube + ln(cube))) return cube;
  }
}
