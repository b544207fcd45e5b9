/** The continuous uniform distribution. */
import type { Distribution } from './distribution.ts';
import { finite } from './parameters.ts';

/** Every value from `low` to `high` alike. */
export function uniform(low: number, high: number): Distribution {
  finite('uniform.low', low);
  finite('uniform.high', high);
  const width = high - low;
  if (!(width > 0)) throw new RangeError(`uniform.high must be above low (${low}), got ${high}`);
  finite('uniform.high - low', width);
  return {
    mean: low + width / 2,
    variance: (width * width) / 12,
    sample: (random) => low + width * random.next(),
    describe: () => `uniform(${low} to ${high})`,
  };
}
