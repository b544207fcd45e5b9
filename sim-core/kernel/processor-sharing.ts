/**
 * Processor sharing: `cores` processors worked at by any number of jobs at once, each at the same rate and none faster
 * than one core. Up to `cores` jobs run at full speed; beyond that everybody slows down together. This is how latency
 * comes to depend on load in a database or a multi-threaded service, without anybody setting a curve.
 *
 * Egalitarian processor sharing (Kleinrock 1967) with a cap of one core a job. With one core and Poisson arrivals the
 * mean time in system is E[S] / (1 - rho) whatever the distribution of the demand: the tests hold it to that.
 *
 * Virtual time: all jobs gain service at one rate, so a job that needs `d` more leaves when the service gained by
 * everybody since its arrival reaches `d`. One heap by that level, and one pending event, serve any number of jobs.
 * Does not model context-switch costs or memory pressure.
 */
import { tellCapacity } from './capacity.ts';
import type { EventCallback, EventHandle } from './event-table.ts';
import { defineReading, type Fact, type FactChannel } from './fact.ts';
import type { Simulation } from './simulation.ts';
import type { Duration, Time } from './time.ts';

/** Processors of this name were given a piece of work. */
export const processorsWorked = defineReading('processors.worked', 'Processors were given a piece of work', {
  processors: 'text',
  demand: 'duration',
});

interface Job {
  /** The level of service gained at which it is done. */
  readonly level: number;
  readonly order: number;
  readonly callback: EventCallback<never>;
  readonly argument: unknown;
  /** What the event that brought it was about. */
  readonly subject: number;
}

export class ProcessorSharing {
  private readonly sim: Simulation;
  private readonly cores: number;
  private readonly kind: number;
  private readonly name: string;
  private readonly told: FactChannel<Fact<typeof processorsWorked>> | undefined;
  private readonly heap: Job[] = [];
  private speed = 1;
  private gained = 0;
  private since: Time = 0;
  /** Processor-time in use, and job-time beyond the processors, up to `since`. */
  private usedTime: Duration = 0;
  private waitedTime: Duration = 0;
  private arrivals = 0;
  private next: EventHandle = -1;

  /**
   * `cores`: how many jobs run at full speed at once, above 0; a fraction is a slice of one. `isTold`: whether each piece of work
   * is told of; not if its owner does so, and knows what it is.
   */
  constructor(sim: Simulation, name: string, cores: number, isTold = true) {
    if (!(cores > 0 && cores < Infinity)) throw new RangeError(`${name}: cores is ${cores}; it must be above 0`);
    this.sim = sim;
    this.cores = cores;
    this.name = name;
    this.told = isTold ? sim.facts.channel(processorsWorked) : undefined;
    this.kind = sim.eventKind(`${name} finishes`);
    tellCapacity(sim, {
      kind: 'busy',
      name: name.includes(' ') ? name : `${name} processors`,
      units: () => cores,
      inUseTime: (now) => this.usedTime + Math.min(this.heap.length, cores) * (now - this.since),
      line: {
        waitingTime: (now) => this.waitedTime + Math.max(0, this.heap.length - cores) * (now - this.since),
        refused: () => 0,
      },
    });
  }

  /** Jobs being worked at. */
  get active(): number {
    return this.heap.length;
  }

  /** Starts a job of `demand` (time on an idle core, 0 or more) and calls back when it is done. */
  work<Argument>(demand: Duration, callback: EventCallback<Argument>, argument: Argument): void {
    if (!(demand >= 0 && demand < Infinity)) throw new RangeError(`demand is ${demand} ns; it must be 0 or more`);
    if (this.told?.heard) this.told.emit({ processors: this.name, demand });
    this.advance();
    const job = {
      level: this.gained + demand,
      order: this.arrivals++,
      callback: callback as EventCallback<never>,
      argument,
      subject: this.sim.subject,
    };
    push(this.heap, job);
    this.plan();
  }

  /** Makes every core faster or slower from now on: 1 is the speed at the start, 0.5 half of it; above 0. */
  setSpeed(speed: number): void {
    if (!(speed > 0 && speed < Infinity)) throw new RangeError(`speed is ${speed}; it must be above 0`);
    this.advance();
    this.speed = speed;
    this.plan();
  }

  /** Drops every job without calling back: what a crash does. */
  clear(): void {
    this.advance();
    this.heap.length = 0;
    this.plan();
  }

  /** Service gained by each job in a nanosecond. */
  private rate(): number {
    return this.speed * Math.min(1, this.cores / this.heap.length);
  }

  private advance(): void {
    const { now } = this.sim;
    const { length } = this.heap;
    if (length > 0) {
      const lasted = now - this.since;
      this.gained += lasted * this.rate();
      this.usedTime += Math.min(length, this.cores) * lasted;
      if (length > this.cores) this.waitedTime += (length - this.cores) * lasted;
    } else this.gained = 0;
    this.since = now;
  }

  private plan(): void {
    if (this.next >= 0) this.sim.cancel(this.next);
    this.next = -1;
    if (this.heap.length === 0) return;
    const [{ level, subject }] = this.heap;
    const left = Math.max(0, level - this.gained);
    this.next = this.sim.schedule(Math.ceil(left / this.rate()), ProcessorSharing.finish, this, this.kind, subject);
  }

  private static finish(sharing: ProcessorSharing): void {
    sharing.next = -1;
    sharing.advance();
    const job = pop(sharing.heap);
    sharing.plan();
    (job.callback as EventCallback<unknown>)(job.argument);
  }
}

const before = (a: Job, b: Job): boolean => a.level < b.level || (a.level === b.level && a.order < b.order);

function push(heap: Job[], job: Job): void {
  let place = heap.length;
  heap.push(job);
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (!before(job, heap[parent])) break;
    heap[place] = heap[parent];
    place = parent;
  }
  heap[place] = job;
}

function pop(heap: Job[]): Job {
  const top = heap[0];
  const last = heap.pop()!;
  const { length } = heap;
  if (length === 0) return top;
  let place = 0;
  for (let child = 1; child < length; child = 2 * place + 1) {
    if (child + 1 < length && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], last)) break;
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = last;
  return top;
}
