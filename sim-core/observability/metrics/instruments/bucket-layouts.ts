/**
 * Where the bounds of a histogram's buckets are. Bounds are upper ones, inclusive and ascending; above the last there is one
 * bucket more.
 */

/**
 * OpenTelemetry's default, made for milliseconds: a duration in seconds needs bounds of its own.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation
 */
export const OTEL_DEFAULT_BOUNDS: readonly number[] = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000,
];

/** What the semantic conventions advise for `http.server.request.duration`, in seconds. https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
export const HTTP_DURATION_BOUNDS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/** `sla: http.server.requests: 50ms,100ms,200ms,400ms,800ms` of the handbook's configuration (section 3.2), in seconds. */
export const HANDBOOK_BOUNDS: readonly number[] = [0.05, 0.1, 0.2, 0.4, 0.8];

/**
 * Those of Micrometer's `percentiles-histogram: true` within an expected range, in seconds: every power of four of
 * nanoseconds, and on the way to the next one steps of a third of it, as long as a whole step is left; and the ends of the
 * range, which is 1 ms to 30 s by default. `sla` adds its own.
 * https://github.com/micrometer-metrics/micrometer/blob/main/micrometer-core/src/main/java/io/micrometer/core/instrument/distribution/PercentileHistogramBuckets.java
 */
export function micrometerBounds(min = 0.001, max = 30, sla: readonly number[] = []): readonly number[] {
  const bounds = new Set([min, max, ...sla]);
  for (let power = 4; power <= max * NANOSECONDS; power *= 4) {
    const step = Math.floor(power / 3);
    for (let bound = power; bound < 4 * power - step; bound += step) {
      if (bound >= min * NANOSECONDS && bound <= max * NANOSECONDS) bounds.add(bound / NANOSECONDS);
    }
  }
  return [...bounds].sort((a, b) => a - b);
}

const NANOSECONDS = 1e9;

/** Which bucket a value is in: 0 for the first, one more than the last bound's place above all. */
export function bucketIn(bounds: readonly number[], value: number): number {
  let bucket = 0;
  while (bucket < bounds.length && value > bounds[bucket]) bucket++;
  return bucket;
}

/** Bounds that ascend and are finite, else an error that says which does not. */
export function checkedBounds(instrument: string, bounds: readonly number[]): readonly number[] {
  bounds.forEach((bound, place) => {
    if (!Number.isFinite(bound))
      throw new RangeError(`${instrument}: bound ${place + 1} is ${bound}, not a finite number`);
    if (place > 0 && !(bound > bounds[place - 1])) {
      throw new RangeError(`${instrument}: bound ${place + 1} is ${bound}; it must be above ${bounds[place - 1]}`);
    }
  });
  return bounds;
}
