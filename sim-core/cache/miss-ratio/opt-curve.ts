/** The misses of OPT at every capacity at once, by either convention: exact, and its memory grows with the objects. */
import type { OptConvention } from '../eviction/opt.ts';
import { DistanceCounts } from './distance-counts.ts';
import { OptStack } from './opt-stack.ts';

export class OptCurve {
  private readonly stack: OptStack;
  private readonly counts = new DistanceCounts();

  constructor(convention: OptConvention) {
    this.stack = new OptStack(convention);
  }

  get requests(): number {
    return this.counts.requests;
  }

  /** `use`: the position of the next request for this object; NEVER where there is none. */
  request(id: number, use: number): void {
    this.counts.add(this.stack.request(id, use));
  }

  /** Of the requests so far, those that hit in a cache of each capacity; capacities may be fractions. */
  hits(capacities: readonly number[]): number[] {
    return this.counts.hits(capacities);
  }
}
