/**
 * Ways for processes to tell each other something: `Signal` wakes whoever waits just now, `Completion` happens once
 * and is remembered, `Gate` lets through while it is open. All wake by events of the present instant, in the order in
 * which the waits began.
 */
import type { Simulation } from './simulation.ts';
import { PendingWait, type Waiter } from './wait.ts';

/** A pulse: `fire` wakes those who wait at that moment; a later waiter waits for the next one. */
export class Signal<Value = void> {
  private readonly sim: Simulation;
  private readonly waits = new Set<PendingWait<Value>>();

  constructor(sim: Simulation) {
    this.sim = sim;
  }

  wait(): PendingWait<Value> {
    return new ListedWait(this.sim, this.waits);
  }

  /** Wakes everybody who waits; returns how many that were. */
  fire(value: Value): number {
    const woken = [...this.waits];
    this.waits.clear();
    for (const wait of woken) wait.complete(value);
    return woken.length;
  }
}

type Outcome<Value> = { readonly value: Value } | { readonly error: unknown };

/** Something that happens once, with a value or an error; waits that begin afterwards end at once. */
export class Completion<Value = void> {
  private readonly sim: Simulation;
  private readonly waits = new Set<PendingWait<Value>>();
  private settled: Outcome<Value> | undefined = undefined;

  constructor(sim: Simulation) {
    this.sim = sim;
  }

  get happened(): boolean {
    return this.settled !== undefined;
  }

  /** For the waits below. */
  get outcome(): Outcome<Value> | undefined {
    return this.settled;
  }

  /** Waits until it has happened; throws its error. */
  wait(): PendingWait<Value> {
    return new CompletionWait(this.sim, this.waits, this);
  }

  complete(value: Value): void {
    this.settle({ value });
  }

  fail(error: unknown): void {
    this.settle({ error });
  }

  private settle(outcome: Outcome<Value>): void {
    if (this.settled !== undefined) throw new Error('a completion happens only once');
    this.settled = outcome;
    for (const wait of this.waits) {
      if ('error' in outcome) wait.failWith(outcome.error);
      else wait.complete(outcome.value);
    }
    this.waits.clear();
  }
}

/** Open or closed; processes wait until it is open. */
export class Gate {
  private readonly sim: Simulation;
  private readonly waits = new Set<PendingWait<void>>();
  private isOpen: boolean;

  constructor(sim: Simulation, open: boolean) {
    this.sim = sim;
    this.isOpen = open;
  }

  get open(): boolean {
    return this.isOpen;
  }

  /** Opens or closes it; opening wakes everybody who waits. */
  set(open: boolean): void {
    this.isOpen = open;
    if (!open) return;
    for (const wait of this.waits) wait.complete();
    this.waits.clear();
  }

  /** Waits until the gate is open; no time passes if it is. */
  pass(): PendingWait<void> {
    return new Passage(this.sim, this.waits, this);
  }
}

/** A wait that stands in a list until it is completed or abandoned. */
class ListedWait<Value> extends PendingWait<Value> {
  private readonly list: Set<PendingWait<Value>>;

  constructor(sim: Simulation, list: Set<PendingWait<Value>>) {
    super(sim);
    this.list = list;
  }

  override begin(waiter: Waiter): boolean {
    this.waiter = waiter;
    this.list.add(this);
    return false;
  }

  override abandon(): void {
    this.list.delete(this);
    super.abandon();
  }
}

/** Looks when it begins, not when it was made, whether the completion has happened. */
class CompletionWait<Value> extends ListedWait<Value> {
  private readonly completion: Completion<Value>;

  constructor(sim: Simulation, list: Set<PendingWait<Value>>, completion: Completion<Value>) {
    super(sim, list);
    this.completion = completion;
  }

  override begin(waiter: Waiter): boolean {
    const { outcome } = this.completion;
    if (outcome === undefined) return super.begin(waiter);
    if ('error' in outcome) {
      this.waiter = waiter;
      this.failWith(outcome.error);
      return false;
    }
    this.result = outcome.value;
    return true;
  }
}

/** Looks when it begins whether the gate is open. */
class Passage extends ListedWait<void> {
  private readonly gate: Gate;

  constructor(sim: Simulation, list: Set<PendingWait<void>>, gate: Gate) {
    super(sim, list);
    this.gate = gate;
  }

  override begin(waiter: Waiter): boolean {
    return this.gate.open || super.begin(waiter);
  }
}
