/**
 * A resource: a number of equal units (servers, connections, slots) and a waiting line for those who want one.
 *
 * The line is served by priority (the lower number first), within a priority in order of arrival. It has a bound, or
 * says aloud that it has none. What cannot even wait is refused: a process gets `QueueFull`, a callback gets false.
 * Units may be claimed by processes (`yield* pool.acquire()`) and by callbacks (`tryAcquire`, else `enqueue`); both
 * stand in the same line.
 *
 * Does not model pre-emption: a unit is held until it is released.
 */
import { tellCapacity } from './capacity.ts';
import { defineFact, defineReading, type FactChannel, type Fact } from './fact.ts';
import type { EventCallback } from './event-table.ts';
import { OutcomeError } from './outcome-error.ts';
import type { Simulation } from './simulation.ts';
import type { Duration, Time } from './time.ts';
import { PendingWait, type Waiter } from './wait.ts';

/** The number of units in use or of those waiting changed. */
export const resourceChanged = defineReading('resource.changed', 'Units in use or waiting changed', {
  resource: 'text',
  inUse: 'number',
  waiting: 'number',
});

/** A claim got its unit, after waiting for so long. */
export const resourceGranted = defineReading('resource.granted', 'A claim got its unit', {
  resource: 'text',
  waited: 'duration',
});

/** The waiting line was full. */
export const resourceRefused = defineFact('resource.refused', 'The waiting line was full', { resource: 'text' });

/** Thrown into a process that wants a unit when the waiting line is full. */
export class QueueFull extends OutcomeError {
  readonly name = 'QueueFull';
  readonly resource: string;
  constructor(resource: string, bound: number) {
    super(`${resource}: the waiting line is full (${bound} waiting)`);
    this.resource = resource;
  }
}

export interface ResourceOptions {
  readonly name: string;
  /** How many units there are: an integer, at least 1. */
  readonly capacity: number;
  /** How many may wait: an integer of 0 or more, or Infinity for a line without a bound. */
  readonly queueMax: number;
  /** It is one of many that come and go, and no capacity of the system: a lock of one key. */
  readonly isPassing?: boolean;
}

/** A claim in the waiting line; `Resource.withdraw` takes it out again. */
export class Claim {
  readonly callback: EventCallback<never>;
  readonly argument: unknown;
  readonly since: Time;
  /** What the event that made the claim was about. */
  readonly subject: number;
  line: WaitingLine | undefined = undefined;
  previous: Claim | undefined = undefined;
  next: Claim | undefined = undefined;

  constructor(callback: EventCallback<never>, argument: unknown, since: Time, subject: number) {
    this.callback = callback;
    this.argument = argument;
    this.since = since;
    this.subject = subject;
  }
}

export class Resource {
  readonly name: string;
  readonly sim: Simulation;
  readonly capacity: number;
  readonly queueMax: number;
  private used = 0;
  private queued = 0;
  private refusals = 0;
  /** Unit-time in use and waited up to `since`, from when on neither number has changed. */
  private usedTime: Duration = 0;
  private queuedTime: Duration = 0;
  private since: Time = 0;
  private readonly lines: WaitingLine[] = [];
  private readonly changed: FactChannel<Fact<typeof resourceChanged>>;
  private readonly granted: FactChannel<Fact<typeof resourceGranted>>;
  private readonly refused: FactChannel<Fact<typeof resourceRefused>>;
  private readonly grantKind: number;

  constructor(sim: Simulation, options: ResourceOptions) {
    const { name, capacity, queueMax } = options;
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`${name}: capacity is ${capacity}; it must be an integer of at least 1`);
    }
    if (!(queueMax >= 0 && (queueMax === Infinity || Number.isInteger(queueMax)))) {
      throw new RangeError(`${name}: queueMax is ${queueMax}; it must be an integer of at least 0, or Infinity`);
    }
    this.sim = sim;
    this.name = name;
    this.capacity = capacity;
    this.queueMax = queueMax;
    this.changed = sim.facts.channel(resourceChanged);
    this.granted = sim.facts.channel(resourceGranted);
    this.refused = sim.facts.channel(resourceRefused);
    this.grantKind = sim.eventKind(`${name} grants`);
    if (options.isPassing === true) return;
    tellCapacity(sim, {
      kind: 'busy',
      name,
      units: () => capacity,
      inUseTime: (now) => this.usedTime + this.used * (now - this.since),
      line: {
        waitingTime: (now) => this.queuedTime + this.queued * (now - this.since),
        refused: () => this.refusals,
      },
    });
  }

  /** Units in use. */
  get inUse(): number {
    return this.used;
  }

  /** Claims in the waiting line. */
  get waiting(): number {
    return this.queued;
  }

  /** Waits for a unit; throws `QueueFull` into the process when it cannot even wait. */
  acquire(priority: number = 0): PendingWait<void> {
    return new Acquire(this, priority);
  }

  /** Takes a unit if one is free and nobody waits. */
  tryAcquire(): boolean {
    if (this.used >= this.capacity || this.queued > 0) return false;
    this.pass();
    this.used++;
    if (this.changed.heard) this.tellChange();
    if (this.granted.heard) this.granted.emit({ resource: this.name, waited: 0 });
    return true;
  }

  /**
   * Joins the waiting line; `callback(argument)` is called, holding a unit, by an event of the instant at which one
   * comes free. Undefined when the line is full. Meant for after `tryAcquire` said no.
   */
  enqueue<Argument>(callback: EventCallback<Argument>, argument: Argument, priority: number = 0): Claim | undefined {
    if (this.queued >= this.queueMax) {
      this.refusals++;
      if (this.refused.heard) this.refused.emit({ resource: this.name });
      return undefined;
    }
    const claim = new Claim(callback as EventCallback<never>, argument, this.sim.now, this.sim.subject);
    this.line(priority).push(claim);
    this.pass();
    this.queued++;
    if (this.changed.heard) this.tellChange();
    return claim;
  }

  /** Leaves the waiting line; false when the claim has been granted or withdrawn already. */
  withdraw(claim: Claim): boolean {
    if (claim.line === undefined) return false;
    this.takeOut(claim, claim.line);
    if (this.changed.heard) this.tellChange();
    return true;
  }

  /** Gives a unit back; the first in line gets it at once and is told by an event of this instant. */
  release(): void {
    if (this.used === 0) throw new Error(`${this.name}: a unit was released that nobody holds`);
    if (this.queued === 0) {
      this.pass();
      this.used--;
      if (this.changed.heard) this.tellChange();
      return;
    }
    const claim = this.firstInLine();
    this.takeOut(claim, claim.line!);
    if (this.changed.heard) this.tellChange();
    if (this.granted.heard) this.granted.emit({ resource: this.name, waited: this.sim.now - claim.since });
    this.sim.schedule(0, claim.callback, claim.argument as never, this.grantKind, claim.subject);
  }

  /** Adds up what was in use and what waited until now: before either changes. */
  private pass(): void {
    const lasted = this.sim.now - this.since;
    if (lasted === 0) return;
    this.usedTime += this.used * lasted;
    this.queuedTime += this.queued * lasted;
    this.since += lasted;
  }

  private tellChange(): void {
    this.changed.emit({ resource: this.name, inUse: this.used, waiting: this.queued });
  }

  private line(priority: number): WaitingLine {
    if (Number.isNaN(priority)) throw new RangeError(`${this.name}: a priority is NaN; it must be a number`);
    const { lines } = this;
    let place = 0;
    while (place < lines.length && lines[place].priority < priority) place++;
    if (place === lines.length || lines[place].priority !== priority) lines.splice(place, 0, new WaitingLine(priority));
    return lines[place];
  }

  /** An empty line goes, so that priorities which are deadlines do not pile up; the last stays, for its likely return. */
  private takeOut(claim: Claim, line: WaitingLine): void {
    line.remove(claim);
    this.pass();
    this.queued--;
    if (line.first === undefined && this.lines.length > 1) this.lines.splice(this.lines.indexOf(line), 1);
  }

  private firstInLine(): Claim {
    for (const line of this.lines) if (line.first !== undefined) return line.first;
    throw new Error(`${this.name}: the count of those waiting is wrong`);
  }
}

/** Those who wait with one priority, as a doubly linked list: leaving from the middle is O(1). */
class WaitingLine {
  readonly priority: number;
  first: Claim | undefined = undefined;
  private last: Claim | undefined = undefined;

  constructor(priority: number) {
    this.priority = priority;
  }

  push(claim: Claim): void {
    claim.line = this;
    claim.previous = this.last;
    if (this.last === undefined) this.first = claim;
    else this.last.next = claim;
    this.last = claim;
  }

  remove(claim: Claim): void {
    if (claim.previous === undefined) this.first = claim.next;
    else claim.previous.next = claim.next;
    if (claim.next === undefined) this.last = claim.previous;
    else claim.next.previous = claim.previous;
    claim.line = undefined;
    claim.previous = undefined;
    claim.next = undefined;
  }
}

class Acquire extends PendingWait<void> {
  private readonly resource: Resource;
  private readonly priority: number;
  private claim: Claim | undefined = undefined;
  private holds = false;

  constructor(resource: Resource, priority: number) {
    super(resource.sim);
    this.resource = resource;
    this.priority = priority;
  }

  override begin(waiter: Waiter): boolean {
    if (this.resource.tryAcquire()) {
      this.holds = true;
      return true;
    }
    this.waiter = waiter;
    this.claim = this.resource.enqueue(Acquire.granted, this as Acquire, this.priority);
    if (this.claim === undefined) this.failWith(new QueueFull(this.resource.name, this.resource.queueMax));
    return false;
  }

  override abandon(): void {
    super.abandon();
    if (this.holds) this.resource.release();
    else if (this.claim !== undefined) this.resource.withdraw(this.claim);
  }

  /** The unit may have been granted to a wait that was abandoned before it heard of it: then it goes back. */
  private static granted(acquire: Acquire): void {
    if (acquire.waiter === undefined) {
      acquire.resource.release();
      return;
    }
    acquire.holds = true;
    acquire.waiter.resume(acquire);
  }
}
