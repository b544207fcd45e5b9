/**
 * A monitor of a dead-letter queue: looks at it at regular times, as a scraper does, tells its depth and the age of its
 * oldest message, and fires an alert when messages enter it faster than a rate, or when the oldest is too old (handbook, 2.4
 * and 4: "DLQ age + rate alerts"). The rate is that of a sliding window. An alert that fires goes on until both conditions
 * are over; it is told when it begins.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { toSeconds, type Duration, type Time } from '../../kernel/time.ts';
import { register, type Component } from '../../network/component.ts';
import type { Copy } from '../channels/copy.ts';
import type { Fates } from '../fates.ts';
import { deadLettersAlerted, deadLettersObserved, dlqSignals } from './signals.ts';

export interface AlertOptions {
  /** Messages a second that enter the queue, over the window; more is an alert. */
  readonly rate: number;
  readonly window: Duration;
  /** An older message is an alert. */
  readonly age: Duration;
  /** Whom it wakes. */
  readonly onAlert: () => void;
}

/** A queue of whatever kind, or what stands for one. */
export interface WatchedQueue {
  readonly name: string;
  readonly ready: number;
  readonly inFlight: number;
  /** Its ready copies. */
  readonly copies: Iterable<Pick<Copy, 'enqueued'>>;
  /** All that its messages may have died of, as the facts of their coming say it; RabbitMQ's words without it. */
  readonly reasons?: readonly string[];
  /** How many have ever entered it. */
  readonly fates: Pick<Fates, 'total'>;
}

export interface DeadLetterWatchOptions {
  readonly name: string;
  readonly help: string;
  readonly queue: WatchedQueue;
  /** From one look to the next. */
  readonly every: Duration;
  /** Without it nobody hears of anything: it is only drawn. */
  readonly alert?: AlertOptions;
}

export class DeadLetterWatch implements Component {
  readonly name: string;
  readonly kind = 'service';
  readonly help: string;
  readonly signals;
  readonly interventions = {};
  private readonly sim: Simulation;
  private readonly options: DeadLetterWatchOptions;
  private readonly observed: FactChannel<Fact<typeof deadLettersObserved>>;
  private readonly alerted: FactChannel<Fact<typeof deadLettersAlerted>>;
  private readonly lookKind: number;
  /** How many had ever entered it, at each look within the window. */
  private entered: number[] = [];
  /** When it was last seen to be empty. */
  private emptyAt: Time = 0;
  /** Whether it has fired since. */
  private hasFired = false;
  private isFiring = false;

  constructor(sim: Simulation, options: DeadLetterWatchOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.signals = dlqSignals(options.queue.name, options.alert, options.queue.reasons);
    this.observed = sim.facts.channel(deadLettersObserved);
    this.alerted = sim.facts.channel(deadLettersAlerted);
    this.lookKind = sim.eventKind(`${options.name} looks at ${options.queue.name}`);
    register(sim, this);
    sim.schedule(0, DeadLetterWatch.look, this as DeadLetterWatch, this.lookKind);
  }

  state(): Readonly<Record<string, number | string>> {
    return { depth: this.depth, alert: this.isFiring ? 'firing' : 'quiet' };
  }

  violations(): readonly string[] {
    return [];
  }

  private get depth(): number {
    const { queue } = this.options;
    return queue.ready + queue.inFlight;
  }

  /** How long the oldest ready message has been there; 0 if there is none. */
  private get oldest(): Duration {
    let oldest = this.sim.now;
    for (const { enqueued } of this.options.queue.copies) oldest = Math.min(oldest, enqueued);
    return this.sim.now - oldest;
  }

  private judge(depth: number, oldest: Duration): void {
    const { alert, every, queue } = this.options;
    if (alert === undefined) return;
    const looks = Math.max(1, Math.round(alert.window / every));
    this.entered.push(queue.fates.total);
    if (this.entered.length > looks + 1) this.entered.shift();
    const rate = (this.entered.at(-1)! - this.entered[0]) / toSeconds(looks * every);
    const cause = rate > alert.rate ? 'rate' : oldest > alert.age ? 'age' : undefined;
    if (cause !== undefined && !this.isFiring) {
      const after = this.sim.now - this.emptyAt;
      const isFirst = !this.hasFired;
      this.hasFired = true;
      if (this.alerted.heard) this.alerted.emit({ queue: queue.name, cause, depth, after, isFirst });
      alert.onAlert();
    }
    this.isFiring = cause !== undefined;
  }

  private static look(watch: DeadLetterWatch): void {
    const { depth, oldest, sim } = watch;
    if (depth === 0) {
      watch.emptyAt = sim.now;
      watch.hasFired = false;
    }
    if (watch.observed.heard) watch.observed.emit({ queue: watch.options.queue.name, depth, oldest });
    watch.judge(depth, oldest);
    sim.schedule(watch.options.every, DeadLetterWatch.look, watch, watch.lookKind);
  }
}
