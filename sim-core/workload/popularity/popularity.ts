/** Which key a request asks for: the seam of popularity laws. Keys are whole numbers from 0, the most popular first. */
import type { RandomStream } from '../../kernel/random-stream.ts';

export interface Popularity {
  /** How many keys there are. */
  readonly keys: number;
  draw(random: RandomStream): number;
}
