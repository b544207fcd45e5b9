/** A meter and its instruments: what they say after which measurements, collections and crashes. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import { Meter, type MeterOptions } from '../../../../../sim-core/observability/metrics/instruments/meter.ts';
import { INSTRUMENT_COSTS } from '../../../../../sim-core/observability/signals/instrument-costs.ts';
import { InstrumentedProcess } from '../../../../../sim-core/observability/signals/instrumented-process.ts';
import type { Attributes, MetricData, SpanContext } from '../../../../../sim-core/observability/signals/telemetry.ts';

let sim: Simulation;
beforeEach(() => (sim = new Simulation()));

function meterOf(options?: MeterOptions): Meter {
  const resource = { 'service.name': 'orders', 'service.instance.id': 'orders-1' };
  return new Meter(new InstrumentedProcess(sim, { resource, cores: 1, costs: INSTRUMENT_COSTS }), options);
}

const span = (isSampled: boolean): SpanContext => ({
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  isSampled,
  traceState: '',
});

const requests = { name: 'http.server.requests', unit: '{request}', description: 'Requests' };
const duration = { name: 'http.server.request.duration', unit: 's', description: 'Duration' };

const valuesOf = (metric: MetricData | undefined): unknown[] =>
  metric === undefined
    ? []
    : metric.points.map((point) => [point.attributes, 'value' in point ? point.value : point.count]);

test('cumulative counts grow until the process crashes, and then begin at zero', () => {
  const kinds = fc.array(fc.constantFrom('add', 'collect', 'crash'), { maxLength: 40 });
  fc.assert(
    fc.property(kinds, (deeds) => {
      const meter = meterOf();
      const counter = meter.counter(requests);
      let since = 0;
      for (const deed of deeds) {
        if (deed === 'add') {
          counter.add(2, {});
          since += 2;
        } else if (deed === 'crash') {
          meter.process.crash();
          since = 0;
        } else expect(valuesOf(meter.collect()[0])).toEqual(since === 0 ? [] : [[{}, since]]);
      }
    }),
  );
});

test('delta counts add up to all that was counted, and forget attributes with each collection', () => {
  const meter = meterOf({ temporality: 'delta', cardinalityLimit: 3 });
  const counter = meter.counter(requests);
  const inFlight = meter.upDownCounter({ name: 'http.server.active_requests', unit: '{request}', description: '' });
  for (const user of ['a', 'b', 'c', 'd']) counter.add(1, { user });
  inFlight.add(2, {});
  sim.schedule(s(1), () => {}, undefined);
  sim.runUntil(s(1));
  const first = meter.collect();
  expect(valuesOf(first[0])).toEqual([
    [{ user: 'a' }, 1],
    [{ user: 'b' }, 1],
    [{ 'otel.metric.overflow': true }, 2],
  ]);
  counter.add(1, { user: 'd' });
  inFlight.add(-1, {});
  const second = meter.collect();
  expect(valuesOf(second[0])).toEqual([[{ user: 'd' }, 1]]);
  expect([first[0].points[0].startTime, second[0].points[0].startTime]).toEqual([0, s(1)]);
  // What goes up and down says all of it each time, since the process began.
  expect(second[1]).toMatchObject({
    temporality: 'cumulative',
    isMonotonic: false,
    points: [{ value: 1, startTime: 0 }],
  });
});

test('a histogram’s counts are those of its values, bucket by bucket', () => {
  const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(values, (seen) => {
      const meter = meterOf();
      const bounds = [0.25, 0.5];
      const histogram = meter.histogram({ ...duration, bounds });
      for (const value of seen) histogram.record(value, {});
      const below = (bound: number): number => seen.filter((value) => value <= bound).length;
      const counts = [below(0.25), below(0.5) - below(0.25), seen.length - below(0.5)];
      expect(meter.collect()[0].points[0]).toMatchObject({ bounds, counts, count: seen.length });
    }),
  );
});

describe('exemplars', () => {
  test('only of spans that are sampled, one a bucket, with what the view has dropped', () => {
    const meter = meterOf();
    const histogram = meter.histogram({ ...duration, bounds: [0.1, 1], keep: ['http.route'] });
    const of = (user: string): Attributes => ({ 'http.route': '/cart', 'user.id': user });
    histogram.record(0.05, of('u-1'), span(false));
    histogram.record(0.06, of('u-2'));
    histogram.record(0.07, of('u-3'), span(true));
    for (let i = 0; i < 20; i++) histogram.record(2, of('u-4'), span(true));
    const { points } = meter.collect()[0];
    expect(points).toHaveLength(1);
    expect(points[0].exemplars.map(({ value, attributes, traceId }) => [value, attributes, traceId])).toEqual([
      [0.07, { 'user.id': 'u-3' }, span(true).traceId],
      [2, { 'user.id': 'u-4' }, span(true).traceId],
    ]);
    expect(meter.collect()[0].points[0].exemplars).toEqual([]);
  });

  test('each of a stretch has the same chance of being the one that is kept', () => {
    const meter = meterOf({ exemplars: 'always-on' });
    const counter = meter.counter(requests);
    const kept = [0, 0, 0, 0];
    const rounds = 4000;
    for (let round = 0; round < rounds; round++) {
      for (let value = 0; value < 4; value++) counter.add(value, {}, span(true));
      kept[meter.collect()[0].points[0].exemplars[0].value]++;
    }
    // Binomial with a chance of 1/4: six standard deviations. The stream's seed is fixed.
    for (const count of kept) expect(Math.abs(count - rounds / 4)).toBeLessThan(6 * Math.sqrt((rounds * 3) / 16));
  });

  test('none at all where they are switched off', () => {
    const meter = meterOf({ exemplars: 'always-off' });
    meter.counter(requests).add(1, {}, span(true));
    expect(meter.collect()[0].points[0].exemplars).toEqual([]);
  });
});

test('percentiles of a process are those of the last while, and 0 where nothing happens', () => {
  const meter = meterOf();
  const percentiles = meter.percentiles({ ...duration, percentiles: [0.5, 0.99], expiry: s(3), precision: 2 });
  const told: unknown[] = [];
  const tell = (): void => void told.push(valuesOf(meter.collect()[0]).map((one) => (one as [unknown, number])[1]));
  for (let i = 1; i <= 100; i++) percentiles.record(i, {});
  tell();
  sim.scheduleAt(s(2.5), () => percentiles.record(7, {}), undefined);
  sim.scheduleAt(s(2.6), tell, undefined);
  // The ring of three has turned once a second: what came at the start has left the last of its histograms.
  sim.scheduleAt(s(3.1), tell, undefined);
  sim.scheduleAt(s(60), tell, undefined);
  sim.runUntil(s(61));
  expect(told[0]).toEqual([50, 99]);
  expect(told[1]).toEqual([50, 99]);
  expect(told[2]).toEqual([7, 7]);
  expect(told[3]).toEqual([0, 0]);
});

test('percentiles are known to one significant digit unless more are asked for', () => {
  const meter = meterOf();
  const medianOf = (name: string, asked: { readonly precision?: number }): number => {
    const percentiles = meter.percentiles({ ...duration, name, percentiles: [0.5], ...asked });
    for (let i = 1; i <= 1999; i++) percentiles.record(i, {});
    const [[, value]] = valuesOf(meter.collect().find((metric) => metric.name === name)!) as [[unknown, number]];
    return value;
  };
  // From 512 to 1024 there are 16 buckets of 32, or 128 of 4. The median, 1000, is in one from 992 to 1024, or from 1000 to 1004.
  const [usual, one, two] = [
    medianOf('usual', {}),
    medianOf('one', { precision: 1 }),
    medianOf('two', { precision: 2 }),
  ];
  expect(usual).toBe(one);
  expect(one).toBeGreaterThan(1004);
  expect(one).toBeLessThan(1024);
  expect(two).toBeGreaterThanOrEqual(1000);
  expect(two).toBeLessThan(1004);
});

test('a gauge is asked when it is collected', () => {
  const meter = meterOf();
  let queue = 3;
  meter.observableGauge({ name: 'queue.length', unit: '{request}', description: '' }, (tell) =>
    tell(queue, { queue: 'in' }),
  );
  queue = 5;
  expect(valuesOf(meter.collect()[0])).toEqual([[{ queue: 'in' }, 5]]);
});

test('a measurement costs the application’s thread its processor time', () => {
  const meter = meterOf();
  const counter = meter.counter(requests);
  for (let i = 0; i < 1000; i++) counter.add(1, {});
  let done = 0;
  meter.process.work(ms(1), 'checkout').begin({ resume: () => (done = sim.now), fail: () => {} });
  sim.runUntil(s(1));
  expect(done).toBe(ms(1) + 1000 * INSTRUMENT_COSTS.measurement);
});

test('bad input is refused by name', () => {
  const meter = meterOf();
  const counter = meter.counter(requests);
  expect(() => counter.add(-1, {})).toThrow('http.server.requests: -1 is below 0; a counter only grows');
  expect(() => counter.add(NaN, {})).toThrow('http.server.requests: NaN is not a finite number');
  expect(() => meter.counter(requests)).toThrow('orders-1: two instruments are named http.server.requests');
  expect(() => meter.percentiles({ ...duration, percentiles: [99] })).toThrow('99 is no percentile');
});
