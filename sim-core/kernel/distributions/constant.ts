/** The distribution without chance: for what always takes the same. */
import type { Distribution } from './distribution.ts';
import { finite } from './parameters.ts';

/** Always the same value. Draws nothing from the stream. */
export function constant(value: number): Distribution {
  finite('constant.value', value);
  return { mean: value, variance: 0, sample: () => value, describe: () => `constant(${value})` };
}
