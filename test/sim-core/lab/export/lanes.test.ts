/** Lanes: whatever spans there are, two on one lane are apart or one within the other, and no lane is more than is needed. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onLanes } from '../../../../sim-core/lab/export/lanes.ts';
import type { SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Spans of two components; each but the first of a trace has one of those before it for a parent, which it may outlive. */
const spans = fc
  .array(
    fc.record({
      trace: fc.nat(2),
      component: fc.constantFrom('a', 'b'),
      parent: fc.nat(),
      start: fc.nat(50),
      length: fc.nat(20),
    }),
    { maxLength: 30 },
  )
  .map((drawn) => {
    const all: SpanData[] = [];
    drawn.forEach(({ trace, component, parent, start, length }, place) => {
      const traceId = hex(trace + 1, 32);
      const before = all.filter(({ context }) => context.traceId === traceId);
      all.push({
        resource: { 'service.name': component, 'service.instance.id': component },
        name: 'work',
        kind: 'internal',
        context: { traceId, spanId: hex(place + 1, 16), isSampled: true, traceState: '' },
        parentSpanId: before.length > 0 ? before[parent % before.length].context.spanId : '',
        start,
        end: start + length,
        status: 'unset',
        attributes: {},
        events: [],
        links: [],
      });
    });
    return all;
  });

it('hold each span once, and two of them apart or one within the other', () => {
  fc.assert(
    fc.property(spans, (drawn) => {
      const placed = onLanes(drawn);
      expect(new Set(placed.map(({ span }) => span))).toEqual(new Set(drawn));
      for (const [i, one] of placed.entries()) {
        for (const other of placed.slice(i + 1)) {
          if (one.lane !== other.lane || one.span.resource['service.name'] !== other.span.resource['service.name'])
            continue;
          const apart = other.span.start >= one.span.end;
          expect(apart || other.span.end <= one.span.end).toBe(true);
        }
      }
    }),
  );
});

it('are as many as there are spans at once, where none is within another', () => {
  fc.assert(
    fc.property(spans, (drawn) => {
      const roots = drawn.map((span) => ({ ...span, parentSpanId: '' }));
      const lanes = new Map<string, number>();
      for (const { span, lane } of onLanes(roots)) {
        const name = span.resource['service.name'];
        lanes.set(name, Math.max(lanes.get(name) ?? 0, lane + 1));
      }
      for (const [name, count] of lanes) {
        const own = roots.filter(({ resource }) => resource['service.name'] === name);
        const atOnce = own.map(({ start }) => own.filter((one) => one.start <= start && one.end > start).length);
        expect(count).toBeLessThanOrEqual(
          Math.max(1, ...atOnce) + own.filter(({ start, end }) => start === end).length,
        );
      }
    }),
  );
});
