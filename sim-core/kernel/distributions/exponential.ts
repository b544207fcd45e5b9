/** The exponential distribution, drawn by the ziggurat of `random/ziggurat.ts`. */
import { standardExponential } from '../random/ziggurat.ts';
import type { Distribution } from './distribution.ts';
import { positive } from './parameters.ts';

/** The times between independent arrivals at a constant rate of 1 / `mean`: the one without memory. */
export function exponential(mean: number): Distribution {
  positive('exponential.mean', mean);
  return {
    mean,
    variance: mean * mean,
    sample: (random) => mean * standardExponential(random),
    describe: () => `exponential(mean ${mean})`,
  };
}
