/**
 * numeric_attribute: keeps traces that have an attribute within a range, both ends of which belong to it.
 *
 * A bound of 0 is none, as one that is not given. What is no integer is read as 0.
 */
import { attributePolicy, type AttributeOptions } from './attribute-policy.ts';
import type { SamplingPolicy } from './sampling-policy.ts';

export interface NumericAttributeOptions extends AttributeOptions {
  readonly minValue?: number;
  readonly maxValue?: number;
}

export function numericAttribute({ minValue = 0, maxValue = 0, ...options }: NumericAttributeOptions): SamplingPolicy {
  const least = minValue === 0 ? -Infinity : minValue;
  const most = maxValue === 0 ? Infinity : maxValue;
  return attributePolicy(options, (value) => {
    const integer = Number.isInteger(value) ? (value as number) : 0;
    return integer >= least && integer <= most;
  });
}
