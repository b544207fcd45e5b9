/** and: keeps traces that all its policies keep, asked in order until one does not. */
import { isFor, type SamplingPolicy } from './sampling-policy.ts';

export interface AndOptions {
  readonly subPolicies: readonly SamplingPolicy[];
}

export const and = ({ subPolicies }: AndOptions): SamplingPolicy => ({
  evaluate: (trace, now) =>
    subPolicies.every((policy) => isFor(policy.evaluate(trace, now))) ? 'sampled' : 'not-sampled',
});
