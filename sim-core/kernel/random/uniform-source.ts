/** What a generator of uniform doubles needs to be a `RandomStream`. */
import type { RandomStream } from '../random-stream.ts';

const LARGEST_BOUND = 4_294_967_296;

/**
 * The part that all generators share: integers out of 53-bit uniforms. The multiplication leaves some results up to
 * bound / 2^53 likelier than others, which is 2^-21 at the largest bound, and never rounds up to the bound itself.
 */
export abstract class UniformSource implements RandomStream {
  abstract next(): number;

  integer(bound: number): number {
    if (!(bound >= 1 && bound <= LARGEST_BOUND && Math.floor(bound) === bound)) {
      throw new RangeError(`integer: bound must be an integer from 1 to 2^32, got ${bound}`);
    }
    return Math.floor(this.next() * bound);
  }
}
