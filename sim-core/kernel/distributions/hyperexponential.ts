/** A mixture of exponentials (Morse 1958): the textbook way to more variance than the exponential has. */
import { standardExponential } from '../random/ziggurat.ts';
import type { Distribution } from './distribution.ts';
import { nonNegative, notEmpty, positive } from './parameters.ts';

export interface Branch {
  /** How often this branch is taken, relative to the others. */
  readonly weight: number;
  readonly mean: number;
}

/**
 * An exponential whose mean is drawn among `branches` for each sample: mostly quick requests with some slow ones
 * among them. Its coefficient of variation is at least 1.
 */
export function hyperexponential(branches: readonly Branch[]): Distribution {
  notEmpty('hyperexponential.branches', branches);
  let total = 0;
  for (const [i, { weight, mean }] of branches.entries()) {
    total += nonNegative(`hyperexponential.branches[${i}].weight`, weight);
    positive(`hyperexponential.branches[${i}].mean`, mean);
  }
  positive('hyperexponential: the sum of the weights', total);

  const means = Float64Array.from(branches, (branch) => branch.mean);
  const cumulative = new Float64Array(branches.length);
  let below = 0;
  let mean = 0;
  let meanSquare = 0;
  for (const [i, branch] of branches.entries()) {
    const share = branch.weight / total;
    below += branch.weight;
    cumulative[i] = below / total;
    mean += share * branch.mean;
    meanSquare += 2 * share * branch.mean * branch.mean;
  }

  return {
    mean,
    variance: meanSquare - mean * mean,
    sample: (random) => {
      const uniform = random.next();
      let branch = 0;
      while (uniform >= cumulative[branch]) branch++;
      return means[branch] * standardExponential(random);
    },
    describe: () => `hyperexponential(${branches.map((b) => `mean ${b.mean} with weight ${b.weight}`).join(', ')})`,
  };
}
