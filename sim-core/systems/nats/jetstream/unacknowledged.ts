/**
 * What a consumer has delivered and nobody has acknowledged: since when each message is waited for, how often it was delivered
 * again, which ones are due for it, and up to where all has been acknowledged (the floors).
 * `server/consumer.go` of nats-server 2.9.
 */
import type { Duration, Time } from '../../../kernel/time.ts';
import type { ConsumerConfiguration } from './configuration.ts';
import { DEFAULT_ACK_WAIT } from './configuration.ts';

export interface Unacknowledged {
  readonly sequence: number;
  /** The number of its first delivery: deliveries of a consumer are counted from 1. */
  readonly delivery: number;
  since: Time;
}

/** A pair of numbers: of the consumer's deliveries, and of the stream's messages. */
export interface Place {
  readonly delivery: number;
  readonly sequence: number;
}

/** What of all that is written down: not which ones are due. */
export interface UnacknowledgedState {
  readonly floor: Place;
  readonly waiting: readonly Unacknowledged[];
  readonly redeliveries: ReadonlyMap<number, number>;
}

export class UnacknowledgedMessages {
  floor: Place = { delivery: 0, sequence: 0 };
  private readonly waits: readonly Duration[];
  private readonly waiting = new Map<number, Unacknowledged>();
  /** Redeliveries so far, by sequence. */
  private readonly redeliveries = new Map<number, number>();
  private readonly due: number[] = [];

  constructor({ ackWait = DEFAULT_ACK_WAIT, backOff = [] }: ConsumerConfiguration) {
    this.waits = backOff.length > 0 ? backOff : [ackWait];
  }

  get count(): number {
    return this.waiting.size;
  }

  get state(): UnacknowledgedState {
    const waiting = [...this.waiting.values()].map((each) => ({ ...each }));
    return { floor: this.floor, waiting, redeliveries: new Map(this.redeliveries) };
  }

  /** Is as it was written down, but for messages that are no more. */
  restore({ floor, waiting, redeliveries }: UnacknowledgedState, isThere: (sequence: number) => boolean): void {
    this.floor = floor;
    this.waiting.clear();
    this.redeliveries.clear();
    this.due.length = 0;
    for (const each of waiting) if (isThere(each.sequence)) this.waiting.set(each.sequence, { ...each });
    for (const [sequence, count] of redeliveries) if (isThere(sequence)) this.redeliveries.set(sequence, count);
  }

  get redelivered(): number {
    return this.redeliveries.size;
  }

  /** Messages due to be delivered again. */
  get dueCount(): number {
    return this.due.length;
  }

  /** Messages waited for that are not due. */
  get inFlightCount(): number {
    let count = 0;
    for (const sequence of this.waiting.keys()) if (!this.isDue(sequence)) count++;
    return count;
  }

  get(sequence: number): Unacknowledged | undefined {
    return this.waiting.get(sequence);
  }

  isDue(sequence: number): boolean {
    return this.due.includes(sequence);
  }

  /** All that are waited for or due and come before a number. */
  before(sequence: number): readonly number[] {
    return [...new Set([...this.waiting.keys(), ...this.due])].filter((each) => each < sequence);
  }

  /** A message was delivered. One that was before keeps the number of its first delivery. */
  track(sequence: number, delivery: number, now: Time): void {
    const there = this.waiting.get(sequence);
    if (there === undefined) this.waiting.set(sequence, { sequence, delivery, since: now });
    else there.since = now;
  }

  /** The next message that is due to be delivered again. */
  takeDue(): number | undefined {
    return this.due.shift();
  }

  /** Which delivery of a message the last one was. */
  attemptOf(sequence: number): number {
    return 1 + (this.redeliveries.get(sequence) ?? 0);
  }

  /** Counts one more delivery of a message, and gives which one it is. */
  countDelivery(sequence: number): number {
    const redeliveries = (this.redeliveries.get(sequence) ?? 0) + 1;
    this.redeliveries.set(sequence, redeliveries);
    return redeliveries + 1;
  }

  /** Makes a message due, behind those that are; false if it is. */
  makeDue(sequence: number): boolean {
    if (this.isDue(sequence)) return false;
    this.due.push(sequence);
    return true;
  }

  /** Puts a message off: it is due after a delay, as if it had waited all but that of the first wait. Gives if it was due. */
  putOff(sequence: number, delay: Duration, now: Time): boolean {
    const there = this.waiting.get(sequence);
    if (there !== undefined) there.since = now - this.waits[0] + delay;
    return this.removeDue(sequence);
  }

  /** The waiting begins again. */
  renew(sequence: number, now: Time): void {
    const there = this.waiting.get(sequence);
    if (there !== undefined) there.since = now;
  }

  /** Ceases to wait for a message, whose count of deliveries stays; gives whether it was due, waited for, or neither. */
  giveUp(sequence: number): 'due' | 'waiting' | undefined {
    const waited = this.waiting.delete(sequence);
    if (this.removeDue(sequence)) return 'due';
    return waited ? 'waiting' : undefined;
  }

  /** Forgets a message altogether; gives the same. */
  forget(sequence: number): 'due' | 'waiting' | undefined {
    this.redeliveries.delete(sequence);
    return this.giveUp(sequence);
  }

  /** Makes all due that have waited long enough, oldest first; gives them. */
  expire(now: Time): readonly number[] {
    const expired = [...this.waiting.values()]
      .filter((each) => !this.isDue(each.sequence) && this.deadlineOf(each) <= now)
      .sort((a, b) => a.sequence - b.sequence);
    for (const each of expired) {
      this.due.push(each.sequence);
      each.since = now;
    }
    return expired.map(({ sequence }) => sequence);
  }

  /** When the next one will have waited long enough; undefined if none is waited for. */
  nextDeadline(): Time | undefined {
    let next: Time | undefined;
    for (const each of this.waiting.values()) {
      const deadline = this.deadlineOf(each);
      if (!this.isDue(each.sequence) && (next === undefined || deadline < next)) next = deadline;
    }
    return next;
  }

  /** A message has ended whose first delivery had this number: the floor is raised to what has ended without a gap. */
  raiseFloor(sequence: number, delivery: number, delivered: Place): void {
    if (this.waiting.size === 0) this.floor = delivered;
    else if (delivery === this.floor.delivery + 1) {
      this.floor = { delivery, sequence };
      for (let above = sequence + 1; above <= delivered.sequence; above++) {
        const waited = this.waiting.get(above);
        if (waited === undefined) continue;
        this.floor = { delivery: waited.delivery - 1, sequence: above - 1 };
        return;
      }
    }
  }

  private deadlineOf({ sequence, since }: Unacknowledged): Time {
    const redeliveries = this.redeliveries.get(sequence) ?? 0;
    return since + this.waits[Math.min(redeliveries, this.waits.length - 1)];
  }

  private removeDue(sequence: number): boolean {
    const place = this.due.indexOf(sequence);
    if (place >= 0) this.due.splice(place, 1);
    return place >= 0;
  }
}
