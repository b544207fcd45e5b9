/** trace_state: keeps traces whose header `tracestate` has a member of that key with one of these values. */
import { anySpan, type SamplingPolicy } from './sampling-policy.ts';

export interface TraceStateOptions {
  readonly key: string;
  readonly values: readonly string[];
}

export function traceState({ key, values }: TraceStateOptions): SamplingPolicy {
  const members = new Set(values.filter((value) => value !== '').map((value) => `${key}=${value}`));
  return anySpan(({ context }) => context.traceState.split(',').some((member) => members.has(member.trim())));
}
