/**
 * Records a span also where any span that it links to is sampled, whatever another sampler says: so a batch's span is there for
 * each of its messages whose trace is. A trace that is linked is one of its own, and its root is sampled by chance otherwise.
 * https://opentelemetry.io/docs/languages/dotnet/traces/links-based-sampler/
 *
 * The share that is kept is not the ratio any more: a batch of many is kept nearly always.
 */
import type { Sampler } from './sampler.ts';

export function linksBased(otherwise: Sampler): Sampler {
  return {
    isSampled: (traceId, name, parent, links = []) =>
      otherwise.isSampled(traceId, name, parent, links) || links.some(({ context }) => context.isSampled),
  };
}
