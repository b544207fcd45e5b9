/**
 * Series in memory, as the head of a time series database has them: a set of labels, the name among them, and samples in order
 * of time. Whoever asks for the value at an instant is given the last sample of the five minutes before it, unless the series
 * was marked stale since; whoever asks for a stretch is given all samples in it, both ends included (as up to Prometheus 2; 3.0
 * leaves the older end out). https://prometheus.io/docs/prometheus/latest/querying/basics/#staleness
 *
 * Knows neither blocks on disk nor a log that is written ahead; samples that are not newer than the last are refused.
 */
import { minutes, type Duration, type Time } from '../../../kernel/time.ts';
import type { Labels } from '../../signals/labels.ts';

/** The label that is the metric's name. */
export const NAME = '__name__';

/** How old a sample may be that stands for the present (`--query.lookback-delta`). */
export const LOOKBACK: Duration = minutes(5);

/** What a query looks for: `http_requests_total{code="500"}`. */
export interface Selector {
  readonly name: string;
  /** Labels that must be just so; an empty text is also that of a label which is not there. */
  readonly labels?: Labels;
  /** Any further condition. */
  readonly where?: (labels: Labels) => boolean;
}

export class Series<Value> {
  readonly labels: Labels;
  readonly times: Time[] = [];
  readonly values: Value[] = [];
  private withoutName: Labels | undefined = undefined;
  /** When it was marked as stale; most series never are. */
  private staleAt: Time[] | undefined = undefined;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  /** Labels of what is worked out from it, which has no name. */
  get unnamed(): Labels {
    if (this.withoutName === undefined) {
      const { [NAME]: _name, ...others } = this.labels;
      this.withoutName = others;
    }
    return this.withoutName;
  }

  /** False if the sample is not newer than the last, and was not taken. */
  append(time: Time, value: Value): boolean {
    if (time <= (this.times.at(-1) ?? -Infinity) || time < (this.staleAt?.at(-1) ?? -Infinity)) return false;
    this.times.push(time);
    this.values.push(value);
    return true;
  }

  /** It is known to be no more: from now on it has no value, until there is a sample again. */
  markStale(time: Time): void {
    (this.staleAt ??= []).push(time);
  }

  /** The value at an instant, if it has one. */
  at(time: Time): Value | undefined {
    const place = this.after(time) - 1;
    if (place < 0 || this.times[place] < time - LOOKBACK) return undefined;
    const sampled = this.times[place];
    return this.staleAt?.some((marked) => marked >= sampled && marked <= time) ? undefined : this.values[place];
  }

  /** Places of the samples from one instant to another, both included: from `first` up to and not including `end`. */
  between(from: Time, to: Time): { readonly first: number; readonly end: number } {
    const end = this.after(to);
    let first = end;
    while (first > 0 && this.times[first - 1] >= from) first--;
    return { first, end };
  }

  /** Forgets what is older. */
  forget(before: Time): void {
    let old = 0;
    while (old < this.times.length && this.times[old] < before) old++;
    this.times.splice(0, old);
    this.values.splice(0, old);
    while (this.staleAt !== undefined && this.staleAt[0] < before) this.staleAt.shift();
  }

  /** The place of the first sample later than an instant: most questions are about the present, so it is looked for from the end. */
  private after(time: Time): number {
    let place = this.times.length;
    while (place > 0 && this.times[place - 1] > time) place--;
    return place;
  }
}

/** What queries have cost. */
export interface QueryCost {
  /** Series that were found, again for each question. */
  series: number;
  /** Samples of theirs that were looked at. */
  samples: number;
}

export class SeriesStore<Value> {
  readonly cost: QueryCost = { series: 0, samples: 0 };
  private readonly byKey = new Map<string, Series<Value>>();
  private readonly byName = new Map<string, Series<Value>[]>();
  /** Told of each series that is new, and of each that was forgotten. */
  private readonly created: (labels: Labels) => void;
  private readonly forgotten: (labels: Labels) => void;

  constructor(created: (labels: Labels) => void = () => {}, forgotten: (labels: Labels) => void = () => {}) {
    this.created = created;
    this.forgotten = forgotten;
  }

  get size(): number {
    return this.byKey.size;
  }

  /** The series of a set of labels, which is new if there was none. */
  series(labels: Labels): Series<Value> {
    const key = labelsKey(labels);
    let series = this.byKey.get(key);
    if (series === undefined) {
      series = new Series(labels);
      this.byKey.set(key, series);
      const name = labels[NAME];
      const named = this.byName.get(name);
      if (named === undefined) this.byName.set(name, [series]);
      else named.push(series);
      this.created(labels);
    }
    return series;
  }

  /** In the order in which they were made. */
  select({ name, labels = {}, where }: Selector): readonly Series<Value>[] {
    const conditions = Object.entries(labels);
    const found = (this.byName.get(name) ?? []).filter(
      (series) =>
        conditions.every(([label, value]) => (series.labels[label] ?? '') === value) &&
        (where === undefined || where(series.labels)),
    );
    this.cost.series += found.length;
    return found;
  }

  /** Forgets samples older than an instant, and series that have none left. */
  forget(before: Time): void {
    for (const [key, series] of this.byKey) {
      series.forget(before);
      if (series.times.length > 0) continue;
      this.byKey.delete(key);
      const named = this.byName.get(series.labels[NAME])!;
      named.splice(named.indexOf(series), 1);
      this.forgotten(series.labels);
    }
  }

  /** All of them. */
  values(): IterableIterator<Series<Value>> {
    return this.byKey.values();
  }
}

/** One text for one set of labels, whatever their order. */
export function labelsKey(labels: Labels): string {
  let key = '';
  for (const name of Object.keys(labels).sort()) key += `${name}\u0000${labels[name]}\u0001`;
  return key;
}
