/**
 * A bulkhead: a part of a caller's handlers is all that one dependency may take. Whoever finds that part in use waits for a while,
 * or is refused at once, and keeps no handler waiting for somebody who does not answer. M. Nygard, Release It!, 2007.
 *
 * As resilience4j's semaphore bulkhead with its two numbers, and with a bound for those who wait; its other one, a pool of threads, is in
 * `thread-pool-bulkhead.ts`. https://resilience4j.readme.io/docs/bulkhead
 */
import { timeout, TIMED_OUT } from '../../kernel/combine.ts';
import type { Behaviour } from '../../kernel/process.ts';
import { QueueFull, Resource } from '../../kernel/resource.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Wait } from '../../kernel/wait.ts';
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';
import { CallFailed } from '../call.ts';
import type { ComponentPart } from '../component.ts';
import type { RequestContext } from '../request-context.ts';

/** A call went through a bulkhead (`permitted`), or there was no room in it (`full`). */
export const bulkheadAsked = defineFact('bulkhead.asked', 'A call went through a bulkhead, or found it full', {
  bulkhead: 'text',
  request: 'request',
  outcome: 'text',
});

export const bulkheadSignals = [
  defineSignal({
    name: 'bulkhead.refused',
    kind: 'counter',
    unit: '{call}',
    help: 'Calls that failed at once because a bulkhead was full',
    fact: bulkheadAsked,
    where: (fact) => fact.outcome === 'full',
  }),
];

export interface BulkheadOptions {
  readonly name: string;
  /** Calls at once: an integer of at least 1. */
  readonly maxConcurrentCalls: number;
  /** Calls that may wait to begin. */
  readonly queueMax: number;
  /** How long each of them waits at most. */
  readonly maxWaitDuration: Duration;
}

export class Bulkhead implements ComponentPart {
  readonly signals = bulkheadSignals;
  private readonly sim: Simulation;
  private readonly name: string;
  private readonly maxWait: Duration;
  private readonly room: Resource;
  private readonly asked: FactChannel<Fact<typeof bulkheadAsked>>;
  private underWay = 0;

  constructor(sim: Simulation, { name, maxConcurrentCalls, queueMax, maxWaitDuration }: BulkheadOptions) {
    this.sim = sim;
    this.name = name;
    this.maxWait = maxWaitDuration;
    this.room = new Resource(sim, { name, capacity: maxConcurrentCalls, queueMax });
    this.asked = sim.facts.channel(bulkheadAsked);
  }

  /** Asks when there is room for the call; throws `CallFailed`, as `refused`, if there is none in time. */
  *call<Reply>(ask: () => Wait<Reply> | Behaviour<Reply>, request: RequestContext): Behaviour<Reply> {
    const isIn = this.room.tryAcquire() || (yield* this.waitForRoom());
    if (this.asked.heard) {
      this.asked.emit({ bulkhead: this.name, request: request.id, outcome: isIn ? 'permitted' : 'full' });
    }
    if (!isIn) throw new CallFailed(this.name, 'refused');
    this.underWay++;
    try {
      return yield* ask();
    } finally {
      this.underWay--;
      this.room.release();
    }
  }

  state(): Readonly<Record<string, number | string>> {
    return { 'calls in the bulkhead': this.room.inUse, 'waiting for room in it': this.room.waiting };
  }

  violations(): readonly string[] {
    return this.underWay > this.room.capacity ? [`${this.name}: more calls than there is room for`] : [];
  }

  private *waitForRoom(): Behaviour<boolean> {
    if (this.maxWait === 0) return false;
    try {
      return (yield* timeout(this.sim, this.room.acquire(), this.maxWait)) !== TIMED_OUT;
    } catch (error) {
      if (error instanceof QueueFull) return false;
      throw error;
    }
  }
}
