/**
 * A recording: everything that is kept of a run, in columns. It is what the page draws, the command line judges and
 * exporters read; nobody of them runs the engine to learn something about the past.
 *
 * Memory is bounded whatever the run's length: a row an interval for every signal, every event up to a cap, facts of a
 * sample of the requests that shrinks as the run grows. What was cut or sampled says so (`events.total`,
 * `facts.sampledOneIn`).
 */
import type { FactSchema } from '../kernel/fact.ts';
import type { Duration, Time } from '../kernel/time.ts';
import type { ComponentKind, InterventionArgument } from '../network/component.ts';
import type { Measures } from '../observability/methods/measures.ts';
import type { Resource } from '../observability/signals/telemetry.ts';
import type { CurvePoint, SignalKind, SignalThreshold, Truth } from '../statistics/signal.ts';
import type { InterventionData } from './intervention.ts';
import type { ParameterValues } from './parameters.ts';

/** The layout of recordings; raised whenever it changes. */
export const FORMAT = 1;

export interface RecordingHeader {
  readonly format: number;
  readonly engine: string;
  readonly scenario: string;
  /** SHA-256 over the source of the scenario's definition; says whether two recordings come of the same text. */
  readonly definition: string;
  readonly variant: string;
  readonly seed: number | string;
  /** Every parameter, defaults included. */
  readonly params: ParameterValues;
  readonly interventions: readonly InterventionData[];
  readonly duration: Duration;
  /** The time at the start that summaries leave out. */
  readonly warmUp: Duration;
  /** Width of a row of the series. */
  readonly interval: Duration;
  /** `sha256:` over all of the run: its input, every column, and every event's time, order and kind. */
  readonly digest: string;
}

/** A component, for the topology. */
export interface RecordedComponent {
  readonly name: string;
  readonly kind: ComponentKind;
  readonly help: string;
  readonly calls: readonly string[];
  readonly interventions: readonly RecordedIntervention[];
  /** What was in it at the end of the run. */
  readonly state: Readonly<Record<string, number | string>>;
}

export interface RecordedIntervention {
  readonly action: string;
  readonly help: string;
  readonly arguments: readonly InterventionArgument[];
}

/** Columns of a signal, one row an interval. Which there are depends on the kind; rows without a value hold NaN. */
export interface RecordedSignal {
  readonly name: string;
  readonly kind: SignalKind;
  readonly unit: string;
  readonly help: string;
  /** If it is one point of a curve. */
  readonly point?: CurvePoint;
  /** If it is what instruments say: the signal of what is true. */
  readonly truth?: Truth;
  /** If somebody has set an objective for it. */
  readonly isIndicator?: true;
  /**
   * counter: `count`. rate: `mean`, per second. gauge: `mean`, `max`, `last`. ratio: `mean`, `samples`.
   * histogram (in the unit): `count`, `mean`, `p50`, `p95`, `p99`, `max`.
   */
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** Heights that it was watched for. */
  readonly thresholds?: readonly SignalThreshold[];
  /** Histograms only: observations by interval and bucket, for a heat map. */
  readonly heat?: HeatMap;
  /** Gauges that are a sum of several that matter one by one. */
  readonly parts?: SignalParts;
  /** Over the run after its warm-up. */
  readonly summary: SignalSummary;
}

/** The column that stands for a signal's value in a row. */
export function mainColumn({ kind, columns }: Pick<RecordedSignal, 'kind' | 'columns'>): Float64Array {
  if (kind === 'counter') return columns.count;
  return kind === 'histogram' ? columns.p99 : columns.mean;
}

/** What a gauge is the sum of; the digest has the sum. */
export interface SignalParts {
  /** What they are: `partition`. */
  readonly of: string;
  /** In the order in which they were first told of. */
  readonly names: readonly string[];
  /** Time-weighted means, part by part: `mean[part * intervals + interval]`. */
  readonly mean: Float64Array;
}

/** Row by row: `counts[interval * buckets + bucket]`. */
export interface HeatMap {
  readonly buckets: number;
  /** Lower bounds of the buckets in the signal's unit, rising; the first is 0. */
  readonly bounds: Float64Array;
  readonly counts: Uint32Array;
}

/**
 * counter: `total`. rate, gauge: `mean`, `max`. ratio: `mean`, `min`, `max`. histogram: `count`, `mean`, `p50`, `p90`,
 * `p95`, `p99`, `p999`, `max`. A value that cannot be told (no observation) is NaN; JSON writes it as null.
 */
export type SignalSummary = Readonly<Record<string, number>>;

/**
 * Events in the order in which they ran. `causes` holds the id of the event that scheduled each, 0 for the start;
 * `subjects` the request that it is about, -1 for none.
 */
export interface RecordedEvents {
  /** How many ran in all. */
  readonly total: number;
  /** Of which the columns hold this many, from the first on or in a window. */
  readonly kept: number;
  /** Where only those of a window were to be kept: from where on, and until when all of them were; nanoseconds. */
  readonly window?: { readonly from: Time; readonly until: Time };
  readonly times: Float64Array;
  readonly ids: Uint32Array;
  readonly causes: Uint32Array;
  readonly kinds: Uint16Array;
  readonly subjects: Float64Array;
  readonly kindNames: readonly string[];
  /** The streaming hash after every `checkpointEvery` events, two words each: where do two long runs part? */
  readonly checkpointEvery: number;
  readonly checkpoints: Uint32Array;
}

/** The stretch of time of which every event was kept. */
export function keptSpan({ kept, total, times, window }: RecordedEvents): {
  readonly from: Time;
  readonly until: Time;
} {
  return window ?? { from: 0, until: kept < total ? (times[kept - 1] ?? 0) : Infinity };
}

/** Facts of one kind, in order; columns hold numbers, text fields an index into `texts`. */
export interface FactTable {
  readonly kind: string;
  readonly help: string;
  readonly schema: FactSchema;
  readonly rows: number;
  readonly times: Float64Array;
  /** The event in which each was told. */
  readonly events: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
}

export interface RecordedFacts {
  readonly tables: readonly FactTable[];
  readonly texts: readonly string[];
  /** Facts of one request in so many are kept, always the same requests whatever the variant; 1: all of them. */
  readonly sampledOneIn: number;
  /** Facts told in all, by kind. */
  readonly told: Readonly<Record<string, number>>;
}

/**
 * What arrived over a link, by interval. Each arrival is an event of the kind `requestKind` or `replyKind`, whose
 * cause is the event in which the message left: enough to draw every message on its way.
 */
export interface RecordedFlow {
  readonly from: string;
  readonly to: string;
  readonly requests: Float64Array;
  readonly replies: Float64Array;
  readonly requestKind: number;
  readonly replyKind: number;
}

/** Processor time of the whole run, in nanoseconds: whose processors, and what they were at, empty where nobody says. */
export interface RecordedWork {
  readonly processors: string;
  readonly frame: string;
  readonly time: number;
}

/** Items of one kind that arrived where a team looks them up. */
export interface RecordedArrivals {
  /**
   * Spans, log records or metrics as JSON, a list: text, since it is moved and kept far more often than read. A `resource` is a place
   * in the list of resources, and `{"$number":"NaN"}` a number that JSON cannot say.
   */
  readonly text: string;
  /** So many came, spans, records or points. */
  readonly total: number;
  /** Of which about one in so many is kept. */
  readonly keptOneIn: number;
}

/** What the instruments of a run's own team brought there; a kind that nobody keeps is absent. */
export interface RecordedTelemetry {
  readonly resources: readonly Resource[];
  readonly traces?: RecordedArrivals;
  readonly logs?: RecordedArrivals;
  readonly metrics?: RecordedArrivals;
}

export interface ExpectationResult {
  readonly text: string;
  readonly pass: boolean;
  /** NaN if there was nothing to measure, which is a failure. */
  readonly actual: number;
  /** NaN where there is none: nothing is claimed then. */
  readonly limit: number;
  /** The UCUM unit of both. */
  readonly unit: string;
  /** Why nothing is claimed with the run's parameters; such a claim passes, and is not told as held. */
  readonly notClaimed?: string;
}

export interface Recording {
  readonly header: RecordingHeader;
  readonly components: readonly RecordedComponent[];
  readonly signals: readonly RecordedSignal[];
  readonly events: RecordedEvents;
  readonly facts: RecordedFacts;
  readonly flows: readonly RecordedFlow[];
  /** Without it the recording is of a version that did not keep it. */
  readonly work?: readonly RecordedWork[];
  /** What the methods' table is made of (`observability/methods/`); absent likewise. */
  readonly measures?: Measures;
  /** Absent where the run has no such instruments, too. */
  readonly telemetry?: RecordedTelemetry;
  readonly expectations: readonly ExpectationResult[];
  readonly simulated: Time;
}

/** How many values a hash by which is sampled can have: 2^32, above each of them. */
export const SAMPLE_HASHES = 4_294_967_296;

/** Where one request's facts are kept in every recording: a hash of its number below `SAMPLE_HASHES / oneIn`. */
export function sampleHash(request: number): number {
  let hash = Math.imul((request | 0) ^ ((request * HIGH_WORD) | 0), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 2^-32, exactly. */
const HIGH_WORD = 1 / 4294967296;
