/**
 * A queue that is asked for its messages and hides what it gave for a while, as Amazon SQS does (Developer Guide,
 * "Visibility timeout", "Dead-letter queues", "FIFO queue delivery logic"). A message that is not deleted in time is
 * visible again, at its place. A receive counts whether it failed or not: beyond `receivesMax` the next one moves the
 * message to the dead letters in place of giving it.
 *
 * A FIFO queue has groups: while messages of a group are out, no later receive gets one of it; one receive may get several,
 * in order. What comes again within the de-duplication window is accepted and not stored. A receipt of a FIFO queue ends with
 * the visibility timeout, one of a standard queue is good until the message is received again (AWS re:Post, "ReceiptHandle
 * errors"). Waiting for messages (long polling) is `systems/sns-sqs/sqs.ts`.
 *
 * Does not model that a standard queue is many servers: it samples none, never delivers twice by itself and keeps order as
 * well as redelivery lets it.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { minutes, SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Fates } from '../fates.ts';
import { Copy } from './copy.ts';
import { DeduplicationWindow } from './deduplication-window.ts';
import type { Message } from './message.ts';
import { QueueBooks } from './queue-books.ts';
import type { DeadLetterOffice, Dispatch } from './queue-options.ts';
import { ReadyLine } from './ready-line.ts';

/** "Up to 10 messages" a receive, and how far a FIFO queue looks for a group that may go (SQS quotas). */
export const RECEIVE_MAX = 10;
const LOOKED_THROUGH_MAX = 20_000;
/** Messages out at once: a receive gets none beyond (SQS quotas). */
export const IN_FLIGHT_MAX = 120_000;
const DEDUPLICATION: Duration = minutes(5);

export interface VisibilityQueueOptions {
  readonly name: string;
  readonly fifo: boolean;
  /** How long a message that was received is hidden. */
  readonly visibility: Duration;
  /** How long a message is kept: in a standard queue from when it was first sent, in a FIFO queue from when it came here. */
  readonly retention: Duration;
  /** How long a new message is hidden. */
  readonly delay: Duration;
  /** Receives of one message, after which it is a dead letter; Infinity for no limit. */
  readonly receivesMax: number;
  readonly deadLetters: RedriveTarget | undefined;
  /** Called when a message has become visible by the passage of time. */
  readonly onVisible?: () => void;
}

/** What a producer says beside the message: needed in a FIFO queue, without meaning in another. */
export interface FifoAttributes {
  readonly group: string;
  readonly deduplication: string;
}

/** Where dead letters go: in a FIFO queue with their group. */
export type RedriveTarget = (...letter: [...Parameters<DeadLetterOffice>, FifoAttributes | undefined]) => Dispatch;

export interface Received {
  readonly message: Message;
  /** Names this receive of the message; only the latest one settles it. */
  readonly receipt: number;
  readonly receives: number;
}

/** A message here, with what only this kind of queue knows of it. */
interface Held {
  readonly copy: Copy;
  readonly fifo: FifoAttributes | undefined;
  receipt: number;
  /** When it was given out by that receipt. */
  since: Time;
  /** When it becomes visible, while it is not. */
  alarm: EventHandle | undefined;
}

export class VisibilityQueue {
  readonly name: string;
  private readonly sim: Simulation;
  private readonly options: VisibilityQueueOptions;
  private readonly books: QueueBooks;
  private readonly line = new ReadyLine(0);
  private readonly held = new Map<Copy, Held>();
  private readonly byReceipt = new Map<number, Held>();
  /** Messages out by group: a group with any waits. */
  private readonly out = new Map<string, number>();
  private readonly window = new DeduplicationWindow(DEDUPLICATION);
  private readonly wakeKind: number;
  private readonly sweepKind: number;
  /** When it next deletes what it has kept for long enough. */
  private sweepAt: Time = Infinity;
  private sweep: EventHandle | undefined = undefined;
  private places = 0;
  private receipts = 0;
  private hidden = 0;

  constructor(sim: Simulation, options: VisibilityQueueOptions) {
    this.sim = sim;
    this.name = options.name;
    this.options = options;
    this.books = new QueueBooks(sim, options.name);
    this.wakeKind = sim.eventKind(`a message of ${options.name} becomes visible`);
    this.sweepKind = sim.eventKind(`${options.name} deletes what it has kept for long enough`);
  }

  get fates(): Fates {
    return this.books.fates;
  }

  /** Messages that a receive may get; those of the last second that have expired are among them until somebody looks. */
  get visible(): number {
    return this.line.size;
  }

  /** Messages that are not out: visible, or new and still hidden. */
  get ready(): number {
    return this.visible + this.hidden;
  }

  /** The visible copies in order. */
  get copies(): Iterable<Copy> {
    return this.line;
  }

  get inFlight(): number {
    return this.books.fates.count('in-flight');
  }

  /** New messages that are still hidden. */
  get delayed(): number {
    return this.hidden;
  }

  /** Takes a message in; false for a duplicate, which the sender cannot tell from a success. */
  send(message: Message, attributes?: FifoAttributes): boolean {
    const { fifo, retention, delay } = this.options;
    if (fifo && attributes === undefined)
      throw new RangeError(`${this.name}: a FIFO queue needs a group for each message`);
    const { now } = this.sim;
    if (fifo && !this.window.accept(attributes!.deduplication, now)) return false;
    const kept: Time = (fifo ? now : message.sent) + retention;
    const copy = new Copy(message, now, kept - now, 0);
    copy.place = ++this.places;
    const held: Held = { copy, fifo: fifo ? attributes : undefined, receipt: 0, since: 0, alarm: undefined };
    this.held.set(copy, held);
    this.sweepBy(copy.expires);
    this.books.take(message);
    if (delay === 0) this.line.add(copy);
    else {
      this.hidden++;
      this.hide(held, delay);
    }
    this.tell();
    return true;
  }

  /** Up to `max` messages, hidden from everybody else for the queue's time or for another. */
  receive(max: number = 1, visibility: Duration = this.options.visibility): Received[] {
    const received: Received[] = [];
    for (const held of this.pick(Math.min(max, RECEIVE_MAX, IN_FLIGHT_MAX - this.inFlight))) {
      this.line.remove(held.copy);
      if (held.copy.expires <= this.sim.now) this.end(held, 'ready', 'expired', 'retention');
      else if (this.isSpent(held.copy)) this.bury(held);
      else received.push(this.give(held, visibility));
    }
    this.tell();
    return received;
  }

  /** Moves the first visible message that is `movable` elsewhere; it is done with here when it is there. False if there is none. */
  moveFirst(
    send: (message: Message, fifo: FifoAttributes | undefined) => void,
    movable: (message: Message) => boolean = () => true,
  ): boolean {
    let isMoved = false;
    for (const held of this.pick(1, movable)) {
      const isOld = held.copy.expires <= this.sim.now;
      if (!isOld && isMoved) continue;
      this.line.remove(held.copy);
      if (isOld) this.end(held, 'ready', 'expired', 'retention');
      else {
        isMoved = true;
        send(held.copy.message, held.fifo);
        this.end(held, 'ready', 'acknowledged', 'moved');
      }
    }
    this.tell();
    return isMoved;
  }

  /** Deletes a message for good; false if the receipt is not its latest or has ended, or the message is gone. */
  delete(receipt: number): boolean {
    const held = this.byReceipt.get(receipt);
    if (held === undefined) return false;
    const isVisible = held.alarm === undefined;
    if (isVisible && this.options.fifo) return false;
    if (isVisible) this.line.remove(held.copy);
    else this.release(held);
    this.end(held, isVisible ? 'ready' : 'in-flight', 'acknowledged', 'deleted');
    this.tell();
    return true;
  }

  /** Since when a message is hidden by a receipt; undefined if it is not. */
  hiddenSince(receipt: number): Time | undefined {
    const held = this.byReceipt.get(receipt);
    return held?.alarm === undefined ? undefined : held.since;
  }

  /** Hides a message for so long from now on; 0 makes it visible at once. False if it is not hidden by that receipt. */
  changeVisibility(receipt: number, visibility: Duration): boolean {
    const held = this.byReceipt.get(receipt);
    if (held?.alarm === undefined) return false;
    this.sim.cancel(held.alarm);
    this.hide(held, visibility);
    return true;
  }

  violations(): readonly string[] {
    const { fates } = this.books;
    const { ready } = this;
    const broken = fates.violations(this.name, { ready, inFlight: this.held.size - ready, offered: this.places });
    for (const [group, count] of this.out)
      if (count <= 0) broken.push(`${this.name}: ${count} of group ${group} are out`);
    return broken;
  }

  /** The messages that a receive comes upon: those that it gets, at most so many, and those that it finds at their end. */
  private pick(max: number, takes?: (message: Message) => boolean): Held[] {
    const picked: Held[] = [];
    let gets = 0;
    let looked = 0;
    for (const copy of this.line) {
      if (gets === max || ++looked > LOOKED_THROUGH_MAX) break;
      const held = this.held.get(copy)!;
      if (held.fifo !== undefined && this.out.has(held.fifo.group)) continue;
      if (takes !== undefined && !takes(copy.message)) continue;
      picked.push(held);
      if (copy.expires > this.sim.now && !this.isSpent(copy)) gets++;
    }
    return picked;
  }

  private isSpent(copy: Copy): boolean {
    return copy.deliveries >= this.options.receivesMax;
  }

  private give(held: Held, visibility: Duration): Received {
    const { copy, fifo } = held;
    this.byReceipt.delete(held.receipt);
    held.receipt = ++this.receipts;
    held.since = this.sim.now;
    this.byReceipt.set(held.receipt, held);
    if (fifo !== undefined) this.out.set(fifo.group, (this.out.get(fifo.group) ?? 0) + 1);
    this.books.handOver(copy, 'receive');
    this.hide(held, visibility);
    return { message: copy.message, receipt: held.receipt, receives: copy.deliveries };
  }

  private bury(held: Held): void {
    const { deadLetters } = this.options;
    if (deadLetters === undefined) this.end(held, 'ready', 'dropped', 'receives');
    else {
      const dispatch = deadLetters(held.copy.message, 'delivery_limit', this.name, held.copy.deliveries, held.fifo);
      this.forget(held);
      this.books.buried(held.copy, 'ready', dispatch, 'delivery_limit');
    }
  }

  private end(
    held: Held,
    from: 'ready' | 'in-flight',
    ...[fate, cause]: [Parameters<QueueBooks['end']>[2], string]
  ): void {
    this.forget(held);
    this.books.end(held.copy, from, fate, cause);
  }

  private forget(held: Held): void {
    this.held.delete(held.copy);
    this.byReceipt.delete(held.receipt);
  }

  private hide(held: Held, time: Duration): void {
    const wake = (): void => {
      held.alarm = undefined;
      if (held.receipt === 0) this.hidden--;
      else {
        this.release(held);
        held.copy.returns++;
        this.books.comeBack(held.copy, 'visibility timeout');
      }
      if (held.copy.expires <= this.sim.now) this.end(held, 'ready', 'expired', 'retention');
      else this.line.add(held.copy);
      this.tell();
      this.options.onVisible?.();
    };
    held.alarm = this.sim.schedule(time, wake, undefined, this.wakeKind, held.copy.message.request.id);
  }

  /** It is out no more. */
  private release(held: Held): void {
    if (held.alarm !== undefined) this.sim.cancel(held.alarm);
    held.alarm = undefined;
    if (held.fifo === undefined) return;
    const { group } = held.fifo;
    const left = this.out.get(group)! - 1;
    if (left === 0) this.out.delete(group);
    else this.out.set(group, left);
  }

  private tell(): void {
    this.books.read(this.ready, this.inFlight);
  }

  /** Deletes what expires then, at the end of that second. */
  private sweepBy(expires: Time): void {
    const at = Math.ceil(expires / SECOND) * SECOND;
    if (at >= this.sweepAt) return;
    if (this.sweep !== undefined) this.sim.cancel(this.sweep);
    this.sweepAt = at;
    this.sweep = this.sim.scheduleAt(at, VisibilityQueue.deleteOld, this as VisibilityQueue, this.sweepKind);
  }

  /** What is out meanwhile goes when it would be visible again. */
  private static deleteOld(queue: VisibilityQueue): void {
    const { line, sim } = queue;
    queue.sweep = undefined;
    queue.sweepAt = Infinity;
    let next: Time = Infinity;
    for (const copy of Array.from(line)) {
      if (copy.expires > sim.now) next = Math.min(next, copy.expires);
      else {
        line.remove(copy);
        queue.end(queue.held.get(copy)!, 'ready', 'expired', 'retention');
      }
    }
    queue.sweepBy(next);
    queue.tell();
  }
}
