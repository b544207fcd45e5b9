/**
 * A queue that hands its messages to consumers, as RabbitMQ's do: order and what disturbs it, prefetch, times to live,
 * length limits, dead letters. What its kinds do differently is in `queue-kinds/`; what can be told a queue, in
 * `queue-options.ts`. Everything happens at the instant of the call; only times to live and expiry wait for the clock.
 *
 * A time to live ends at the head only: an expired copy behind one that is not expired stays, and counts. Copies in flight
 * neither expire nor count for the limits, but keep their time: given back too late they go at once.
 *
 * Does not model what storing and replicating cost, nor the queue process's own time.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Fate, Fates } from '../fates.ts';
import { Admission, exceeds, type Publisher } from './admission.ts';
import { Consumers, type Consumer, type Holder } from './consumers.ts';
import { Copy } from './copy.ts';
import type { Message } from './message.ts';
import type { Places, QueueKind, Return } from './queue-kinds/queue-kind.ts';
import { QueueBooks } from './queue-books.ts';
import { QueueClocks } from './queue-clocks.ts';
import { queueKinds } from './queue-kinds/queue-kinds.ts';
import type { Death, QueueOptions, QueuePolicy } from './queue-options.ts';
import { ReadyLine } from './ready-line.ts';

/** What becomes of a copy that dies while its queue has no place for dead letters. */
const WITHOUT_DEAD_LETTERS: Readonly<Record<Death, Fate>> = {
  rejected: 'dropped',
  expired: 'expired',
  maxlen: 'dropped',
  delivery_limit: 'dropped',
};

export class Queue {
  readonly name: string;
  readonly durable: boolean;
  readonly consumers: Consumers;
  private readonly sim: Simulation;
  private readonly kind: QueueKind;
  private readonly books: QueueBooks;
  private readonly admission: Admission;
  private readonly priorityMax: number;
  private readonly onGone: (queue: Queue) => void;
  private policy: QueuePolicy;
  private line: ReadyLine;
  /** The copies in flight and who has them: a consumer, or somebody who asked for one. */
  private readonly unsettled = new Map<Copy, Consumer | undefined>();
  /** Messages that came to it, taken in or not. */
  private offered = 0;
  private ends = 0;
  private aheads = 0;
  private readonly places: Places = { atEnd: () => ++this.ends, ahead: () => Number.MIN_SAFE_INTEGER + ++this.aheads };
  /** Dead letters of what is being done, in their order. */
  private readonly burials: (() => void)[] = [];
  private isHandingOut = false;
  private isGone = false;
  private readonly clocks: QueueClocks;

  /** `onGone`: called when it goes for want of use. */
  constructor(sim: Simulation, options: QueueOptions, onGone: (queue: Queue) => void = () => {}) {
    this.sim = sim;
    this.name = options.name;
    this.durable = options.durable;
    this.kind = queueKinds[options.kind];
    this.priorityMax = options.priorityMax;
    this.policy = options;
    this.onGone = onGone;
    this.line = new ReadyLine(options.priorityMax);
    this.consumers = new Consumers(options.singleActiveConsumer, this.kind.fullLeaveAtOnce);
    this.admission = new Admission(this.kind);
    this.clocks = new QueueClocks(sim, this, this.kind.looksForUseByTicks ? options.tick : undefined);
    this.books = new QueueBooks(sim, options.name);
    this.touch();
  }

  get fates(): Fates {
    return this.books.fates;
  }

  /** Copies that wait to be delivered. */
  get ready(): number {
    return this.line.size;
  }

  /** Copies delivered and not settled. */
  get inFlight(): number {
    return this.unsettled.size;
  }

  /** Whether it counts how often a copy comes back. */
  get countsReturns(): boolean {
    return this.kind.countsReturns;
  }

  /** Whether somebody may ask to be its only consumer. */
  get takesExclusiveConsumers(): boolean {
    return this.kind.takesExclusiveConsumers;
  }

  /** Its consumers, as its kind counts them. */
  get users(): number {
    const { consumers, kind, unsettled } = this;
    return kind.countsAsConsumers === 'subscribed' ? consumers.count : consumers.countWith(unsettled.values());
  }

  /** The ready copies in order. */
  get copies(): Iterable<Copy> {
    return this.line;
  }

  /** Takes a message in; false if it is refused for want of room. Who sent it as a dead letter does not hear of that. */
  publish(message: Message, by: Publisher = this): boolean {
    const { policy, line } = this;
    this.offered++;
    const ttl = Math.min(policy.ttl, message.ttl ?? Infinity);
    const copy = new Copy(message, this.sim.now, ttl, Math.min(message.priority, this.priorityMax));
    this.books.take(message);
    if (!this.admission.admits(policy, line, message.bytes, by)) {
      this.refuse(copy, by);
      this.buryAll();
      return false;
    }
    copy.place = this.places.atEnd();
    line.add(copy);
    this.handOut();
    const dropped = this.dropHeads();
    // Only who is alone, or comes to the head because another goes: what a priority puts before others is looked at later.
    if (dropped || line.size === 1) this.expireHeads();
    this.tell();
    return true;
  }

  /** One copy for somebody who asks for it; undefined if none is ready. With `settles` it counts as acknowledged. */
  get(settles: boolean): Copy | undefined {
    this.touch();
    const { line, kind, sim } = this;
    if (!kind.expiresBehindGets) this.expireHeads();
    const copy = line.size === 0 ? undefined : line.take();
    if (copy !== undefined) {
      this.count(copy, undefined, settles);
      if (settles || kind.expiresBehindGets) this.expireHeads();
      else this.clocks.headExpires(Math.max(sim.now, line.head?.expires ?? Infinity));
    }
    this.tell();
    return copy;
  }

  subscribe(consumer: Consumer): void {
    this.consumers.add(consumer);
    this.touch();
    this.handOut();
    this.tell();
  }

  /** Takes a consumer out of the round; what it has stays its own until it is settled. */
  unsubscribe(consumer: Consumer): void {
    this.consumers.remove(consumer);
    this.touch();
    this.handOut();
    this.tell();
  }

  /** A channel is gone, and its consumers are with it: what they had is back before anybody else gets something. */
  holderGone(copies: readonly Copy[]): void {
    this.touch();
    this.giveBack(copies, 'holder-gone');
  }

  acknowledge(copies: readonly Copy[]): void {
    this.release(copies, (copy) => this.books.end(copy, 'in-flight', 'acknowledged', 'ack'));
    this.handOut();
    this.tell();
  }

  /** Refuses copies for good. */
  reject(copies: readonly Copy[]): void {
    this.release(copies, (copy) => this.die(copy, 'in-flight', 'rejected'));
    this.handOut();
    this.tell();
  }

  /** Takes copies back; all of them are there again before the next is delivered. */
  giveBack(copies: readonly Copy[], how: Return): void {
    const { kind, policy } = this;
    this.release(copies, (copy, consumer) => {
      copy.returns++;
      if (kind.countsReturns && copy.returns > policy.deliveryLimit) {
        if (kind.creditsThrownOutTwice && consumer !== undefined) consumer.extraCredit++;
        this.die(copy, 'in-flight', 'delivery_limit');
        return;
      }
      copy.place = kind.placeOfReturned(copy, how, this.places, policy.deliveryLimit);
      this.books.comeBack(copy, how);
      this.line.add(copy);
    });
    if (kind.limitsFirst) this.dropHeads();
    this.expireHeads();
    this.handOut();
    if (this.dropHeads()) this.expireHeads();
    this.tell();
  }

  /** A channel's own limit has room again. */
  resume(holder: Holder): void {
    this.consumers.readmit(holder);
    this.handOut();
    this.tell();
  }

  /** Drops what is ready, with no dead letters; returns how many that were. */
  purge(): number {
    const count = this.line.size;
    while (this.line.size > 0) this.books.end(this.line.take(), 'ready', 'dropped', 'purge');
    this.tell();
    return count;
  }

  /** Drops everything: the queue is no more. Copies that are out can no longer be settled. */
  delete(): number {
    const count = this.purge();
    for (const copy of this.unsettled.keys()) this.books.end(copy, 'in-flight', 'dropped', 'queue deleted');
    this.unsettled.clear();
    this.isGone = true;
    this.clocks.stop();
    this.tell();
    return count;
  }

  /** Applies another policy to what it holds and to what comes. */
  configure(policy: Partial<QueuePolicy>): void {
    this.policy = { ...this.policy, ...policy };
    this.touch();
    this.dropHeads();
    this.expireHeads();
    this.tell();
  }

  /** Somebody declared it anew or asked how it stands. */
  asked(): void {
    if (this.kind.askingIsUse) this.touch();
  }

  /**
   * Its node is killed: what its kind does not keep is lost, and its clocks stand still until it is up again. Classic
   * copies that are left are in order and all marked as redelivered, for nobody knows any more who had which.
   */
  crash(): void {
    this.clocks.stop();
    this.admission.forget();
    if (this.durable && this.kind.remembersHolders) return;
    const held = [...this.line, ...this.unsettled.keys()].sort((a, b) => b.priority - a.priority || a.place - b.place);
    this.line = new ReadyLine(this.priorityMax);
    for (const copy of held) {
      const from = this.unsettled.has(copy) ? 'in-flight' : 'ready';
      if (!this.durable || !this.kind.survivesCrash(copy)) {
        this.books.end(copy, from, 'lost', 'crash');
        continue;
      }
      if (from === 'in-flight') this.books.comeBack(copy, 'crash');
      copy.redelivered = true;
      this.line.add(copy);
    }
    this.unsettled.clear();
    this.tell();
  }

  /** These copies were out when its node was killed, and are nobody's; they come back in this order, if at all. */
  abandoned(copies: readonly Copy[]): void {
    for (const copy of copies) {
      if (!this.unsettled.delete(copy)) continue;
      this.unsettled.set(copy, undefined);
    }
  }

  /** Its node is up again: what was out comes back, and what has expired meanwhile goes. */
  recover(): void {
    this.clocks.goOn(this.policy.expires);
    // A classic queue is told its limit before it is told what to do about it (`rabbit_amqqueue_process`, 3.10).
    if (!this.kind.remembersHolders) this.dropOver();
    this.giveBack([...this.unsettled.keys()], 'holder-gone');
    this.asked();
  }

  violations(): readonly string[] {
    const broken = this.fates.violations(this.name, {
      ready: this.ready,
      inFlight: this.inFlight,
      offered: this.offered,
    });
    const { lengthMax, bytesMax, overflow } = this.policy;
    // What is given back is never refused.
    if (overflow !== 'drop-head') return broken;
    if (this.ready > lengthMax) broken.push(`${this.name}: holds ${this.ready} ready copies, more than ${lengthMax}`);
    if (this.line.bytes > bytesMax)
      broken.push(`${this.name}: holds ${this.line.bytes} ready bytes, more than ${bytesMax}`);
    return broken;
  }

  /** Somebody used it: the time after which an unused queue goes starts anew. */
  private touch(): void {
    if (!this.isGone) this.clocks.used(this.users > 0, this.policy.expires);
  }

  /** Hands copies out as long as there are some and somebody can take them. */
  private handOut(): void {
    if (this.isHandingOut || this.isGone) return;
    this.isHandingOut = true;
    while (this.line.size > 0) {
      const consumer = this.consumers.next();
      if (consumer === undefined) break;
      const copy = this.line.take();
      this.count(copy, consumer, consumer.settlesAtOnce);
      this.consumers.took(consumer);
      this.expireHeads();
      consumer.deliver(copy);
    }
    this.isHandingOut = false;
  }

  private count(copy: Copy, consumer: Consumer | undefined, settles: boolean): void {
    this.books.handOver(copy, consumer?.tag ?? 'get');
    if (settles) {
      this.books.end(copy, 'in-flight', 'acknowledged', 'no ack asked');
      return;
    }
    this.unsettled.set(copy, consumer);
    if (consumer !== undefined) consumer.unsettled++;
  }

  /** Takes copies out of their holders' hands; those that are nobody's any more are passed over. */
  private release(copies: readonly Copy[], then: (copy: Copy, consumer: Consumer | undefined) => void): void {
    for (const copy of copies) {
      const consumer = this.unsettled.get(copy);
      if (!this.unsettled.delete(copy)) continue;
      if (consumer !== undefined) this.consumers.settled(consumer);
      then(copy, consumer);
    }
  }

  /** Whether anything had to go. */
  private dropHeads(): boolean {
    return this.policy.overflow === 'drop-head' && this.dropOver();
  }

  private dropOver(): boolean {
    const { line, policy } = this;
    const before = line.size;
    while (line.size > 0 && exceeds(policy, line, 0, 0)) this.die(line.take(), 'ready', 'maxlen');
    return line.size < before;
  }

  /** Drops what has expired at the head, and looks again when the time of the next one ends. */
  private expireHeads(): void {
    const { line, sim } = this;
    while (line.size > 0 && line.head!.expires <= sim.now) this.die(line.take(), 'ready', 'expired');
    this.clocks.headExpires(line.head?.expires ?? Infinity);
  }

  private die(copy: Copy, from: Fate, death: Death): void {
    const office = this.policy.deadLetters;
    if (office === undefined) {
      this.books.end(copy, from, WITHOUT_DEAD_LETTERS[death], death);
      return;
    }
    const bury = (): void =>
      this.books.buried(copy, from, office(copy.message, death, this.name, copy.deliveries), death);
    if (!this.kind.buriesOverflowFirst) bury();
    else if (death === 'maxlen') this.burials.unshift(bury);
    else this.burials.push(bury);
  }

  private buryAll(): void {
    if (this.burials.length > 0) for (const bury of this.burials.splice(0)) bury();
  }

  /** A publisher hears of it, and has the message still; a dead letter is nobody's but the queue's. */
  private refuse(copy: Copy, by: Publisher): void {
    if (this.policy.overflow === 'reject-publish-dlx') this.die(copy, 'ready', 'maxlen');
    else this.books.end(copy, 'ready', by === 'dead-letter' ? 'lost' : 'dropped', 'refused by a full queue');
  }

  /** Called by its clocks. */
  headIsDue(): void {
    this.expireHeads();
    this.tell();
  }

  /** Called by its clocks. */
  isUnused(): void {
    this.delete();
    this.onGone(this);
  }

  private tell(): void {
    this.buryAll();
    this.admission.look(this.policy, this.line);
    // Those who only have something end their use with the last of it.
    const { clocks, kind } = this;
    if (kind.looksForUseByTicks && this.policy.expires < Infinity && this.users > 0 !== clocks.isUsed) this.touch();
    this.books.read(this.ready, this.inFlight);
  }
}
