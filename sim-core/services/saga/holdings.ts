/**
 * What a participant really has and hands out: units of articles, money in accounts. A saga takes some of a key, if there is
 * that much, and gives it back when its step is undone.
 *
 * A saga is not isolated: between the two, others are refused what is only held, and are told of what will be undone. Both are
 * counted for each holding that comes back (the "I" that sagas lack; C. Richardson, Microservices Patterns, section 4.3). Under
 * a semantic lock what is not confirmed is told of as pending, and who was told so was not told a falsehood.
 */
import type { Saga } from './definition.ts';

export interface HoldingsOptions {
  /** What there is of a key at the beginning, in units. */
  readonly initial: (key: number) => number;
  /** What a saga takes, and of which key. */
  readonly keyOf: (saga: Saga) => number;
  readonly amountOf: (saga: Saga) => number;
  /** Whether an effect is marked as pending until it is confirmed. */
  readonly isLocked: boolean;
}

/** What others saw of a holding that was given back. */
export interface Undone {
  /** Times that somebody was told of it as settled. */
  readonly reads: number;
  /** Whether somebody was refused for want of what there was while it was held. */
  readonly deprivedOthers: boolean;
}

interface Key {
  available: number;
  held: number;
  pending: number;
  reads: number;
  refusals: number;
}

/** How the key stood when a saga took its part. */
interface Holding {
  readonly reads: number;
  readonly refusals: number;
  isPending: boolean;
}

export class Holdings {
  private readonly options: HoldingsOptions;
  private readonly keys = new Map<number, Key>();
  private readonly holdings = new Map<number, Holding>();

  constructor(options: HoldingsOptions) {
    this.options = options;
  }

  /** Whether there is what the saga would take; it is told of as a refusal if not. */
  offers(saga: Saga): boolean {
    const key = this.key(this.options.keyOf(saga));
    if (key.available >= this.options.amountOf(saga)) return true;
    key.refusals++;
    return false;
  }

  take(saga: Saga): void {
    const { keyOf, amountOf, isLocked } = this.options;
    const key = this.key(keyOf(saga));
    this.holdings.set(saga.id, { reads: key.reads, refusals: key.refusals, isPending: isLocked });
    this.move(key, amountOf(saga));
    if (isLocked) key.pending += amountOf(saga);
  }

  /** Takes the lock off. */
  confirm(saga: Saga): void {
    const holding = this.holdings.get(saga.id);
    if (holding?.isPending !== true) return;
    holding.isPending = false;
    this.key(this.options.keyOf(saga)).pending -= this.options.amountOf(saga);
  }

  giveBack(saga: Saga): Undone {
    const { keyOf, amountOf } = this.options;
    const key = this.key(keyOf(saga));
    const holding = this.holdings.get(saga.id);
    this.move(key, -amountOf(saga));
    if (holding === undefined) return { reads: 0, deprivedOthers: false };
    this.holdings.delete(saga.id);
    if (holding.isPending) key.pending -= amountOf(saga);
    return {
      reads: holding.isPending ? 0 : key.reads - holding.reads,
      deprivedOthers: key.refusals > holding.refusals,
    };
  }

  /** Somebody is told how a key stands. */
  read(key: number): Readonly<Record<'available' | 'settled' | 'pending', number>> {
    const entry = this.key(key);
    entry.reads++;
    return { available: entry.available, settled: entry.held - entry.pending, pending: entry.pending };
  }

  /** All that is held. */
  get held(): number {
    let held = 0;
    for (const key of this.keys.values()) held += key.held;
    return held;
  }

  /** What cannot be, in words. */
  violations(name: string): readonly string[] {
    const broken: string[] = [];
    for (const [number, { available, pending }] of this.keys) {
      if (available < 0) broken.push(`${name}: more of key ${number} was given than there was`);
      if (pending < 0) broken.push(`${name}: more of key ${number} was confirmed than was pending`);
    }
    return broken;
  }

  private move(key: Key, amount: number): void {
    key.available -= amount;
    key.held += amount;
  }

  private key(number: number): Key {
    let key = this.keys.get(number);
    if (key === undefined) {
      key = { available: this.options.initial(number), held: 0, pending: 0, reads: 0, refusals: 0 };
      this.keys.set(number, key);
    }
    return key;
  }
}
