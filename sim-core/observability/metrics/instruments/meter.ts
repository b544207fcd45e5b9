/**
 * The meter of a process: makes its instruments, and collects what they have counted. `cumulative` counts from the start of
 * the process on, `delta` from one collection to the next. When the process crashes all of it is gone, and what starts
 * afterwards counts from zero.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/
 */
import type { InstrumentedProcess } from '../../signals/instrumented-process.ts';
import type { MetricData, Temporality } from '../../signals/telemetry.ts';
import { CARDINALITY_LIMIT } from './attribute-sets.ts';
import { ClientPercentiles, type PercentilesDescription } from './client-percentiles.ts';
import { exemplarFilters, type ExemplarFilterName } from './exemplar-reservoirs.ts';
import {
  ExponentialHistogramInstrument,
  Histogram,
  type ExponentialHistogramDescription,
  type HistogramDescription,
} from './histograms.ts';
import type { Collected, InstrumentContext, InstrumentDescription, Starts } from './instrument.ts';
import { Counter, ObservableGauge, UpDownCounter, type Observation } from './number-instruments.ts';

export interface MeterOptions {
  /** `cumulative` without it. */
  readonly temporality?: Temporality;
  /** Streams of an instrument at most; 2000 without it. */
  readonly cardinalityLimit?: number;
  /** `trace-based` without it. */
  readonly exemplars?: ExemplarFilterName;
}

export class Meter {
  readonly process: InstrumentedProcess;
  readonly temporality: Temporality;
  private readonly context: InstrumentContext;
  private readonly instruments: Collected[] = [];
  private starts: Starts;

  constructor(process: InstrumentedProcess, options: MeterOptions = {}) {
    const { temporality = 'cumulative', cardinalityLimit = CARDINALITY_LIMIT, exemplars = 'trace-based' } = options;
    this.process = process;
    this.temporality = temporality;
    process.whenCrashed(() => this.reset());
    this.starts = { cumulative: process.sim.now, delta: process.sim.now };
    this.context = {
      process,
      temporality,
      cardinalityLimit,
      exemplars: exemplarFilters[exemplars],
      random: process.sim.random(`${process.resource['service.instance.id']}/exemplars`),
    };
  }

  counter(description: InstrumentDescription): Counter {
    return this.add(new Counter(this.context, description));
  }

  upDownCounter(description: InstrumentDescription): UpDownCounter {
    return this.add(new UpDownCounter(this.context, description));
  }

  observableGauge(description: InstrumentDescription, observe: Observation): ObservableGauge {
    return this.add(new ObservableGauge(this.context, description, observe));
  }

  histogram(description: HistogramDescription): Histogram {
    return this.add(new Histogram(this.context, description));
  }

  exponentialHistogram(description: ExponentialHistogramDescription): ExponentialHistogramInstrument {
    return this.add(new ExponentialHistogramInstrument(this.context, description));
  }

  percentiles(description: PercentilesDescription): ClientPercentiles {
    return this.add(new ClientPercentiles(this.context, description));
  }

  /** Streams of all instruments: what the process keeps for them. */
  get streams(): number {
    return this.instruments.reduce((sum, { streams }) => sum + streams, 0);
  }

  /** What has been counted, instrument by instrument, those that were told nothing left out. */
  collect(): MetricData[] {
    const collected = this.instruments.flatMap((instrument) => instrument.collect(this.starts) ?? []);
    this.starts = { ...this.starts, delta: this.process.sim.now };
    return collected;
  }

  /** The process has crashed: it starts again at the present instant. */
  private reset(): void {
    for (const instrument of this.instruments) instrument.reset();
    this.starts = { cumulative: this.process.sim.now, delta: this.process.sim.now };
  }

  private add<Instrument extends Collected>(instrument: Instrument): Instrument {
    const { name } = instrument.description;
    if (this.instruments.some(({ description }) => description.name === name)) {
      throw new Error(`${this.process.resource['service.instance.id']}: two instruments are named ${name}`);
    }
    this.instruments.push(instrument);
    return instrument;
  }
}
