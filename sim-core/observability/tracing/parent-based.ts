/**
 * What the parent decided, the same for the whole trace; at a root, where there is no parent, what another sampler says.
 * https://opentelemetry.io/docs/specs/otel/trace/sdk/#parentbased
 *
 * Leaves out that a parent of another process and one of the own may be obeyed differently.
 */
import type { Sampler } from './sampler.ts';

export function parentBased(root: Sampler): Sampler {
  return {
    isSampled: (traceId, name, parent, links) =>
      parent === undefined ? root.isSampled(traceId, name, undefined, links) : parent.isSampled,
  };
}
