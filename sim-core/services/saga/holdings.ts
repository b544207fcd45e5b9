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
  readonly initial: number;
  /** Counts what was taken and given back. */
  version: number;
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
  private misstatedSum = 0;

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

  /** How the key of a saga stands. */
  standingFor(saga: Saga): { readonly key: number; readonly version: number; readonly available: number } {
    const key = this.options.keyOf(saga);
    const { version, available } = this.key(key);
    return { key, version, available };
  }

  /** `from`: what the saga takes to be there, and writes less its part, whatever is there. */
  take(saga: Saga, from?: number): void {
    const { keyOf, amountOf, isLocked } = this.options;
    const key = this.key(keyOf(saga));
    if (from !== undefined) this.change(key, from - key.available, 0);
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

  /** By how much keys have more, or less, than is theirs: what there was at the beginning, less what is held. */
  get misstated(): number {
    return this.misstatedSum;
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
    key.version++;
    this.change(key, -amount, amount);
  }

  private change(key: Key, available: number, held: number): void {
    const before = wrongIn(key);
    key.available += available;
    key.held += held;
    this.misstatedSum += wrongIn(key) - before;
  }

  private key(number: number): Key {
    let key = this.keys.get(number);
    if (key === undefined) {
      const initial = this.options.initial(number);
      key = { initial, version: 0, available: initial, held: 0, pending: 0, reads: 0, refusals: 0 };
      this.keys.set(number, key);
    }
    return key;
  }
}

/** Of what there is without end nothing can be missing. */
const wrongIn = ({ initial, available, held }: Key): number =>
  initial === Infinity ? 0 : Math.abs(available + held - initial);
