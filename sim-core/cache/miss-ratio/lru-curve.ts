/**
 * The misses of LRU at every capacity at once: the histogram of stack distances. Exact; memory grows with the objects.
 */
import { StackDistances } from './stack-distances.ts';

export class LruCurve {
  requests = 0;
  private readonly distances = new StackDistances();
  /** How many requests had each distance. */
  private counts = new Float64Array(64);

  request(id: number): void {
    this.requests++;
    const distance = this.distances.request(id);
    if (distance === Infinity) return;
    if (distance >= this.counts.length) {
      const grown = new Float64Array(2 * distance);
      grown.set(this.counts);
      this.counts = grown;
    }
    this.counts[distance]++;
  }

  /** Of the requests so far, those that hit in a cache of each capacity; capacities may be fractions. */
  hits(capacities: readonly number[]): number[] {
    const upTo = new Float64Array(this.counts.length + 1);
    for (let distance = 0; distance < this.counts.length; distance++) {
      upTo[distance + 1] = upTo[distance] + this.counts[distance];
    }
    return capacities.map((capacity) => upTo[Math.min(Math.ceil(capacity), this.counts.length)]);
  }
}
