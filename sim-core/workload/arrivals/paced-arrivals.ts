/**
 * Arrivals by a process whose clock can be made to run faster or slower: in a surge the same arrivals come, closer together. The clock
 * of a process that is of a stretch of time only begins to run with that, and the stretch ends when it does: a surge has more come in
 * it, and none outside.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { RandomStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import type { Intervention } from '../../network/component.ts';
import type { ArrivalProcess } from './arrivals.ts';

export interface PacedArrivalsOptions {
  readonly arrivals: ArrivalProcess;
  readonly random: RandomStream;
  /** What an arrival is, for the list of events: `users sends`. */
  readonly what: string;
  /** Called at each arrival, when the next one has been planned. */
  readonly arrive: () => void;
}

export class PacedArrivals {
  private readonly sim: Simulation;
  private readonly options: PacedArrivalsOptions;
  private readonly kind: number;
  private readonly arrivals: ArrivalProcess;
  private readonly from: Time;
  private readonly to: Time;
  /** How fast the arrivals' clock runs, since when, and what it showed then. */
  private factor = 1;
  private factorSince: Time;
  private clockThen: Time;
  /** When the next arrival is due by the arrivals' clock, and the event that is planned for it. */
  private due: Time;
  private planned: EventHandle = -1;

  constructor(sim: Simulation, options: PacedArrivalsOptions) {
    this.sim = sim;
    this.options = options;
    this.kind = sim.eventKind(options.what);
    const { arrivals } = options;
    const { from, to, process } = arrivals.within ?? { from: 0, to: Infinity, process: arrivals };
    this.arrivals = process;
    this.from = from;
    this.to = to;
    this.factorSince = this.clockThen = this.due = Math.max(sim.now, from);
    this.drawNext();
  }

  /** From now on arrivals come `factor` times as fast as the process says. */
  surge(factor: number): void {
    const now = Math.max(this.sim.now, this.from);
    this.clockThen += Math.round((now - this.factorSince) * this.factor);
    this.factorSince = now;
    this.factor = factor;
    if (this.planned >= 0) this.sim.cancel(this.planned);
    this.plan();
  }

  /** `who` comes so many times as fast. */
  surging(who: string): Intervention {
    return {
      help: `${who} come so many times as fast from now on; 1 is the original rate`,
      arguments: [{ name: 'factor', help: 'times as fast', min: 0.01, max: 100, default: 3 }],
      apply: ([factor]) => this.surge(factor),
    };
  }

  private drawNext(): void {
    this.due = this.arrivals.next(this.due, this.options.random);
    this.plan();
  }

  private plan(): void {
    this.planned = -1;
    if (this.due === Infinity) return;
    const time = this.factorSince + Math.round((this.due - this.clockThen) / this.factor);
    if (time >= this.to) return;
    this.planned = this.sim.scheduleAt(
      Math.max(this.sim.now, time),
      PacedArrivals.arrive,
      this as PacedArrivals,
      this.kind,
    );
  }

  private static arrive(paced: PacedArrivals): void {
    paced.drawNext();
    paced.options.arrive();
  }
}
