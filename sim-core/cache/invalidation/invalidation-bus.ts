/**
 * A bus that tells every instance which key was written, or what it is now. It comes in two kinds:
 *
 * - `acknowledged`: the writer waits until every instance has answered (as Infinispan's synchronous invalidation mode);
 * - `published`: the writer waits for the bus alone, and each message to each instance is sent once. What is lost is lost,
 *   and nobody is told (Redis documentation, Pub/Sub: at-most-once delivery).
 *
 * Does not model the buffers of slow subscribers: a subscriber takes a message when it comes.
 */
import { defineFact, type Fact, type FactChannel } from '../../kernel/fact.ts';
import { all } from '../../kernel/combine.ts';
import { spawn, type Behaviour } from '../../kernel/process.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Call, Endpoint } from '../../network/call.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Link } from '../../network/link.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A message to an instance was sent on, or lost. */
export const invalidationSent = defineFact('invalidation.message', 'A message to an instance was sent, or lost', {
  bus: 'text',
  request: 'request',
  key: 'key',
  subscriber: 'text',
  bytes: 'number',
  outcome: 'text',
});

export const invalidationSignals = [
  defineSignal({
    name: 'invalidation.messages',
    kind: 'counter',
    unit: '{message}',
    help: 'Invalidations sent to instances, lost ones included',
    fact: invalidationSent,
  }),
  defineSignal({
    name: 'invalidation.messages.lost',
    kind: 'counter',
    unit: '{message}',
    help: 'Invalidations that were lost on their way to an instance',
    fact: invalidationSent,
    where: (fact) => fact.outcome === 'lost',
  }),
  defineSignal({
    name: 'invalidation.bytes',
    kind: 'counter',
    unit: 'By',
    help: 'Size of what was sent to instances, lost messages included',
    fact: invalidationSent,
    amount: (fact) => fact.bytes,
  }),
];

/** What a message takes whatever it says: its key, the row's version, and the protocol's frame. */
export const MESSAGE_BYTES = 50;

export interface InvalidationBusOptions {
  readonly delivery: 'acknowledged' | 'published';
  /** The share of published messages that is lost, 0 to 1. */
  readonly lossShare: number;
}

/** A key that was written. */
export interface Invalidation {
  readonly key: number;
  /** Of the whole message. */
  readonly bytes: number;
}

export class InvalidationBus<Message extends Invalidation> implements Endpoint<Message, void>, Component {
  readonly name = 'bus';
  readonly kind = 'broker';
  readonly help: string;
  readonly signals = invalidationSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly sim: Simulation;
  private readonly delivery: InvalidationBusOptions['delivery'];
  private lossShare: number;
  private readonly losses: KeyedStream;
  private readonly subscribers: Link<Message, void>[] = [];
  private readonly sent: FactChannel<Fact<typeof invalidationSent>>;

  constructor(sim: Simulation, { delivery, lossShare }: InvalidationBusOptions) {
    this.sim = sim;
    this.delivery = delivery;
    this.lossShare = lossShare;
    this.help =
      delivery === 'published'
        ? 'Sends each message once, to every instance'
        : 'Waits until every instance has answered';
    this.losses = sim.keyedRandom('bus/losses');
    this.sent = sim.facts.channel(invalidationSent);
    this.interventions = delivery === 'published' ? { drop: this.dropping() } : {};
    register(sim, this);
  }

  subscribe(link: Link<Message, void>): void {
    this.subscribers.push(link);
  }

  receive(call: Call<Message, void>): void {
    if (this.delivery === 'acknowledged') {
      spawn(this.sim, 'bus', this.deliver(call));
      return;
    }
    const { query, request } = call;
    const draws = this.losses.of(request.id);
    const lost = this.subscribers.map(() => draws.next() < this.lossShare);
    this.subscribers.forEach((link, i) => {
      this.tell(link, call, lost[i] ? 'lost' : 'sent');
      if (!lost[i]) link.send(query, request);
    });
    call.reply();
  }

  state(): Readonly<Record<string, number | string>> {
    return { delivery: this.delivery, subscribers: this.subscribers.length, 'share lost': this.lossShare };
  }

  violations(): readonly string[] {
    return [];
  }

  private *deliver(call: Call<Message, void>): Behaviour {
    yield* all(
      ...this.subscribers.map((link) => {
        this.tell(link, call, 'sent');
        return link.call(call.query, call.request);
      }),
    );
    call.reply();
  }

  private tell(link: Link<Message, void>, { query, request }: Call<Message, void>, outcome: string): void {
    if (!this.sent.heard) return;
    const { key, bytes } = query;
    this.sent.emit({ bus: this.name, request: request.id, key, subscriber: link.to, bytes, outcome });
  }

  private dropping(): Intervention {
    return {
      help: 'Loses a share of the messages from now on; 0 is none',
      arguments: [{ name: 'share', help: 'of the messages', min: 0, max: 1, default: 1 }],
      apply: ([share]) => void (this.lossShare = share),
    };
  }
}
