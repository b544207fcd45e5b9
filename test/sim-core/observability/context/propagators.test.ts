/** Whatever the format: what is written is read back, beside headers of others, and nobody reads another's. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compositePropagator } from '../../../../sim-core/observability/context/propagator.ts';
import { propagators, type PropagatorName } from '../../../../sim-core/observability/context/propagators.ts';
import { contexts } from './contexts.ts';

const NAMES = Object.keys(propagators) as PropagatorName[];

describe.each(NAMES)('%s', (name) => {
  const { fields, inject, extract } = propagators[name];
  const isSilent = fields.length === 0;

  it('reads what it wrote, whatever the case of the names, and leaves the other headers alone', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const headers = inject(context, { accept: 'text/html' });
        expect(headers).toMatchObject({ accept: 'text/html' });
        for (const field of Object.keys(headers)) expect(['accept', ...fields]).toContain(field);
        const shouted = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toUpperCase(), value]));
        expect(extract(headers)).toEqual(isSilent ? undefined : context);
        expect(extract(shouted)).toEqual(isSilent ? undefined : context);
      }),
    );
  });

  it('finds nothing where nobody wrote, or another format', () => {
    fc.assert(
      fc.property(contexts, fc.constantFrom(...NAMES.filter((other) => other !== name)), (context, other) => {
        expect(extract({})).toBeUndefined();
        expect(extract(propagators[other].inject(context, {}))).toBeUndefined();
      }),
    );
  });
});

it('several together write all formats, and the last that finds something is believed', () => {
  const both = compositePropagator([propagators.tracecontext, propagators.b3]);
  fc.assert(
    fc.property(contexts, contexts, (first, second) => {
      const headers = { ...both.inject(first, {}), ...propagators.b3.inject(second, {}) };
      expect(Object.keys(headers).sort()).toEqual(['b3', 'traceparent']);
      expect(both.extract(headers)).toEqual(second);
      expect(both.extract(propagators.tracecontext.inject(first, {}))).toEqual(first);
    }),
  );
});

it.each([
  ['80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90', true],
  ['80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-d', true],
  ['80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1', false],
])("B3's header %s is read", (header, isSampled) => {
  const ids = { traceId: '80f198ee56343ba864fe8b2a57d3eff7', spanId: 'e457b5a2e4d86bd1' };
  expect(propagators.b3.extract({ b3: header })).toEqual({ ...ids, isSampled, traceState: '' });
});

it('a B3 trace id of 16 digits is one of 32 with zeros before it', () => {
  const headers = { 'X-B3-TraceId': '64fe8b2a57d3eff7', 'X-B3-SpanId': 'e457b5a2e4d86bd1', 'X-B3-Flags': '1' };
  expect(propagators.b3multi.extract(headers)).toMatchObject({
    traceId: '000000000000000064fe8b2a57d3eff7',
    isSampled: true,
  });
});
