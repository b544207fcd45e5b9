/**
 * Percentiles that a process works out by itself, as Micrometer's `percentiles: 0.5,0.95,0.99` has it do: of what it has seen
 * in the last while, it says the numbers and no more. Nothing can be made of them for several processes together: the mean of
 * two 99th percentiles is nobody's percentile.
 *
 * Micrometer keeps a ring of HdrHistograms, each of which is told everything; one is read, and cleared when it is the turn of
 * the next, so that what is read covers between two thirds of the expiry and all of it with the default of three. By default a
 * histogram knows one significant digit: buckets that are up to a sixteenth wide. A process that has seen nothing says 0.
 * https://docs.micrometer.io/micrometer/reference/concepts/histogram-quantiles.html,
 * https://github.com/micrometer-metrics/micrometer/blob/main/micrometer-core/src/main/java/io/micrometer/core/instrument/distribution/DistributionStatisticConfig.java
 */
import { minutes, type Duration, type Time } from '../../../kernel/time.ts';
import { LogLinearHistogram } from '../../../statistics/histogram.ts';
import type { Attributes, MetricData, NumberPoint } from '../../signals/telemetry.ts';
import { errorOfDigits } from '../hdr-histogram.ts';
import { AttributeSets } from './attribute-sets.ts';
import type { Collected, InstrumentContext, InstrumentDescription, Starts } from './instrument.ts';

export interface PercentilesDescription extends InstrumentDescription {
  /** Shares, such as 0.99. */
  readonly percentiles: readonly number[];
  /** What is older counts no more (`distributionStatisticExpiry`); 2 minutes without it. */
  readonly expiry?: Duration;
  /** Histograms in the ring (`distributionStatisticBufferLength`); 3 without it. */
  readonly ring?: number;
  /** Significant digits that the histograms know, 1 to 4 (`percentilePrecision`); 1 without it. */
  readonly precision?: number;
}

export const PERCENTILE_PRECISION = 1;

export class ClientPercentiles implements Collected {
  readonly description: PercentilesDescription;
  private readonly context: InstrumentContext;
  private readonly sets: AttributeSets<Window>;

  constructor(context: InstrumentContext, description: PercentilesDescription) {
    const { name, percentiles, expiry = minutes(2), ring = 3, precision = PERCENTILE_PRECISION } = description;
    for (const share of percentiles) {
      if (!(share >= 0 && share <= 1))
        throw new RangeError(`${name}: ${share} is no percentile; expected a share, 0 to 1`);
    }
    this.context = context;
    this.description = description;
    const error = errorOfDigits(precision);
    const { sim } = context.process;
    this.sets = new AttributeSets(
      { limit: context.cardinalityLimit, keep: description.keep },
      () => new Window(sim.now, Math.max(1, Math.floor(expiry / ring)), ring, error),
    );
  }

  /** A value of 0 or more. */
  record(value: number, attributes: Attributes): void {
    const { process } = this.context;
    process.charge(process.costs.measurement);
    this.sets.of(attributes).record(process.sim.now, value);
  }

  get streams(): number {
    return this.sets.size;
  }

  reset(): void {
    this.sets.clear();
  }

  /** One point a percentile, told apart by the attribute `quantile` as in Prometheus' summaries. */
  collect(starts: Starts): MetricData | undefined {
    const { process } = this.context;
    const { name, unit, description, percentiles } = this.description;
    const time = process.sim.now;
    const points: NumberPoint[] = [];
    this.sets.forEach((attributes, window) => {
      const seen = window.read(time);
      for (const share of percentiles) {
        const value = seen.count === 0 ? 0 : seen.quantile(share);
        points.push({
          attributes: { ...attributes, quantile: String(share) },
          startTime: starts.cumulative,
          time,
          exemplars: [],
          value,
        });
      }
    });
    return points.length === 0
      ? undefined
      : { resource: process.resource, name, unit, description, kind: 'gauge', points };
  }
}

/** A ring of histograms that are cleared in turn. */
class Window {
  private readonly ring: readonly LogLinearHistogram[];
  private readonly turn: Duration;
  private current = 0;
  private turnsAt: Time;

  constructor(now: Time, turn: Duration, length: number, error: number) {
    this.ring = Array.from({ length }, () => new LogLinearHistogram(error));
    this.turn = turn;
    this.turnsAt = now + turn;
  }

  record(now: Time, value: number): void {
    this.advance(now);
    for (const histogram of this.ring) histogram.record(value);
  }

  read(now: Time): LogLinearHistogram {
    this.advance(now);
    return this.ring[this.current];
  }

  private advance(now: Time): void {
    for (let turns = 0; now >= this.turnsAt && turns < this.ring.length; turns++) {
      this.ring[this.current].clear();
      this.current = (this.current + 1) % this.ring.length;
      this.turnsAt += this.turn;
    }
    // All have been cleared: nothing was told for longer than the whole ring.
    if (now >= this.turnsAt) this.turnsAt += Math.ceil((now - this.turnsAt + 1) / this.turn) * this.turn;
  }
}
