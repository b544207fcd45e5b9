/**
 * The miss-ratio curve of LRU in a replay: one pass over the trace for all sizes.
 *
 * One pass is enough for a stack algorithm (Mattson et al., 1970), whose larger cache holds all that a smaller one does.
 * LRU is one: the order of its stack does not depend on the size. OPT is one, too, but at each request its stack has to be
 * sorted anew by the next requests, down to where the object was, which takes longer than a cache for each of the sizes
 * asked for. The others are none: what they do depends on when they were full, and a larger cache may miss what a smaller
 * one hits (`test/sim-core/cache/eviction/stack-algorithms.test.ts` has a trace for each). Nor is LRU where objects have
 * sizes: what it holds is the top of its stack, but not always as much of it as would fit.
 */
import { LruCurve } from '../../../sim-core/index.ts';
import type { Block } from './spool.ts';

/** The policy of which the curve takes one pass. */
export const STACK_POLICY = 'lru';

/** What `--curve` asks for where no sizes are given. */
export const CURVE_SIZES =
  '0.1%,0.2%,0.3%,0.5%,0.7%,1%,1.5%,2%,3%,4%,5%,7%,10%,15%,20%,25%,30%,35%,40%,45%,50%,55%,60%,65%,70%,75%,80%,85%,90%,' +
  '95%,100%';

export class SimulatedCurve {
  seconds = 0;
  readonly #curve = new LruCurve();

  get requests(): number {
    return this.#curve.requests;
  }

  replay({ ids }: Block): void {
    const start = performance.now();
    const curve = this.#curve;
    for (let i = 0; i < ids.length; i++) curve.request(ids[i]);
    this.seconds += (performance.now() - start) / 1000;
  }

  /** The hits at each capacity, which may be a fraction where the trace is a sample. */
  hits(capacities: readonly number[]): number[] {
    return this.#curve.hits(capacities);
  }
}
