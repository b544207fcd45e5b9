/**
 * A RabbitMQ node in the network: producers publish by calls over a link and hear the confirm when it comes back, consumers
 * (`consumer.ts`) are sent their deliveries. The broker itself is `broker.ts`, which takes no time; the ways do.
 *
 * Killed, it refuses calls until it is up again, with what was persistent on durable queues and all that was in quorum
 * queues; consumers come back then. While it is down nothing in it expires, and nobody can tell it anything.
 * Does not model what fsync costs a confirm.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, ms, type Time } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import { queueSignals } from '../../messaging/channels/facts.ts';
import type { Queue } from '../../messaging/channels/queue.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention, type InterventionArgument } from '../../network/component.ts';
import { AmqpError } from './amqp-error.ts';
import { Broker } from './broker.ts';
import type { Channel } from './channel.ts';
import { Connection } from './connection.ts';

export interface Publish {
  readonly message: Message;
  /** Whether it comes back if it went to no queue. */
  readonly mandatory: boolean;
  /** Whose channel it comes on. */
  readonly publisher: object;
}

/** What a producer hears: refused by a full queue, sent back for want of one, or taken. */
export interface Confirm {
  readonly outcome: 'ack' | 'nack' | 'returned' | 'no-exchange';
  /** Queues that it went to. */
  readonly queues: number;
}

/** Who has a connection and loses it when the node dies. */
export interface Client {
  connectionLost(): void;
  nodeIsUp(): void;
}

export class RabbitMq implements Endpoint<Publish, Confirm>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help: string;
  readonly signals = queueSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  readonly broker: Broker;
  /** Declares queues, exchanges and bindings before the run. */
  readonly setUp: Channel;
  private readonly clients: Client[] = [];
  /** What an operator waits to do until the node is up. */
  private changes: (() => void)[] = [];
  private readonly upKind: number;
  private downUntil: Time = 0;
  private comesUp: EventHandle | undefined;

  constructor(sim: Simulation, { name, help }: { readonly name: string; readonly help: string }) {
    this.sim = sim;
    this.name = name;
    this.help = help;
    this.broker = new Broker(sim, { name });
    this.setUp = new Connection(this.broker).open();
    this.upKind = sim.eventKind(`${name} is up again`);
    this.interventions = {
      kill: this.killing(),
      purge: this.purging(),
      limit: this.limiting(),
      ttl: this.timing(),
      redrive: this.redriving(),
    };
    register(sim, this);
  }

  get isUp(): boolean {
    return this.sim.now >= this.downUntil;
  }

  /** Will be told when its connection is gone and when it can have another. */
  attach(client: Client): void {
    this.clients.push(client);
  }

  /** Has an operator change queues, exchanges and bindings in the midst of the run: at once, or when the node is up again. */
  administer(change: (channel: Channel) => void): void {
    const apply = (): void => {
      const connection = new Connection(this.broker);
      change(connection.open());
      connection.close();
    };
    if (this.isUp) apply();
    else this.changes.push(apply);
  }

  receive(call: Call<Publish, Confirm>): void {
    if (!this.isUp) {
      call.refuse('unavailable');
      return;
    }
    const { message, mandatory, publisher } = call.query;
    try {
      const { queues, refused, returned } = this.broker.publish(message, publisher, mandatory);
      const outcome = refused ? 'nack' : returned ? 'returned' : 'ack';
      call.reply({ outcome, queues: queues.length });
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error;
      call.reply({ outcome: 'no-exchange', queues: 0 });
    }
  }

  state(): Readonly<Record<string, number | string>> {
    const state: Record<string, number | string> = {};
    for (const queue of this.queues()) state[queue.name] = `${queue.ready} ready, ${queue.inFlight} out`;
    state.unroutable = this.broker.unroutable;
    return this.isUp ? state : { ...state, down: 'yes' };
  }

  violations(): readonly string[] {
    return this.broker.violations();
  }

  /** The queues in the order of their declaration, by which interventions number them. */
  private queues(): Queue[] {
    return [...this.broker.declaredQueues].map(({ queue }) => queue);
  }

  /** The queue of a number, as far as the node can be told anything. */
  private queue(number: number): Queue | undefined {
    return this.isUp ? this.queues()[number - 1] : undefined;
  }

  /** Killed again while it is down, it is down until the later end. */
  private kill(downtime: number): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    for (const client of this.clients) client.connectionLost();
    this.broker.crash();
    if (this.comesUp !== undefined) this.sim.cancel(this.comesUp);
    this.comesUp = this.sim.scheduleAt(this.downUntil, RabbitMq.up, this, this.upKind);
  }

  private killing(): Intervention {
    return {
      help: 'Kills the node (SIGKILL): durable queues have their persistent messages again, quorum queues all of them',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.kill(Math.round(seconds * SECOND)),
    };
  }

  private purging(): Intervention {
    return {
      help: 'Drops what is ready in a queue, with no dead letters',
      arguments: [QUEUE],
      apply: ([number]) => void this.queue(number)?.purge(),
    };
  }

  private limiting(): Intervention {
    return {
      help: 'Sets how many ready messages a queue holds at most, by a policy',
      arguments: [QUEUE, { name: 'length', help: 'ready messages', min: 0, max: 1e9, default: 100 }],
      apply: ([number, length]) => this.queue(number)?.configure({ lengthMax: Math.round(length) }),
    };
  }

  private timing(): Intervention {
    return {
      help: 'Sets how long a message stays in a queue, for those that come from now on, by a policy',
      arguments: [QUEUE, { name: 'milliseconds', help: 'time to live', min: 0, max: 1e9, default: 1000 }],
      apply: ([number, milliseconds]) => this.queue(number)?.configure({ ttl: ms(milliseconds) }),
    };
  }

  private redriving(): Intervention {
    return {
      help: 'Publishes what is ready in a queue to another, message by message, as they were; ends where the other is full',
      of: 'operation',
      arguments: [QUEUE, { ...QUEUE, name: 'to', help: 'number of the queue that gets them', default: 2 }],
      apply: ([from, to]) => this.redrive(this.queue(from), this.queue(to)),
    };
  }

  private redrive(from: Queue | undefined, to: Queue | undefined): void {
    if (from !== undefined && to !== undefined && from !== to) this.broker.redrive(from, to);
  }

  private static up(node: RabbitMq): void {
    node.comesUp = undefined;
    node.broker.recover();
    const changes = node.changes;
    node.changes = [];
    for (const change of changes) change();
    for (const client of node.clients) client.nodeIsUp();
  }
}

const QUEUE: InterventionArgument = {
  name: 'queue',
  help: 'number of the queue, in order of declaration',
  min: 1,
  max: 1000,
  default: 1,
};
