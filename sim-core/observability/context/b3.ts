/**
 * B3, the headers of Zipkin, older than the W3C's and still in use: one header `b3`, or one a field. A trace id of 16 digits is
 * that of 32 with zeros before it. https://github.com/openzipkin/b3-propagation
 *
 * It has no room for whether a trace id is random. Leaves out a sampling decision without ids, and reads the flag for debugging as sampled, as OpenTelemetry does.
 */
import type { SpanContext } from '../signals/telemetry.ts';
import { onlyValueOf, type Carrier } from './carrier.ts';
import type { Propagator } from './propagator.ts';

const SINGLE = /^([0-9a-f]{32}|[0-9a-f]{16})-([0-9a-f]{16})(?:-([01d]))?(?:-[0-9a-f]{16})?$/i;
const TRACE_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{16})$/i;
const SPAN_ID = /^[0-9a-f]{16}$/i;
const ZEROS = /^0+$/;

export const b3: Propagator = {
  fields: ['b3'],
  inject({ traceId, spanId, isSampled }, headers) {
    return { ...headers, b3: `${traceId}-${spanId}-${isSampled ? '1' : '0'}` };
  },
  extract(headers) {
    const parts = SINGLE.exec(onlyValueOf(headers, 'b3') ?? '');
    return parts === null ? undefined : contextOf(parts[1], parts[2], parts[3]);
  },
};

export const b3multi: Propagator = {
  fields: ['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled'],
  inject({ traceId, spanId, isSampled }, headers) {
    return { ...headers, 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': isSampled ? '1' : '0' };
  },
  extract(headers: Carrier) {
    const traceId = onlyValueOf(headers, 'x-b3-traceid') ?? '';
    const spanId = onlyValueOf(headers, 'x-b3-spanid') ?? '';
    if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return undefined;
    const isDebugged = onlyValueOf(headers, 'x-b3-flags') === '1';
    return contextOf(traceId, spanId, isDebugged ? 'd' : onlyValueOf(headers, 'x-b3-sampled'));
  },
};

function contextOf(traceId: string, spanId: string, sampling: string | undefined): SpanContext | undefined {
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  return {
    traceId: traceId.toLowerCase().padStart(32, '0'),
    spanId: spanId.toLowerCase(),
    isSampled: sampling === '1' || sampling === 'd' || sampling === 'true',
    traceState: '',
  };
}
