/**
 * Jaeger's adaptive sampling: with which probability the traces of each operation are sampled where they begin, so that about a
 * target of them a second is. It is worked out at intervals from the traces that came: of an operation sampled by p that came
 * at a rate r for a target t the next probability is p t / r, at once where it is less, and no more than twice p where it is
 * more, since a probability that is too high costs at once.
 * https://github.com/jaegertracing/jaeger/tree/main/internal/sampling/samplingstrategy/adaptive
 *
 * An operation whose traces were not sampled by the probability that it was last given is left alone: its clients have not
 * heard of it yet, and to correct what is on its way would overshoot.
 */
import { SECOND } from '../../../kernel/time.ts';
import { checkAdaptive, type AdaptiveSamplingOptions } from './adaptive-options.ts';

/** What came of one operation in one interval. */
export interface Throughput {
  /** Traces that were sampled by a probability; not those that were sampled for the least rate. */
  readonly count: number;
  /** The probabilities by which they were. */
  readonly probabilities: ReadonlySet<number>;
}

/** The most by which a probability grows in one interval, as a share of it. */
const GROWTH_MAX = 1;
const SAME = 1e-10;

export class AdaptiveProbabilities {
  private readonly options: AdaptiveSamplingOptions;
  private readonly probabilities = new Map<string, number>();
  /** The latest first. */
  private buckets: ReadonlyMap<string, Throughput>[] = [];
  /** Operations that sampled by what they were given when they were last looked at, and had been given something. */
  private adaptive = new Set<string>();

  constructor(options: AdaptiveSamplingOptions) {
    this.options = checkAdaptive(options);
  }

  of(operation: string): number {
    return this.probabilities.get(operation) ?? this.options.initialSamplingProbability;
  }

  /** Works out the probabilities anew, with what came in the interval that has just ended, by operation. */
  update(latest: ReadonlyMap<string, Throughput>): void {
    this.buckets = [latest, ...this.buckets].slice(0, this.options.aggregationBuckets);
    const adaptive = new Set<string>();
    const next = new Map<string, number>();
    for (const operation of new Set(this.buckets.flatMap((bucket) => [...bucket.keys()]))) {
      const old = this.of(operation);
      const isInitial = Math.abs(old - this.options.initialSamplingProbability) < SAME;
      const isAdaptive = isInitial || this.usesIts(operation, old, latest);
      if (isAdaptive && !isInitial) adaptive.add(operation);
      next.set(operation, isAdaptive ? this.adjusted(old, this.rateOf(operation)) : old);
    }
    for (const [operation, probability] of next) this.probabilities.set(operation, probability);
    this.adaptive = adaptive;
  }

  private usesIts(operation: string, probability: number, latest: ReadonlyMap<string, Throughput>): boolean {
    const throughput = latest.get(operation);
    if (throughput === undefined) return this.adaptive.has(operation);
    return [...throughput.probabilities].some((one) => truncated(one) === truncated(probability));
  }

  /** Mean of the latest intervals in which it came, the i-th last of n weighted by (n + 1 - i)^4. */
  private rateOf(operation: string): number {
    const { calculationInterval, bucketsForCalculation } = this.options;
    const counts = this.buckets.flatMap((bucket) => bucket.get(operation)?.count ?? []).slice(0, bucketsForCalculation);
    let [sum, weights] = [0, 0];
    for (const [i, count] of counts.entries()) {
      const square = (counts.length - i) * (counts.length - i);
      sum += square * square * count;
      weights += square * square;
    }
    return (sum / weights) * (SECOND / calculationInterval);
  }

  private adjusted(old: number, rate: number): number {
    const { targetSamplesPerSecond: target, deltaTolerance, minSamplingProbability } = this.options;
    if (Math.abs(rate - target) / target < deltaTolerance) return old;
    const wanted = rate < SAME ? Infinity : old * (target / rate);
    return Math.min(1, Math.max(minSamplingProbability, Math.min(wanted, old * (1 + GROWTH_MAX))));
  }
}

/** Probabilities travel with six digits behind the point. */
const truncated = (probability: number): number => Math.round(probability * 1e6);
