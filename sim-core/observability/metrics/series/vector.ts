/**
 * Instant vectors and what can be made of them: one value a set of labels at one instant, and sums, means and extremes of
 * those that agree in some labels. https://prometheus.io/docs/prometheus/latest/querying/operators/
 */
import type { Time } from '../../../kernel/time.ts';
import type { Labels } from '../../signals/labels.ts';
import { labelsKey, type Selector, type SeriesStore } from './series-store.ts';

export interface Sample<Value> {
  /** Without the metric's name. */
  readonly labels: Labels;
  readonly value: Value;
}

export type Vector = readonly Sample<number>[];

/** The values of the series at an instant, of those that have one. */
export function instant<Value>(store: SeriesStore<Value>, selector: Selector, at: Time): Sample<Value>[] {
  return store.select(selector).flatMap((series) => {
    const value = series.at(at);
    if (value === undefined) return [];
    store.cost.samples++;
    return [{ labels: series.unnamed, value }];
  });
}

/** Those that agree in these labels, in order of the first of each: `by` of an aggregation. */
export function groupedBy<Value>(
  vector: readonly Sample<Value>[],
  labels: readonly string[],
): Sample<readonly Value[]>[] {
  const groups = new Map<string, { labels: Labels; value: Value[] }>();
  for (const sample of vector) {
    const shared: Record<string, string> = {};
    for (const label of labels) if (sample.labels[label] !== undefined) shared[label] = sample.labels[label];
    const key = labelsKey(shared);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels: shared, value: [sample.value] });
    else group.value.push(sample.value);
  }
  return [...groups.values()];
}

const aggregate =
  (of: (values: readonly number[]) => number) =>
  (vector: Vector, labels: readonly string[] = []): Vector =>
    groupedBy(vector, labels).map((group) => ({ labels: group.labels, value: of(group.value) }));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const sumBy = aggregate(sum);
/** The mean of values: of percentiles it is nobody's percentile. */
export const averageBy = aggregate((values) => sum(values) / values.length);
export const maxBy = aggregate((values) => values.reduce((most, value) => Math.max(most, value), -Infinity));

/** One vector over another, label set by label set; what only one of them has is left out. */
export function divide(dividends: Vector, divisors: Vector): Vector {
  const byKey = new Map(divisors.map(({ labels, value }) => [labelsKey(labels), value]));
  return dividends.flatMap(({ labels, value }) => {
    const divisor = byKey.get(labelsKey(labels));
    return divisor === undefined ? [] : [{ labels, value: value / divisor }];
  });
}
