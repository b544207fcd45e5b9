/** Distributions that were measured: a list of samples, or a table of quantiles. */
import type { Distribution } from './distribution.ts';
import { finite, notEmpty, probability } from './parameters.ts';

/** One of the `samples`, each as likely: the measured distribution as it is, without interpolation. */
export function empirical(samples: ArrayLike<number>): Distribution {
  notEmpty('empirical.samples', samples);
  const values = Float64Array.from(samples);
  const count = values.length;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += finite(`empirical.samples[${i}]`, values[i]) / count;
  let variance = 0;
  for (let i = 0; i < count; i++) variance += ((values[i] - mean) * (values[i] - mean)) / count;
  return {
    mean,
    variance,
    sample: (random) => values[random.integer(count)],
    describe: () => `empirical(${count} samples)`,
  };
}

export interface Quantile {
  /** The probability of a sample at or below `value`. */
  readonly p: number;
  readonly value: number;
}

/**
 * A distribution known by its quantiles, such as a latency's published percentiles: the inverse distribution function
 * is a straight line between neighbours, so the density is constant there. The table starts at p = 0 (the minimum)
 * and ends at p = 1 (the maximum); p rises, and the value never falls.
 */
export function quantiles(table: readonly Quantile[]): Distribution {
  if (table.length < 2) throw new RangeError(`quantiles.table must have at least two entries, got ${table.length}`);
  const probabilities = Float64Array.from(table, (entry, i) => probability(`quantiles.table[${i}].p`, entry.p));
  const values = Float64Array.from(table, (entry, i) => finite(`quantiles.table[${i}].value`, entry.value));
  const last = table.length - 1;
  if (probabilities[0] !== 0) throw new RangeError(`quantiles.table[0].p must be 0, got ${probabilities[0]}`);
  if (probabilities[last] !== 1) {
    throw new RangeError(`quantiles.table[${last}].p must be 1, got ${probabilities[last]}`);
  }

  let mean = 0;
  let meanSquare = 0;
  for (let i = 1; i <= last; i++) {
    const share = probabilities[i] - probabilities[i - 1];
    const [a, b] = [values[i - 1], values[i]];
    if (!(share > 0)) {
      throw new RangeError(`quantiles.table[${i}].p must be above ${probabilities[i - 1]}, got ${probabilities[i]}`);
    }
    if (b < a) throw new RangeError(`quantiles.table[${i}].value must be at least ${a}, got ${b}`);
    mean += (share * (a + b)) / 2;
    meanSquare += (share * (a * a + a * b + b * b)) / 3;
  }

  return {
    mean,
    variance: Math.max(0, meanSquare - mean * mean),
    sample: (random) => {
      const p = random.next();
      let below = 0;
      let above = last;
      while (above - below > 1) {
        const middle = (below + above) >>> 1;
        if (probabilities[middle] <= p) below = middle;
        else above = middle;
      }
      const along = (p - probabilities[below]) / (probabilities[above] - probabilities[below]);
      return values[below] + along * (values[above] - values[below]);
    },
    describe: () => `quantiles(${table.map(({ p, value }) => `p${p * 100} ${value}`).join(', ')})`,
  };
}
