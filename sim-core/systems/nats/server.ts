/**
 * A NATS server in the network: publishers call it over a link, subscribers (`subscriber.ts`, `jetstream/subscriber.ts`) are
 * sent what is theirs. What is published goes to core subscriptions (`core.ts`) and into the stream that listens to its
 * subject (`jetstream/`). The reply is the answer to a flush, and with a stream its acknowledgement; who only sends hears
 * nothing, and does not know.
 *
 * Killed, it has lost its connections with all that was pending for them, and what was in memory (`jetstream/streams.ts`);
 * without power, also what was in files and not on disk (`jetstream/disk.ts`).
 *
 * Does not model clusters, how long a publisher takes to reconnect, or the time that the server and its disk take.
 */
import type { EventHandle } from '../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Death } from '../../storage/page-cache.ts';
import { CoreServer } from './core.ts';
import type { JetStreamRefusal } from './jetstream/configuration.ts';
import type { SyncInterval } from './jetstream/disk.ts';
import type { PublishAck } from './jetstream/jet-stream.ts';
import { JetStreams } from './jetstream/streams.ts';
import { copyLost, messageUnheard, natsSignals } from './signals.ts';

export interface NatsPublish {
  readonly subject: string;
  readonly message: Message;
  /** `Nats-Msg-Id`, for a stream. */
  readonly id?: string;
}

export interface NatsReply {
  /** Core subscriptions and groups that it went to. */
  readonly copies: number;
  /** The stream's acknowledgement, or why there is none. */
  readonly ack?: PublishAck;
  readonly refusal?: JetStreamRefusal;
}

/** A message on its way to a core subscription, and since when. */
export interface Offered {
  readonly message: Message;
  readonly at: Time;
}

/** Who has a connection: hears when there may be something for it, and when the connection is lost. */
export interface NatsClient {
  readonly name: string;
  offered(): void;
  connectionLost(): void;
}

export interface NatsServerOptions {
  readonly name: string;
  readonly help: string;
  /** Bytes pending for a client, beyond which it is cut off (`max_pending`); 64 MiB without it. */
  readonly maxPendingBytes?: number;
  /** How often streams in files are synced; every two minutes without it. */
  readonly syncInterval?: SyncInterval;
}

export class NatsServer implements Endpoint<NatsPublish, NatsReply>, Component {
  readonly name: string;
  readonly kind = 'broker';
  readonly help: string;
  readonly signals = natsSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly core: CoreServer<Offered>;
  readonly streams: JetStreams;
  private readonly sim: Simulation;
  private readonly clients: NatsClient[] = [];
  private readonly lost: FactChannel<Fact<typeof copyLost>>;
  private readonly unheard: FactChannel<Fact<typeof messageUnheard>>;
  private readonly upKind: number;
  private downUntil: Time = 0;
  private comesUp: EventHandle | undefined = undefined;

  constructor(sim: Simulation, { name, help, maxPendingBytes, syncInterval }: NatsServerOptions) {
    this.sim = sim;
    this.name = name;
    this.help = help;
    this.lost = sim.facts.channel(copyLost);
    this.unheard = sim.facts.channel(messageUnheard);
    const choices = sim.random(`${name}/members of groups`);
    this.core = new CoreServer(choices, maxPendingBytes, ({ name: client }, { message }) =>
      this.tellLost(client, message.payload.message, 'connection ended'),
    );
    this.streams = new JetStreams(sim, name, choices, syncInterval);
    this.upKind = sim.eventKind(`${name} is up again`);
    this.interventions = { kill: this.killing(), 'power-loss': this.losingPower() };
    register(sim, this);
  }

  get isUp(): boolean {
    return this.comesUp === undefined;
  }

  attach(client: NatsClient): void {
    this.clients.push(client);
  }

  receive(call: Call<NatsPublish, NatsReply>): void {
    if (this.isUp) call.reply(this.publish(call.query));
    else call.refuse('unavailable');
  }

  /** A client's copy is gone with its process or its connection. */
  tellLost(client: string, { request }: Message, cause: string): void {
    if (this.lost.heard) this.lost.emit({ client, request: request.id, cause });
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { 'heard by nobody': this.core.unheard, ...this.streams.state() };
    return this.isUp ? state : { ...state, down: 'yes' };
  }

  violations(): readonly string[] {
    return [...this.core.violations(), ...this.streams.violations()];
  }

  private publish({ subject, message, id }: NatsPublish): NatsReply {
    const { bytes, request } = message;
    const payload: Offered = { message, at: this.sim.now };
    const copies = this.core.publish({ subject, payload, bytes: subject.length + bytes });
    if (copies > 0) for (const client of this.clients) client.offered();
    const kept = this.streams.publish(subject, message, id);
    if (copies === 0 && kept === undefined && this.unheard.heard) this.unheard.emit({ subject, request: request.id });
    return { copies, ...kept };
  }

  /** Killed again while it is down, it is down until the later end. */
  private die(death: Death, downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    this.core.crash();
    this.streams.crash(death);
    for (const client of this.clients) client.connectionLost();
    if (this.comesUp !== undefined) this.sim.cancel(this.comesUp);
    this.comesUp = this.sim.scheduleAt(this.downUntil, NatsServer.up, this, this.upKind);
  }

  private killing(): Intervention {
    return {
      help: 'Kills the server (SIGKILL): what is pending for subscribers is lost, and streams that are in memory',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 5 }],
      apply: ([seconds]) => this.die('process', Math.round(seconds * SECOND)),
    };
  }

  private losingPower(): Intervention {
    return {
      help: 'Its machine loses its power: of streams in files what had been synced is there again when it is up',
      arguments: [{ name: 'seconds', help: 'how long it is down', min: 0.001, max: 1e6, default: 60 }],
      apply: ([seconds]) => this.die('machine', Math.round(seconds * SECOND)),
    };
  }

  private static up(server: NatsServer): void {
    server.comesUp = undefined;
    server.streams.recover();
  }
}
