/** Which key a request asks for: the seam of popularity laws. Keys are whole numbers from 0. */
import type { RandomStream } from '../../kernel/random-stream.ts';

export interface Popularity {
  /** How many keys there are. */
  readonly keys: number;
  /** The lowest of them; 0 without it. */
  readonly first?: number;
  /**
   * The key of one request. `number` is the request's own, from 0 on: a law whose keys depend on what went before (a
   * scan, a loop) works it out from there and keeps no state, so anyone may ask for any request's key at any time.
   */
  draw(random: RandomStream, number: number): number;
}
