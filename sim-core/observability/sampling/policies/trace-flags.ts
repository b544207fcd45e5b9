/** trace_flags: keeps traces of which a span was sampled where it began, by the flag that travels with it. */
import { anySpan, type SamplingPolicy } from './sampling-policy.ts';

export const traceFlags = (): SamplingPolicy => anySpan(({ context }) => context.isSampled);
