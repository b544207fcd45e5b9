/** The policies of tail sampling by the processor's own names. */
import { alwaysSample } from './always-sample.ts';
import { and } from './and.ts';
import { booleanAttribute } from './boolean-attribute.ts';
import { bytesLimiting } from './bytes-limiting.ts';
import { composite } from './composite.ts';
import { drop } from './drop.ts';
import { latency } from './latency.ts';
import { numericAttribute } from './numeric-attribute.ts';
import { ottlCondition } from './ottl-condition.ts';
import { probabilistic } from './probabilistic.ts';
import { rateLimiting } from './rate-limiting.ts';
import { spanCount } from './span-count.ts';
import { statusCode } from './status-code.ts';
import { stringAttribute } from './string-attribute.ts';
import { traceFlags } from './trace-flags.ts';
import { traceState } from './trace-state.ts';

export const samplingPolicies = {
  always_sample: alwaysSample,
  latency,
  numeric_attribute: numericAttribute,
  probabilistic,
  status_code: statusCode,
  string_attribute: stringAttribute,
  trace_state: traceState,
  trace_flags: traceFlags,
  rate_limiting: rateLimiting,
  bytes_limiting: bytesLimiting,
  span_count: spanCount,
  boolean_attribute: booleanAttribute,
  ottl_condition: ottlCondition,
  and,
  drop,
  composite,
};

export type SamplingPolicyName = keyof typeof samplingPolicies;
