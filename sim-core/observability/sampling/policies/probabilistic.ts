/**
 * probabilistic: keeps a share of all traces, chosen by a hash of their ids, so that several collectors with the same salt
 * choose the same.
 */
import { asciiBytes, fnv1a64, hexBytes } from './trace-id-hash.ts';
import type { SamplingPolicy } from './sampling-policy.ts';

export interface ProbabilisticOptions {
  /** From 0 to 100. */
  readonly samplingPercentage: number;
  /** Collectors that are to choose apart from each other have their own; the processor's default without it. */
  readonly hashSalt?: string;
}

const MOST = 0xffffffffffffffffn;
/** Shares are whole multiples of its inverse. */
const STEPS = 0x20000000000000;

export function probabilistic({
  samplingPercentage,
  hashSalt = 'default-hash-seed',
}: ProbabilisticOptions): SamplingPolicy {
  if (!(samplingPercentage >= 0 && samplingPercentage <= 100)) {
    throw new RangeError(`probabilistic: samplingPercentage is ${samplingPercentage}; it must be from 0 to 100`);
  }
  const threshold = (BigInt(Math.round((samplingPercentage / 100) * STEPS)) * MOST) / BigInt(STEPS);
  const salted = fnv1a64(asciiBytes(hashSalt));
  return {
    evaluate: ({ traceId }) => (fnv1a64(hexBytes(traceId), salted) <= threshold ? 'sampled' : 'not-sampled'),
  };
}
