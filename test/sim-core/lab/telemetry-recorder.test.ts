/** However much arrives, a bounded part is kept: of traces all or nothing, of metrics whole series, and it says how large a part. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PointSample } from '../../../sim-core/lab/point-sample.ts';
import { TelemetryRecorder } from '../../../sim-core/lab/telemetry-recorder.ts';
import { arrivalsOf } from '../../../sim-core/observability/pipeline/arrivals.ts';
import { instrumentTelemetry } from '../../../sim-core/lab/export/instrument-telemetry.ts';
import { Simulation, type MetricData, type NumberPoint, type SpanData } from '../../../sim-core/index.ts';

const resource = { 'service.name': 'app', 'service.instance.id': 'app-1' };

const span = (trace: number, number: number): SpanData => ({
  resource,
  name: 'GET',
  kind: 'server',
  // As ids are drawn: all bits differ.
  context: {
    traceId: (Math.imul(trace + 1, 0x9e3779b1) >>> 0).toString(16).padStart(32, '0'),
    spanId: number.toString(16).padStart(16, '0'),
    isSampled: true,
    traceState: '',
  },
  parentSpanId: '',
  start: number,
  end: number + 1,
  status: 'unset',
  attributes: {},
  events: [],
  links: [],
});

it('spans of a trace are all there or none, and the share that is kept is the one that is told', () => {
  const sim = new Simulation({ seed: 1 });
  const recorder = new TelemetryRecorder(sim);
  const arrived = arrivalsOf(sim, 'traces')!;
  const [traces, each] = [8_000, 5];
  for (let number = 0; number < each; number++) {
    for (let trace = 0; trace < traces; trace++) arrived([span(trace, trace * each + number)]);
  }
  const telemetry = recorder.finish()!;
  const spans = instrumentTelemetry({ telemetry }, 'traces', {})!;
  const { total, keptOneIn } = telemetry.traces!;
  expect(total).toBe(traces * each);
  expect(keptOneIn).toBeGreaterThan(1);
  const counts = new Map<string, number>();
  for (const { context } of spans) counts.set(context.traceId, (counts.get(context.traceId) ?? 0) + 1);
  expect([...new Set(counts.values())]).toEqual([each]);
  // Binomial: four standard deviations.
  const expected = traces / keptOneIn;
  expect(Math.abs(counts.size - expected)).toBeLessThan(4 * Math.sqrt(expected));
});

const gauge = (name: string, values: readonly (readonly [string, number])[], time: number): MetricData => ({
  resource,
  name,
  unit: '1',
  description: '',
  kind: 'gauge',
  points: values.map(([user, value]) => ({ attributes: { user }, startTime: 0, time, exemplars: [], value })),
});

it('points of a series stay in order, with one scrape in as many as it says, whatever there is of series and scrapes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 200 }), (series, scrapes) => {
      const sample = new PointSample();
      const values = Array.from({ length: series }, (_, user) => [`u${user}`, user] as const);
      for (let scrape = 0; scrape < scrapes; scrape++) sample.add([gauge('users', values, scrape)]);
      const kept = sample.items.flatMap(({ points }) => points as readonly NumberPoint[]);
      expect(sample.total).toBe(series * scrapes);
      expect(kept.length).toBeLessThanOrEqual(60_000);
      if (series * scrapes <= 60_000) expect(kept).toHaveLength(series * scrapes);
      const times = new Map<unknown, number[]>();
      for (const { attributes, time } of kept)
        times.set(attributes.user, [...(times.get(attributes.user) ?? []), time]);
      const [one] = times.values();
      for (const own of times.values()) expect(own).toEqual(one);
      expect(one.every((time, place) => place === 0 || time - one[place - 1] === one.at(1)! - one[0])).toBe(true);
    }),
    { numRuns: 6 },
  );
});

it('what is no number is one still when it is read', () => {
  const sim = new Simulation({ seed: 1 });
  const recorder = new TelemetryRecorder(sim);
  arrivalsOf(sim, 'metrics')!([
    gauge(
      'odd',
      [
        ['a', Number.NaN],
        ['b', Infinity],
        ['c', 1.5],
      ],
      1,
    ),
  ]);
  const [read] = instrumentTelemetry({ telemetry: recorder.finish()! }, 'metrics', { 'brownout.seed': '1' })!;
  expect(read.points.map((point) => (point as { value: number }).value)).toEqual([Number.NaN, Infinity, 1.5]);
  expect(read.resource).toMatchObject({ ...resource, 'brownout.observer': 'instruments', 'brownout.kept_one_in': 1 });
});

it('nobody who keeps telemetry is nothing recorded, and somebody whom nothing reaches is an empty list', () => {
  const sim = new Simulation({ seed: 1 });
  const recorder = new TelemetryRecorder(sim);
  expect(recorder.finish()).toBeUndefined();
  arrivalsOf(sim, 'logs');
  const telemetry = recorder.finish()!;
  expect(instrumentTelemetry({ telemetry }, 'logs', {})).toEqual([]);
  expect(instrumentTelemetry({ telemetry }, 'traces', {})).toBeUndefined();
  expect(arrivalsOf(new Simulation({ seed: 1 }), 'logs')).toBeUndefined();
});
