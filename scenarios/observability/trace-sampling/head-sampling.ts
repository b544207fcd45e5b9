/** Which traces are sampled where they begin, and what somebody can tell of that who finds one in the backend. */
import {
  ADAPTIVE_SAMPLING_DEFAULTS,
  Link,
  RemoteSampler,
  s,
  SAMPLER_PARAM,
  SAMPLER_TYPE,
  samplers,
  type AdaptiveSampling,
  type AdaptiveSamplingOptions,
  type InstrumentedProcess,
  type Sampler,
  type Simulation,
  type SpanData,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import type { Values } from './params.ts';

/** The probability by which a trace is sampled where it begins, at the start. */
export const beginsAt = (p: Values): number =>
  p.sampling === 'head' ? p.ratio : p.sampling === 'adaptive' ? adaptiveOptions(p).initialSamplingProbability : 1;

/**
 * The probability by which a trace was sampled, as far as anybody can tell who looks at its root: the one that is configured, or
 * written there. One that was kept for what it is stands for itself. One that only the least rate of its operation kept stands
 * for none, as in Jaeger's own count: those that were lucky stand for it as well.
 */
export function sampledBy({ sampling, ratio: configured }: Values, { attributes }: SpanData): number | undefined {
  if (sampling === 'head') return configured;
  if (attributes[SAMPLER_TYPE] === 'lowerbound') return undefined;
  const written = attributes[SAMPLER_PARAM];
  return typeof written === 'number' ? written : 1;
}

export function adaptiveOptions({ target, adjust, ratio: begin }: Values): AdaptiveSamplingOptions {
  return {
    ...ADAPTIVE_SAMPLING_DEFAULTS,
    targetSamplesPerSecond: target,
    calculationInterval: adjust,
    initialSamplingProbability: Math.max(ADAPTIVE_SAMPLING_DEFAULTS.minSamplingProbability, begin),
  };
}

export function samplerOf(
  sim: Simulation,
  p: Values,
  process: InstrumentedProcess,
  adaptive: AdaptiveSampling | undefined,
): Sampler {
  const from = process.resource['service.name'];
  if (p.sampling === 'head') return samplers.parentbased_traceidratio({ ratio: p.ratio });
  // Only the gateway has roots: the others do as it has decided.
  if (adaptive === undefined || from !== 'gateway') return samplers.parentbased_always_on();
  return new RemoteSampler(process, {
    link: new Link(sim, adaptive, { from, delay: nearby, timeout: s(1) }),
    pollInterval: p.adjust,
    ...adaptiveOptions(p),
  });
}
