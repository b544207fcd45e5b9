/** status_code: keeps traces of which a span ended with one of these statuses. It is the span's, not HTTP's. */
import type { SpanStatus } from '../../signals/telemetry.ts';
import { anySpan, type SamplingPolicy } from './sampling-policy.ts';

export interface StatusCodeOptions {
  /** One at least. */
  readonly statusCodes: readonly SpanStatus[];
}

export function statusCode({ statusCodes }: StatusCodeOptions): SamplingPolicy {
  if (statusCodes.length === 0) throw new RangeError('status_code: statusCodes is empty; it must name one at least');
  return anySpan(({ status }) => statusCodes.includes(status));
}
