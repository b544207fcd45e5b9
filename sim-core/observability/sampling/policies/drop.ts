/** drop: vetoes traces that all its policies would keep, whatever any other policy says. */
import { isFor, type SamplingPolicy } from './sampling-policy.ts';

export interface DropOptions {
  readonly subPolicies: readonly SamplingPolicy[];
}

export const drop = ({ subPolicies }: DropOptions): SamplingPolicy => ({
  isFirst: true,
  evaluate: (trace, now) =>
    subPolicies.every((policy) => isFor(policy.evaluate(trace, now))) ? 'dropped' : 'not-sampled',
});
