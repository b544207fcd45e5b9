/**
 * A bulkhead that is a pool of threads of its own: whoever calls hands the work over and waits for it, or goes on without, while the pool's
 * thread works on. resilience4j's `FixedThreadPoolBulkhead`, which is Java's `ThreadPoolExecutor` and keeps to its rules:
 *
 * - with fewer threads than `coreThreadPoolSize` each call starts one, even if others are idle;
 * - from then on calls wait in the queue, and only one that finds it full starts a further thread, up to `maxThreadPoolSize`. That
 *   thread begins with the call that started it: it overtakes those in the queue;
 * - with all of that in use a call is refused at once;
 * - a thread beyond the core ends when it has had nothing to do for `keepAliveDuration`. Of several idle ones the one that waits longest is next;
 *   without a queue, where threads take calls by hand (`SynchronousQueue`), the one that waits shortest.
 *
 * https://resilience4j.readme.io/docs/bulkhead, and java.util.concurrent.ThreadPoolExecutor (Java 17), by which its test was written down.
 */
import { tellCapacity } from '../../kernel/capacity.ts';
import { defineFact, defineReading, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { EventHandle } from '../../kernel/event-table.ts';
import { Process, type Behaviour } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { PendingWait, type Wait, type Waiter } from '../../kernel/wait.ts';
import { defineSignal } from '../../statistics/signal.ts';
import { bulkheadAsked } from './bulkhead.ts';
import { CallFailed } from '../call.ts';
import type { ComponentPart } from '../component.ts';
import type { RequestContext } from '../request-context.ts';

/** Threads of a pool, those of them that work, or calls in its queue changed. */
export const threadPoolChanged = defineReading('bulkhead.pool', 'Threads of a pool, or calls in its queue, changed', {
  bulkhead: 'text',
  threads: 'number',
  queued: 'number',
});

/** A thread of a pool has ended a call for which nobody waited any more. */
export const threadPoolDoomed = defineFact('bulkhead.doomed', 'A pool’s thread worked for somebody who had gone', {
  bulkhead: 'text',
  request: 'request',
});

export const threadPoolSignals = [
  defineSignal({
    name: 'bulkhead.pool.threads',
    kind: 'gauge',
    unit: '{thread}',
    help: 'Threads that pools of bulkheads have, idle ones among them',
    fact: threadPoolChanged,
    value: ({ threads }) => threads,
    of: ({ bulkhead }) => bulkhead,
  }),
  defineSignal({
    name: 'bulkhead.pool.queued',
    kind: 'gauge',
    unit: '{call}',
    help: 'Calls that wait in the queues of pools of bulkheads',
    fact: threadPoolChanged,
    value: ({ queued }) => queued,
    of: ({ bulkhead }) => bulkhead,
  }),
  defineSignal({
    name: 'bulkhead.pool.doomed',
    kind: 'counter',
    unit: '{call}',
    help: 'Calls that a pool’s thread ended when nobody waited for them any more',
    fact: threadPoolDoomed,
  }),
];

export interface ThreadPoolBulkheadOptions {
  readonly name: string;
  /** Integers of at least 1, the second no less than the first. */
  readonly coreThreadPoolSize: number;
  readonly maxThreadPoolSize: number;
  /** An integer of 0 or more. */
  readonly queueCapacity: number;
  readonly keepAliveDuration: Duration;
}

export class ThreadPoolBulkhead implements ComponentPart {
  readonly signals = threadPoolSignals;
  readonly sim: Simulation;
  readonly options: ThreadPoolBulkheadOptions;
  private readonly asked: FactChannel<Fact<typeof bulkheadAsked>>;
  private readonly changed: FactChannel<Fact<typeof threadPoolChanged>>;
  private readonly doomed: FactChannel<Fact<typeof threadPoolDoomed>>;
  private readonly endKind: number;
  private readonly working = new Set<Task<unknown>>();
  private readonly queue: Task<unknown>[] = [];
  /** Threads with nothing to do, since the longest first: when each of them ends, or never of the core. */
  private readonly idle: { alarm: EventHandle }[] = [];

  constructor(sim: Simulation, options: ThreadPoolBulkheadOptions) {
    const { name, coreThreadPoolSize: core, maxThreadPoolSize: max, queueCapacity, keepAliveDuration } = options;
    const check = (field: string, value: number, least: number): void => {
      if (Number.isInteger(value) && value >= least) return;
      throw new RangeError(`${name}: ${field} is ${value}; it must be an integer of at least ${least}`);
    };
    check('coreThreadPoolSize', core, 1);
    check('maxThreadPoolSize', max, core);
    check('queueCapacity', queueCapacity, 0);
    check('keepAliveDuration', keepAliveDuration, 0);
    this.sim = sim;
    this.options = options;
    this.endKind = sim.eventKind(`an idle thread of ${name} ends`);
    this.asked = sim.facts.channel(bulkheadAsked);
    this.changed = sim.facts.channel(threadPoolChanged);
    this.doomed = sim.facts.channel(threadPoolDoomed);
    if (queueCapacity > 0) {
      tellCapacity(sim, {
        kind: 'room',
        name: `${name} queue`,
        units: () => queueCapacity,
        held: () => this.queue.length,
      });
    }
  }

  /** Threads that there are. */
  get threads(): number {
    return this.working.size + this.idle.length;
  }

  /**
   * Hands the work over; what comes of it is to be waited for, for as long as the caller likes. Throws `CallFailed`, as
   * `refused`, if there is neither a thread nor a place in the queue.
   */
  submit<Reply>(ask: () => Behaviour<Reply>, request: RequestContext): Wait<Reply> {
    const { name, coreThreadPoolSize, maxThreadPoolSize, queueCapacity } = this.options;
    const isIn = this.threads < maxThreadPoolSize || this.idle.length > 0 || this.queue.length < queueCapacity;
    if (this.asked.heard) {
      this.asked.emit({ bulkhead: name, request: request.id, outcome: isIn ? 'permitted' : 'full' });
    }
    if (!isIn) throw new CallFailed(name, 'refused');
    const task = new Task(this, ask(), request);
    if (this.threads < coreThreadPoolSize) this.begin(task);
    else if (this.idle.length > 0) {
      const thread = queueCapacity === 0 ? this.idle.pop()! : this.idle.shift()!;
      if (thread.alarm >= 0) this.sim.cancel(thread.alarm);
      this.begin(task);
    } else if (this.queue.length < queueCapacity) this.queue.push(task as Task<unknown>);
    else this.begin(task);
    this.tell();
    return task.answer;
  }

  /** A thread has ended what it was at. */
  ended(task: Task<unknown>): void {
    // Not there if the pool is gone with its instance.
    if (!this.working.delete(task)) return;
    if (task.answer.isGivenUp && this.doomed.heard) {
      this.doomed.emit({ bulkhead: this.options.name, request: task.request.id });
    }
    const next = this.queue.shift();
    if (next === undefined) this.rest();
    else this.begin(next);
    this.tell();
  }

  /** All threads are gone with their instance, and what they were at, and what waited for them; who waits for that hears of it. */
  crash(): void {
    const lost = [...this.working, ...this.queue.splice(0)];
    this.working.clear();
    for (const { alarm } of this.idle.splice(0)) if (alarm >= 0) this.sim.cancel(alarm);
    for (const task of lost) task.cancel();
    this.tell();
  }

  state(): Readonly<Record<string, number | string>> {
    const { threads, working, queue } = this;
    return { 'threads of the pool': threads, 'of them at work': working.size, 'waiting for one': queue.length };
  }

  violations(): readonly string[] {
    const { name, maxThreadPoolSize, queueCapacity } = this.options;
    const broken: string[] = [];
    if (this.threads > maxThreadPoolSize) broken.push(`${name}: more threads than there may be`);
    if (this.queue.length > queueCapacity) broken.push(`${name}: more calls in the queue than it takes`);
    if (this.queue.length > 0 && this.idle.length > 0) broken.push(`${name}: a thread is idle while calls wait`);
    return broken;
  }

  private begin<Reply>(task: Task<Reply>): void {
    this.working.add(task as Task<unknown>);
    task.startNow();
  }

  private rest(): void {
    const { coreThreadPoolSize, keepAliveDuration } = this.options;
    const thread = { alarm: -1 };
    this.idle.push(thread);
    if (this.threads <= coreThreadPoolSize) return;
    const end = (): void => {
      thread.alarm = -1;
      if (this.threads <= coreThreadPoolSize) return;
      this.idle.splice(this.idle.indexOf(thread), 1);
      this.tell();
    };
    thread.alarm = this.sim.schedule(keepAliveDuration, end, undefined, this.endKind);
  }

  private tell(): void {
    if (!this.changed.heard) return;
    this.changed.emit({ bulkhead: this.options.name, threads: this.threads, queued: this.queue.length });
  }
}

/** What comes of a call that was handed over, which may be there before anybody waits for it, and is for nobody once given up. */
class Answer<Reply> extends PendingWait<Reply> {
  isGivenUp = false;
  private deliver: (() => void) | undefined = undefined;

  override begin(waiter: Waiter): boolean {
    super.begin(waiter);
    this.deliver?.();
    return false;
  }

  override abandon(): void {
    this.isGivenUp = true;
    super.abandon();
  }

  /** Has it delivered, by `complete` or `failWith`, to whoever waits or will. */
  settle(deliver: () => void): void {
    if (this.isGivenUp) return;
    if (this.waiter === undefined) this.deliver = deliver;
    else deliver();
  }
}

/** A call in the queue, or at a thread. */
class Task<Reply> extends Process<Reply> {
  readonly answer: Answer<Reply>;
  readonly request: RequestContext;
  private readonly pool: ThreadPoolBulkhead;

  constructor(pool: ThreadPoolBulkhead, behaviour: Behaviour<Reply>, request: RequestContext) {
    super(pool.sim, `${pool.options.name} thread`, behaviour);
    this.answer = new Answer(pool.sim);
    this.request = request;
    this.pool = pool;
  }

  protected override accountsFor(error: unknown): boolean {
    return error instanceof CallFailed;
  }

  protected override concluded(): void {
    const { answer, pool, state, conclusion } = this;
    answer.settle(() => {
      if (state === 'completed') answer.complete(conclusion as Reply);
      else if (state === 'cancelled') answer.failWith(new CallFailed(pool.options.name, 'unavailable'));
      else answer.failWith(conclusion);
    });
    pool.ended(this as Task<unknown>);
  }
}
