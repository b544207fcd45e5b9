/** boolean_attribute: keeps traces that have an attribute with that value. What is no boolean is read as false. */
import { attributePolicy, type AttributeOptions } from './attribute-policy.ts';
import type { SamplingPolicy } from './sampling-policy.ts';

export interface BooleanAttributeOptions extends AttributeOptions {
  readonly value: boolean;
}

export const booleanAttribute = ({ value: wanted, ...options }: BooleanAttributeOptions): SamplingPolicy =>
  attributePolicy(options, (value) => (value === true) === wanted);
