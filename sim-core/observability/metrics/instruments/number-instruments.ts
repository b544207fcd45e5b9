/**
 * Instruments whose points are numbers: counters, which only grow; up-down counters; and gauges, which are asked for their
 * value when it is collected. Only a counter can count from export to export: the sum of what goes up and down would be
 * lost with one export, so an up-down counter says all of it each time, whatever the others do
 * (https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-environment-variable-configuration).
 */
import type { Attributes, MetricData, NumberPoint, SpanContext, Temporality } from '../../signals/telemetry.ts';
import { AttributeSets } from './attribute-sets.ts';
import { SimpleFixedSizeReservoir } from './exemplar-reservoirs.ts';
import {
  Recorder,
  type Collected,
  type InstrumentContext,
  type InstrumentDescription,
  type Starts,
} from './instrument.ts';

class Sum {
  private sum = 0;

  record(value: number): void {
    this.sum += value;
  }

  read(): number {
    return this.sum;
  }
}

abstract class Adder extends Recorder<number> {
  constructor(context: InstrumentContext, description: InstrumentDescription) {
    super(
      context,
      description,
      () => new Sum(),
      () => new SimpleFixedSizeReservoir(1, context.random),
      'number',
    );
  }

  protected sums(starts: Starts, isMonotonic: boolean, temporality: Temporality): MetricData | undefined {
    const points = this.points(starts, temporality, (head, value): NumberPoint => ({ ...head, value }));
    return points.length === 0 ? undefined : { ...this.head(), kind: 'sum', isMonotonic, temporality, points };
  }
}

export class Counter extends Adder {
  /** Adds 0 or more. */
  add(value: number, attributes: Attributes, span?: SpanContext): void {
    if (value < 0) throw new RangeError(`${this.description.name}: ${value} is below 0; a counter only grows`);
    this.measure(value, attributes, span);
  }

  collect(starts: Starts): MetricData | undefined {
    return this.sums(starts, true, this.context.temporality);
  }
}

export class UpDownCounter extends Adder {
  add(value: number, attributes: Attributes, span?: SpanContext): void {
    this.measure(value, attributes, span);
  }

  collect(starts: Starts): MetricData | undefined {
    return this.sums(starts, false, 'cumulative');
  }
}

/** Tells the values of a gauge: one a set of attributes. */
export type Observation = (tell: (value: number, attributes: Attributes) => void) => void;

export class ObservableGauge implements Collected {
  readonly description: InstrumentDescription;
  private readonly context: InstrumentContext;
  private readonly observe: Observation;

  constructor(context: InstrumentContext, description: InstrumentDescription, observe: Observation) {
    this.context = context;
    this.description = description;
    this.observe = observe;
  }

  /** It keeps none. */
  readonly streams = 0;

  reset(): void {}

  collect(starts: Starts): MetricData | undefined {
    const { process, cardinalityLimit } = this.context;
    const sets = new AttributeSets({ limit: cardinalityLimit, keep: this.description.keep }, () => ({ value: 0 }));
    this.observe((value, attributes) => {
      process.charge(process.costs.measurement);
      sets.of(attributes).value = value;
    });
    const points: NumberPoint[] = [];
    sets.forEach((attributes, { value }) => {
      points.push({ attributes, startTime: starts.cumulative, time: process.sim.now, exemplars: [], value });
    });
    if (points.length === 0) return undefined;
    const { name, unit, description } = this.description;
    return { resource: process.resource, name, unit, description, kind: 'gauge', points };
  }
}
