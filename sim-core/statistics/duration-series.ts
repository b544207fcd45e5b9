/**
 * Count, mean, quantiles and maximum per interval of durations that are observed as they end, such as a request's
 * latency, with a heat map of their distribution. Memory is bounded by the number of intervals: one histogram serves
 * the interval in progress and is emptied into a row when the interval is over.
 *
 * An observation belongs to the interval in which it is recorded, not to the one in which it began. A quantile is
 * reported only where about one observation at least lies beyond it: p50 from 2 observations in the interval on, p95
 * from 20, p99 from 100; elsewhere it is NaN, because the number would be the maximum under another name. Mean and
 * maximum are exact; quantiles follow `LogLinearHistogram` and its stated error.
 */
import { s, us, type Duration, type Time } from '../kernel/time.ts';
import { LogLinearHistogram } from './histogram.ts';
import { HistogramSeries, type HistogramSeriesOptions } from './histogram-series.ts';
import { checkAxis, rowAt } from './intervals.ts';
import { SAMPLES_MIN } from './signal.ts';

const QUANTILES = [0.5, 0.95, 0.99];

export interface DurationSeriesOptions {
  /** The relative error of the quantiles, a fraction. Default 0.01. */
  readonly relativeErrorMax?: number;
  /** The heat map's columns. Default: two an octave from 10 µs to 1,000 s. */
  readonly heat?: HistogramSeriesOptions;
}

const HEAT: HistogramSeriesOptions = { lowest: us(10), highest: s(1000), subBucketBits: 1 };

export class DurationSeries {
  readonly interval: Duration;
  readonly intervals: number;
  /** One row an interval; all but `count` are NaN where too little was observed. Nanoseconds but for `count`. */
  readonly count: Float64Array;
  readonly mean: Float64Array;
  readonly p50: Float64Array;
  readonly p95: Float64Array;
  readonly p99: Float64Array;
  readonly max: Float64Array;
  readonly heat: HistogramSeries;

  readonly #histogram: LogLinearHistogram;
  #row = 0;
  #start: Time = 0;
  #end: Time;
  #closed = false;

  constructor(interval: Duration, intervals: number, options: DurationSeriesOptions = {}) {
    checkAxis(interval, intervals);
    this.interval = interval;
    this.intervals = intervals;
    this.count = new Float64Array(intervals);
    this.mean = new Float64Array(intervals).fill(NaN);
    this.p50 = new Float64Array(intervals).fill(NaN);
    this.p95 = new Float64Array(intervals).fill(NaN);
    this.p99 = new Float64Array(intervals).fill(NaN);
    this.max = new Float64Array(intervals).fill(NaN);
    this.heat = new HistogramSeries(intervals, options.heat ?? HEAT);
    this.#histogram = new LogLinearHistogram(options.relativeErrorMax);
    this.#end = interval;
  }

  /**
   * Takes a duration of at least 0 observed at `time`, which must not be in an earlier interval than the last one was.
   * Throws a RangeError otherwise, outside the series and after `close`.
   */
  record(time: Time, duration: Duration): void {
    if (!(time >= this.#start && time < this.#end)) this.#moveTo(time);
    this.#histogram.record(duration);
  }

  /** Takes the first `count` durations of an array, all observed in the interval that `time` is in: as `record`, but faster. */
  recordAll(time: Time, durations: Float64Array, count: number): void {
    if (!(time >= this.#start && time < this.#end)) this.#moveTo(time);
    this.#histogram.recordAll(durations, count);
  }

  /** Ends the series at `end` by closing the row in progress. */
  close(end: Time): void {
    this.#moveTo(end);
    this.#closeRow();
    this.#closed = true;
    this.#end = -Infinity;
  }

  #moveTo(time: Time): void {
    if (this.#closed) throw new RangeError(`time: ${time} ns comes after the duration series was closed`);
    const row = rowAt(time, this.interval, this.intervals);
    if (row < this.#row) throw new RangeError(`time: ${time} ns is before ${this.#start} ns, the interval in progress`);
    if (row === this.#row) return;
    this.#closeRow();
    this.#row = row;
    this.#start = row * this.interval;
    this.#end = this.#start + this.interval;
  }

  #closeRow(): void {
    const histogram = this.#histogram;
    const { count } = histogram;
    if (count === 0) return;
    const row = this.#row;
    this.count[row] = count;
    this.mean[row] = histogram.mean;
    this.max[row] = histogram.max;
    const [p50, p95, p99] = histogram.quantiles(QUANTILES);
    if (count >= SAMPLES_MIN.p50) this.p50[row] = p50;
    if (count >= SAMPLES_MIN.p95) this.p95[row] = p95;
    if (count >= SAMPLES_MIN.p99) this.p99[row] = p99;
    this.heat.addRow(row, histogram);
    histogram.clear();
  }
}
