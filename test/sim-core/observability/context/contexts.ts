/** Contexts of spans, drawn. */
import fc from 'fast-check';
import type { SpanContext } from '../../../../sim-core/observability/signals/telemetry.ts';

const id = (digits: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((text) => !/^0+$/.test(text));

export const contexts: fc.Arbitrary<SpanContext> = fc.record({
  traceId: id(32),
  spanId: id(16),
  isSampled: fc.boolean(),
  traceState: fc.constant(''),
});
