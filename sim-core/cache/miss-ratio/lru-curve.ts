/**
 * The misses of LRU at every capacity at once: the histogram of stack distances. Exact; memory grows with the objects.
 */
import { DistanceCounts } from './distance-counts.ts';
import { StackDistances } from './stack-distances.ts';

export class LruCurve {
  private readonly distances = new StackDistances();
  private readonly counts = new DistanceCounts();

  get requests(): number {
    return this.counts.requests;
  }

  request(id: number): void {
    this.counts.add(this.distances.request(id));
  }

  /** Of the requests so far, those that hit in a cache of each capacity; capacities may be fractions. */
  hits(capacities: readonly number[]): number[] {
    return this.counts.hits(capacities);
  }
}
