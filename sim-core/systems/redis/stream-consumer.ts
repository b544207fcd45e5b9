/**
 * A consumer of a stream's group: reads a few entries, has its workers (`messaging/consuming/workers.ts`) handle them in their
 * order, and acknowledges each; it reads again when a worker has nothing to do. When it starts it first takes what is pending
 * for it, from a life before this one, and every so often it claims what has been pending for too long, of others or of its own
 * (Redis documentation, "Streams", sections on recovery: nothing of that happens by itself). What it has in hand it does not
 * begin anew.
 *
 * Where the server does not answer it tries again after a while. Of an acknowledgement that is under way when it dies its
 * observers are told that it never arrives, though it does.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import { spawn, type Behaviour, type Process } from '../../kernel/process.ts';
import { Signal } from '../../kernel/signal.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { EntryId } from '../../messaging/channels/stream/entry-id.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { DeliveryReports } from '../../messaging/consuming/delivery-reports.ts';
import { consumerSignals } from '../../messaging/consuming/facts.ts';
import { outcomeOf, type DeliveryObserver, type Handler, type Received } from '../../messaging/consuming/received.ts';
import { Workers } from '../../messaging/consuming/workers.ts';
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
  /** Entries that it handles at once. */
  readonly concurrency: number;
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

/** An entry that it has read, and what its observers know it by once it is begun. */
interface Job {
  readonly entry: Entry;
  received: Received | undefined;
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
  private readonly workers: Workers<Job, boolean>;
  private readonly freed: Signal;
  /** The ids of the entries that are handled or wait for that. */
  private readonly inHand = new Set<string>();
  private life: Process | undefined = undefined;
  private downUntil: Time = 0;
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
    this.freed = new Signal(sim);
    this.workers = new Workers(sim, {
      name: options.name,
      concurrency: options.concurrency,
      handle: (job) => this.handle(job),
      ended: (job, isSettled, since) => this.ended(job, isSettled, since),
      scaled: () => this.freed.fire(),
    });
    this.interventions = { kill: this.killing(), ...this.workers.interventions };
    register(sim, this);
    this.link = new Link(sim, options.server, { from: options.name, delay: options.delay });
    this.start();
  }

  /** Dies with what it has in hand, and is up again after so long, or later if it was to be down for longer. */
  kill(downtime: Duration): void {
    this.life?.cancel();
    this.life = undefined;
    this.workers.dropWaiting();
    this.workers.breakOff();
    this.inHand.clear();
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    this.sim.schedule(downtime, () => this.start(), undefined, this.startKind);
  }

  state(): Readonly<Record<string, number | string>> {
    const state = this.workers.state();
    return this.life === undefined ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    return this.workers.violations();
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
    while (left === count) {
      left = this.take(yield* this.ask({ command: 'history', ...ours }));
      while (this.inHand.size > 0) yield* this.freed.wait();
    }
    for (;;) {
      while (this.inHand.size >= this.workers.concurrency) yield* this.freed.wait();
      if (this.sim.now - this.claimedAt >= minIdle) {
        this.claimedAt = this.sim.now;
        this.take(yield* this.ask({ command: 'claim', minIdle, ...ours }));
      } else this.take(yield* this.ask({ command: 'read', block, ...ours }));
    }
  }

  /** Gives how many they were. */
  private take({ entries }: StreamReply): number {
    for (const entry of entries) {
      const name = nameOf(entry.id);
      if (this.inHand.has(name)) continue;
      this.inHand.add(name);
      this.workers.add({ entry, received: undefined });
    }
    return entries.length;
  }

  /** Gives whether the entry is pending no more by its own word. */
  private *handle(job: Job): Behaviour<boolean> {
    const { handler, group } = this.options;
    const { id, value: message } = job.entry;
    const received = this.reports.begun(message);
    const since = this.sim.now;
    job.received = received;
    const failure = yield* outcomeOf(handler, received);
    this.reports.processed(message, group, failure === undefined ? 'ack' : 'requeue', since);
    // What another has acknowledged meanwhile, who had claimed it, is pending no more.
    return failure === undefined && (yield* this.ask({ command: 'acknowledge', group, id })).count > 0;
  }

  private ended({ entry, received }: Job, isSettled: boolean | undefined, since: Time): void {
    this.inHand.delete(nameOf(entry.id));
    if (received !== undefined) {
      if (isSettled === undefined) this.reports.brokenOff(received, since);
      if (isSettled !== true) this.reports.unsettled(received);
      this.reports.ended(received);
    }
    this.freed.fire();
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

const nameOf = ({ ms, seq }: EntryId): string => `${ms}-${seq}`;
