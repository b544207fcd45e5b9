/**
 * A link between two components: each message takes a delay drawn from the link's distribution. Requests and replies
 * draw alike. A message's draw belongs to the request it serves, so that a link carrying fewer messages for one
 * request gives every other request the delays it would have had.
 *
 * Messages of one link may overtake each other where their delays differ, as separate connections' do, unless it is
 * ordered, as one connection is. While it is cut (`partition.ts`) they wait; how many is bounded by who sends them. Does
 * not model bandwidth, loss or connection set-up.
 */
import type { Distribution } from '../kernel/distributions/distribution.ts';
import { defineReading, type Fact, type FactChannel } from '../kernel/fact.ts';
import type { KeyedStream } from '../kernel/random-stream.ts';
import type { Simulation } from '../kernel/simulation.ts';
import type { Duration, Time } from '../kernel/time.ts';
import { Call, callEnded, type Carrier, type Direction, type Endpoint } from './call.ts';
import { callMeterOf, type EndMeter } from './call-meter.ts';
import { connect, type Connection } from './component.ts';
import type { RequestContext } from './request-context.ts';

/** A message left; it arrives after `duration`. */
export const messageSent = defineReading('network.message', 'A message left for the other end of a link', {
  link: 'text',
  direction: 'text',
  request: 'request',
  duration: 'duration',
});

/** A message that waits at a link that is cut. */
interface Held {
  readonly direction: Direction;
  readonly duration: Duration;
  readonly arrive: (argument: unknown) => void;
  readonly argument: unknown;
  readonly kind: number;
  readonly request: number;
}

export interface LinkOptions {
  /** The component at the near end. */
  readonly from: string;
  /** One-way delay in nanoseconds. */
  readonly delay: Distribution;
  /** How long a caller waits for its reply; Infinity without it. */
  readonly timeout?: Duration;
  /** Whether messages of one direction arrive in the order in which they were sent: one that is slow holds up the next. */
  readonly isOrdered?: boolean;
}

export class Link<Query, Reply> implements Connection, Carrier<Query, Reply> {
  readonly sim: Simulation;
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly endpoint: Endpoint<Query, Reply>;
  readonly timeoutKind: number;
  private readonly delay: Distribution;
  /** How long a caller waits for its reply. */
  readonly timeout: Duration;
  private readonly draws: KeyedStream;
  /** When the last message of each direction arrives, of an ordered link. */
  private readonly arrivals: { request: Time; reply: Time } | undefined;
  readonly requestKind: number;
  readonly replyKind: number;
  private cancellationKind: number | undefined = undefined;
  /** What waits while the link is cut; undefined while it is open. */
  private held: Held[] | undefined = undefined;
  private readonly sent: FactChannel<Fact<typeof messageSent>>;
  readonly ended: FactChannel<Fact<typeof callEnded>>;
  readonly callerMeter: EndMeter | undefined;
  readonly calleeMeter: EndMeter | undefined;

  constructor(sim: Simulation, endpoint: Endpoint<Query, Reply>, options: LinkOptions) {
    this.sim = sim;
    this.endpoint = endpoint;
    this.from = options.from;
    this.to = endpoint.name;
    this.name = `${options.from} > ${endpoint.name}`;
    this.delay = options.delay;
    this.timeout = options.timeout ?? Infinity;
    this.arrivals = options.isOrdered === true ? { request: 0, reply: 0 } : undefined;
    this.draws = sim.keyedRandom(`${this.name}/delay`);
    this.requestKind = sim.eventKind(`${endpoint.name} receives from ${options.from}`);
    this.replyKind = sim.eventKind(`${options.from} hears from ${endpoint.name}`);
    this.timeoutKind = sim.eventKind(`${options.from} gives up on ${endpoint.name}`);
    this.sent = sim.facts.channel(messageSent);
    this.ended = sim.facts.channel(callEnded);
    const meter = callMeterOf(sim);
    this.callerMeter = meter?.endOf(this.from, this.to, 'caller');
    this.calleeMeter = meter?.endOf(this.from, this.to, 'callee');
    connect(sim, this);
  }

  /**
   * A call to the endpoint on behalf of a request; yield it to send it and wait for the reply, for as long as the link's
   * calls are waited for if nothing else is said.
   */
  call(query: Query, request: RequestContext, patience = this.timeout): Call<Query, Reply> {
    return new Call(this, query, request, patience);
  }

  /** Sends a query and waits for nothing, whatever the link's timeout: nobody hears what becomes of it. */
  send(query: Query, request: RequestContext): void {
    this.call(query, request).dispatch();
  }

  carry<Argument>(
    direction: Direction,
    request: RequestContext,
    arrive: (argument: Argument) => void,
    argument: Argument,
  ): void {
    const draws = this.draws.of(request.nextMessageKey());
    const delay = Math.max(0, Math.round(this.delay.sample(draws)));
    const duration = this.held === undefined ? this.inOrder(direction, delay) : delay;
    if (this.sent.heard) this.sent.emit({ link: this.name, direction, request: request.id, duration });
    const kind = this.kindOf(direction);
    if (this.held === undefined) this.sim.schedule(duration, arrive, argument, kind, request.id);
    else this.held.push({ direction, duration, arrive: arrive as Held['arrive'], argument, kind, request: request.id });
  }

  cut(): void {
    this.held ??= [];
  }

  open(): void {
    for (const { direction, duration, arrive, argument, kind, request } of this.held ?? []) {
      this.sim.schedule(this.inOrder(direction, duration), arrive, argument, kind, request);
    }
    this.held = undefined;
  }

  /** That of cancellations is there once there is one. */
  private kindOf(direction: Direction): number {
    if (direction === 'request') return this.requestKind;
    if (direction === 'reply') return this.replyKind;
    this.cancellationKind ??= this.sim.eventKind(`${this.to} hears of a cancellation from ${this.from}`);
    return this.cancellationKind;
  }

  /** How long a message sent now is under way that would take `delay` by itself. */
  private inOrder(direction: Direction, delay: Duration): Duration {
    if (this.arrivals === undefined) return delay;
    const { now } = this.sim;
    const way = direction === 'reply' ? 'reply' : 'request';
    const arrival = Math.max(now + delay, this.arrivals[way]);
    this.arrivals[way] = arrival;
    return arrival - now;
  }
}
