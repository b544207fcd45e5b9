/**
 * The head samplers by name, as OTEL_TRACES_SAMPLER has them; the names are the values that a scenario's parameter takes.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
import { alwaysOff, alwaysOn } from './always.ts';
import { parentBased } from './parent-based.ts';
import type { SamplerFactory } from './sampler.ts';
import { traceIdRatio } from './trace-id-ratio.ts';

export const samplers = {
  always_on: alwaysOn,
  always_off: alwaysOff,
  traceidratio: traceIdRatio,
  parentbased_always_on: () => parentBased(alwaysOn()),
  parentbased_always_off: () => parentBased(alwaysOff()),
  parentbased_traceidratio: (options) => parentBased(traceIdRatio(options)),
} satisfies Record<string, SamplerFactory>;

export type SamplerName = keyof typeof samplers;
