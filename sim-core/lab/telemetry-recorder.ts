/**
 * Keeps what arrived of a run's instruments where a team looks it up: the spans, log records and points themselves, apart from the
 * experimenter's facts and signals. It is told by whoever keeps them (`observability/pipeline/arrivals.ts`), so that their sampling and
 * their loss are in it.
 *
 * Memory is bounded. Of spans and records those of one trace in so many are kept, all or none of it, and of records of no trace one in
 * so many; of metrics the series of one hash in so many where there are many series, else one scrape in so many. What was kept of how
 * much stands beside it. None of it is part of the digest: it follows from the same events.
 */
import type { Simulation } from '../kernel/simulation.ts';
import { bookArrivals, type ArrivalBook, type Arrived } from '../observability/pipeline/arrivals.ts';
import type { TelemetryKind } from '../observability/pipeline/export-request.ts';
import type { LogRecord, Resource, SpanData } from '../observability/signals/telemetry.ts';
import { PointSample } from './point-sample.ts';
import { SAMPLE_HASHES, sampleHash, type RecordedArrivals, type RecordedTelemetry } from './recording.ts';

const SPANS_MAX = 5_000;
const RECORDS_MAX = 8_000;

export class TelemetryRecorder implements ArrivalBook {
  private readonly traces = new TraceSample<SpanData>(SPANS_MAX, ({ context }) => context.traceId);
  private readonly logs = new TraceSample<LogRecord>(RECORDS_MAX, ({ traceId }) => traceId);
  private readonly metrics = new PointSample();
  private readonly kept = new Set<TelemetryKind>();

  constructor(sim: Simulation) {
    bookArrivals(sim, this);
  }

  of<Kind extends TelemetryKind>(kind: Kind): Arrived<Kind> {
    this.kept.add(kind);
    const sample = { traces: this.traces, logs: this.logs, metrics: this.metrics }[kind];
    return ((items: readonly never[]) => sample.add(items)) as Arrived<Kind>;
  }

  /** Undefined where nothing keeps telemetry; a kind that nothing keeps is not there, and one of which nothing came is empty. */
  finish(): RecordedTelemetry | undefined {
    if (this.kept.size === 0) return undefined;
    const resources = new Map<Resource, number>();
    const written = (kind: TelemetryKind): RecordedArrivals | undefined => {
      if (!this.kept.has(kind)) return undefined;
      const { items, oneIn, total } = this[kind];
      return {
        text: JSON.stringify(
          items.map((item) => numbered(item, resources)),
          telling,
        ),
        total,
        keptOneIn: oneIn,
      };
    };
    const [traces, logs, metrics] = [written('traces'), written('logs'), written('metrics')];
    return {
      resources: [...resources.keys()],
      ...(traces && { traces }),
      ...(logs && { logs }),
      ...(metrics && { metrics }),
    };
  }
}

/** The items of one trace in so many, in the order in which they came. */
class TraceSample<Item> {
  items: Item[] = [];
  oneIn = 1;
  total = 0;
  private hashes: number[] = [];
  private threshold = SAMPLE_HASHES;
  private readonly most: number;
  private readonly traceOf: (item: Item) => string;

  constructor(most: number, traceOf: (item: Item) => string) {
    this.most = most;
    this.traceOf = traceOf;
  }

  add(items: readonly Item[]): void {
    for (const item of items) {
      const trace = this.traceOf(item);
      const hash = sampleHash(trace === '' ? this.total : Number.parseInt(trace.slice(-8), 16));
      this.total++;
      if (hash >= this.threshold) continue;
      this.items.push(item);
      this.hashes.push(hash);
      while (this.items.length > this.most && this.threshold > 1) this.halve();
    }
  }

  private halve(): void {
    this.oneIn *= 2;
    this.threshold /= 2;
    const { hashes, threshold } = this;
    this.items = this.items.filter((_, place) => hashes[place] < threshold);
    this.hashes = hashes.filter((hash) => hash < threshold);
  }
}

/** The same with a number in place of whose it is, since thousands are one process's. */
function numbered<Item extends { readonly resource: Resource }>(item: Item, resources: Map<Resource, number>): object {
  let number = resources.get(item.resource);
  if (number === undefined) resources.set(item.resource, (number = resources.size));
  return { ...item, resource: number };
}

/** JSON has no word for them. */
const telling = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? { $number: String(value) } : value;
