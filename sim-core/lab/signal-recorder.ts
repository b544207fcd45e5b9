/**
 * Works out signals from facts while a run goes on: for each definition a series with a row an interval, and a summary
 * of what came after the warm-up, NaN where the run ended before that. This is the experimenter, who hears every fact
 * at no cost; the instruments that a real team has, which sample and lose, are another room's subject.
 *
 * Recording must be cheap, for every fact of a run comes by here. So there is one reader a kind of fact, whatever the
 * number of signals made of it: it counts the facts and looks where in a batch an interval ends, once for all of them. A
 * signal that takes every fact reads that count when the interval ends and costs nothing in between.
 */
import type { FactBatch, FactKind, Facts } from '../kernel/fact.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Time } from '../kernel/time.ts';
import { intervalsIn } from '../statistics/intervals.ts';
import type { SignalDefinition } from '../statistics/signal.ts';
import type { RecordedSignal } from './recording.ts';
import { meterOf, type Axis, type Meter } from './signal-meters.ts';

/** The signals of one run: reads from construction on; `close` ends it at an instant and gives their columns. */
export class SignalRecorder {
  private readonly facts: Facts;
  private readonly meters: readonly Meter[];
  private readonly readers = new Map<FactKind<never>, KindReader>();

  constructor(sim: Simulation, definitions: readonly SignalDefinition[], axis: Axis) {
    this.facts = sim.facts;
    this.meters = definitions.map((definition) => {
      const meter = meterOf(definition, axis);
      this.readerOf(definition.fact, axis).add(meter);
      return meter;
    });
  }

  /** In the order of the definitions. */
  close(end: Time): RecordedSignal[] {
    this.facts.handOver();
    for (const reader of this.readers.values()) reader.close(end);
    return this.meters.map((meter) => meter.close(end));
  }

  private readerOf(kind: FactKind<never>, axis: Axis): KindReader {
    let reader = this.readers.get(kind);
    if (reader === undefined) {
      reader = new KindReader(this.facts, kind, axis);
      this.readers.set(kind, reader);
    }
    return reader;
  }
}

/** Reads the facts of one kind for all the meters that want them. */
class KindReader {
  private readonly axis: Axis;
  private readonly intervals: number;
  private readonly meters: Meter[] = [];
  /** Those of the meters that look at facts. */
  private readonly looking: Meter[] = [];
  /** Facts told in the interval in progress. */
  private told = 0;
  private row = 0;
  private warm = false;
  /** When the interval or the warm-up ends, whichever is first. */
  private next: Time;

  constructor(facts: Facts, kind: FactKind<never>, axis: Axis) {
    this.axis = axis;
    this.intervals = intervalsIn(axis.duration, axis.interval);
    this.next = this.nextEnd();
    facts.channel(kind).read((batch) => this.read(batch));
  }

  add(meter: Meter): void {
    this.meters.push(meter);
    if (meter.looks) this.looking.push(meter);
  }

  /** Ends the interval in progress, and the warm-up at the latest: a run that ends before it has nothing to sum up. */
  close(end: Time): void {
    this.advance(end);
    if (!this.warm) this.endWarmUp(end);
    this.endRow();
  }

  private read(batch: FactBatch<never>): void {
    const { times, count } = batch;
    for (let from = 0; from < count;) {
      this.advance(times[from]);
      let to = from + 1;
      while (to < count && times[to] < this.next) to++;
      this.told += to - from;
      for (const meter of this.looking) meter.look(batch, from, to);
      from = to;
    }
  }

  private advance(time: Time): void {
    while (time >= this.next) {
      if (this.rowEnd() === this.next) this.endRow();
      else this.endWarmUp(this.next);
      this.next = this.nextEnd();
    }
  }

  private endRow(): void {
    for (const meter of this.meters) meter.endRow(this.row, this.told);
    this.told = 0;
    this.row++;
  }

  private endWarmUp(time: Time): void {
    for (const meter of this.meters) meter.endWarmUp(this.told, time);
    this.warm = true;
  }

  private nextEnd(): Time {
    return this.warm ? this.rowEnd() : Math.min(this.rowEnd(), this.axis.warmUp);
  }

  /** What happens at the very end of the last row belongs to it. */
  private rowEnd(): Time {
    return this.row < this.intervals - 1 ? (this.row + 1) * this.axis.interval : Infinity;
  }
}
