/**
 * A JetStream consumer: a place in a stream, and what was delivered from it and not acknowledged. Pull consumers deliver to
 * requests, in turn; push consumers to whoever listens. What is due again goes before what is new.
 * https://docs.nats.io/nats-concepts/jetstream/consumers ; `server/consumer.go` of nats-server 2.9
 *
 * What surprises: a message delivered `maxDeliver` times stays in the stream, and nothing but an advisory says so: there is no
 * dead-letter queue. A `nak` sends a message to the back of others already under way, so the order is gone. With `backOff`,
 * the delay of a nak counts from the first wait. A server that is killed has forgotten what consumers did in the last tenth of a
 * second (`state-file.ts`): what was acknowledged then comes again.
 */
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { RandomStream } from '../../../kernel/random-stream.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../../kernel/time.ts';
import { Fates, type Fate } from '../../../messaging/fates.ts';
import {
  DEFAULT_ACK_WAIT,
  DEFAULT_MAX_ACK_PENDING,
  type AckPolicy,
  type ConsumerConfiguration,
} from './configuration.ts';
import type { Disk } from './disk.ts';
import type { MessageStore, StoredMessage } from './message-store.ts';
import { StreamPosition } from './position.ts';
import { PullRequests } from './pull-requests.ts';
import { ReplayPace } from './replay-pace.ts';
import { restore, type ConsumerState } from './restart.ts';
import { StateFile } from './state-file.ts';
import { UnacknowledgedMessages, type Place } from './unacknowledged.ts';

export interface JetStreamDelivery<Payload> {
  readonly message: StoredMessage<Payload>;
  /** The number of this delivery among all of the consumer. */
  readonly delivery: number;
  /** Which delivery of the message it is, from 1. */
  readonly attempt: number;
}

export interface Advisory {
  readonly type: 'max_deliver' | 'nak' | 'terminated';
  readonly sequence: number;
  readonly deliveries: number;
}

/** What a consumer needs of its stream. */
export interface ConsumedStream<Payload> {
  readonly store: MessageStore<Payload>;
  /** Whether what is done survives the server. */
  readonly keepsFiles: boolean;
  readonly disk: Disk;
  /** A consumer is done with a message. */
  acknowledged(sequence: number): void;
}

interface Taken<Payload> {
  readonly message: StoredMessage<Payload>;
  readonly attempt: number;
}

export class JetStreamConsumer<Payload> {
  readonly name: string;
  readonly configuration: ConsumerConfiguration;
  readonly books = new Fates();
  readonly unacknowledged: UnacknowledgedMessages;
  /** Hears of what somebody should look after. */
  onAdvisory: (advisory: Advisory) => void = () => {};
  private readonly sim: Simulation;
  private readonly stream: ConsumedStream<Payload>;
  private readonly ackPolicy: AckPolicy;
  private readonly maxAckPending: number;
  private readonly requests = new PullRequests<JetStreamDelivery<Payload>>();
  private readonly position: StreamPosition<Payload>;
  private listener: ((delivery: JetStreamDelivery<Payload>) => void) | undefined;
  /** The next delivery's number. */
  private nextDelivery = 1;
  private timer: EventHandle | undefined;
  private readonly starts: RandomStream;
  private readonly pace: ReplayPace;
  private readonly waitKind: number;
  private isClosed = false;
  /** Its server is up. */
  private isUp = true;
  /** After a start it looks at what waits for an acknowledgement no earlier than that. */
  private looksFrom: Time = 0;
  private readonly file: StateFile<ConsumerState> | undefined;

  constructor(sim: Simulation, stream: ConsumedStream<Payload>, configuration: ConsumerConfiguration) {
    const { name, ackPolicy = 'explicit', maxAckPending = DEFAULT_MAX_ACK_PENDING, replay } = configuration;
    this.sim = sim;
    this.stream = stream;
    this.starts = sim.random(`${name}/first look after a start`);
    this.waitKind = sim.eventKind(`${name} waited for an acknowledgement`);
    this.name = name;
    this.configuration = configuration;
    this.ackPolicy = ackPolicy;
    this.maxAckPending = ackPolicy === 'none' ? Infinity : maxAckPending;
    this.position = new StreamPosition(stream.store, configuration);
    this.unacknowledged = new UnacknowledgedMessages(configuration);
    const replaysUntil = replay === 'original' ? stream.store.lastSequence : 0;
    this.pace = new ReplayPace(sim, name, replaysUntil, () => this.deliverAll());
    for (let ready = this.pendingCount; ready > 0; ready--) this.books.take('ready');
    this.file = stream.keepsFiles ? new StateFile(sim, name, stream.disk, () => this.writtenState()) : undefined;
  }

  /** Messages that were never delivered and are still to come. */
  get pendingCount(): number {
    return this.position.count;
  }

  /** Deliveries so far, and the last message looked at. */
  get delivered(): Place {
    return { delivery: this.nextDelivery - 1, sequence: this.position.next - 1 };
  }

  matches(subject: string): boolean {
    return this.position.matches(subject);
  }

  /**
   * Asks for up to so many messages (pull); `deliver` is called for each, at once or while the request has not expired and
   * somebody listens for them.
   */
  request(
    count: number,
    expires: Time,
    deliver: (delivery: JetStreamDelivery<Payload>) => void,
    isHeard: () => boolean = () => true,
  ): void {
    if (!this.isUp) return;
    this.requests.add({ left: count, expires, deliver, isHeard });
    this.deliverAll();
  }

  /** Has messages delivered as they come (push); to nobody, if undefined. */
  listen(listener: ((delivery: JetStreamDelivery<Payload>) => void) | undefined): void {
    this.listener = listener;
    this.deliverAll();
  }

  /** The message of a delivery is done with. */
  acknowledge({ message: { sequence }, delivery }: JetStreamDelivery<Payload>): void {
    if (this.hears) this.settle(sequence, delivery, 'acknowledged');
  }

  /** The message is to come again: at once, or after a delay. */
  reject({ message: { sequence }, delivery, attempt }: JetStreamDelivery<Payload>, delay?: Duration): void {
    const { unacknowledged } = this;
    if (!this.hears || delivery <= unacknowledged.floor.delivery || delivery > this.nextDelivery) return;
    // Where nothing at all is waited for the server takes even what was acknowledged for rejected.
    const waited = unacknowledged.get(sequence) !== undefined;
    if (!waited && unacknowledged.count > 0) return;
    this.onAdvisory({ type: 'nak', sequence, deliveries: attempt });
    if (delay !== undefined) {
      if (unacknowledged.putOff(sequence, delay, this.sim.now))
        this.books.move('ready', waited ? 'in-flight' : 'dropped');
      this.file?.changed();
    } else if (unacknowledged.makeDue(sequence)) {
      if (waited) this.books.move('in-flight', 'ready');
      else this.books.take('ready');
    }
    this.deliverAll();
  }

  /** The message is never to come again. */
  terminate({ message: { sequence }, delivery, attempt }: JetStreamDelivery<Payload>): void {
    if (!this.hears) return;
    this.settle(sequence, delivery, 'dropped');
    this.onAdvisory({ type: 'terminated', sequence, deliveries: attempt });
  }

  /** The message is being worked on: its wait begins again. */
  inProgress({ message }: JetStreamDelivery<Payload>): void {
    if (!this.hears) return;
    this.unacknowledged.renew(message.sequence, this.sim.now);
    this.file?.changed();
    this.setTimer();
  }

  /** A message was stored. */
  stored(message: StoredMessage<Payload>): void {
    if (this.position.isAhead(message)) this.books.take('ready');
  }

  /** A message was stored, and what had to make room for it is gone. */
  wake(subject: string): void {
    if (this.matches(subject)) this.deliverAll();
  }

  /** A message was removed from the stream: if it is not acknowledged it is terminated. */
  removed(message: StoredMessage<Payload>, fate: Fate): void {
    const { sequence } = message;
    if (this.position.isAhead(message)) this.books.move('ready', fate);
    this.position.forget(sequence);
    const waited = this.unacknowledged.get(sequence);
    if (waited === undefined) return;
    const deliveries = this.unacknowledged.attemptOf(sequence);
    this.end(sequence, waited.delivery, fate);
    this.onAdvisory({ type: 'terminated', sequence, deliveries });
  }

  /** All messages below a number are about to go: the consumer goes on from there. */
  purged(first: number): void {
    for (let ready = this.pendingCount; ready > 0; ready--) this.books.move('ready', 'dropped');
    this.position.purged(first);
    const { unacknowledged } = this;
    if (unacknowledged.floor.sequence >= first) return;
    // The server goes on counting them among those that were delivered again, until somebody acknowledges them.
    for (const sequence of unacknowledged.before(first)) this.ended(unacknowledged.giveUp(sequence), 'dropped');
    unacknowledged.floor = this.delivered;
    this.file?.write();
  }

  /** Whether the stream must keep a message for it. */
  needs({ sequence, subject }: StoredMessage<Payload>): boolean {
    if (!this.matches(subject) || sequence <= this.unacknowledged.floor.sequence) return false;
    if (this.ackPolicy !== 'explicit' || sequence >= this.position.next) return true;
    return this.unacknowledged.get(sequence) !== undefined;
  }

  /** The consumer is deleted: nobody will be given what it had, and what is said of it later is nobody's business. */
  close(fate: Fate = 'dropped'): void {
    this.isClosed = true;
    this.fallSilent();
    for (const was of ['ready', 'in-flight'] as const) {
      for (let left = this.books.count(was); left > 0; left--) this.books.move(was, fate);
    }
  }

  /** Its server died: those who asked or listened are cut off, and what was not written down before some time never was. */
  crash(by: Time): void {
    this.isUp = false;
    this.fallSilent();
    const written = this.file!.stop(by);
    this.nextDelivery = written.delivery;
    const { position, unacknowledged, books } = this;
    restore({ store: this.stream.store, position, unacknowledged, books }, written);
  }

  /** Its server is up again. It first looks after some time (0.5 to 1.5 s, or its wait if that is less) whether waits are over. */
  recover(): void {
    this.isUp = true;
    const { ackWait = DEFAULT_ACK_WAIT } = this.configuration;
    const delay = SECOND * (0.5 + this.starts.next());
    this.looksFrom = this.sim.now + Math.round(Math.min(ackWait, delay));
    this.setTimer();
  }

  violations(owner: string): readonly string[] {
    if (this.isClosed) return this.books.violations(`${owner}/${this.name}`, { ready: 0, inFlight: 0 });
    const { dueCount, inFlightCount: inFlight } = this.unacknowledged;
    return this.books.violations(`${owner}/${this.name}`, { ready: this.pendingCount + dueCount, inFlight });
  }

  /** Delivers while there is somebody to deliver to and something to deliver. */
  private deliverAll(): void {
    if (!this.hears) return;
    while (!this.pace.isPausing) {
      const receive = this.listener ?? this.requests.receiver(this.sim.now);
      const found = receive === undefined ? undefined : this.take();
      if (receive === undefined || found === undefined) break;
      this.deliver(found.message, found.attempt, receive);
    }
    this.setTimer();
  }

  /** The next message to deliver, and which delivery of it that is. */
  private take(): Taken<Payload> | undefined {
    const again = this.takeDue();
    if (again !== 'none') return again;
    if (this.unacknowledged.count >= this.maxAckPending) return undefined;
    const message = this.position.look();
    if (message === undefined || this.pace.holdsBack(message)) return undefined;
    this.position.pass(message);
    // One is waited for, however many of a message are out.
    const isOut = this.unacknowledged.get(message.sequence) !== undefined;
    this.books.move('ready', isOut ? 'dropped' : this.fateOfDelivered);
    return { message, attempt: 1 };
  }

  /** The next message that is to be delivered again; undefined if that is gone. */
  private takeDue(): Taken<Payload> | undefined | 'none' {
    const { unacknowledged } = this;
    const { maxDeliver = Infinity } = this.configuration;
    for (let due = unacknowledged.takeDue(); due !== undefined; due = unacknowledged.takeDue()) {
      const attempt = unacknowledged.countDelivery(due);
      if (attempt <= maxDeliver) {
        const message = this.stream.store.get(due);
        this.books.move('ready', message === undefined ? 'dropped' : this.fateOfDelivered);
        return message === undefined ? undefined : { message, attempt };
      }
      if (attempt === maxDeliver + 1) this.onAdvisory({ type: 'max_deliver', sequence: due, deliveries: maxDeliver });
      unacknowledged.giveUp(due);
      this.books.move('ready', 'dropped');
    }
    return 'none';
  }

  private deliver(
    message: StoredMessage<Payload>,
    attempt: number,
    receive: (delivery: JetStreamDelivery<Payload>) => void,
  ): void {
    const delivery = this.nextDelivery++;
    const { sequence } = message;
    if (this.ackPolicy === 'none') this.unacknowledged.floor = { delivery, sequence };
    else this.unacknowledged.track(sequence, delivery, this.sim.now);
    this.file?.changed();
    receive({ message, delivery, attempt });
    if (this.ackPolicy === 'none') this.stream.acknowledged(sequence);
  }

  /** Ends a message; if that makes room, the next one is delivered. */
  private settle(sequence: number, delivery: number, fate: Fate): void {
    const wasFull = this.unacknowledged.count >= this.maxAckPending;
    this.end(sequence, delivery, fate);
    if (wasFull) this.deliverAll();
    else this.setTimer();
  }

  /** A message is at an end; with the policy `all`, so are those before it. */
  private end(sequence: number, delivery: number, fate: Fate): void {
    if (this.ackPolicy === 'none') return;
    if (this.ackPolicy === 'all') this.endAllUpTo(sequence, delivery, fate);
    else {
      const first = this.unacknowledged.get(sequence)?.delivery ?? delivery;
      this.forget(sequence, fate);
      this.unacknowledged.raiseFloor(sequence, first, this.delivered);
      this.stream.acknowledged(sequence);
    }
    this.file?.changed();
  }

  private forget(sequence: number, fate: Fate): void {
    this.ended(this.unacknowledged.forget(sequence), fate);
  }

  private ended(was: 'due' | 'waiting' | undefined, fate: Fate): void {
    if (was !== undefined) this.books.move(was === 'due' ? 'ready' : 'in-flight', fate);
  }

  private endAllUpTo(sequence: number, delivery: number, fate: Fate): void {
    const { unacknowledged } = this;
    const { floor } = unacknowledged;
    if (delivery <= floor.delivery || sequence <= floor.sequence) return;
    unacknowledged.floor = { delivery, sequence };
    for (let each = sequence; each > floor.sequence; each--) {
      this.forget(each, each === sequence ? fate : 'acknowledged');
      this.stream.acknowledged(each);
    }
  }

  private setTimer(): void {
    if (this.timer !== undefined) this.sim.cancel(this.timer);
    const deadline = this.unacknowledged.nextDeadline();
    this.timer =
      deadline === undefined
        ? undefined
        : this.sim.scheduleAt(
            Math.max(this.sim.now, this.looksFrom, deadline),
            () => this.expire(),
            undefined,
            this.waitKind,
          );
  }

  private expire(): void {
    this.timer = undefined;
    for (const _ of this.unacknowledged.expire(this.sim.now)) this.books.move('in-flight', 'ready');
    this.deliverAll();
  }

  private get fateOfDelivered(): Fate {
    return this.ackPolicy === 'none' ? 'acknowledged' : 'in-flight';
  }

  private get hears(): boolean {
    return this.isUp && !this.isClosed;
  }

  private fallSilent(): void {
    if (this.timer !== undefined) this.sim.cancel(this.timer);
    this.timer = undefined;
    this.pace.stop();
    this.file?.stop(Infinity);
    this.requests.clear();
    this.listener = undefined;
  }

  private writtenState(): ConsumerState {
    return { delivery: this.nextDelivery, first: this.position.next, unacknowledged: this.unacknowledged.state };
  }
}
