/**
 * Processes: behaviour written as a generator function that reads from top to bottom, on the same clock as callbacks.
 *
 * ```ts
 * function* customer(): Behaviour {
 *   yield* server.acquire();
 *   try {
 *     yield ms(5);              // a bare duration sleeps: nothing is allocated
 *   } finally {
 *     server.release();
 *   }
 * }
 * ```
 *
 * A process that is cancelled leaves its wait, cancels the processes it forked, youngest first, and runs its `finally`
 * blocks, all at the instant of the cancellation. A process that ends cancels what it forked and still runs.
 * An error nobody joined for ends the run: a model's mistake is never lost.
 *
 * Deliberately absent: waiting inside a `finally` block of a cancelled process (cancelling would take time and could
 * itself be cancelled), and cancelling the running process (it can simply return; asked from below, the cancellation
 * is put off to an event of the same instant).
 */
import type { EventHandle } from './event-table.ts';
import { OutcomeError } from './outcome-error.ts';
import type { Simulation } from './simulation.ts';
import type { Duration } from './time.ts';
import { PendingWait, type Wait, type Waiter } from './wait.ts';

/** What a process does: yields waits (best by `yield*`, which types the result) or durations to sleep. */
// oxlint-disable-next-line typescript/no-explicit-any -- what is sent in depends on what was yielded; `yield*` types it
export type Behaviour<Result = void> = Generator<Wait<any> | Duration, Result, any>;

/** Thrown into a process at its wait by `interrupt`. */
export class Interrupted extends OutcomeError {
  readonly name = 'Interrupted';
  readonly reason: unknown;
  constructor(reason: unknown) {
    super(`interrupted: ${String(reason)}`);
    this.reason = reason;
  }
}

/** Thrown into whoever joined a process that was cancelled. */
export class Cancelled extends OutcomeError {
  readonly name = 'Cancelled';
  constructor(process: string) {
    super(`the process ${process} was cancelled`);
  }
}

export type ProcessState = 'ready' | 'waiting' | 'running' | 'completed' | 'failed' | 'cancelled';

const NOTHING = -1;

/** The process whose behaviour is on the stack; processes of different simulations never nest. */
let active: Process<unknown> | undefined;

export class Process<Result = void> implements Waiter {
  readonly name: string;
  readonly sim: Simulation;
  private readonly generator: Behaviour<Result>;
  private current: ProcessState = 'ready';
  private wake: EventHandle = NOTHING;
  private waiting: Wait<unknown> | undefined = undefined;
  private parent: Process<unknown> | undefined;
  private children: Process<unknown>[] | undefined = undefined;
  private joiners: PendingWait<Result>[] | undefined = undefined;
  private outcome: unknown = undefined;

  constructor(sim: Simulation, name: string, behaviour: Behaviour<Result>, parent?: Process<unknown>) {
    this.sim = sim;
    this.name = name;
    this.generator = behaviour;
    this.parent = parent;
    if (parent !== undefined) (parent.children ??= []).push(this as Process<unknown>);
  }

  get state(): ProcessState {
    return this.current;
  }

  /** Whether it has completed, failed or been cancelled. */
  get ended(): boolean {
    return this.current === 'completed' || this.current === 'failed' || this.current === 'cancelled';
  }

  /** Starts the behaviour by an event of the present instant or later. */
  start(delay: Duration): this {
    this.wake = this.sim.schedule(delay, Process.step as (process: Process<Result>) => void, this, 0);
    return this;
  }

  /** Runs the behaviour's first part within the running event, up to its first wait. */
  startNow(): this {
    this.advance(undefined);
    return this;
  }

  /** Waits for the end: gives the result, throws the process's error, or `Cancelled`. */
  join(): Wait<Result> {
    return new Join(this);
  }

  /** Cancels it and all that it forked: see above. No effect once it has ended. */
  cancel(): void {
    if (this.ended) return;
    if (this.holdsRunning()) {
      this.sim.schedule(0, Process.cancelLater as (process: Process<Result>) => void, this, 0);
      return;
    }
    this.leaveWait();
    this.current = 'cancelled';
    this.cancelChildren();
    this.unwind();
    this.settle();
  }

  /**
   * Throws `Interrupted` into it at its wait, by an event of the present instant. An error while it does not wait. Until
   * then it can be interrupted again, which takes the first one's place.
   */
  interrupt(reason: unknown): void {
    if (this.current !== 'waiting') {
      throw new Error(`the process ${this.name} is ${this.current}; only a waiting process can be interrupted`);
    }
    this.leaveWait();
    this.outcome = new Interrupted(reason);
    this.wake = this.sim.schedule(0, Process.throwIn as (process: Process<Result>) => void, this, 0);
  }

  /** For subclasses: whether they take care of an error that nobody joined for; otherwise it ends the run. */
  protected accountsFor(_error: unknown): boolean {
    return false;
  }

  /** For subclasses: called once, when the process has completed, failed or been cancelled. */
  protected concluded(): void {}

  /** The result of a completed process, the error of a failed one. */
  protected get conclusion(): unknown {
    return this.outcome;
  }

  resume(wait: Wait<unknown>): void {
    this.waiting = undefined;
    this.advance(wait.result);
  }

  fail(error: unknown): void {
    this.waiting = undefined;
    this.advance(undefined, error, true);
  }

  /** Lets `waiter` know of the end; false when it has ended already. For `Join`. */
  addJoiner(join: PendingWait<Result>): void {
    if (this.ended) this.tell(join);
    else (this.joiners ??= []).push(join);
  }

  removeJoiner(join: PendingWait<Result>): void {
    const { joiners } = this;
    if (joiners !== undefined && joiners.includes(join)) joiners.splice(joiners.indexOf(join), 1);
  }

  private static step(process: Process<never>): void {
    process.wake = NOTHING;
    process.advance(undefined);
  }

  private static throwIn(process: Process<never>): void {
    process.wake = NOTHING;
    process.advance(undefined, process.outcome, true);
  }

  private static cancelLater(process: Process<never>): void {
    process.cancel();
  }

  /** Runs the behaviour from its wait to the next one, or to its end. */
  private advance(value: unknown, error?: unknown, throwing = false): void {
    const outer = active;
    active = this as Process<unknown>;
    this.current = 'running';
    try {
      let step = throwing ? this.generator.throw(error) : this.generator.next(value);
      while (step.done !== true) {
        const waited = step.value;
        try {
          if (this.beginsToWait(waited)) return;
        } catch (refused) {
          // What cannot be waited for is the behaviour's error, thrown where it wrote it, so that its `finally` runs.
          step = this.generator.throw(refused);
          continue;
        }
        step = this.generator.next((waited as Wait<unknown>).result);
      }
      this.outcome = step.value;
      this.current = 'completed';
    } catch (thrown) {
      this.outcome = thrown;
      this.current = 'failed';
      const joined = this.joiners !== undefined && this.joiners.length > 0;
      if (!joined && !this.accountsFor(thrown)) this.sim.fail(asError(thrown, this.name));
    } finally {
      active = outer;
    }
    if (this.children !== undefined) this.cancelChildren();
    this.settle();
  }

  /** False when there is nothing to wait for. */
  private beginsToWait(waited: Wait<unknown> | Duration): boolean {
    if (typeof waited === 'number') {
      this.wake = this.sim.schedule(waited, Process.step as (process: Process<Result>) => void, this, 0);
    } else {
      if (waited.begin(this)) return false;
      this.waiting = waited;
    }
    this.current = 'waiting';
    return true;
  }

  private leaveWait(): void {
    if (this.wake !== NOTHING) this.sim.cancel(this.wake);
    this.wake = NOTHING;
    this.waiting?.abandon();
    this.waiting = undefined;
  }

  private cancelChildren(): void {
    const { children } = this;
    if (children === undefined) return;
    this.children = undefined;
    for (let i = children.length - 1; i >= 0; i--) children[i].cancel();
  }

  private unwind(): void {
    try {
      const step = this.generator.return(undefined as never);
      if (step.done !== true)
        throw new Error(`the process ${this.name} waits in a finally block while it is cancelled`);
    } catch (thrown) {
      this.sim.fail(asError(thrown, this.name));
    }
  }

  private settle(): void {
    const { parent, joiners } = this;
    if (parent?.children !== undefined) {
      const place = parent.children.indexOf(this as Process<unknown>);
      if (place >= 0) parent.children.splice(place, 1);
    }
    this.parent = undefined;
    this.concluded();
    if (joiners === undefined) return;
    this.joiners = undefined;
    for (const join of joiners) this.tell(join);
  }

  private tell(join: PendingWait<Result>): void {
    if (this.current === 'completed') join.complete(this.outcome as Result);
    else join.failWith(this.current === 'failed' ? this.outcome : new Cancelled(this.name));
  }

  private holdsRunning(): boolean {
    if (this.current === 'running') return true;
    return this.children !== undefined && this.children.some((child) => child.holdsRunning());
  }
}

class Join<Result> extends PendingWait<Result> {
  private readonly process: Process<Result>;

  constructor(process: Process<Result>) {
    super(process.sim);
    this.process = process;
  }

  override begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    this.process.addJoiner(this);
    return false;
  }

  override abandon(): void {
    this.process.removeJoiner(this);
    super.abandon();
  }
}

/** Starts a process of its own at the present instant (or after `delay`); it lives until it ends or is cancelled. */
export function spawn<Result>(
  sim: Simulation,
  name: string,
  behaviour: Behaviour<Result>,
  delay: Duration = 0,
): Process<Result> {
  return new Process(sim, name, behaviour).start(delay);
}

/**
 * Starts a process that belongs to the running one: it is cancelled when that one ends or is cancelled. An error
 * outside of any process, for there is nobody for it to belong to.
 */
export function fork<Result>(name: string, behaviour: Behaviour<Result>): Process<Result> {
  if (active === undefined) throw new Error(`fork of ${name} outside of a process; spawn starts one on its own`);
  return new Process(active.sim, name, behaviour, active).start(0);
}

function asError(thrown: unknown, process: string): Error {
  return thrown instanceof Error ? thrown : new Error(`the process ${process} threw ${String(thrown)}`);
}
