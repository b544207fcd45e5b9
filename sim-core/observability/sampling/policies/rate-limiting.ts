/**
 * rate_limiting: keeps traces as long as the number of their spans stays below a rate, by a token bucket that holds two
 * seconds' worth. Which traces these are is a matter of when they are decided, not of what they hold.
 */
import { SpendingLimit } from './spending-limit.ts';
import type { SamplingPolicy } from './sampling-policy.ts';

export interface RateLimitingOptions {
  readonly spansPerSecond: number;
}

export function rateLimiting({ spansPerSecond }: RateLimitingOptions): SamplingPolicy {
  const limit = new SpendingLimit('rate_limiting', spansPerSecond, 2 * spansPerSecond);
  return { evaluate: ({ spans }, now) => (limit.spend(spans.length, now) ? 'sampled' : 'not-sampled') };
}
