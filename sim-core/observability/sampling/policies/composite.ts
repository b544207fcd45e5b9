/**
 * composite: policies in order, each with a share of a rate of spans. The first that is for a trace decides: it is kept if
 * its spans still fit into what that policy has for the present second of the clock, and is not kept otherwise, though one
 * further on might have room.
 *
 * The shares need not add up to one: each policy is held to its own, and to the whole, but not all to the whole together.
 */
import { SECOND } from '../../../kernel/time.ts';
import { isFor, type SamplingPolicy } from './sampling-policy.ts';

interface CompositePart {
  readonly policy: SamplingPolicy;
  /** Of the whole rate; 0 for an equal part. Without it the processor has no entry for the policy, and it gets nothing. */
  readonly percent?: number;
}

export interface CompositeOptions {
  readonly maxTotalSpansPerSecond: number;
  readonly subPolicies: readonly CompositePart[];
}

export function composite({ maxTotalSpansPerSecond: most, subPolicies }: CompositeOptions): SamplingPolicy {
  const parts = subPolicies.map(({ policy, percent }) => ({
    policy,
    allocated:
      percent === undefined ? 0 : Math.floor(percent === 0 ? most / subPolicies.length : (percent / 100) * most),
    spent: 0,
  }));
  let second = 0;
  return {
    evaluate(trace, now) {
      const present = Math.floor(now / SECOND);
      if (present !== second) for (const part of parts) part.spent = 0;
      second = present;
      const part = parts.find(({ policy }) => isFor(policy.evaluate(trace, now)));
      if (part === undefined) return 'not-sampled';
      const spent = part.spent + trace.spans.length;
      if (spent > Math.min(part.allocated, most)) return 'not-sampled';
      part.spent = spent;
      return 'sampled';
    },
  };
}
