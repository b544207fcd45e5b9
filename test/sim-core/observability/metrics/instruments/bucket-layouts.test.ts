/** Bounds of histograms: which bucket a value is in, and the layouts that libraries come with. */
import { expect, test } from 'vitest';
import {
  bucketIn,
  checkedBounds,
  HANDBOOK_BOUNDS,
  micrometerBounds,
} from '../../../../../sim-core/observability/metrics/instruments/bucket-layouts.ts';

test('upper bounds are inclusive', () => {
  expect([0, 0.05, 0.0501, 0.3, 0.8, 9].map((value) => bucketIn(HANDBOOK_BOUNDS, value))).toEqual([0, 0, 1, 3, 4, 5]);
});

test('Micrometer’s percentile histogram: powers of four and thirds of them, within the expected range, with those of the SLA', () => {
  const bounds = micrometerBounds();
  // https://github.com/micrometer-metrics/micrometer: the first and last lines that its Prometheus registry prints for a timer.
  expect(bounds.slice(0, 4)).toEqual([0.001, 0.001048576, 0.001398101, 0.001747626]);
  expect(bounds.slice(-3)).toEqual([22.906492245, 28.633115306, 30]);
  expect(micrometerBounds(0.001, 30, HANDBOOK_BOUNDS).filter((bound) => HANDBOOK_BOUNDS.includes(bound))).toEqual(
    HANDBOOK_BOUNDS,
  );
  // A bucket is never wider than a third of where it begins, rounded to nanoseconds.
  const own = bounds.slice(1, -1);
  for (let i = 1; i < own.length; i++) expect(own[i] / own[i - 1]).toBeLessThanOrEqual(4 / 3 + 1e-6);
});

test('bounds that do not ascend are refused by their place', () => {
  expect(() => checkedBounds('http.duration', [1, 2, 2])).toThrow('http.duration: bound 3 is 2; it must be above 2');
  expect(() => checkedBounds('http.duration', [1, Infinity])).toThrow('http.duration: bound 2 is Infinity');
});
