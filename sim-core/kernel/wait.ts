/**
 * Waits: what a process can wait for. A wait is one light object, begun once by one waiter; it ends by completing
 * with a value, by failing with an error, or by being abandoned. It belongs to its waiter until the process has the
 * value: one that is complete can still be abandoned, as `all` does with those that came in when another fails.
 *
 * `const entry = yield* cache.get(key)` types its result, which a bare `yield` cannot. To keep that cheap a wait is its
 * own iterator and its own iterator result: `yield*` finds the wait in the first step and the value in the second, and
 * no generator stands between the process and what it waits for.
 */
import type { EventHandle } from './event-table.ts';
import type { Simulation } from './simulation.ts';

/** Who waits: a process, or a combination of waits such as a race. */
export interface Waiter {
  /** The wait completed; its value is `wait.result`. */
  resume(wait: Wait<unknown>): void;
  /** The wait failed. */
  fail(error: unknown, wait: Wait<unknown>): void;
}

export abstract class Wait<Value> implements IterableIterator<Wait<Value>, Value, Value> {
  /** The value, once complete. */
  declare result: Value | undefined;
  /** Part of the iterator result that this object is: see above. */
  declare done: boolean;
  /** Part of the iterator result: this wait in the first step, its value in the second. */
  declare value: unknown;
  declare private stepped: boolean;

  /** Assigned here: V8 defines fields of a class slowly once it has met them in more than a few subclasses. */
  constructor() {
    this.result = undefined;
    this.done = false;
    this.value = undefined;
    this.stepped = false;
  }

  /** Begins to wait. True when there is nothing to wait for: `result` is set and the waiter is not called. */
  abstract begin(waiter: Waiter): boolean;

  /**
   * Gives the wait up, once: the waiter will not be called, and whatever was held for it goes back, also if the wait
   * was complete already.
   */
  abstract abandon(): void;

  [Symbol.iterator](): this {
    return this;
  }

  next(value?: Value): IteratorResult<Wait<Value>, Value> {
    if (this.done) throw new Error('a wait was waited for twice; ask for a new one each time');
    this.done = this.stepped;
    this.value = this.stepped ? value : this;
    this.stepped = true;
    return this as unknown as IteratorResult<Wait<Value>, Value>;
  }

  throw(error: unknown): IteratorResult<Wait<Value>, Value> {
    this.done = true;
    throw error;
  }

  return(value: Value): IteratorReturnResult<Value> {
    return { done: true, value };
  }
}

/** A wait that somebody else completes, at the same instant but as an event of its own. */
export class PendingWait<Value> extends Wait<Value> {
  protected readonly sim: Simulation;
  protected waiter: Waiter | undefined = undefined;
  private wake: EventHandle = -1;
  private error: unknown = undefined;
  /** What the event in which the wait was made is about: so is the one that ends it. */
  private readonly subject: number;

  constructor(sim: Simulation) {
    super();
    this.sim = sim;
    this.subject = sim.subject;
  }

  begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    return false;
  }

  abandon(): void {
    this.waiter = undefined;
    if (this.wake >= 0) this.sim.cancel(this.wake);
  }

  /** Whether it has been completed or failed, though the waiter may not have been woken yet. */
  get settled(): boolean {
    return this.wake >= 0;
  }

  /** Sets the value and wakes the waiter by an event of the present instant. */
  complete(value: Value): void {
    this.result = value;
    this.wake = this.sim.schedule(0, PendingWait.wakeUp as (wait: this) => void, this, 0, this.subject);
  }

  /** As `complete`, with an error. */
  failWith(error: unknown): void {
    this.error = error;
    this.wake = this.sim.schedule(0, PendingWait.passOn as (wait: this) => void, this, 0, this.subject);
  }

  private static wakeUp(wait: PendingWait<unknown>): void {
    wait.waiter!.resume(wait);
  }

  private static passOn(wait: PendingWait<unknown>): void {
    wait.waiter!.fail(wait.error, wait);
  }
}
