/**
 * The miss-ratio curve of a policy in a replay: one pass over the trace for all sizes.
 *
 * One pass is enough for a stack algorithm (Mattson et al., 1970), whose larger cache holds all that a smaller one does.
 * LRU is one: the order of its stack does not depend on the size. OPT is one by either convention, and at each request its
 * stack is put in order anew by the next requests, down to where the object was: the time of that grows with the objects, as that of a
 * cache at each of the sizes hardly does, so that a curve of few sizes of a trace of millions of objects is had sooner without
 * `--curve`. The others are none: what they do depends on when they were full, and a larger cache may miss what a smaller
 * one hits (`test/sim-core/cache/eviction/stack-algorithms.test.ts` has a trace for each). Nor is LRU where objects have
 * sizes: what it holds is the top of its stack, but not always as much of it as would fit.
 */
import { LruCurve, NEVER, OptCurve } from '../../../sim-core/index.ts';
import type { Block } from './spool.ts';

/** What a pass asks of a curve; of the next uses those that know the future make something. */
interface Curve {
  readonly requests: number;
  request(id: number, use: number): void;
  hits(capacities: readonly number[]): number[];
}

/** The policies that take one pass, by name. */
const curves: Readonly<Record<string, () => Curve>> = {
  lru: () => new LruCurve(),
  opt: () => new OptCurve('must-insert'),
  'opt-bypass': () => new OptCurve('may-bypass'),
};

export const takesOnePass = (policy: string): boolean => Object.hasOwn(curves, policy);

/** The policy of which `--curve` makes one where none is named. */
export const CURVE_POLICY = 'lru';

/** What `--curve` asks for where no sizes are given. */
export const CURVE_SIZES =
  '0.1%,0.2%,0.3%,0.5%,0.7%,1%,1.5%,2%,3%,4%,5%,7%,10%,15%,20%,25%,30%,35%,40%,45%,50%,55%,60%,65%,70%,75%,80%,85%,90%,' +
  '95%,100%';

export class SimulatedCurve {
  readonly policyName: string;
  seconds = 0;
  readonly #curve: Curve;

  constructor(policyName: string) {
    this.policyName = policyName;
    this.#curve = curves[policyName]();
  }

  get requests(): number {
    return this.#curve.requests;
  }

  replay({ ids, nextUses }: Block): void {
    const start = performance.now();
    const curve = this.#curve;
    if (nextUses === undefined) for (let i = 0; i < ids.length; i++) curve.request(ids[i], NEVER);
    else for (let i = 0; i < ids.length; i++) curve.request(ids[i], nextUses[i]);
    this.seconds += (performance.now() - start) / 1000;
  }

  /** The hits at each capacity, which may be a fraction where the trace is a sample. */
  hits(capacities: readonly number[]): number[] {
    return this.#curve.hits(capacities);
  }
}
