/**
 * Waiting for several things: the first of them (`race`), all of them (`all`), one of them for so long (`timeout`).
 *
 * What loses is abandoned: it gives back whatever was held for it. If one fails, the others are abandoned and the
 * combination fails with its error.
 */
import type { Simulation } from './simulation.ts';
import type { Duration } from './time.ts';
import { PendingWait, Wait, type Waiter } from './wait.ts';

/**
 * Sleeps for a duration, to be woken by an event of a kind of its own where that is to be told from others. In a process a bare
 * `yield duration` does the same without a kind and allocates nothing.
 */
export function sleep(sim: Simulation, duration: Duration, kind = 0): Wait<void> {
  return new Sleep(sim, duration, kind);
}

// oxlint-disable-next-line typescript/no-explicit-any -- Wait is invariant in its value; any value may take part
type AnyWait = Wait<any>;
type ValueOf<W> = W extends Wait<infer Value> ? Value : never;
type RaceResult<Waits extends readonly AnyWait[]> = {
  [Index in keyof Waits]: {
    readonly index: Index extends `${infer N extends number}` ? N : number;
    readonly value: ValueOf<Waits[Index]>;
  };
}[number];

/** Waits for the first to complete; ties go to the earlier in the list. Gives its place and its value. */
export function race<const Waits extends readonly AnyWait[]>(...waits: Waits): Wait<RaceResult<Waits>> {
  return new Race(waits) as unknown as Wait<RaceResult<Waits>>;
}

/** Waits until every one has completed; gives their values in the order of the list. */
export function all<const Waits extends readonly AnyWait[]>(
  ...waits: Waits
): Wait<{ -readonly [Index in keyof Waits]: ValueOf<Waits[Index]> }> {
  return new All(waits) as never;
}

/** The value of a `timeout` whose time ran out. */
export const TIMED_OUT: unique symbol = Symbol('timed out');

/** Waits for one wait, but no longer than a duration: gives its value, or `TIMED_OUT`. */
export function timeout<Value>(sim: Simulation, wait: Wait<Value>, duration: Duration): Wait<Value | typeof TIMED_OUT> {
  return new Timeout(sim, wait, duration);
}

class Sleep extends PendingWait<void> {
  private readonly duration: Duration;
  private readonly kind: number;
  private handle = -1;

  constructor(sim: Simulation, duration: Duration, kind: number) {
    super(sim);
    this.duration = duration;
    this.kind = kind;
  }

  override begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    this.handle = this.sim.schedule(this.duration, Sleep.over, this, this.kind);
    return false;
  }

  override abandon(): void {
    this.sim.cancel(this.handle);
  }

  private static over(sleep: Sleep): void {
    sleep.waiter!.resume(sleep);
  }
}

class Race extends Wait<{ index: number; value: unknown }> implements Waiter {
  private readonly waits: readonly AnyWait[];
  private waiter: Waiter | undefined = undefined;
  private begun = 0;
  private winner: AnyWait | undefined = undefined;

  constructor(waits: readonly AnyWait[]) {
    super();
    if (waits.length === 0) throw new RangeError('a race of no waits would never end; give at least one');
    this.waits = waits;
  }

  begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    for (let index = 0; index < this.waits.length; index++) {
      this.begun = index + 1;
      if (this.waits[index].begin(this)) {
        this.end(index);
        return true;
      }
    }
    return false;
  }

  abandon(): void {
    if (this.winner !== undefined) this.winner.abandon();
    else for (let i = 0; i < this.begun; i++) this.waits[i].abandon();
  }

  resume(wait: AnyWait): void {
    this.end(this.waits.indexOf(wait));
    this.waiter!.resume(this);
  }

  fail(error: unknown, wait: AnyWait): void {
    this.abandonOthers(wait);
    this.waiter!.fail(error, this);
  }

  private end(index: number): void {
    const wait = this.waits[index];
    this.winner = wait;
    this.result = { index, value: wait.result };
    this.abandonOthers(wait);
  }

  private abandonOthers(kept: AnyWait): void {
    for (let i = 0; i < this.begun; i++) if (this.waits[i] !== kept) this.waits[i].abandon();
  }
}

class All extends Wait<unknown[]> implements Waiter {
  private readonly waits: readonly AnyWait[];
  private readonly open: Set<AnyWait>;
  private waiter: Waiter | undefined = undefined;

  constructor(waits: readonly AnyWait[]) {
    super();
    this.waits = waits;
    this.open = new Set(waits);
  }

  begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    for (const wait of this.waits) if (wait.begin(this)) this.open.delete(wait);
    if (this.open.size > 0) return false;
    this.collect();
    return true;
  }

  abandon(): void {
    for (const wait of this.waits) wait.abandon();
  }

  resume(wait: AnyWait): void {
    this.open.delete(wait);
    if (this.open.size > 0) return;
    this.collect();
    this.waiter!.resume(this);
  }

  fail(error: unknown, wait: AnyWait): void {
    for (const other of this.waits) if (other !== wait) other.abandon();
    this.waiter!.fail(error, this);
  }

  private collect(): void {
    this.result = this.waits.map((wait) => wait.result);
  }
}

class Timeout<Value> extends Wait<Value | typeof TIMED_OUT> implements Waiter {
  private readonly sim: Simulation;
  private readonly wait: Wait<Value>;
  private readonly duration: Duration;
  private waiter: Waiter | undefined = undefined;
  private alarm = -1;

  constructor(sim: Simulation, wait: Wait<Value>, duration: Duration) {
    super();
    this.sim = sim;
    this.wait = wait;
    this.duration = duration;
  }

  begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    if (this.wait.begin(this)) {
      this.result = this.wait.result;
      return true;
    }
    this.alarm = this.sim.schedule(this.duration, Timeout.ring as (timeout: Timeout<Value>) => void, this, 0);
    return false;
  }

  abandon(): void {
    this.sim.cancel(this.alarm);
    if (this.result !== TIMED_OUT) this.wait.abandon();
  }

  resume(): void {
    this.sim.cancel(this.alarm);
    this.result = this.wait.result;
    this.waiter!.resume(this);
  }

  fail(error: unknown): void {
    this.sim.cancel(this.alarm);
    this.waiter!.fail(error, this);
  }

  private static ring(timeout: Timeout<unknown>): void {
    timeout.wait.abandon();
    timeout.result = TIMED_OUT;
    timeout.waiter!.resume(timeout);
  }
}
