/**
 * The consumers of one queue and whose turn it is: round robin among those of the highest priority that can take a copy.
 * One that cannot is out of the round until one of its copies is settled, and then stands at the end of it. With a single
 * active consumer, only the first takes copies; the next one follows it when it goes
 * (RabbitMQ documentation, "Consumers", "Consumer priorities", "Single active consumer"; `rabbit_queue_consumers`).
 */
import type { Copy } from './copy.ts';

/** Those who share a limit on unsettled copies beside their own: the consumers of an AMQP channel. */
export interface Holder {
  /** Whether the channel as a whole can take one more copy that has to be settled. */
  readonly hasRoom: boolean;
}

export interface ConsumerOptions {
  readonly tag: string;
  readonly holder: Holder;
  /** Copies it takes before it has settled the first, at least 1; Infinity without a limit. */
  readonly prefetch: number;
  /** Lower ones get nothing while a higher one can take it. */
  readonly priority: number;
  /** Whether copies count as settled when they are delivered. */
  readonly settlesAtOnce: boolean;
  readonly deliver: (copy: Copy) => void;
}

export class Consumer implements ConsumerOptions {
  readonly tag: string;
  readonly holder: Holder;
  readonly prefetch: number;
  readonly priority: number;
  readonly settlesAtOnce: boolean;
  readonly deliver: (copy: Copy) => void;
  /** Copies that it has and has not settled. */
  unsettled = 0;
  /** Copies that it may take beyond its prefetch. */
  extraCredit = 0;
  /** Whether it is out of the round. */
  waits = false;
  /** Whether it takes no copies any more. */
  isGone = false;

  constructor({ tag, holder, prefetch, priority, settlesAtOnce, deliver }: ConsumerOptions) {
    this.tag = tag;
    this.holder = holder;
    this.prefetch = settlesAtOnce ? Infinity : prefetch;
    this.priority = priority;
    this.settlesAtOnce = settlesAtOnce;
    this.deliver = deliver;
  }

  get hasCredit(): boolean {
    return this.unsettled < this.prefetch + this.extraCredit;
  }

  get canTake(): boolean {
    return this.hasCredit && (this.settlesAtOnce || this.holder.hasRoom);
  }
}

export class Consumers {
  private readonly singleActive: boolean;
  private readonly fullLeaveAtOnce: boolean;
  /** In order of their turns, higher priorities first. */
  private round: Consumer[] = [];
  /** Out of the round, in the order in which they left it. */
  private waiting: Consumer[] = [];
  private active: Consumer | undefined;

  constructor(singleActive: boolean, fullLeaveAtOnce: boolean) {
    this.singleActive = singleActive;
    this.fullLeaveAtOnce = fullLeaveAtOnce;
  }

  get count(): number {
    return this.round.length + this.waiting.length;
  }

  /**
   * Those of them who can get something, and whoever has something and is none of them: `holders` has one for each copy that
   * is out, undefined if it was asked for.
   */
  countWith(holders: Iterable<Consumer | undefined>): number {
    let users = this.singleActive ? Math.min(1, this.count) : this.count;
    const gone = new Set<Consumer>();
    for (const holder of holders) {
      if (holder === undefined) users++;
      else if (holder.isGone) gone.add(holder);
    }
    return users + gone.size;
  }

  get isSingleActive(): boolean {
    return this.singleActive;
  }

  add(consumer: Consumer): void {
    this.insert(consumer);
    if (this.singleActive) this.active ??= consumer;
  }

  remove(consumer: Consumer): void {
    consumer.isGone = true;
    this.round = this.round.filter((each) => each !== consumer);
    this.waiting = this.waiting.filter((each) => each !== consumer);
    if (this.active === consumer) this.active = this.round[0] ?? this.waiting[0];
  }

  removeAll(holder: Holder): void {
    for (const consumer of [...this.round, ...this.waiting]) if (consumer.holder === holder) this.remove(consumer);
  }

  /** Whose turn it is; it is expected to take a copy. Undefined when nobody can. */
  next(): Consumer | undefined {
    if (this.singleActive) return this.nextActive();
    while (this.round.length > 0) {
      const consumer = this.round.shift()!;
      // It is put back by `took`, once the copy counts.
      if (consumer.canTake) return consumer;
      this.putAside(consumer);
    }
    return undefined;
  }

  /** The consumer that `next` named has taken its copy. */
  took(consumer: Consumer): void {
    if (this.singleActive) return;
    if (this.fullLeaveAtOnce && !consumer.hasCredit) this.putAside(consumer);
    else this.insert(consumer);
  }

  /** One of a consumer's copies was settled. */
  settled(consumer: Consumer): void {
    const hadNone = !consumer.hasCredit;
    consumer.unsettled--;
    if (hadNone) this.readmit(consumer.holder);
  }

  /** The consumers of a channel that can take copies again stand at the end of the round. */
  readmit(holder: Holder): void {
    const back = this.waiting.filter((each) => each.holder === holder && each.hasCredit);
    if (back.length === 0) return;
    this.waiting = this.waiting.filter((each) => !back.includes(each));
    for (const consumer of back) this.insert(consumer);
  }

  private nextActive(): Consumer | undefined {
    const { active } = this;
    if (active === undefined || active.waits) return undefined;
    if (active.canTake) return active;
    this.round = this.round.filter((each) => each !== active);
    this.putAside(active);
    return undefined;
  }

  private putAside(consumer: Consumer): void {
    consumer.waits = true;
    this.waiting.push(consumer);
  }

  private insert(consumer: Consumer): void {
    consumer.waits = false;
    const { round } = this;
    let index = round.length;
    while (index > 0 && round[index - 1].priority < consumer.priority) index--;
    round.splice(index, 0, consumer);
  }
}
