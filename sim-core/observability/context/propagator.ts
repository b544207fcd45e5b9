/**
 * How a span's context is written into headers and read out of them.
 * https://opentelemetry.io/docs/specs/otel/context/api-propagators/
 */
import type { SpanContext } from '../signals/telemetry.ts';
import type { Carrier } from './carrier.ts';

export interface Propagator {
  /** The headers that it writes, in lower case. */
  readonly fields: readonly string[];
  /** The headers with the context in them. */
  inject<Headers extends Carrier>(context: SpanContext, headers: Headers): Headers;
  /** Whose work it is, by its headers; undefined where they say nothing that is valid. */
  extract(headers: Carrier): SpanContext | undefined;
}

/** Writes what each of several writes, and believes the last of them that finds something. */
export function compositePropagator(propagators: readonly Propagator[]): Propagator {
  return {
    fields: propagators.flatMap(({ fields }) => fields),
    inject(context, headers) {
      let carrier = headers;
      for (const propagator of propagators) carrier = propagator.inject(context, carrier);
      return carrier;
    },
    extract(headers) {
      let found: SpanContext | undefined;
      for (const propagator of propagators) found = propagator.extract(headers) ?? found;
      return found;
    },
  };
}
