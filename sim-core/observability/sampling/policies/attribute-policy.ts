/**
 * What the policies that look at attributes share: the attribute of any resource or span of the trace will do. Turned round, by
 * `invertMatch`, one that matches is a veto.
 */
import type { Attributes, AttributeValue } from '../../signals/telemetry.ts';
import type { SamplingPolicy } from './sampling-policy.ts';

export interface AttributeOptions {
  /** Name of the attribute: `http.response.status_code`. */
  readonly key: string;
  /** Keeps traces that do not match, and vetoes those that do. Off without it; deprecated by the processor for `drop`. */
  readonly invertMatch?: boolean;
}

export function attributePolicy(
  { key, invertMatch = false }: AttributeOptions,
  matches: (value: AttributeValue) => boolean,
): SamplingPolicy {
  const has = (attributes: Attributes): boolean => {
    const value = attributes[key];
    return value !== undefined && matches(value);
  };
  const [found, missing] = invertMatch
    ? (['inverted-not-sampled', 'inverted-sampled'] as const)
    : (['sampled', 'not-sampled'] as const);
  return {
    evaluate: ({ spans }) =>
      spans.some(({ resource, attributes }) => has(resource) || has(attributes)) ? found : missing,
  };
}
