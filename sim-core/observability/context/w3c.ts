/**
 * W3C Trace Context: the headers `traceparent` and `tracestate`. A `traceparent` that is invalid, missing or there twice begins a
 * new trace, and `tracestate` goes with it; several headers `tracestate` are one list, in their order.
 * https://www.w3.org/TR/trace-context/#processing-model
 */
import { onlyValueOf, valuesOf } from './carrier.ts';
import type { Propagator } from './propagator.ts';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';
import { normaliseTraceState } from './tracestate.ts';

export const w3c: Propagator = {
  fields: ['traceparent', 'tracestate'],
  inject(context, headers) {
    const traceparent = formatTraceparent(context);
    if (context.traceState === '') return { ...headers, traceparent };
    return { ...headers, traceparent, tracestate: context.traceState };
  },
  extract(headers) {
    const traceparent = onlyValueOf(headers, 'traceparent');
    const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent);
    if (parent === undefined) return undefined;
    const states = valuesOf(headers, 'tracestate');
    return { ...parent, traceState: states.length === 0 ? '' : normaliseTraceState(states.join(',')) };
  },
};
