/**
 * RabbitMQ 3.10 as one node: queues, exchanges, dead letters and what it answers to a channel (`channel.ts`). Everything
 * is done at the instant of the call; dead letters travel on by an event of their own at the same instant, as the server
 * sends them from process to process. The network around it is `rabbitmq.ts`.
 *
 * Does not model the cluster, permissions, flow control, memory and disk alarms, or what an operation costs the node.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { Exchanges } from '../../messaging/channels/exchanges/exchanges.ts';
import type { ExchangeTypeName } from '../../messaging/channels/exchanges/exchange-types.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { Queue } from '../../messaging/channels/queue.ts';
import {
  QUEUE_DEFAULTS,
  type Death,
  type DeadLetterOffice,
  type Dispatch,
} from '../../messaging/channels/queue-options.ts';
import { deadLetter, isCycle } from '../../messaging/dead-letter/deaths.ts';
import { messageDeadLettered } from '../../messaging/dead-letter/facts.ts';
import { AmqpError } from './amqp-error.ts';
import { inequivalence, readArguments, type QueueDeclaration } from './queue-arguments.ts';

interface BrokerOptions {
  readonly name?: string;
  /** How often a quorum queue looks whether it was unused for too long. */
  readonly tick?: Duration;
}

/** What the broker knows of a connection (`connection.ts`). */
export interface Connected {
  /** A queue was deleted: its consumers are, and its messages are nobody's. */
  queueGone(name: string): void;
}

/** What the broker knows of a channel (`channel.ts`). */
export interface Opened {
  /** The broker was killed: nothing can be given back. */
  abandon(): void;
}

/** A queue and what the broker knows of it. */
export interface DeclaredQueue {
  readonly queue: Queue;
  readonly declaration: QueueDeclaration;
  /** The connection that has it for itself. */
  readonly owner: Connected | undefined;
  /** The consumer that nobody else may join. */
  exclusiveConsumer: string | undefined;
}

/** What became of a message that was published. */
export interface Published {
  /** The queues that it was routed to. */
  readonly queues: readonly string[];
  /** Whether a full queue refused it: the publisher hears nack, whatever other queues did. */
  readonly refused: boolean;
  /** Whether it was mandatory, and comes back for want of a queue; it is confirmed all the same. */
  readonly returned: boolean;
}

/** What a dead letter has behind it. */
type LetterStory = Pick<Fact<typeof messageDeadLettered>, 'attempts' | 'origin'> & { readonly reason: Death };

/** A dead letter on its way. */
interface Letter {
  readonly broker: Broker;
  readonly message: Message;
  readonly queues: readonly string[];
  /** How often the broker had been killed when it left: one that is under way then arrives nowhere. */
  readonly life: number;
}

export class Broker {
  readonly sim: Simulation;
  readonly name: string;
  readonly exchanges = new Exchanges();
  /** Messages that went to no queue, counted each once; dead letters among them. */
  unroutable = 0;
  /** Copies of dead letters whose queue went, or whose broker died, while they were under way. */
  lettersLost = 0;
  private readonly queues = new Map<string, DeclaredQueue>();
  private readonly connections = new Set<Connected>();
  /** In the order in which they were opened. */
  private readonly channels = new Set<Opened>();
  private life = 0;
  /** Copies that were made of messages, by the queues that these were routed to; and those of them that are no queue's. */
  private routed = 0;
  private underWay = 0;
  private inGoneQueues = 0;
  private readonly letterKind: number;
  private readonly deaths: FactChannel<Fact<typeof messageDeadLettered>>;
  private readonly tick: Duration;

  constructor(sim: Simulation, { name = 'rabbitmq', tick = QUEUE_DEFAULTS.tick }: BrokerOptions = {}) {
    this.sim = sim;
    this.name = name;
    this.tick = tick;
    this.letterKind = sim.eventKind(`${name} sends a dead letter on`);
    this.deaths = sim.facts.channel(messageDeadLettered);
    this.declareStandardExchanges();
  }

  connected(connection: Connected): void {
    this.connections.add(connection);
  }

  opened(channel: Opened): void {
    this.channels.add(channel);
  }

  closed(channel: Opened): void {
    this.channels.delete(channel);
  }

  get declaredQueues(): Iterable<DeclaredQueue> {
    return this.queues.values();
  }

  /** The queue of a name, as a connection sees it: 404 if there is none, 405 if it is another's own. */
  find(name: string, by: Connected): DeclaredQueue {
    const declared = this.queues.get(name);
    if (declared === undefined) throw new AmqpError(404, `no queue '${name}'`);
    if (declared.owner !== undefined && declared.owner !== by)
      throw new AmqpError(405, `cannot obtain exclusive access to locked queue '${name}'`);
    return declared;
  }

  peek(name: string): DeclaredQueue | undefined {
    return this.queues.get(name);
  }

  declareQueue(declaration: QueueDeclaration, by: Connected): DeclaredQueue {
    const { name } = declaration;
    const known = this.queues.get(name);
    if (known !== undefined) {
      this.find(name, by);
      const different =
        known.declaration.exclusive !== declaration.exclusive
          ? 'exclusive'
          : inequivalence(known.declaration, declaration);
      if (different !== undefined) {
        const code = different === 'exclusive' ? 405 : 406;
        throw new AmqpError(code, `inequivalent arg '${different}' for queue '${name}'`);
      }
      known.queue.asked();
      return known;
    }
    if (name.startsWith('amq.')) throw new AmqpError(403, `queue name '${name}' contains reserved prefix 'amq.*'`);
    const { options, deadLetterExchange, deadLetterRoutingKey } = readArguments(declaration);
    const deadLetters =
      deadLetterExchange === undefined ? undefined : this.officeOf(deadLetterExchange, deadLetterRoutingKey);
    const queue = new Queue(this.sim, { ...options, deadLetters, tick: this.tick }, () => this.forget(name));
    const owner = declaration.exclusive ? by : undefined;
    const declared = { queue, declaration, owner, exclusiveConsumer: undefined };
    this.queues.set(name, declared);
    return declared;
  }

  /** Removes a queue with what is in it; returns how many messages were ready. */
  deleteQueue({ queue }: DeclaredQueue): number {
    const count = queue.delete();
    this.forget(queue.name);
    return count;
  }

  /** `publisher`: the channel on which it comes, or who stands for one: it hears of full queues for itself. */
  publish(message: Message, publisher: object, mandatory = false): Published {
    if (!this.exchanges.has(message.exchange)) throw new AmqpError(404, `no exchange '${message.exchange}'`);
    const names = this.exchanges.route(message).filter((name) => this.queues.has(name));
    if (names.length === 0) this.unroutable++;
    const refused = this.enqueue(message, names, publisher);
    return { queues: names, refused, returned: mandatory && names.length === 0 };
  }

  /** Publishes what is ready in a queue to another, as it is, until that one refuses. */
  redrive(from: Queue, to: Queue): void {
    for (const message of Array.from(from.copies, (copy) => copy.message)) {
      if (this.enqueue(message, [to.name], this)) return;
      from.get(true);
    }
  }

  /** The place for dead letters of a queue that names this exchange, whether it is there or not. */
  officeOf(exchange: string, routingKey: string | undefined): DeadLetterOffice {
    return (message, death, queue, attempts) => {
      if (!this.exchanges.has(exchange)) return 'no exchange';
      const letter = deadLetter(message, death, queue, this.sim.now, exchange, routingKey);
      return this.send(letter, { reason: death, attempts, origin: queue });
    };
  }

  /**
   * Killed: connections are gone, and what is neither durable nor kept by its kind of queue. What is left stands still
   * until the broker recovers. Bindings to what was not durable are no more, and nobody looks whether they were an exchange's
   * last, for nobody has deleted them.
   */
  crash(): void {
    this.life++;
    for (const channel of this.channels) channel.abandon();
    this.channels.clear();
    this.connections.clear();
    for (const declared of this.queues.values()) {
      const { queue, declaration } = declared;
      queue.crash();
      if (declaration.durable && !declaration.exclusive) continue;
      queue.delete();
      this.forget(queue.name, declaration.durable ? 'dropped' : 'kept');
    }
    for (const { name, durable } of this.exchanges.all) if (!durable) this.exchanges.delete(name);
  }

  /** Up again after a crash. */
  recover(): void {
    for (const { queue } of this.queues.values()) queue.recover();
  }

  /** A connection has closed. */
  disconnected(connection: Connected): void {
    this.connections.delete(connection);
    for (const declared of this.queues.values()) if (declared.owner === connection) this.deleteQueue(declared);
  }

  violations(): readonly string[] {
    const broken = [...this.queues.values()].flatMap(({ queue }) => queue.violations());
    let booked = this.inGoneQueues + this.underWay + this.lettersLost;
    for (const { queue } of this.queues.values()) booked += queue.fates.total;
    if (booked !== this.routed) broken.push(`${this.name}: routed ${this.routed} copies, ${booked} are in a book`);
    return broken;
  }

  /** Gives whether a queue refused it. */
  private enqueue(message: Message, names: readonly string[], publisher: object): boolean {
    this.routed += names.length;
    let refused = false;
    for (const name of names) if (!this.queues.get(name)!.queue.publish(message, publisher)) refused = true;
    return refused;
  }

  /** Sends a dead letter to the queues that its exchange leads to, but for those to which it would come round by itself. */
  private send(letter: Message, story: LetterStory): Dispatch {
    const all = this.exchanges.route(letter).filter((name) => this.queues.has(name));
    const queues = all.filter((name) => !isCycle(letter, story.reason, name));
    if (all.length === 0) this.unroutable++;
    if (queues.length === 0) return all.length === 0 ? 'no queue' : 'cycle';
    this.routed += queues.length;
    this.underWay += queues.length;
    const { life } = this;
    this.sim.schedule(
      0,
      Broker.arrive,
      { broker: this, message: letter, queues, life },
      this.letterKind,
      letter.request.id,
    );
    for (const queue of this.deaths.heard ? queues : [])
      this.deaths.emit({ queue, request: letter.request.id, ...story });
    return 'sent';
  }

  private forget(name: string, orphans?: 'dropped' | 'kept'): void {
    this.inGoneQueues += this.queues.get(name)?.queue.fates.total ?? 0;
    this.queues.delete(name);
    this.exchanges.forget({ kind: 'queue', name }, orphans);
    for (const connection of this.connections) connection.queueGone(name);
  }

  private declareStandardExchanges(): void {
    for (const type of ['direct', 'fanout', 'topic', 'headers'] as const satisfies ExchangeTypeName[]) {
      this.exchanges.declare({ name: `amq.${type}`, type, alternate: undefined, durable: true, autoDelete: false });
    }
  }

  private static arrive({ broker, message, queues, life }: Letter): void {
    broker.underWay -= queues.length;
    for (const name of queues) {
      const declared = life === broker.life ? broker.queues.get(name) : undefined;
      if (declared === undefined) broker.lettersLost++;
      else declared.queue.publish(message, 'dead-letter');
    }
  }
}
