/**
 * What all instruments have in common: a name, the streams of their sets of attributes, and the exemplars of each. A
 * measurement costs processor time on the thread that takes it.
 * https://opentelemetry.io/docs/specs/otel/metrics/api/
 */
import type { RandomStream } from '../../../kernel/random-stream.ts';
import type { Time } from '../../../kernel/time.ts';
import { streamBytes, type StreamKind } from '../../signals/instrument-memory.ts';
import type { InstrumentedProcess } from '../../signals/instrumented-process.ts';
import type { Attributes, Exemplar, MetricData, SpanContext, Temporality } from '../../signals/telemetry.ts';
import { AttributeSets } from './attribute-sets.ts';
import type { ExemplarFilter, ExemplarReservoir } from './exemplar-reservoirs.ts';

/** What an instrument measures, in the words of the API. */
export interface InstrumentDescription {
  /** By OpenTelemetry's conventions: `http.server.request.duration`. */
  readonly name: string;
  /** UCUM. */
  readonly unit: string;
  readonly description: string;
  /** A view: the attributes that its series have; exemplars keep the others. All of them without it. */
  readonly keep?: readonly string[];
}

/** What a meter gives its instruments. */
export interface InstrumentContext {
  readonly process: InstrumentedProcess;
  readonly temporality: Temporality;
  readonly cardinalityLimit: number;
  readonly exemplars: ExemplarFilter;
  readonly random: RandomStream;
}

/** From when on what is counted counts: since the process was started, or since the last collection. */
export type Starts = Readonly<Record<Temporality, Time>>;

/** What a meter asks of an instrument. */
export interface Collected {
  readonly description: InstrumentDescription;
  /** Streams there are. */
  readonly streams: number;
  /** What it has counted; nothing while nothing was recorded. */
  collect(starts: Starts): MetricData | undefined;
  /** The process has ended, and with it all that was counted. */
  reset(): void;
}

/** One stream of an instrument that is told each measurement. */
export interface Stream<Counted> {
  record(value: number): void;
  read(): Counted;
}

interface Recorded<Counted> {
  readonly stream: Stream<Counted>;
  readonly reservoir: ExemplarReservoir;
}

/** What every point has, whatever it says. */
export interface PointHead {
  readonly attributes: Attributes;
  readonly startTime: Time;
  readonly time: Time;
  readonly exemplars: readonly Exemplar[];
}

/** A measuring instrument: told of each thing that happens, where it happens. */
export abstract class Recorder<Counted> implements Collected {
  readonly description: InstrumentDescription;
  protected readonly context: InstrumentContext;
  private readonly sets: AttributeSets<Recorded<Counted>>;
  /** That its streams take. */
  private bytes = 0;

  constructor(
    context: InstrumentContext,
    description: InstrumentDescription,
    streamOf: () => Stream<Counted>,
    reservoirOf: () => ExemplarReservoir,
    kind: StreamKind,
  ) {
    this.context = context;
    this.description = description;
    this.sets = new AttributeSets({ limit: context.cardinalityLimit, keep: description.keep }, (attributes) => {
      const bytes = streamBytes(attributes, kind);
      this.bytes += bytes;
      context.process.hold(bytes);
      return { stream: streamOf(), reservoir: reservoirOf() };
    });
  }

  get streams(): number {
    return this.sets.size;
  }

  /** A measurement, within the span of `span` if there is one. */
  protected measure(value: number, attributes: Attributes, span: SpanContext | undefined): void {
    const { process, exemplars } = this.context;
    if (!Number.isFinite(value)) throw new RangeError(`${this.description.name}: ${value} is not a finite number`);
    process.charge(process.costs.measurement);
    const { stream, reservoir } = this.sets.of(attributes);
    stream.record(value);
    if (exemplars(span)) {
      reservoir.offer({ value, time: process.sim.now, context: span, left: () => this.sets.left(attributes) });
    }
  }

  /** One point a stream, and an end of all streams where they count from export to export. */
  protected points<Point>(
    starts: Starts,
    temporality: Temporality,
    pointOf: (head: PointHead, counted: Counted) => Point,
  ): Point[] {
    const time = this.context.process.sim.now;
    const points: Point[] = [];
    this.sets.forEach((attributes, { stream, reservoir }) => {
      points.push(
        pointOf({ attributes, startTime: starts[temporality], time, exemplars: reservoir.collect() }, stream.read()),
      );
    });
    if (temporality === 'delta') {
      this.context.process.hold(-this.bytes);
      this.reset();
    }
    return points;
  }

  abstract collect(starts: Starts): MetricData | undefined;

  reset(): void {
    this.sets.clear();
    this.bytes = 0;
  }

  /** What every metric of it says beside its points. */
  protected head(): Pick<MetricData, 'resource' | 'name' | 'unit' | 'description'> {
    const { name, unit, description } = this.description;
    return { resource: this.context.process.resource, name, unit, description };
  }
}
