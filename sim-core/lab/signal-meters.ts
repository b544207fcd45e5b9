/**
 * What is done with the facts of a signal, by its kind: a meter is told when an interval or the warm-up ends, looks at
 * each fact that takes part if it has to, and gives the columns and the summary that recordings show.
 */
import { BATCH_MAX, type FactBatch } from '../kernel/fact.ts';
import { SECOND, toSeconds, type Duration, type Time } from '../kernel/time.ts';
import { CounterSeries } from '../statistics/counter-series.ts';
import { DurationSeries } from '../statistics/duration-series.ts';
import { GaugeSeries } from '../statistics/gauge-series.ts';
import { LogLinearHistogram } from '../statistics/histogram.ts';
import { intervalsIn } from '../statistics/intervals.ts';
import {
  RATIO_SAMPLES_MIN,
  type CounterSignal,
  type GaugeSignal,
  type HistogramSignal,
  type RateSignal,
  type RatioSignal,
  type SignalDefinition,
} from '../statistics/signal.ts';
import type { HeatMap, RecordedSignal, SignalParts, SignalSummary } from './recording.ts';
import { cut, extremes, scaled } from './signal-columns.ts';

/** The time axis of a run's series. */
export interface Axis {
  readonly duration: Duration;
  readonly interval: Duration;
  readonly warmUp: Duration;
}

export interface Meter {
  /** Whether it has to look at each fact, and not only to know how many there were. */
  readonly looks: boolean;
  readonly definition: SignalDefinition;
  /** The facts of a batch from `from` to before `to` were told in the interval in progress. */
  look(batch: FactBatch<never>, from: number, to: number): void;
  /** An interval ends in which so many facts were told. */
  endRow(row: number, told: number): void;
  /**
   * The warm-up ends, at its own time or with a run that is shorter: so many facts were told in the interval in progress.
   * Summaries start here.
   */
  endWarmUp(told: number, time: Time): void;
  /** After the last row has ended. */
  close(end: Time): RecordedSignal;
}

export function meterOf(definition: SignalDefinition, axis: Axis): Meter {
  switch (definition.kind) {
    case 'counter':
      return new CounterMeter(definition, axis);
    case 'rate':
      return new RateMeter(definition, axis);
    case 'gauge':
      return new GaugeMeter(definition, axis);
    case 'ratio':
      return new RatioMeter(definition, axis);
    case 'histogram':
      return new HistogramMeter(definition, axis);
  }
}

function recorded(
  { name, kind, unit, help, point, truth, isIndicator, thresholds }: SignalDefinition,
  columns: Readonly<Record<string, Float64Array>>,
  summary: SignalSummary,
): RecordedSignal {
  const watched = thresholds !== undefined && thresholds.length > 0 ? { thresholds } : {};
  return {
    name,
    kind,
    unit,
    help,
    ...(point && { point }),
    ...(truth && { truth }),
    ...(isIndicator && { isIndicator }),
    ...watched,
    columns,
    summary,
  };
}

/** What facts add up to, by interval and since the warm-up. */
class Count {
  readonly series: CounterSeries;
  private readonly interval: Duration;
  private sum = 0;

  constructor({ duration, interval }: Axis) {
    this.interval = interval;
    this.series = new CounterSeries(interval, intervalsIn(duration, interval));
  }

  endRow(row: number, amount: number): void {
    this.series.add(row * this.interval, amount);
    this.sum += amount;
  }

  /** What the interval in progress has come to so far is left out of the total. */
  endWarmUp(amount: number): void {
    this.sum = -amount;
  }

  /** Since the warm-up. */
  get total(): number {
    return this.sum;
  }
}

class CounterMeter implements Meter {
  readonly looks: boolean;
  protected readonly count: Count;
  protected readonly axis: Axis;
  readonly definition: CounterSignal | RateSignal;
  private amount = 0;

  constructor(definition: CounterSignal | RateSignal, axis: Axis) {
    this.axis = axis;
    this.definition = definition;
    this.count = new Count(axis);
    this.looks = definition.where !== undefined || definition.amount !== undefined;
  }

  look({ facts }: FactBatch<never>, from: number, to: number): void {
    const { where, amount } = this.definition;
    for (let i = from; i < to; i++) {
      if (where !== undefined && !where(facts[i])) continue;
      this.amount += amount === undefined ? 1 : checkedAmount(amount(facts[i]));
    }
  }

  endRow(row: number, told: number): void {
    this.count.endRow(row, this.looks ? this.amount : told);
    this.amount = 0;
  }

  endWarmUp(told: number): void {
    this.count.endWarmUp(this.looks ? this.amount : told);
  }

  close(end: Time): RecordedSignal {
    const count = cut(this.count.series.counts, end, this.axis.interval);
    return recorded(this.definition, { count }, { total: this.count.total });
  }
}

class RateMeter extends CounterMeter {
  override close(end: Time): RecordedSignal {
    const { interval, warmUp } = this.axis;
    const perSecond = cut(this.count.series.counts, end, interval).map(
      (count, row) => count / toSeconds(Math.min(interval, end - row * interval)),
    );
    const mean = end > warmUp ? this.count.total / toSeconds(end - warmUp) : NaN;
    // A part of an interval is left out: a single fact in its first nanosecond would be a peak of 10^9 a second.
    const whole = Math.max(1, Math.floor(end / interval));
    const [, max] = extremes(perSecond.subarray(0, whole), Math.ceil(warmUp / interval));
    return recorded(this.definition, { mean: perSecond }, { mean, max });
  }
}

/** What somebody said last, and its series where parts are recorded. */
interface Level {
  last: number;
  readonly series?: GaugeSeries;
}

class GaugeMeter implements Meter {
  readonly looks = true;
  readonly definition: GaugeSignal;
  private readonly axis: Axis;
  private readonly series: GaugeSeries;
  private readonly levels = new Map<string, Level>();
  /** When the sum was set in the batch that is looked at, and to what. */
  private readonly setTimes = new Float64Array(BATCH_MAX);
  private readonly sums = new Float64Array(BATCH_MAX);
  /** Whose level was told last: often whose is told next. */
  private who: string | undefined = undefined;
  private level: Level = { last: 0 };
  private sum = 0;
  /** Since the warm-up. */
  private max = -Infinity;
  private integralBefore = 0;

  constructor(definition: GaugeSignal, axis: Axis) {
    this.definition = definition;
    this.axis = axis;
    this.series = this.newSeries();
  }

  private newSeries(): GaugeSeries {
    const { duration, interval } = this.axis;
    return new GaugeSeries(interval, intervalsIn(duration, interval), 0);
  }

  look({ facts, times }: FactBatch<never>, from: number, to: number): void {
    const { where, value, of } = this.definition;
    const { setTimes, sums } = this;
    let count = 0;
    for (let i = from; i < to; i++) {
      const fact = facts[i];
      if (where !== undefined && !where(fact)) continue;
      this.setLevel(of(fact), value(fact), times[i]);
      setTimes[count] = times[i];
      sums[count++] = this.sum;
    }
    this.series.setAll(setTimes, sums, count);
  }

  private setLevel(who: string, level: number, at: Time): void {
    const known = who === this.who ? this.level : this.levelOf(who);
    const isWhole = Number.isInteger(this.sum) && Number.isInteger(level) && Number.isInteger(known.last);
    const before = known.last;
    known.last = level;
    const sum = isWhole ? this.sum + level - before : this.sumOfParts();
    this.sum = sum;
    if (sum > this.max) this.max = sum;
    known.series?.set(at, level);
  }

  private levelOf(who: string): Level {
    let known = this.levels.get(who);
    if (known === undefined) {
      known = this.definition.parts === undefined ? { last: 0 } : { last: 0, series: this.newSeries() };
      this.levels.set(who, known);
    }
    this.who = who;
    this.level = known;
    return known;
  }

  /** Of fractions a sum that is kept up to date keeps what was rounded, and ends beside 0 where all parts are 0. */
  private sumOfParts(): number {
    let sum = 0;
    for (const { last } of this.levels.values()) sum += last;
    return sum;
  }

  endRow(): void {}

  endWarmUp(_told: number, time: Time): void {
    this.max = this.sum;
    this.integralBefore = this.series.integral(time);
  }

  close(end: Time): RecordedSignal {
    const { series } = this;
    const { warmUp } = this.axis;
    const measured = end > warmUp;
    const held = measured ? (series.integral(end) - this.integralBefore) / (end - warmUp) : NaN;
    series.close(end);
    const { mean, max, last } = series;
    const summary = { mean: held, max: measured ? this.max : NaN };
    return { ...recorded(this.definition, { mean, max, last }, summary), ...this.partsAt(end) };
  }

  /** One part says no more than the sum. */
  private partsAt(end: Time): { readonly parts?: SignalParts } {
    const { parts: of } = this.definition;
    if (of === undefined || this.levels.size < 2) return {};
    const { intervals } = this.series;
    const mean = new Float64Array(this.levels.size * intervals);
    [...this.levels.values()].forEach(({ series }, part) => {
      series?.close(end);
      if (series) mean.set(series.mean, part * intervals);
    });
    return { parts: { of, names: [...this.levels.keys()], mean } };
  }
}

class RatioMeter implements Meter {
  readonly looks = true;
  readonly definition: RatioSignal;
  private readonly axis: Axis;
  private readonly counted: Count;
  private readonly all: Count;
  private countedInRow = 0;
  private allInRow = 0;

  constructor(definition: RatioSignal, axis: Axis) {
    this.definition = definition;
    this.axis = axis;
    this.counted = new Count(axis);
    this.all = new Count(axis);
  }

  look({ facts }: FactBatch<never>, from: number, to: number): void {
    const { where, counts } = this.definition;
    for (let i = from; i < to; i++) {
      if (where !== undefined && !where(facts[i])) continue;
      this.allInRow++;
      if (counts(facts[i])) this.countedInRow++;
    }
  }

  endRow(row: number): void {
    this.counted.endRow(row, this.countedInRow);
    this.all.endRow(row, this.allInRow);
    this.countedInRow = 0;
    this.allInRow = 0;
  }

  endWarmUp(): void {
    this.counted.endWarmUp(this.countedInRow);
    this.all.endWarmUp(this.allInRow);
  }

  close(end: Time): RecordedSignal {
    const { interval, warmUp } = this.axis;
    const samples = cut(this.all.series.counts, end, interval);
    const mean = samples.map((count, row) => (count > 0 ? this.counted.series.counts[row] / count : NaN));
    const told = mean.map((value, row) => (samples[row] >= RATIO_SAMPLES_MIN ? value : NaN));
    const [min, max] = extremes(told, Math.ceil(warmUp / interval));
    return recorded(this.definition, { mean, samples }, { mean: this.counted.total / this.all.total, min, max });
  }
}

/** The heat map's columns for what is no time: counts of things, bytes. */
const NUMBERS = { lowest: 1, highest: 1e9, subBucketBits: 1 };

class HistogramMeter implements Meter {
  readonly looks = true;
  readonly definition: HistogramSignal;
  private readonly series: DurationSeries;
  private readonly warm = new LogLinearHistogram();
  /** What was observed in the batch that is looked at. */
  private readonly observed = new Float64Array(BATCH_MAX);
  /** Observations in seconds are kept in nanoseconds. */
  private readonly scale: number;
  private readonly interval: Duration;

  constructor(definition: HistogramSignal, axis: Axis) {
    this.definition = definition;
    this.interval = axis.interval;
    this.scale = definition.unit === 's' ? SECOND : 1;
    const heat = this.scale === 1 ? { heat: NUMBERS } : {};
    this.series = new DurationSeries(axis.interval, intervalsIn(axis.duration, axis.interval), heat);
  }

  look({ facts, times }: FactBatch<never>, from: number, to: number): void {
    const { where, value } = this.definition;
    const { observed } = this;
    let count = 0;
    for (let i = from; i < to; i++) {
      if (where === undefined || where(facts[i])) observed[count++] = value(facts[i]);
    }
    this.series.recordAll(times[from], observed, count);
    this.warm.recordAll(observed, count);
  }

  endRow(): void {}

  endWarmUp(): void {
    this.warm.clear();
  }

  close(end: Time): RecordedSignal {
    const { series, warm, scale } = this;
    series.close(end);
    const columns = {
      count: cut(series.count, end, this.interval),
      mean: scaled(series.mean, scale),
      p50: scaled(series.p50, scale),
      p95: scaled(series.p95, scale),
      p99: scaled(series.p99, scale),
      max: scaled(series.max, scale),
    };
    const empty = warm.count === 0;
    const at = (q: number): number => (empty ? NaN : warm.quantile(q) / scale);
    const summary = {
      count: warm.count,
      mean: empty ? NaN : warm.mean / scale,
      p50: at(0.5),
      p90: at(0.9),
      p95: at(0.95),
      p99: at(0.99),
      p999: at(0.999),
      max: empty ? NaN : warm.max / scale,
    };
    return { ...recorded(this.definition, columns, summary), heat: this.heat() };
  }

  private heat(): HeatMap {
    const { columns, edges, counts } = this.series.heat;
    return { buckets: columns, bounds: Float64Array.of(0, ...edges.map((edge) => edge / this.scale)), counts };
  }
}

function checkedAmount(amount: number): number {
  if (amount >= 0 && amount < Infinity) return amount;
  throw new RangeError(`amount: ${amount} is not a finite number of at least 0`);
}
