/** The OpenMetrics text by the specification: the reader by each row of the vectors, and what is written by the reader, whatever it is of. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms } from '../../../../sim-core/kernel/time.ts';
import { openMetrics } from '../../../../sim-core/observability/export/openmetrics.ts';
import type { Attributes, MetricData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { openMetricsProblem } from '../../../openmetrics-grammar.ts';
import { sharedVectors } from '../../../shared-vectors.ts';

interface Row {
  readonly case: string;
  readonly text: string;
  readonly valid_per_spec: boolean;
}
const vectors = sharedVectors<{ readonly rows: readonly Row[] }>('openmetrics_text.json');

describe.skipIf(vectors.isLeftOut)('the reader', () => {
  const rows = vectors.isLeftOut ? [] : vectors.read().rows;
  it.each(rows.map((row) => [row.case, row] as const))('%s', (_, { text, valid_per_spec: isValid }) => {
    expect(openMetricsProblem(text) === undefined, openMetricsProblem(text)).toBe(isValid);
  });
});

const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'http.route',
      'http_route',
      'le',
      '1st',
      'größe',
      'a b',
      'job',
      'instance',
      'exported_job',
      '__name__',
    ),
    fc.string({ minLength: 1, maxLength: 5 }),
  ),
  fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.constantFrom('"\\\n', '', 'x'.repeat(200)),
    fc.boolean(),
    fc.double(),
  ),
  { maxKeys: 4 },
);
const exemplars = fc.array(
  fc.record({
    value: fc.double({ noNaN: true }),
    time: fc.nat(1e9),
    traceId: fc.constant('a'.repeat(32)),
    spanId: fc.constant('b'.repeat(16)),
    attributes,
  }),
  { maxLength: 2 },
);
const head = fc.record({
  resource: fc.constantFrom(
    { 'service.name': 'orders', 'service.instance.id': 'orders-1' },
    { 'service.name': 'orders', 'service.instance.id': 'orders-2', 'service.version': '1.4', job: 'x' },
  ),
  name: fc.constantFrom('http.server.requests', 'http.server.request.duration', 'cache.total', '2nd', 'größe'),
  unit: fc.constantFrom('s', 'By', '1', '{request}', '', 'km/h'),
  description: fc.string({ unit: 'binary', maxLength: 10 }),
});
const points = <Point>(point: fc.Arbitrary<Point>) =>
  fc
    .tuple(attributes, fc.uniqueArray(fc.nat(1e6), { minLength: 1, maxLength: 3 }), point, exemplars)
    .map(([own, times, of, seen]) =>
      times
        .toSorted((a, b) => a - b)
        .map((time) => ({ attributes: own, startTime: 0, time: ms(time), exemplars: seen, ...of })),
    );
const counts = fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }).map((each) => ({
  counts: each,
  bounds: [0.1, 1],
  count: each.reduce((sum, one) => sum + one, 0),
  sum: 1,
}));
const metric = fc.oneof(
  fc.tuple(head, points(fc.record({ value: fc.double() }))).map(([own, of]) => ({ ...own, kind: 'gauge', points: of })),
  fc
    .tuple(head, fc.boolean(), points(fc.record({ value: fc.double({ min: 0, noNaN: true }) })))
    .map(([own, isMonotonic, of]) => ({ ...own, kind: 'sum', isMonotonic, temporality: 'cumulative', points: of })),
  fc
    .tuple(head, points(counts))
    .map(([own, of]) => ({ ...own, kind: 'histogram', temporality: 'cumulative', points: of })),
);

it('whatever is written can be read', () => {
  const one = (data: object): string => `${data instanceof Object && 'name' in data ? String(data.name) : ''}`;
  fc.assert(
    fc.property(fc.uniqueArray(metric, { maxLength: 4, selector: one }), (metrics) => {
      const text = openMetrics(metrics as unknown as MetricData[]);
      expect(openMetricsProblem(text), text).toBeUndefined();
    }),
  );
});
