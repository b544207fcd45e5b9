/**
 * The propagators by name, as OTEL_PROPAGATORS has them; the names are the values that a scenario's parameter takes.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
import { b3, b3multi } from './b3.ts';
import type { Propagator } from './propagator.ts';
import { w3c } from './w3c.ts';

export const propagators = {
  tracecontext: w3c,
  b3,
  b3multi,
  none: { fields: [], inject: (_, headers) => headers, extract: () => undefined },
} satisfies Record<string, Propagator>;

export type PropagatorName = keyof typeof propagators;
