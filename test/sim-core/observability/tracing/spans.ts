/** Spans that are drawn: some traces, parents within them, links across them, and some of them lost. */
import fc from 'fast-check';
import type { SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';

const resource = { 'service.name': 'app', 'service.instance.id': 'app-1' };
const contextOf = (trace: number, id: number): SpanData['context'] => ({
  traceId: trace.toString(16).padStart(32, '0'),
  spanId: id.toString(16).padStart(16, '0'),
  isSampled: true,
  traceState: '',
});

/** `parent` and `links` are places among the spans before it. */
export interface Drawn {
  readonly parent: number | undefined;
  readonly links: readonly number[];
  readonly isLost: boolean;
}

export const drawnSpans: fc.Arbitrary<Drawn[]> = fc.array(
  fc.record({
    parent: fc.option(fc.nat(1000), { nil: undefined, freq: 4 }),
    links: fc.array(fc.nat(1000), { maxLength: 2 }),
    isLost: fc.boolean(),
  }),
  { maxLength: 30 },
);

/** All of them, those that are lost included; of the same place in the list. */
export function spansOf(drawn: readonly Drawn[]): SpanData[] {
  const spans: SpanData[] = [];
  for (const [place, { parent, links }] of drawn.entries()) {
    const above = parent === undefined || place === 0 ? undefined : spans[parent % place];
    const trace = above === undefined ? place + 1 : Number.parseInt(above.context.traceId, 16);
    spans.push({
      resource,
      name: `span ${place}`,
      kind: 'internal',
      context: contextOf(trace, place + 1),
      parentSpanId: above?.context.spanId ?? '',
      start: place,
      end: place + 1,
      status: 'unset',
      attributes: {},
      events: [],
      links: place === 0 ? [] : links.map((link) => ({ context: spans[link % place].context, attributes: {} })),
    });
  }
  return spans;
}
