/** always_sample: keeps every trace. */
import type { SamplingPolicy } from './sampling-policy.ts';

export const alwaysSample = (): SamplingPolicy => ({ evaluate: () => 'sampled' });
