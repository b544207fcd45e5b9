/**
 * How many there were, told from those that were sampled: each that was sampled by a probability p stands for 1 / p, its
 * adjusted count. The sum is right in the mean whatever the probabilities, as long as none is 0 (Horvitz & Thompson, "A
 * generalization of sampling without replacement from a finite universe", 1952); where each is sampled by itself its variance
 * is the sum of (1 - p) / p over all of them, which (1 - p) / p^2 over those that were sampled estimates, again without bias.
 * OpenTelemetry: https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/#adjusted-count
 *
 * What was kept for what it is, as an error is by a tail sampler, was not sampled by any probability and stands for itself: it
 * says nothing of those that were not kept.
 */
export class AdjustedCount {
  private sum = 0;
  private spread = 0;

  /** One was sampled by this probability, above 0 and at most 1. */
  add(probability: number): void {
    if (!(probability > 0 && probability <= 1)) {
      throw new RangeError(`adjusted count: probability is ${probability}; it must be above 0 and at most 1`);
    }
    this.sum += 1 / probability;
    this.spread += (1 - probability) / (probability * probability);
  }

  /** Estimate of how many there were. */
  get estimate(): number {
    return this.sum;
  }

  /** Estimate of the variance of that. */
  get variance(): number {
    return this.spread;
  }
}
