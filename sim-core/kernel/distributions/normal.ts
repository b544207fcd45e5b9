/** The normal distribution, drawn by the ziggurat of `random/ziggurat.ts`. */
import { standardNormal } from '../random/ziggurat.ts';
import type { Distribution } from './distribution.ts';
import { finite, nonNegative } from './parameters.ts';

/** The bell curve. Not cut at 0: a duration should rather be log-normal or gamma. */
export function normal(mean: number, standardDeviation: number): Distribution {
  finite('normal.mean', mean);
  nonNegative('normal.standardDeviation', standardDeviation);
  return {
    mean,
    variance: standardDeviation * standardDeviation,
    sample: (random) => mean + standardDeviation * standardNormal(random),
    describe: () => `normal(mean ${mean}, standard deviation ${standardDeviation})`,
  };
}
