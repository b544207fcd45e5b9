/** Shedding by a concurrency limit that is found by itself: whoever finds as many inside is turned away. */
import type { LoadShedder, LoadShedderOptions } from './load-shedder.ts';

export const adaptiveConcurrency = ({ adaptive }: LoadShedderOptions): LoadShedder => ({
  get limit() {
    return adaptive.limit;
  },
  admits: (inside) => inside < adaptive.limit,
  ended: (took, inside, dropped) => adaptive.sample(took, inside, dropped),
});
