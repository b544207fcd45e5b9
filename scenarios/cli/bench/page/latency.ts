/** Times of the page as results: their median and their 95th percentile, in milliseconds. */
import type { BenchmarkResult } from '../benchmark.ts';

/** Two results, the median first. NaN where nothing was measured. */
export function latency(
  { variant, ...about }: Pick<BenchmarkResult, 'name' | 'size'> & { readonly variant: string },
  milliseconds: readonly number[],
): [BenchmarkResult, BenchmarkResult] {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  /** The nearest rank. */
  const quantile = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return [
    { ...about, variant: `${variant}, median`, unit: 'ms', value: quantile(0.5) },
    { ...about, variant: `${variant}, p95`, unit: 'ms', value: quantile(0.95) },
  ];
}
