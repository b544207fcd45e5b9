/**
 * The workers of a consumer process: up to `concurrency` messages are handled at once, each by a process, further ones wait
 * in order of arrival. How many can wait is bounded by what the broker sends ahead (its prefetch), if it is, and not here; more
 * workers than that have nothing to do, which the state says.
 *
 * The process may die: what it worked at is broken off where it stood, and what it had sent to others goes on there. It may
 * stand still, and then begins nothing new; what it has begun goes on, for that is mostly waiting for others. It may be given
 * more or fewer workers: those that are too many go when they have done what they are at.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import { Fifo } from '../../kernel/fifo.ts';
import { Process, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { ComponentPart, Intervention } from '../../network/component.ts';

/** Messages that a consumer has at once at most, and the setting that says so. */
export interface WorkerBound {
  readonly messages: number;
  readonly by: string;
}

export interface WorkersOptions<Job, Result> {
  readonly name: string;
  /** Messages that are handled at once: an integer of at least 1. */
  readonly concurrency: number;
  /** Without it, it may have any number of messages at once. */
  readonly bound?: WorkerBound;
  readonly handle: (job: Job) => Behaviour<Result>;
  /** Called when a job has ended: with what came of it, or nothing if it was broken off. */
  readonly ended: (job: Job, result: Result | undefined, since: Time) => void;
  /** Called when there are more workers than before, or fewer. */
  readonly scaled?: () => void;
}

export class Workers<Job, Result> implements Pick<ComponentPart, 'interventions' | 'state' | 'violations'> {
  readonly interventions: Readonly<Record<string, Intervention>> = { pause: this.pausing(), scale: this.scaling() };
  readonly sim: Simulation;
  readonly options: WorkersOptions<Job, Result>;
  private readonly waiting = new Fifo<Job>();
  private readonly working = new Set<Work<Job, Result>>();
  private readonly wakeKind: number;
  private workers: number;
  /** The most that may be at work, those among them that are too many. */
  private allowed: number;
  private pausedUntil: Time = 0;
  private done = 0;

  constructor(sim: Simulation, options: WorkersOptions<Job, Result>) {
    const { name, concurrency } = options;
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new RangeError(`${name}: concurrency is ${concurrency}; it must be an integer of at least 1`);
    }
    this.sim = sim;
    this.options = options;
    this.workers = concurrency;
    this.allowed = concurrency;
    this.wakeKind = sim.eventKind(`${name} goes on`);
    tellCapacity(sim, {
      kind: 'room',
      name: `${name} workers`,
      units: () => this.workers,
      held: () => this.working.size,
    });
  }

  /** Messages that are handled at once, by now. */
  get concurrency(): number {
    return this.workers;
  }

  add(job: Job): void {
    this.waiting.add(job);
    this.begin();
  }

  /** What waits is gone, in order; what is worked at goes on. */
  dropWaiting(): Job[] {
    const dropped: Job[] = [];
    while (this.waiting.size > 0) dropped.push(this.waiting.take());
    return dropped;
  }

  /** What is worked at is broken off, and a pause is over. Call `dropWaiting` first, or what waits is begun. */
  breakOff(): void {
    this.pausedUntil = 0;
    for (const work of this.working) work.cancel();
  }

  /** Begins nothing new for so long. */
  pause(duration: Duration): void {
    this.pausedUntil = this.sim.now + duration;
    this.sim.scheduleAt(this.pausedUntil, Workers.goOn, this as unknown as Workers<never, never>, this.wakeKind);
  }

  /** So many workers from now on, which may be none. */
  scale(workers: number): void {
    this.workers = workers;
    this.allowed = Math.max(workers, this.working.size);
    this.begin();
    this.options.scaled?.();
  }

  state(): Readonly<Record<string, number | string>> {
    const state: Record<string, number | string> = {
      working: this.working.size,
      waiting: this.waiting.size,
      done: this.done,
    };
    const { bound } = this.options;
    if (bound !== undefined && this.workers > bound.messages) {
      state['workers'] = `${this.workers}, of which ${bound.by} lets ${bound.messages} work`;
    }
    if (this.sim.now < this.pausedUntil) state['paused'] = 'yes';
    return state;
  }

  violations(): readonly string[] {
    const { size } = this.working;
    const { allowed } = this;
    return size > allowed ? [`${this.options.name}: works at ${size} messages, more than ${allowed}`] : [];
  }

  /** Called by a job's process when it has ended. */
  forget(work: Work<Job, Result>, result: Result | undefined): void {
    this.working.delete(work);
    this.allowed = Math.max(this.workers, this.working.size);
    if (result !== undefined) this.done++;
    this.options.ended(work.job, result, work.since);
    this.begin();
  }

  private begin(): void {
    const { handle } = this.options;
    while (this.waiting.size > 0 && this.working.size < this.workers && this.sim.now >= this.pausedUntil) {
      const job = this.waiting.take();
      const work = new Work(this, job, handle(job));
      this.working.add(work);
      work.startNow();
    }
  }

  private pausing(): Intervention {
    return {
      help: 'Begins nothing new for so many seconds: what it was sent waits with it, unsettled',
      arguments: [{ name: 'seconds', help: 'how long', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.pause(Math.round(seconds * SECOND)),
    };
  }

  private scaling(): Intervention {
    return {
      help: 'So many messages are handled at once from now on, of those that it is sent; what is begun is ended',
      arguments: [{ name: 'workers', help: 'messages at once', min: 0, max: 10_000, default: 1 }],
      apply: ([workers]) => this.scale(Math.round(workers)),
    };
  }

  private static goOn(workers: Workers<never, never>): void {
    workers.begin();
  }
}

/** One message being handled. */
class Work<Job, Result> extends Process<Result> {
  readonly job: Job;
  readonly since: Time;
  private readonly workers: Workers<Job, Result>;

  constructor(workers: Workers<Job, Result>, job: Job, behaviour: Behaviour<Result>) {
    super(workers.sim, workers.options.name, behaviour);
    this.workers = workers;
    this.job = job;
    this.since = workers.sim.now;
  }

  protected override concluded(): void {
    this.workers.forget(this, this.state === 'completed' ? (this.conclusion as Result) : undefined);
  }
}
