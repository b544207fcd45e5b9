/**
 * A schema registry as its clients meet it: a server that registers versions of schemas, refuses those that its level of
 * compatibility does not take, and tells the schema of an id (`messaging/schema/registry`). It is not on the way of records:
 * clients keep what they have been told, so that while it is down only new schemas stand still.
 * It works at as many requests at once as come. Its own log in Kafka and its follower nodes are not modelled.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { EventHandle } from '../../kernel/event-table.ts';
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import { SECOND, type Duration, type Time } from '../../kernel/time.ts';
import type { CompatibilityLevel, Schema } from '../../messaging/schema/registry/levels.ts';
import { SchemaStore, type Registration } from '../../messaging/schema/registry/schema-store.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import { defineSignal } from '../../statistics/signal.ts';

export type RegistryCommand =
  | { readonly command: 'register'; readonly subject: string; readonly schema: Schema }
  | { readonly command: 'schema'; readonly id: number };

export type RegistryReply =
  | Registration
  | { readonly outcome: 'found'; readonly schema: Schema }
  | { readonly outcome: 'unknown' };

/** The registry answered. */
export const registryAnswered = defineFact('schema_registry.answered', 'The schema registry answered', {
  request: 'request',
  command: 'text',
  outcome: 'text',
  reason: 'text',
});

export const registrySignals = [
  defineSignal({
    name: 'schema_registry.requests',
    kind: 'counter',
    unit: '{request}',
    help: 'Requests that the schema registry answered',
    fact: registryAnswered,
  }),
  defineSignal({
    name: 'schema_registry.refused',
    kind: 'counter',
    unit: '{schema}',
    help: 'Versions of schemas that the registry refused as incompatible',
    fact: registryAnswered,
    where: (fact) => fact.outcome === 'refused',
  }),
];

export interface SchemaRegistryOptions {
  readonly name: string;
  readonly level: CompatibilityLevel;
  readonly requestTime: Distribution;
}

export class SchemaRegistry implements Endpoint<RegistryCommand, RegistryReply>, Component {
  readonly name: string;
  readonly kind = 'database';
  readonly help: string;
  readonly signals = registrySignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  private readonly sim: Simulation;
  private readonly store: SchemaStore;
  private readonly requestTime: Distribution;
  private readonly times: KeyedStream;
  private readonly answered: FactChannel<Fact<typeof registryAnswered>>;
  private readonly answerKind: number;
  /** What it works at, and when each is answered. */
  private readonly atWork = new Map<Call<RegistryCommand, RegistryReply>, EventHandle>();
  private downUntil: Time = 0;
  private refused = 0;

  constructor(sim: Simulation, { name, level, requestTime }: SchemaRegistryOptions) {
    this.sim = sim;
    this.name = name;
    this.help = `Keeps the versions of schemas; takes new ones by the level ${level}`;
    this.store = new SchemaStore(level);
    this.requestTime = requestTime;
    this.times = sim.keyedRandom(`${name}: time of a request`);
    this.answered = sim.facts.channel(registryAnswered);
    this.answerKind = sim.eventKind(`${name} answers`);
    this.interventions = {
      crash: {
        help: 'Is down for so long: fails what it works at, refuses all requests, and has its schemas afterwards',
        arguments: [{ name: 'seconds', help: 'How long, in seconds', min: 0, max: 3600, default: 10 }],
        apply: ([seconds]) => this.crash(Math.round(seconds * SECOND)),
      },
    };
    register(sim, this);
  }

  /** The id of a schema that was registered before the run began. */
  registeredBefore(subject: string, schema: Schema): number {
    const registration = this.store.register(subject, schema);
    if (registration.outcome === 'refused') throw new Error(`${subject}: ${registration.reasons.join('; ')}`);
    return registration.id;
  }

  receive(call: Call<RegistryCommand, RegistryReply>): void {
    if (this.sim.now < this.downUntil) {
      call.refuse('unavailable');
      return;
    }
    const time = Math.round(this.requestTime.sample(this.times.of(call.request.nextWorkKey())));
    this.atWork.set(
      call,
      this.sim.schedule(time, () => this.answer(call), undefined, this.answerKind, call.request.id),
    );
  }

  state(): Readonly<Record<string, number | string>> {
    const state = { schemas: this.store.size, refused: this.refused };
    return this.sim.now < this.downUntil ? { ...state, down: 'yes' } : state;
  }

  violations(): readonly string[] {
    return [];
  }

  /** Whoever waits for an answer sees the connection break. */
  private crash(downtime: Duration): void {
    this.downUntil = Math.max(this.downUntil, this.sim.now + downtime);
    const lost = [...this.atWork];
    this.atWork.clear();
    for (const [call, answer] of lost) {
      this.sim.cancel(answer);
      call.refuse('unavailable');
    }
  }

  private answer(call: Call<RegistryCommand, RegistryReply>): void {
    this.atWork.delete(call);
    const reply = this.replyTo(call.query);
    const reason = reply.outcome === 'refused' ? reply.reasons.join('; ') : '';
    if (reply.outcome === 'refused') this.refused++;
    const { command } = call.query;
    if (this.answered.heard) {
      this.answered.emit({ request: call.request.id, command, outcome: reply.outcome, reason });
    }
    call.reply(reply);
  }

  private replyTo(query: RegistryCommand): RegistryReply {
    if (query.command === 'register') return this.store.register(query.subject, query.schema);
    const schema = this.store.schemaOf(query.id);
    return schema === undefined ? { outcome: 'unknown' } : { outcome: 'found', schema };
  }
}
