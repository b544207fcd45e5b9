/** What each method looks at, and when it says so: made-up rows, one signal beyond its threshold at a time. */
import { describe, expect, it } from 'vitest';
import { detectedBy, METHODS } from '../../../../sim-core/index.ts';
import { column, counter, evidenceOf, gauge, ratio, type MadeSignal } from '../health/evidence.ts';

const rate = (mean: Float64Array): MadeSignal => ({ kind: 'rate', columns: { mean } });
const duration = (p95: Float64Array): MadeSignal => ({ kind: 'histogram', columns: { p95 } });
const calm = {
  'red.app.rate': rate(column(100)),
  'red.app.error_ratio': ratio(column(0)),
  'red.app.duration': duration(column(0.05)),
  'use.app.utilization': gauge(column(0.5)),
  'use.app.saturation': gauge(column(0)),
  'use.app.errors': counter(column(0)),
};
const FAULT = 30e9;
const twice = (value: number): Record<number, number> => ({ 40: value, 41: value });
const said = (signals: Readonly<Record<string, MadeSignal>>): string[] =>
  METHODS.filter((method) => detectedBy(evidenceOf(signals), method, FAULT) !== undefined);

describe('each signal is looked at by its methods', () => {
  it.each([
    ['red.app.rate', rate(column(100, twice(49))), ['red', 'golden']],
    ['red.app.error_ratio', ratio(column(0, twice(0.02))), ['red', 'golden']],
    ['red.app.duration', duration(column(0.05, twice(0.11))), ['red', 'golden']],
    ['use.app.utilization', gauge(column(0.5, twice(0.9))), ['use', 'golden']],
    ['use.app.saturation', gauge(column(0, twice(2))), ['use']],
    ['use.app.errors', counter(column(0, twice(1))), ['use']],
  ] as const)('%s', (name, signal, methods) => {
    expect(said({ ...calm, [name]: signal })).toEqual(methods);
    const [first] = methods;
    expect(detectedBy(evidenceOf({ ...calm, [name]: signal }), first, FAULT)).toEqual({ signal: name, at: 42e9 });
  });
});

it('nobody says anything of a calm run, of one row alone, or of what was before the fault', () => {
  expect(said(calm)).toEqual([]);
  expect(said({ ...calm, 'use.app.utilization': gauge(column(0.5, { 40: 0.9 })) })).toEqual([]);
  expect(said({ ...calm, 'use.app.utilization': gauge(column(0.5, { 10: 0.9, 11: 0.9 })) })).toEqual([]);
});

it('the first of several counts, and other signals are nobody’s', () => {
  const both = {
    ...calm,
    'use.app.utilization': gauge(column(0.5, twice(0.9))),
    'use.db.saturation': gauge(column(0, { 35: 3, 36: 3 })),
  };
  expect(detectedBy(evidenceOf(both), 'use', FAULT)).toEqual({ signal: 'use.db.saturation', at: 37e9 });
  // What is said when a fault is over is not said of it.
  for (const [until, at] of [
    [37e9, 37e9],
    [36e9, undefined],
  ] as const) {
    expect(detectedBy(evidenceOf(both), 'use', FAULT, { until, usualUntil: FAULT })?.at).toBe(at);
  }
  expect(said({ ...calm, 'cache.hit_ratio': ratio(column(0)) })).toEqual([]);
});
