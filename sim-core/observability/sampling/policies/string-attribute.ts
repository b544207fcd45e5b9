/**
 * string_attribute: keeps traces that have an attribute with one of several values, or with one that a regular expression
 * finds something in; expressions are not anchored. An empty text matches nothing.
 *
 * The expressions are JavaScript's, not RE2's: what both know means the same.
 */
import { attributePolicy, type AttributeOptions } from './attribute-policy.ts';
import type { SamplingPolicy } from './sampling-policy.ts';

export interface StringAttributeOptions extends AttributeOptions {
  readonly values: readonly string[];
  /** Whether the values are regular expressions; off without it. */
  readonly enabledRegexMatching?: boolean;
}

export function stringAttribute({
  values,
  enabledRegexMatching = false,
  ...options
}: StringAttributeOptions): SamplingPolicy {
  const expressions = enabledRegexMatching ? values.map((value) => new RegExp(value, 'u')) : [];
  const matches = (text: string): boolean =>
    enabledRegexMatching ? expressions.some((expression) => expression.test(text)) : values.includes(text);
  return attributePolicy(options, (value) => typeof value === 'string' && value !== '' && matches(value));
}
