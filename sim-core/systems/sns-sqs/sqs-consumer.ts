/**
 * A consumer of an SQS queue: polls for as many messages as it has free hands (ten at most), handles them at once, and
 * deletes each when it is done with it. What it does not delete is visible again when its time is over, whether the handler
 * failed, the process died, or it just took longer: then somebody else has the message too, and the deletion, by a receipt
 * that has been overtaken, does nothing (SQS Developer Guide, "Visibility timeout").
 *
 * With a heartbeat it renews the visibility timeout of what it has in hand. Where the service does not answer it asks again
 * after a while. What was on its way to it when it died is hidden for its time.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import { fork, spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import { Signal } from '../../kernel/signal.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import { RECEIVE_MAX, type Received as Handed } from '../../messaging/channels/visibility-queue.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { DeliveryReports } from '../../messaging/consuming/delivery-reports.ts';
import { consumerSignals } from '../../messaging/consuming/facts.ts';
import { outcomeOf, type DeliveryObserver, type Handler, type Received } from '../../messaging/consuming/received.ts';
import { Workers } from '../../messaging/consuming/workers.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import { CallFailed } from '../../network/call.ts';
import { register, type Component, type ComponentPart, type Intervention } from '../../network/component.ts';
import { Link } from '../../network/link.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { SignalDefinition } from '../../statistics/signal.ts';
import type { Sqs } from './sqs.ts';
import type { SqsReply, SqsRequest } from './sqs-requests.ts';

export interface SqsConsumerOptions {
  readonly name: string;
  readonly help: string;
  readonly sqs: Sqs;
  readonly queue: string;
  /** Messages that it has in hand at once. */
  readonly concurrency: number;
  /** How long a receive waits for something to come; 0 for short polls. */
  readonly wait: Duration;
  /** Asks again so long after a short poll that found nothing, or a service that did not answer. */
  readonly retryAfter: Duration;
  /** Every so often it hides what it has in hand for `visibility` from then on. */
  readonly heartbeat?: { readonly every: Duration; readonly visibility: Duration };
  /** How long a message is hidden after a failure; without it, for what is left of its time. */
  readonly visibilityOnFailure?: Duration;
  /** One-way delay between it and the service, in nanoseconds. */
  readonly delay: Distribution;
  readonly keyOf: (message: Message) => number;
  readonly handler: Handler;
  readonly observers?: readonly DeliveryObserver[];
  /** The code that it runs: shown as a part of it. */
  readonly inside?: ComponentPart;
}

interface Job {
  readonly handed: Handed;
  readonly received: Received;
}

export class SqsConsumer implements Component {
  readonly name: string;
  readonly kind = 'consumer';
  readonly help: string;
  readonly signals: readonly SignalDefinition[];
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: SqsConsumerOptions;
  private readonly reports: DeliveryReports;
  private readonly link: Link<SqsRequest, SqsReply>;
  private readonly workers: Workers<Job, boolean>;
  private readonly requests: BackgroundRequests;
  private readonly freed: Signal;
  /** Messages that a poll under way may bring. */
  private asked = 0;
  /** The most that may be in hand: its hands, and what was in more of them when it was scaled down. */
  private allowed: number;
  private readonly restartKind: number;
  private inHand = 0;
  private life: Process | undefined = undefined;
  private downUntil: Time = 0;

  constructor(sim: Simulation, options: SqsConsumerOptions) {
    const { name, concurrency, inside } = options;
    this.sim = sim;
    this.options = options;
    this.name = name;
    this.help = options.help;
    this.reports = new DeliveryReports(sim, options);
    this.signals = inside === undefined ? consumerSignals : [...consumerSignals, ...inside.signals];
    this.requests = new BackgroundRequests(sim);
    this.freed = new Signal(sim);
    this.restartKind = sim.eventKind(`${name} is up again`);
    this.workers = new Workers(sim, {
      name,
      concurrency,
      handle: (job) => this.handle(job),
      ended: (job, isDeleted, since) => this.ended(job, isDeleted, since),
      scaled: () => this.handsChanged(),
    });
    this.allowed = concurrency;
    this.interventions = { kill: this.killing(), ...this.workers.interventions, ...inside?.interventions };
    register(sim, this);
    this.link = new Link(sim, options.sqs, { from: name, delay: options.delay });
    this.start();
  }

  /** Dies with what it has in hand, and is up again after so long; killed again meanwhile, at the later end. */
  kill(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    this.life?.cancel();
    this.life = undefined;
    this.asked = 0;
    for (const { received } of this.workers.dropWaiting()) this.letGo(received, false);
    this.workers.breakOff();
    this.sim.scheduleAt(this.downUntil, SqsConsumer.restart, this as SqsConsumer, this.restartKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { ...this.workers.state(), ...this.options.inside?.state() };
    return this.life === undefined ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    const broken = [...this.workers.violations(), ...(this.options.inside?.violations() ?? [])];
    if (this.inHand < 0 || this.inHand > this.allowed) {
      broken.push(`${this.name}: has ${this.inHand} messages in hand, of ${this.allowed} at most`);
    }
    return broken;
  }

  private start(): void {
    this.life ??= spawn(this.sim, this.name, this.poll());
  }

  private *poll(): Behaviour {
    const { queue, wait, retryAfter } = this.options;
    for (;;) {
      while (this.inHand >= this.workers.concurrency) yield* this.freed.wait();
      const max = Math.min(RECEIVE_MAX, this.workers.concurrency - this.inHand);
      this.asked = max;
      const { messages } = yield* this.ask({ action: 'ReceiveMessage', queue, max, wait }, this.requests.next());
      for (const handed of messages) this.take(handed);
      this.asked = 0;
      this.handsFree();
      if (messages.length === 0 && wait === 0) yield retryAfter;
    }
  }

  /** What a poll that is under way was promised still comes, and waits. */
  private handsChanged(): void {
    this.handsFree();
    this.freed.fire();
  }

  /** Those that are too many do not come back once they are free. */
  private handsFree(): void {
    this.allowed = Math.max(this.workers.concurrency, Math.min(this.allowed, this.inHand + this.asked));
  }

  private take(handed: Handed): void {
    this.inHand++;
    this.workers.add({ handed, received: this.reports.begun(handed.message) });
  }

  /** Gives whether the message is deleted. */
  private *handle({ handed: { message, receipt }, received }: Job): Behaviour<boolean> {
    const { queue, handler, heartbeat, visibilityOnFailure: hidden } = this.options;
    const { now: since } = this.sim;
    if (heartbeat !== undefined) fork(`${this.name} renews`, this.renew(receipt, received.request));
    const failure = yield* outcomeOf(handler, received);
    this.reports.processed(message, queue, failure === undefined ? 'ack' : 'requeue', since);
    if (failure === undefined) {
      return (yield* this.ask({ action: 'DeleteMessage', queue, receipt }, received.request)).isDone;
    }
    if (hidden !== undefined) {
      yield* this.ask({ action: 'ChangeMessageVisibility', queue, receipt, visibility: hidden }, received.request);
    }
    return false;
  }

  private *renew(receipt: number, request: RequestContext): Behaviour {
    const { queue, heartbeat } = this.options;
    const { every, visibility } = heartbeat!;
    for (;;) {
      yield every;
      const { isDone } = yield* this.ask({ action: 'ChangeMessageVisibility', queue, receipt, visibility }, request);
      if (!isDone) return;
    }
  }

  private ended({ received }: Job, isDeleted: boolean | undefined, since: Time): void {
    if (isDeleted === undefined) this.reports.brokenOff(received, since);
    this.letGo(received, isDeleted === true);
  }

  /** It has the message in hand no more. */
  private letGo(received: Received, isDeleted: boolean): void {
    this.inHand--;
    this.handsFree();
    this.freed.fire();
    if (!isDeleted) this.reports.unsettled(received);
    this.reports.ended(received);
  }

  /** Asks until there is an answer. */
  private *ask(query: SqsRequest, request: RequestContext): Behaviour<SqsReply> {
    for (;;) {
      try {
        return yield* this.link.call(query, request);
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
      yield this.options.retryAfter;
    }
  }

  private killing(): Intervention {
    return {
      help: 'Kills the process; what it had in hand is visible to others when its time is over. It is up again after so long',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.kill(Math.round(seconds * SECOND)),
    };
  }

  private static restart(consumer: SqsConsumer): void {
    if (consumer.sim.now >= consumer.downUntil) consumer.start();
  }
}
