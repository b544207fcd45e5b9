/**
 * Works out signals from facts while a run goes on: for each definition a series with a row an interval, and a summary
 * of what came after the warm-up, NaN where the run ended before that. This is the experimenter, who hears every fact
 * at no cost; the instruments that a real team has, which sample and lose, are another room's subject.
 *
 * Recording must be cheap, for every fact of a run comes by here. So there is one listener a kind of fact, whatever the
 * number of signals made of it: it counts the facts and looks whether an interval has ended, once for all of them. A
 * signal that takes every fact reads that count when the interval ends and costs nothing in between.
 */
import type { FactKind } from '../kernel/fact.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Time } from '../kernel/time.ts';
import { intervalsIn } from '../statistics/intervals.ts';
import type { SignalDefinition } from '../statistics/signal.ts';
import type { RecordedSignal } from './recording.ts';
import { meterOf, type Axis, type Meter } from './signal-meters.ts';

/** The signals of one run: listens from construction on; `close` ends it at an instant and gives their columns. */
export class SignalRecorder {
  private readonly meters: readonly Meter[];
  private readonly listeners = new Map<FactKind<never>, KindListener>();

  constructor(sim: Simulation, definitions: readonly SignalDefinition[], axis: Axis) {
    this.meters = definitions.map((definition) => {
      const meter = meterOf(sim, definition, axis);
      this.listenerTo(sim, definition.fact, axis).add(meter);
      return meter;
    });
  }

  /** In the order of the definitions. */
  close(end: Time): RecordedSignal[] {
    for (const listener of this.listeners.values()) listener.close(end);
    return this.meters.map((meter) => meter.close(end));
  }

  private listenerTo(sim: Simulation, kind: FactKind<never>, axis: Axis): KindListener {
    let listener = this.listeners.get(kind);
    if (listener === undefined) {
      listener = new KindListener(sim, kind, axis);
      this.listeners.set(kind, listener);
    }
    return listener;
  }
}

/** Hears the facts of one kind for all the meters that want them. */
class KindListener {
  private readonly axis: Axis;
  private readonly intervals: number;
  private readonly meters: Meter[] = [];
  /** What those of the meters do that look at facts, and for each at which: undefined for all of them. */
  private readonly looks: ((fact: never) => void)[] = [];
  private readonly wheres: (((fact: never) => boolean) | undefined)[] = [];
  /** Facts told in the interval in progress. */
  private told = 0;
  private row = 0;
  private warm = false;
  /** When the interval or the warm-up ends, whichever is first. */
  private next: Time;

  constructor(sim: Simulation, kind: FactKind<never>, axis: Axis) {
    this.axis = axis;
    this.intervals = intervalsIn(axis.duration, axis.interval);
    this.next = this.nextEnd();
    sim.facts.channel(kind).listen((fact) => {
      if (sim.now >= this.next) this.advance(sim.now);
      this.told++;
      const { looks, wheres } = this;
      for (let i = 0; i < looks.length; i++) {
        const where = wheres[i];
        if (where === undefined || where(fact)) looks[i](fact);
      }
    });
  }

  add(meter: Meter): void {
    this.meters.push(meter);
    if (!meter.looks) return;
    this.looks.push(meter.look);
    this.wheres.push(meter.definition.where);
  }

  /** Ends the interval in progress, and the warm-up at the latest: a run that ends before it has nothing to sum up. */
  close(end: Time): void {
    this.advance(end);
    if (!this.warm) this.endWarmUp(end);
    this.endRow();
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
