/** bytes_limiting: keeps traces as long as their bytes stay below a rate, by a token bucket. */
import { SpendingLimit } from './spending-limit.ts';
import type { SamplingPolicy } from './sampling-policy.ts';

export interface BytesLimitingOptions {
  readonly bytesPerSecond: number;
  /** Bytes that fit into the bucket; two seconds' worth without it. A trace of more is never kept. */
  readonly burstCapacity?: number;
}

export function bytesLimiting({
  bytesPerSecond,
  burstCapacity = 2 * bytesPerSecond,
}: BytesLimitingOptions): SamplingPolicy {
  const limit = new SpendingLimit('bytes_limiting', bytesPerSecond, burstCapacity);
  return { evaluate: ({ bytes }, now) => (limit.spend(bytes, now) ? 'sampled' : 'not-sampled') };
}
