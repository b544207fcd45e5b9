/**
 * A consumer of a stream's group: reads a few entries, handles them one after the other, and acknowledges each. When it
 * starts it first takes what is pending for it, from a life before this one, and every so often it claims what has been
 * pending for others for too long (Redis documentation, "Streams", sections on recovery: nothing of that happens by itself).
 *
 * Where the server does not answer it tries again after a while. It handles one message at a time. Of an acknowledgement that
 * is under way when it dies its observers are told that it never arrives, though it does.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { DeliveryReports } from '../../messaging/consuming/delivery-reports.ts';
import { consumerSignals } from '../../messaging/consuming/facts.ts';
import { outcomeOf, type DeliveryObserver, type Handler, type Received } from '../../messaging/consuming/received.ts';
import { CallFailed } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { Link } from '../../network/link.ts';
import { BackgroundRequests } from '../../network/background-requests.ts';
import type { Entry, RedisStreamServer, StreamCommand, StreamReply } from './stream-server.ts';

export interface StreamConsumerOptions {
  readonly name: string;
  readonly help: string;
  readonly server: RedisStreamServer;
  readonly group: string;
  /** Entries of one read at most (`COUNT`). */
  readonly count: number;
  /** How long a read waits for something to come (`BLOCK`). */
  readonly block: Duration;
  /** What has been pending for so long is claimed from whomever, as often as that. */
  readonly minIdle: Duration;
  /** How long it waits for a server that did not answer. */
  readonly retryAfter: Duration;
  readonly delay: Distribution;
  readonly keyOf: (message: Message) => number;
  /** Where it fails the entry stays pending, until somebody claims it. */
  readonly handler: Handler;
  readonly observers?: readonly DeliveryObserver[];
}

export class RedisStreamConsumer implements Component {
  readonly name: string;
  readonly kind = 'consumer';
  readonly help: string;
  readonly signals = consumerSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly options: StreamConsumerOptions;
  private readonly link: Link<StreamCommand, StreamReply>;
  private readonly reports: DeliveryReports;
  private readonly startKind: number;
  private readonly requests: BackgroundRequests;
  private done = 0;
  private life: Process | undefined = undefined;
  private downUntil: Time = 0;
  private inHand: { readonly received: Received; readonly since: Time } | undefined = undefined;
  private claimedAt: Time;

  constructor(sim: Simulation, options: StreamConsumerOptions) {
    this.sim = sim;
    this.options = options;
    this.name = options.name;
    this.help = options.help;
    this.reports = new DeliveryReports(sim, options);
    this.startKind = sim.eventKind(`${options.name} is up again`);
    this.requests = new BackgroundRequests(sim);
    this.claimedAt = sim.now;
    this.interventions = { kill: this.killing() };
    register(sim, this);
    this.link = new Link(sim, options.server, { from: options.name, delay: options.delay });
    this.start();
  }

  /** Dies with what it has in hand, and is up again after so long, or later if it was to be down for longer. */
  kill(downtime: Duration): void {
    this.life?.cancel();
    this.life = undefined;
    if (this.inHand !== undefined) {
      const { received, since } = this.inHand;
      this.inHand = undefined;
      this.reports.brokenOff(received, since);
      this.reports.unsettled(received);
      this.reports.ended(received);
    }
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    this.sim.schedule(downtime, () => this.start(), undefined, this.startKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { working: this.inHand === undefined ? 0 : 1, done: this.done };
    return this.life === undefined ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    return [];
  }

  private start(): void {
    // Killed again meanwhile, it stays down until the later time.
    if (this.sim.now < this.downUntil) return;
    this.life ??= spawn(this.sim, this.name, this.live());
  }

  private *live(): Behaviour {
    const { group, count, block, minIdle } = this.options;
    const ours = { group, consumer: this.name, count };
    let left = count;
    while (left === count) left = yield* this.handleAll(yield* this.ask({ command: 'history', ...ours }));
    for (;;) {
      if (this.sim.now - this.claimedAt >= minIdle) {
        this.claimedAt = this.sim.now;
        yield* this.handleAll(yield* this.ask({ command: 'claim', minIdle, ...ours }));
      }
      yield* this.handleAll(yield* this.ask({ command: 'read', block, ...ours }));
    }
  }

  /** Gives how many they were. */
  private *handleAll({ entries }: StreamReply): Behaviour<number> {
    for (const entry of entries) yield* this.handle(entry);
    return entries.length;
  }

  private *handle({ id, value: message }: Entry): Behaviour {
    const { handler, group } = this.options;
    const received = this.reports.begun(message);
    const since = this.sim.now;
    this.inHand = { received, since };
    const failure = yield* outcomeOf(handler, received);
    this.done++;
    this.reports.processed(message, group, failure === undefined ? 'ack' : 'requeue', since);
    // What another has acknowledged meanwhile, who had claimed it, is pending no more.
    const isSettled = failure === undefined && (yield* this.ask({ command: 'acknowledge', group, id })).count > 0;
    this.inHand = undefined;
    if (!isSettled) this.reports.unsettled(received);
    this.reports.ended(received);
  }

  /** Asks until there is an answer. */
  private *ask(command: StreamCommand): Behaviour<StreamReply> {
    for (;;) {
      try {
        return yield* this.link.call(command, this.requests.next());
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
      }
      yield this.options.retryAfter;
    }
  }

  private killing(): Intervention {
    return {
      help: 'Kills the consumer; what it had read stays pending for it until it is up again, after so many seconds',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.kill(Math.round(seconds * SECOND)),
    };
  }
}
