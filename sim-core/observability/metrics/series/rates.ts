/**
 * `rate` and `increase` of Prometheus: how much a counter has grown in a stretch of time, of which only samples are known. A
 * fall is a restart from zero. What lies between the stretch's ends and the samples next to them is extrapolated, by half an
 * interval at the most where samples are missing, and not to below zero.
 * https://github.com/prometheus/prometheus/blob/v2.42.0/promql/functions.go (extrapolatedRate); since 2.53 the bound by zero
 * is looked at last, which differs where the first sample is missing.
 */
import { toSeconds, type Duration, type Time } from '../../../kernel/time.ts';
import { histogramIncrease, scaleHistogram, type NativeHistogram } from './native-histogram.ts';
import type { Selector, Series, SeriesStore } from './series-store.ts';
import type { Sample, Vector } from './vector.ts';

/** Samples further from an end of the stretch than so many mean intervals are taken for the first or the last there are. */
const THRESHOLD = 1.1;

/** The growth of each counter in the stretch before an instant; what has fewer than two samples there has none. */
export function counterIncrease(store: SeriesStore<number>, selector: Selector, range: Duration, at: Time): Vector {
  return overRange(store, selector, range, at, growthOf);
}

/** The same a second. */
export function counterRate(store: SeriesStore<number>, selector: Selector, range: Duration, at: Time): Vector {
  const seconds = toSeconds(range);
  return counterIncrease(store, selector, range, at).map(({ labels, value }) => ({ labels, value: value / seconds }));
}

/** Native histograms of what was observed in the stretch before an instant. */
export function nativeIncrease(
  store: SeriesStore<NativeHistogram>,
  selector: Selector,
  range: Duration,
  at: Time,
): Sample<NativeHistogram>[] {
  return overRange(store, selector, range, at, (series, first, end, from) => {
    const grown = histogramIncrease(series.values.slice(first, end));
    return scaleHistogram(grown, extrapolation(series.times, first, end, from, at));
  });
}

function overRange<Value, Result>(
  store: SeriesStore<Value>,
  selector: Selector,
  range: Duration,
  at: Time,
  of: (series: Series<Value>, first: number, end: number, from: Time, to: Time) => Result,
): Sample<Result>[] {
  const from = at - range;
  return store.select(selector).flatMap((series) => {
    const { first, end } = series.between(from, at);
    store.cost.samples += end - first;
    return end - first < 2 ? [] : [{ labels: series.unnamed, value: of(series, first, end, from, at) }];
  });
}

function growthOf({ times, values }: Series<number>, first: number, end: number, from: Time, to: Time): number {
  let grown = values[end - 1] - values[first];
  for (let i = first + 1; i < end; i++) if (values[i] < values[i - 1]) grown += values[i - 1];
  const toZero = grown > 0 && values[first] >= 0 ? (times[end - 1] - times[first]) * (values[first] / grown) : Infinity;
  return grown * extrapolation(times, first, end, from, to, toZero);
}

/** By what the growth between the samples is multiplied. `toZero`: how long before the first sample the counter was 0. */
function extrapolation(
  times: readonly Time[],
  first: number,
  end: number,
  from: Time,
  to: Time,
  toZero: Duration = Infinity,
): number {
  const sampled = times[end - 1] - times[first];
  const interval = sampled / (end - first - 1);
  const reach = (gap: Duration): Duration => (gap < THRESHOLD * interval ? gap : interval / 2);
  const before = reach(Math.min(times[first] - from, toZero));
  return (sampled + before + reach(to - times[end - 1])) / sampled;
}
