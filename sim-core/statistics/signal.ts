/**
 * Signals: the named time series that readers talk about (`http.server.request.duration`), and how each is made of
 * facts. A definition is data; a component exports those of its facts, and the recorder works them out for any run.
 *
 * | kind | made of | summarised as |
 * |---|---|---|
 * | `counter` | facts counted, or an amount of theirs summed | total |
 * | `rate` | the same, per second of each interval | mean, max over the intervals |
 * | `gauge` | the last value said, summed over those who say it | time-weighted mean, max |
 * | `ratio` | facts that count towards it among all of them | mean over all, min and max over intervals with 20 or more |
 * | `histogram` | one observation a fact | count, mean, percentiles, max |
 *
 * Names and units follow OpenTelemetry's semantic conventions where these have one.
 */
import type { FactKind } from '../kernel/fact.ts';

/**
 * Where a signal is one point of a curve: the same quantity measured of things of several sizes at once, such as a miss
 * ratio by the size of the cache. A scenario charts the whole curve by its name.
 */
export interface CurvePoint {
  /** The curve's name, which no signal has. */
  readonly curve: string;
  readonly title: string;
  /** What lies along the axis, in words. */
  readonly axis: string;
  /** Which line of the curve: points of one name are joined. */
  readonly line: string;
  /** The place on the axis, above 0: a share, 1 being the whole. */
  readonly at: number;
}

/** A height that somebody watches a signal for: an alert's condition, a limit that a rule names. */
export interface SignalThreshold {
  /** In the signal's unit. */
  readonly value: number;
  /** Who watches, in few words. */
  readonly label: string;
}

/** What an instrument's signal is to stand for: the experimenter's signal of the same thing, in the same unit. */
export interface Truth {
  readonly signal: string;
  /** Which of its columns; its main one without it, the 99th percentile of a histogram. */
  readonly column?: 'mean' | 'p50' | 'p95' | 'p99' | 'max' | 'last';
}

interface Common<Shape> {
  readonly name: string;
  /** UCUM, as OpenTelemetry writes it: `s`, `1`, `By`, `1/s`, `{connection}`. */
  readonly unit: string;
  readonly help: string;
  readonly fact: FactKind<Shape>;
  /** If it is one point of a curve. */
  readonly point?: CurvePoint;
  /** Heights that it is watched for in this run. */
  readonly thresholds?: readonly SignalThreshold[];
  /** If it is what a team's instruments say: what is true of that. The page draws both. */
  readonly truth?: Truth;
  /** If somebody has set an objective for it: a service-level indicator. */
  readonly isIndicator?: true;
  /** Which facts of the kind take part; all of them without it. */
  readonly where?: (fact: Shape) => boolean;
}

export interface CounterSignal<Shape = never> extends Common<Shape> {
  readonly kind: 'counter';
  /** What each fact adds: 1 without it. */
  readonly amount?: (fact: Shape) => number;
}

export interface RateSignal<Shape = never> extends Common<Shape> {
  readonly kind: 'rate';
  readonly amount?: (fact: Shape) => number;
}

export interface GaugeSignal<Shape = never> extends Common<Shape> {
  readonly kind: 'gauge';
  readonly value: (fact: Shape) => number;
  /** Who says it: the signal is the sum of everybody's last value. */
  readonly of: (fact: Shape) => string;
  /** What those are, where each is recorded beside the sum: `partition`. */
  readonly parts?: string;
}

export interface RatioSignal<Shape = never> extends Common<Shape> {
  readonly kind: 'ratio';
  /** Whether the fact counts towards the ratio; all those that take part count in its denominator. */
  readonly counts: (fact: Shape) => boolean;
}

export interface HistogramSignal<Shape = never> extends Common<Shape> {
  readonly kind: 'histogram';
  /** The observation: integer nanoseconds where the unit is `s`, otherwise in the unit. */
  readonly value: (fact: Shape) => number;
}

export type SignalDefinition<Shape = never> =
  | CounterSignal<Shape>
  | RateSignal<Shape>
  | GaugeSignal<Shape>
  | RatioSignal<Shape>
  | HistogramSignal<Shape>;

export type SignalKind = SignalDefinition['kind'];

/** Checks a definition's functions against its fact's shape, then forgets the shape so that lists can be mixed. */
export function defineSignal<Shape>(definition: SignalDefinition<Shape>): SignalDefinition {
  return definition as unknown as SignalDefinition;
}

/** A ratio of an interval is only told from this many facts on: below it is noise. */
export const RATIO_SAMPLES_MIN = 20;

/** How many observations an interval needs for each quantile to be reported. */
export const SAMPLES_MIN = { p50: 2, p95: 20, p99: 100 } as const;

/** Whether a signal is a part of a whole: a ratio, or a gauge without a unit (a utilization). */
export const isShare = ({ kind, unit }: Pick<SignalDefinition, 'kind' | 'unit'>): boolean =>
  kind === 'ratio' || (kind === 'gauge' && unit === '1');
