/**
 * What a chart shows of a signal, without saying how it is drawn: which lines, against which axis, beside which limits.
 * The form follows from the signal's kind, name and unit alone, so that a signal that nobody has thought of here has its
 * chart all the same:
 *
 * | kind | form | axis |
 * |---|---|---|
 * | `ratio` | step line, gap where an interval had fewer than 20 samples | 0 to 100 % for what goes well; shares of what does not (failures, stale reads) as high as they need |
 * | `gauge` | line of the means, peaks as a tint; size of the pool across it, who waits in a strip below | from 0 |
 * | `rate` | line | from 0 |
 * | `counter` | bars | from 0 |
 * | `histogram` | heat map with p50, p95, p99, each as recorded, never averaged | logarithmic, over the buckets that hold anything |
 *
 * What an instrument says has what is true beside it (`chart-truth.ts`). What a run is held to (`atMost(peak(…))`) stands in the
 * chart as a line across, and so does what its signal is watched for. Where a gauge is recorded part by part, the parts lie in a
 * strip below it.
 */
import type { HeatMap, RecordedSignal, Recording, Threshold } from '../../sim-core/index.ts';
import { RATIO_SAMPLES_MIN } from '../../sim-core/index.ts';
import { extent, fromZero, latencyDomain, shareAbove, union, type Domain } from './chart-axis.ts';
import { sizeOf, waitingFor } from './chart-companions.ts';
import { besideTruth } from './chart-truth.ts';
import { unitText } from './measure-text.ts';
import { partStrip, type PartStrip } from './part-strip.ts';
import { rowsOf, type Rows } from './rows.ts';
import { roleOf, type Role } from './signal-style.ts';

export interface Line {
  /** Stands at the line's end; empty where the chart has only one. */
  readonly label: string;
  /** One value a row; NaN where there is none. */
  readonly values: Float64Array;
}

/** A second signal in a band of its own below the first: no chart has two axes. */
export interface Strip {
  readonly signal: RecordedSignal;
  readonly values: Float64Array;
  readonly role: Role;
  readonly max: number;
}

/** A line across. */
export interface Limit {
  readonly label: string;
  readonly value: number;
  /** The size of a pool, which values can only reach; or what the run is held to, which they can exceed. */
  readonly kind: 'size' | 'threshold';
}

export type Stretch = readonly [from: number, to: number];

export interface Chart {
  readonly signal: RecordedSignal;
  readonly rows: Rows;
  readonly form: 'step' | 'line' | 'bars' | 'heat';
  readonly title: string;
  readonly unit: string;
  readonly role: Role;
  readonly lines: readonly Line[];
  /** The highest value within each row, drawn as a tint above the line. */
  readonly peaks?: Float64Array;
  /** What the axis spans. */
  readonly domain: Domain;
  readonly limits: readonly Limit[];
  readonly strip?: Strip;
  /** What the signal is the sum of. */
  readonly parts?: PartStrip;
  readonly heat?: HeatMap;
  /** What is true of what an instrument says here: the last of the lines. */
  readonly truth?: RecordedSignal;
  /** Stretches of rows with too few samples to tell a value, from the first row up to, not including, the second. */
  readonly untold: readonly Stretch[];
  /** Stretches in which only some of the lines could be told. */
  readonly partlyTold: readonly Stretch[];
}

/** The axes of charts by signal, kept while variants of one system are compared: a remedy looks as small as it is. */
export type Scales = ReadonlyMap<string, Domain>;

/** What belongs to one kind of signal. */
type Parts = Pick<Chart, 'form' | 'lines' | 'domain'> & Partial<Chart>;

const NOTHING = 'none in this run';

/** A limit further away than this many times the highest value says nothing about it, and would flatten it. */
const LIMIT_IN_SIGHT = 4;

/**
 * The charts of the named signals, in order; names that this run did not record are left out. Axes span at least what
 * `scales` says of them.
 */
export function buildCharts(
  recording: Recording,
  names: readonly string[],
  scales: Scales = new Map(),
  thresholds: readonly Threshold[] = [],
): Chart[] {
  const { signals } = recording;
  const found = names.flatMap((name) => signals.find((signal) => signal.name === name) ?? []);
  const strips = new Set(found.flatMap(({ name }) => waitingFor(signals, name)?.name ?? []));
  return found
    .filter(({ name }) => !strips.has(name))
    .map((signal) => {
      const watched = (signal.thresholds ?? []).map((one) => ({ ...one, signal: signal.name }));
      return widened(limited(besideTruth(buildChart(recording, signal), signals), [...thresholds, ...watched]), scales);
    });
}

/** The axes of charts, to be given to the next run's. */
export function scalesOf(charts: readonly Chart[]): Scales {
  return new Map(
    charts.flatMap(({ signal, domain, strip, parts }) => [
      [signal.name, domain] as const,
      ...(parts ? [[scaleOfParts(signal), [0, parts.max]] as const] : []),
      ...(strip ? [[strip.signal.name, [0, strip.max]] as const] : []),
    ]),
  );
}

const scaleOfParts = ({ name }: RecordedSignal): string => `${name}, by its parts`;

/** The same chart on axes that hold at least what `scales` says. */
export function widened(chart: Chart, scales: Scales): Chart {
  const wider = (domain: Domain, name: string): Domain => union(domain, scales.get(name) ?? domain);
  const { strip, parts } = chart;
  return {
    ...chart,
    domain: wider(chart.domain, chart.signal.name),
    ...(parts && { parts: { ...parts, max: wider([0, parts.max], scaleOfParts(chart.signal))[1] } }),
    ...(strip && { strip: { ...strip, max: wider([0, strip.max], strip.signal.name)[1] } }),
  };
}

/** With a line for each thing that its signal is held to, where it can be seen. */
function limited(chart: Chart, thresholds: readonly Threshold[]): Chart {
  const { signal, domain, limits, form } = chart;
  const added = thresholds
    .filter(({ signal: name }) => name === signal.name)
    // A line at nothing would lie on the axis, but where values fall below it.
    .filter(({ value }) => (value > 0 || domain[0] < 0) && value <= LIMIT_IN_SIGHT * domain[1])
    .map(({ value, label }): Limit => ({ value, label, kind: 'threshold' }));
  if (added.length === 0) return chart;
  const highest = Math.max(...added.map(({ value }) => value));
  const room = signal.kind === 'ratio' || form === 'heat' ? 1 : 1.05;
  const lowest = form === 'heat' ? Math.min(...added.map(({ value }) => value)) : domain[0];
  return { ...chart, limits: [...limits, ...added], domain: union(domain, [lowest, highest * room]) };
}

/** Why there is nothing to see in a chart, in words; empty where there is something. */
export function emptiness({ form, signal, lines, heat }: Chart): string {
  const { samples, count } = signal.columns;
  const none = (values: ArrayLike<number> | undefined): boolean =>
    Array.from(values ?? []).every((value) => !(value > 0));
  if (form === 'heat') return none(heat?.counts) && none(count) ? NOTHING : '';
  if (form === 'bars') return lines.every(({ values }) => none(values)) ? NOTHING : '';
  if (!lines.every(({ values }) => values.every(Number.isNaN))) return '';
  return none(samples) ? NOTHING : 'too few in any interval to tell';
}

function buildChart(recording: Recording, signal: RecordedSignal): Chart {
  const role = roleOf(signal.name);
  return {
    signal,
    rows: rowsOf(recording),
    title: signal.help.split(':')[0],
    unit: unitText(signal),
    role,
    untold: [],
    partlyTold: [],
    limits: [],
    ...partsOf(recording, signal, role),
  };
}

function partsOf(recording: Recording, signal: RecordedSignal, role: Role): Parts {
  const { columns } = signal;
  switch (signal.kind) {
    case 'ratio': {
      const values = columns.mean.map((value, row) => (columns.samples[row] < RATIO_SAMPLES_MIN ? NaN : value));
      const domain = [0, role === 'ok' ? 1 : shareAbove(values)] as const;
      return { form: 'step', lines: [{ label: '', values }], domain, untold: stretches(values) };
    }
    case 'gauge':
      return gaugeParts(recording, signal);
    case 'rate':
      return { form: 'line', lines: [{ label: '', values: columns.mean }], domain: fromZero(columns.mean) };
    case 'counter':
      return { form: 'bars', lines: [{ label: '', values: columns.count }], domain: fromZero(columns.count) };
    case 'histogram': {
      const lines = ['p50', 'p95', 'p99'].map((label) => ({ label, values: columns[label] }));
      const untold = stretches(columns.p50, columns.count);
      const partlyTold = stretches(
        columns.p99,
        columns.p50.map((p50) => (Number.isNaN(p50) ? 0 : 1)),
      );
      const heat = signal.heat === undefined ? {} : { heat: signal.heat };
      return { form: 'heat', lines, domain: latencyDomain(signal), untold, partlyTold, ...heat };
    }
  }
}

function gaugeParts(recording: Recording, signal: RecordedSignal): Parts {
  const { name, columns } = signal;
  const size = sizeOf(recording, signal);
  const below = waitingFor(recording.signals, name);
  const domain = union(fromZero(columns.max), fromZero(columns.mean));
  return {
    form: 'line',
    lines: [{ label: '', values: columns.mean }],
    peaks: columns.max,
    domain: size === undefined ? domain : union(domain, [0, size * 1.1]),
    limits: size === undefined ? [] : [{ label: 'pool', value: size, kind: 'size' }],
    ...(signal.parts && { parts: partStrip(signal.parts, rowsOf(recording)) }),
    ...(below && {
      strip: {
        signal: below,
        values: below.columns.max,
        role: roleOf(below.name),
        max: extent(below.columns.max)[1],
      },
    }),
  };
}

/** Runs of rows without a value; with `counts`, only where there were samples, but too few. */
function stretches(values: ArrayLike<number>, counts?: ArrayLike<number>): Stretch[] {
  const found: Stretch[] = [];
  let from = -1;
  for (let row = 0; row <= values.length; row++) {
    const untold = row < values.length && Number.isNaN(values[row]) && (counts === undefined || counts[row] > 0);
    if (untold && from < 0) from = row;
    if (!untold && from >= 0) {
      found.push([from, row]);
      from = -1;
    }
  }
  return found;
}
