/**
 * What is kept of several samples when they are downsampled: how many there were, their sum, the least and the greatest. Of two of them
 * there is one for both, so that an hour can be made of its twelve times five minutes and says the same as if it had been made
 * of the samples. What lies between the least and the greatest is gone: there is no quantile of it.
 *
 * As Thanos keeps them, which has one more for counters: https://thanos.io/tip/components/compact.md/#downsampling
 */

export interface Aggregate {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export const aggregateOf = (value: number): Aggregate => ({ count: 1, sum: value, min: value, max: value });

/** Of one at least. */
export function together(aggregates: readonly Aggregate[]): Aggregate {
  let [count, sum, min, max] = [0, 0, Infinity, -Infinity];
  for (const one of aggregates) {
    count += one.count;
    sum += one.sum;
    min = Math.min(min, one.min);
    max = Math.max(max, one.max);
  }
  return { count, sum, min, max };
}

/** What is left of it where averages alone are kept: as if all samples had been the same. */
export const averaged = ({ count, sum }: Aggregate): Aggregate => ({ count, sum, min: sum / count, max: sum / count });
