/**
 * PromQL over what `run-metrics.ts` exports: the series of a signal, and what an expectation measures of a whole run, so that
 * Prometheus comes to the number that the lab came to. Sums and means of a run are of what came after its warm-up, so they are
 * asked for when it has ended, over as long as it was measured; a counter is held against itself at the warm-up's end.
 *
 * What is of buckets is as exact as these are: a quantile is interpolated within one.
 */
import { MILLISECOND, SECOND, type Duration } from '../../kernel/time.ts';
import { inPromql } from '../../observability/export/rule-file.ts';
import { prometheusName } from '../../observability/metrics/series/prometheus-names.ts';
import { RATIO_SAMPLES_MIN } from '../../statistics/signal.ts';
import type { Measure } from '../expectation.ts';
import type { RecordedSignal, RecordingHeader } from '../recording.ts';
import { lastName, maxName, MEASURED, samplesName } from './run-metrics.ts';

/** Rows that a rate in a chart is of. */
const RATED_ROWS = 4;
const QUANTILES = [0.5, 0.95, 0.99];

type Bound = 'above' | 'below';

/** Which extreme one row shows to be beyond a limit, whatever the others say. */
const DECIDED_BY_A_ROW = { above: 'max', below: 'min', never: undefined };

type Named = Pick<RecordedSignal, 'name' | 'kind' | 'unit'>;

/** When the answer of an expression says something: at every row after the warm-up, or at the end of the run alone. */
export interface RunExpression {
  readonly expr: string;
  readonly at: 'rows' | 'end';
}

export class RunQueries {
  /** A row, in whole milliseconds, for Prometheus knows nothing shorter. */
  readonly interval: Duration;
  private readonly job: string;
  private readonly measured: Duration;

  constructor({
    scenario,
    duration,
    warmUp,
    interval,
  }: Pick<RecordingHeader, 'scenario' | 'duration' | 'warmUp' | 'interval'>) {
    this.job = scenario;
    this.interval = wholeMillis(interval);
    this.measured = wholeMillis(duration - warmUp);
  }

  /** The series of a signal: a counter's is the one that grows, a histogram's has yet to be told which part of it. */
  series(signal: Named, part = '', further = ''): string {
    const { name, kind, unit } = signal;
    const metric = prometheusName({
      name,
      unit,
      kind: kind === 'counter' ? 'sum' : kind === 'histogram' ? 'histogram' : 'gauge',
      isMonotonic: kind === 'counter',
    });
    return `${metric}${part}{job=${JSON.stringify(this.job)}${further}}`;
  }

  /** The highest of an interval of a gauge. */
  highest({ name, unit }: Named, further = ''): string {
    return this.series({ name: maxName(name), unit, kind: 'gauge' }, '', further);
  }

  private last({ name, unit }: Named): string {
    return this.series({ name: lastName(name), unit, kind: 'gauge' });
  }

  /** The samples of an interval of a ratio. */
  samples({ name }: Named): string {
    return this.series({ name: samplesName(name), unit: '{sample}', kind: 'gauge' });
  }

  /** What a chart of a signal draws; `further` are matchers beside that of the scenario: `,instance="none-1"`. */
  plotted(signal: Named, further: string): { readonly expr: string; readonly legend: string }[] {
    const range = inPromql(RATED_ROWS * this.interval);
    switch (signal.kind) {
      case 'counter':
        return [{ expr: `rate(${this.series(signal, '', further)}[${range}])`, legend: '' }];
      case 'gauge':
        return [
          { expr: this.series(signal, '', further), legend: 'mean' },
          { expr: this.highest(signal, further), legend: 'highest' },
        ];
      case 'histogram':
        return QUANTILES.map((quantile) => ({
          expr: `histogram_quantile(${quantile}, rate(${this.series(signal, '_bucket', further)}[${range}]))`,
          legend: `p${quantile * 100}`,
        }));
      default:
        return [{ expr: this.series(signal, '', further), legend: '' }];
    }
  }

  /** Whether a measure is beyond a limit, as far as what is exported says it. */
  beyond(measure: Measure, signals: readonly Named[], bound: Bound, limit: number): string | undefined {
    const found = this.measure(measure, signals, bound);
    if (found === undefined) return undefined;
    return `${found.expr} ${bound === 'above' ? '>' : '<'} ${limit} and on (job, instance) ${this.whenMeasured(found.at)}`;
  }

  private measure(
    { subject, composed }: Measure,
    signals: readonly Named[],
    bound: Bound | undefined,
  ): RunExpression | undefined {
    if (composed !== undefined) {
      const [left, right] = [composed.left, composed.right].map((part) => this.measure(part, signals, undefined)?.expr);
      if (left === undefined || right === undefined) return undefined;
      return { expr: `((${left}) ${composed.operator} on (job, instance) (${right}))`, at: 'end' };
    }
    const signal = signals.find(({ name }) => name === subject?.signal);
    return signal && subject && this.summary(signal, subject.field, bound);
  }

  /** Without a bound it is worked out when the run has ended, whatever it is. */
  private summary(signal: Named, field: string, bound: Bound | undefined): RunExpression | undefined {
    switch (signal.kind) {
      case 'counter':
        return field === 'total' ? { expr: this.since(this.series(signal)), at: 'end' } : undefined;
      case 'rate':
        if (field === 'max') return this.extreme(this.series(signal), 'max', bound);
        return field === 'mean' ? { expr: this.mean(this.series(signal)), at: 'end' } : undefined;
      case 'gauge':
        if (field === 'max') return this.extreme(this.highest(signal), 'max', bound);
        if (field === 'last') return { expr: this.last(signal), at: 'end' };
        return field === 'mean' ? { expr: this.mean(this.series(signal)), at: 'end' } : undefined;
      case 'ratio':
        return this.ratio(signal, field, bound);
      case 'histogram':
        return this.histogram(signal, field);
    }
  }

  /** One row beyond a limit is enough for the highest to be above it, or the lowest below. */
  private extreme(series: string, field: 'min' | 'max', bound: Bound | undefined): RunExpression {
    if (field === DECIDED_BY_A_ROW[bound ?? 'never']) return { expr: series, at: 'rows' };
    return { expr: `${field}_over_time(${series}[${this.window}])`, at: 'end' };
  }

  /** Rows of few samples say nothing of the least and the most. */
  private ratio(signal: Named, field: string, bound: Bound | undefined): RunExpression | undefined {
    const [series, samples] = [this.series(signal), this.samples(signal)];
    if (field === 'mean') {
      const counted = `sum_over_time((${series} * on (job, instance) ${samples})[${this.window}:${inPromql(this.interval)}])`;
      return { expr: `${counted} / on (job, instance) sum_over_time(${samples}[${this.window}])`, at: 'end' };
    }
    if (field !== 'min' && field !== 'max') return undefined;
    const told = `(${series} and on (job, instance) ${samples} >= ${RATIO_SAMPLES_MIN})`;
    if (field === DECIDED_BY_A_ROW[bound ?? 'never']) return { expr: told, at: 'rows' };
    const over = `${told}[${this.window}:${inPromql(this.interval)}]`;
    return { expr: `${field}_over_time(${over})`, at: 'end' };
  }

  private histogram(signal: Named, field: string): RunExpression | undefined {
    const part = (suffix: string): string => this.since(this.series(signal, suffix));
    if (field === 'count') return { expr: part('_count'), at: 'end' };
    if (field === 'mean') return { expr: `(${part('_sum')}) / (${part('_count')})`, at: 'end' };
    const digits = /^p(\d+)$/.exec(field)?.[1];
    if (digits === undefined) return undefined;
    return { expr: `histogram_quantile(0.${digits}, ${part('_bucket')})`, at: 'end' };
  }

  private mean(series: string): string {
    return `avg_over_time(${series}[${this.window}])`;
  }

  /** What a counter counted since the warm-up. Of its first row nothing was counted before. */
  private since(series: string): string {
    const offset = inPromql(this.measured);
    return `${series} - (${series} offset ${offset} or ${series} * 0)`;
  }

  /** The rows since the warm-up; a range takes in both of its ends, and the row that ended with the warm-up is none of them. */
  private get window(): string {
    return inPromql(wholeMillis(this.measured - MILLISECOND));
  }

  /** A row that began after the warm-up has just ended; for `end`, the last. */
  private whenMeasured(at: RunExpression['at']): string {
    const least = (at === 'end' ? this.measured : Math.min(this.interval, this.measured)) / SECOND;
    const measured = this.series({ name: MEASURED, unit: 's', kind: 'gauge' });
    return `last_over_time(${measured}[${inPromql(wholeMillis(this.interval - MILLISECOND))}]) >= ${least}`;
  }
}

/** At least one. */
const wholeMillis = (duration: Duration): Duration => Math.max(1, Math.round(duration / MILLISECOND)) * MILLISECOND;
