/**
 * The simulation: a clock, the events to come, named random streams and the channels of facts.
 *
 * Events run in the order (time, number), where the number counts calls of `schedule`; nothing else decides. While an
 * event runs the clock stands still. What is scheduled for the present instant goes to a ring beside the queue: every
 * event that the queue still holds for this instant was scheduled before the clock reached it, so draining the queue's
 * first and the ring's after keeps the order exactly and spares the queue the many wake-ups that take no time.
 *
 * Deliberately absent: priorities between events of one instant (they hide a race that the model should decide), a
 * way to run an event early, and a wall clock.
 */
import { BudgetExceeded, DEFAULT_BUDGET, type Budget } from './budget.ts';
import { EventQueue } from './event-queue.ts';
import { EventTable, ID, ROW, SUBJECT, type EventCallback, type EventHandle } from './event-table.ts';
import { Facts } from './fact.ts';
import type { KeyedStream, RandomStream } from './random-stream.ts';
import { RandomStreams } from './random-streams.ts';
import { END_OF_TIME, toSeconds, type Duration, type Time } from './time.ts';

/**
 * Hears every event just before it runs. It is shown where the event's numbers stand: `rows[at + ID]` is its own,
 * `rows[at + CAUSE]` that of the event which scheduled it, `rows[at + KIND]` its kind, `rows[at + SUBJECT]` what it is
 * about; its time is the simulation's present.
 */
export interface EventObserver {
  event(rows: Float64Array, at: number): void;
}

export interface SimulationOptions {
  readonly seed?: number | string;
  readonly budget?: Partial<Budget>;
  readonly observer?: EventObserver;
}

/** The number of "no event": what is scheduled before the run starts has this cause. */
export const NO_EVENT = 0;
/** The subject of an event that is about nothing in particular. */
export const NO_SUBJECT = -1;

export class Simulation {
  readonly facts: Facts = new Facts(this);
  readonly seed: number | string;
  private readonly streams: RandomStreams;
  private readonly queue = new EventQueue();
  private readonly table = new EventTable();
  private readonly eventsMax: number;
  private readonly pendingMax: number;
  private readonly timeMax: Time;
  private readonly observer: EventObserver | undefined;
  private readonly kindNames: string[] = ['event'];
  private clock: Time = 0;
  private scheduled = 0;
  private ran = 0;
  private running = NO_EVENT;
  private runningSubject = NO_SUBJECT;
  private cancelledPending = 0;
  private cancelledSinceSweep = 0;
  private present = new Int32Array(64);
  private presentHead = 0;
  private presentCount = 0;
  private failure: Error | undefined;

  constructor(options: SimulationOptions = {}) {
    this.seed = options.seed ?? 1;
    this.streams = new RandomStreams(this.seed);
    const { eventsMax, pendingMax, timeMax } = { ...DEFAULT_BUDGET, ...options.budget };
    this.eventsMax = eventsMax;
    this.pendingMax = pendingMax;
    this.timeMax = timeMax;
    this.observer = options.observer;
  }

  /** The present instant. */
  get now(): Time {
    return this.clock;
  }

  /** The number of the event that is running, `NO_EVENT` between events. */
  get event(): number {
    return this.running;
  }

  /**
   * What the running event is about: the number of a request. An event is about what the one that scheduled it was,
   * unless it was said otherwise; `NO_SUBJECT` at the start.
   */
  get subject(): number {
    return this.runningSubject;
  }

  /** How many events have run. */
  get eventsRun(): number {
    return this.ran;
  }

  /** How many events are pending, without those cancelled. */
  get pending(): number {
    return this.queue.size + this.presentCount - this.cancelledPending;
  }

  /** The random stream of one purpose, such as `users/arrivals`. The same name gives the same stream. */
  random(name: string): RandomStream {
    return this.streams.stream(name);
  }

  /** Draws that belong to one request each, whoever else draws: see `KeyedStream`. */
  keyedRandom(name: string): KeyedStream {
    return this.streams.keyed(name);
  }

  /** A number for a kind of event, by which recordings name it; ask once, at construction. */
  eventKind(name: string): number {
    const known = this.kindNames.indexOf(name);
    return known >= 0 ? known : this.kindNames.push(name) - 1;
  }

  /** The names of the kinds, by number. */
  get eventKinds(): readonly string[] {
    return this.kindNames;
  }

  /** Calls back with the argument after a delay of whole nanoseconds, zero or more. */
  schedule<Argument>(
    delay: Duration,
    callback: EventCallback<Argument>,
    argument: Argument,
    kind: number = 0,
    subject: number = this.runningSubject,
  ): EventHandle {
    return this.table.handle(this.put(delay, callback, argument, kind, subject));
  }

  /** Calls back with the argument at an instant, which may be the present one but never a past one. */
  scheduleAt<Argument>(
    time: Time,
    callback: EventCallback<Argument>,
    argument: Argument,
    kind: number = 0,
    subject: number = this.runningSubject,
  ): EventHandle {
    return this.schedule(time - this.clock, callback, argument, kind, subject);
  }

  /** Takes back a scheduled event; false when it has run already. Constant time, and what it referred to is freed. */
  cancel(handle: EventHandle): boolean {
    if (!this.table.cancel(handle)) return false;
    this.cancelledPending++;
    this.cancelledSinceSweep++;
    if (this.cancelledSinceSweep > 64 && this.cancelledSinceSweep * 2 > this.queue.size) this.sweep();
    return true;
  }

  /** Ends the run with an error from wherever it is found: the running event finishes, the next does not start. */
  fail(error: Error): void {
    this.failure ??= error;
  }

  /**
   * Runs the events before `end` (its instant excluded), at most `eventsMax` of them, and returns whether it reached
   * the end; if so the clock stands at `end`, or at the last event where `end` is Infinity. Throws what an event throws,
   * and `BudgetExceeded`; after `fail` it runs nothing and throws that error.
   */
  runUntil(end: Time, eventsMax: number = Infinity): boolean {
    if (end !== Infinity && !Number.isInteger(end)) {
      throw new RangeError(`the end of a run is ${end} ns; it must be a whole number of nanoseconds, or Infinity`);
    }
    if (this.failure !== undefined) throw this.failure;
    if (end > this.timeMax && this.timeMax < END_OF_TIME) {
      if (this.clock < this.timeMax && !this.runUntil(this.timeMax, eventsMax)) return false;
      if (this.pending > 0) this.exceed('timeMax');
    }
    try {
      for (let count = 0; count < eventsMax;) {
        const slot = this.takeBefore(end);
        if (slot < 0) return true;
        if (this.runSlot(slot)) count++;
      }
      return false;
    } finally {
      this.runningSubject = NO_SUBJECT;
      this.running = NO_EVENT;
    }
  }

  /** Runs a callback as an event of its own at the present instant: how the outside world steps in between events. */
  inject(callback: () => void, kind: number): void {
    if (this.failure !== undefined) throw this.failure;
    const id = ++this.scheduled;
    this.running = id;
    this.observer?.event(Float64Array.of(id, NO_EVENT, kind, NO_SUBJECT), 0);
    this.ran++;
    try {
      callback();
    } finally {
      this.running = NO_EVENT;
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /** Schedules an event and returns its slot: most who schedule want no handle, and nobody makes one for them. */
  private put<Argument>(
    delay: Duration,
    callback: EventCallback<Argument>,
    argument: Argument,
    kind: number,
    subject: number,
  ): number {
    const { table, clock } = this;
    const time = clock + delay;
    if (!(time >= clock && time <= END_OF_TIME && Math.floor(time) === time)) throw this.badTime(time);
    const slot = table.add(callback, argument, ++this.scheduled, this.running, kind, subject);
    if (time === clock) this.pushPresent(slot);
    else this.queue.push(time, slot);
    return slot;
  }

  /** Takes out the next event before `end` and moves the clock to it; -1, with the clock at `end`, if there is none. */
  private takeBefore(end: Time): number {
    const time = this.queue.nextTime();
    if (this.presentCount > 0 && time > this.clock) return this.clock < end ? this.takePresent() : -1;
    if (time < end) {
      this.clock = time;
      return this.queue.pop();
    }
    if (end <= END_OF_TIME && end > this.clock) this.clock = end;
    return -1;
  }

  /** Runs the event of a slot; false if it has been cancelled. */
  private runSlot(slot: number): boolean {
    const { table } = this;
    const callback = table.callbacks[slot] as EventCallback<unknown>;
    const argument = table.arguments[slot];
    if (table.isCancelled(slot)) {
      this.cancelledPending--;
      table.release(slot);
      return false;
    }
    const at = slot * ROW;
    this.running = table.rows[at + ID];
    this.runningSubject = table.rows[at + SUBJECT];
    if (this.observer !== undefined) this.observer.event(table.rows, at);
    table.release(slot);
    this.ran++;
    callback(argument);
    if (this.failure !== undefined) throw this.failure;
    if (this.ran > this.eventsMax) this.exceed('eventsMax');
    if (table.slots > this.pendingMax && this.pending > this.pendingMax) this.exceed('pendingMax');
    return true;
  }

  private exceed(budget: keyof Budget): never {
    throw new BudgetExceeded(budget, this[budget], toSeconds(this.clock));
  }

  private badTime(time: Time): RangeError {
    return new RangeError(
      `an event was scheduled for ${time} ns while the clock stands at ${this.clock} ns; ` +
        `a time is a whole number between now and ${END_OF_TIME} ns (104 days)`,
    );
  }

  private pushPresent(slot: number): void {
    const { length } = this.present;
    if (this.presentCount === length) {
      const larger = new Int32Array(length * 2);
      for (let i = 0; i < length; i++) larger[i] = this.present[(this.presentHead + i) & (length - 1)];
      this.present = larger;
      this.presentHead = 0;
    }
    this.present[(this.presentHead + this.presentCount++) & (this.present.length - 1)] = slot;
  }

  private takePresent(): number {
    const slot = this.present[this.presentHead];
    this.presentHead = (this.presentHead + 1) & (this.present.length - 1);
    this.presentCount--;
    return slot;
  }

  /**
   * Drops the cancelled events from the queue once they may be the greater part of it. Those in the ring stay: they
   * leave within the instant.
   */
  private sweep(): void {
    const { table } = this;
    this.cancelledSinceSweep = 0;
    this.cancelledPending -= this.queue.removeIf((slot) => {
      if (!table.isCancelled(slot)) return false;
      table.release(slot);
      return true;
    });
  }
}
