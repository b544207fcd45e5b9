/**
 * A process with instruments in it: an operating system's process, with processors that its application and its
 * instruments share. What an instrument does on the application's own thread is owed, and worked off before the next
 * piece of the application's work; what it does on a thread of its own (encoding what is exported) competes for the same
 * processors. So instruments slow a loaded service by no more than what they take.
 *
 * What they keep takes memory. With a limit on that the process is killed when they take more: what the application itself takes is
 * not modelled, so the limit is what is left to them. Does not model a garbage collector.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import { defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { ProcessorSharing } from '../../kernel/processor-sharing.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration } from '../../kernel/time.ts';
import type { Wait } from '../../kernel/wait.ts';
import { worked } from '../../kernel/worked.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { defineSignal } from '../../statistics/signal.ts';
import type { InstrumentCosts } from './instrument-costs.ts';
import { RunningWork } from './running-work.ts';
import type { Resource } from './telemetry.ts';

/** Processors of a process were given work: so much of its application's, so much of its instruments'. */
export const processWorked = defineReading('process.worked', 'Processors of a process were given work', {
  process: 'text',
  /** What the application was at, as a profile names it; empty for its instruments alone. */
  frame: 'text',
  application: 'duration',
  instruments: 'duration',
});

/** What instruments hold in a process's memory has changed. */
export const processHolds = defineReading('process.holds', 'Bytes that instruments hold in a process', {
  process: 'text',
  bytes: 'number',
});

export const processSignals = [
  defineSignal({
    name: 'process.cpu.time',
    kind: 'counter',
    unit: 's',
    help: 'Processor time that processes were given to work off, that of their instruments included',
    fact: processWorked,
    amount: ({ application, instruments }) => (application + instruments) / SECOND,
  }),
  defineSignal({
    name: 'telemetry.cpu.time',
    kind: 'counter',
    unit: 's',
    help: 'Processor time of it that their instruments took',
    fact: processWorked,
    amount: ({ instruments }) => instruments / SECOND,
  }),
  defineSignal({
    name: 'telemetry.memory.usage',
    kind: 'gauge',
    unit: 'By',
    help: 'Memory of processes that their instruments take: streams, and what waits to be exported',
    fact: processHolds,
    value: ({ bytes }) => bytes,
    of: ({ process }) => process,
  }),
];

/** What a profile calls the work of instruments on threads of their own. */
export const INSTRUMENTS = 'telemetry';

export interface InstrumentedProcessOptions {
  readonly resource: Resource;
  /** Processors that all its threads share, above 0. */
  readonly cores: number;
  readonly costs: InstrumentCosts;
  /** What happens when instruments hold more than so many bytes; nothing without it. */
  readonly outOfMemory?: { readonly limit: number; readonly kill: () => void };
}

export class InstrumentedProcess {
  readonly sim: Simulation;
  readonly resource: Resource;
  readonly cores: number;
  readonly costs: InstrumentCosts;
  /** What its instruments do by themselves, such as exporting. */
  readonly requests: BackgroundRequests;
  private readonly processors: ProcessorSharing;
  private readonly told: FactChannel<Fact<typeof processWorked>>;
  private readonly holding: FactChannel<Fact<typeof processHolds>>;
  private readonly outOfMemory: InstrumentedProcessOptions['outOfMemory'];
  private bytesHeld = 0;
  /** The event that kills it, while it is yet to come. */
  private killing: EventHandle = -1;
  /** What instruments have done on the application's threads since its last work, in processor time. */
  private owed: Duration = 0;
  private readonly crashed: (() => void)[] = [];
  /** What it is at, once a profiler has asked for that. */
  private running: RunningWork | undefined = undefined;

  constructor(sim: Simulation, { resource, cores, costs, outOfMemory }: InstrumentedProcessOptions) {
    this.sim = sim;
    this.resource = resource;
    this.cores = cores;
    this.costs = costs;
    this.requests = BackgroundRequests.outside(sim);
    this.processors = new ProcessorSharing(sim, `${resource['service.instance.id']} processors`, cores, false);
    this.told = sim.facts.channel(processWorked);
    this.holding = sim.facts.channel(processHolds);
    this.outOfMemory = outOfMemory;
  }

  /** Work being done, of whatever kind: jobs that share the processors. */
  get active(): number {
    return this.processors.active;
  }

  /** Bytes that its instruments hold. */
  get held(): number {
    return this.bytesHeld;
  }

  /**
   * An instrument keeps so many bytes more, or fewer. With more than there are the process is killed, once, by an event of this
   * instant, unless it dies before that.
   */
  hold(bytes: number): void {
    this.bytesHeld += bytes;
    this.tellHeld();
    const { outOfMemory } = this;
    if (bytes <= 0 || this.killing >= 0 || outOfMemory === undefined || this.bytesHeld <= outOfMemory.limit) return;
    this.killing = this.sim.schedule(0, () => this.kill(outOfMemory.kill), undefined);
  }

  /** An instrument did something on the thread of whoever calls it, in processor time of 0 or more. */
  charge(cost: Duration): void {
    this.owed += cost;
  }

  /** Waits for a piece of the application's work, and what instruments owe. `frame`: what a profile calls it. */
  work(demand: Duration, frame: string): Wait<void> {
    const { owed } = this;
    this.owed = 0;
    this.tell(frame, demand, owed);
    return this.give(demand + owed, frame);
  }

  /** Waits for work that an instrument does on a thread of its own. */
  background(cost: Duration): Wait<void> {
    this.tell('', 0, cost);
    return this.give(cost, INSTRUMENTS);
  }

  /** What it is at from now on, for a profiler. */
  watched(): RunningWork {
    this.running ??= new RunningWork();
    return this.running;
  }

  /** Makes all its work faster or slower from now on: 1 is the speed at the start, above 0. */
  setSpeed(speed: number): void {
    this.processors.setSpeed(speed);
  }

  /** Calls back at each crash: what instruments keep in its memory is lost then. */
  whenCrashed(callback: () => void): void {
    this.crashed.push(callback);
  }

  /**
   * The process is gone, with what it was at and what it had in its memory: nobody who waited for its work hears of it. It
   * begins anew at once; for how long nobody calls it is its owner's affair.
   */
  crash(): void {
    if (this.killing >= 0) this.sim.cancel(this.killing);
    this.killing = -1;
    this.owed = 0;
    this.bytesHeld = 0;
    this.tellHeld();
    this.processors.clear();
    this.running?.clear();
    for (const callback of this.crashed) callback();
  }

  private kill(by: () => void): void {
    this.killing = -1;
    by();
  }

  private tellHeld(): void {
    if (!this.holding.heard) return;
    this.holding.emit({ process: this.resource['service.instance.id'], bytes: this.bytesHeld });
  }

  private give(demand: Duration, frame: string): Wait<void> {
    const { running } = this;
    if (running === undefined) return worked(this.sim, this.processors, demand);
    const work = running.begin(frame);
    return worked(this.sim, this.processors, demand, () => running.end(work));
  }

  private tell(frame: string, application: Duration, instruments: Duration): void {
    if (!this.told.heard) return;
    this.told.emit({ process: this.resource['service.instance.id'], frame, application, instruments });
  }
}
