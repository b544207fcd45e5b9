/**
 * What a consumer process tells of the messages in its hands, whatever broker gave them: the facts of its work, and to those
 * who follow its deliveries for the experimenter. It takes no time and changes nothing.
 */
import type { Fact, FactChannel } from '../../kernel/fact.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Time } from '../../kernel/time.ts';
import type { Message } from '../channels/message.ts';
import { messageBrokenOff, messageProcessed } from './facts.ts';
import type { DeliveryObserver, Received } from './received.ts';

/** What is said of a delivery's message. */
type Reported = Pick<Message, 'request' | 'sent'>;

export interface DeliveryReportsOptions<M extends Reported = Message> {
  /** The consumer's name. */
  readonly name: string;
  /** What a message is about; its request's number without it. */
  readonly keyOf?: (message: M) => number;
  readonly observers?: readonly DeliveryObserver[];
}

export class DeliveryReports<M extends Reported = Message> {
  private readonly sim: Simulation;
  private readonly options: DeliveryReportsOptions<M>;
  private readonly observers: readonly DeliveryObserver[];
  private readonly processedFacts: FactChannel<Fact<typeof messageProcessed>>;
  private readonly brokenOffFacts: FactChannel<Fact<typeof messageBrokenOff>>;

  constructor(sim: Simulation, options: DeliveryReportsOptions<M>) {
    this.sim = sim;
    this.options = options;
    this.observers = options.observers ?? [];
    this.processedFacts = sim.facts.channel(messageProcessed);
    this.brokenOffFacts = sim.facts.channel(messageBrokenOff);
  }

  /** The broker has handed a message out. */
  begun(message: M): Received {
    const { request } = message;
    const received = { id: request.id, key: this.options.keyOf?.(message) ?? request.id, request };
    for (const observer of this.observers) observer.begun(received);
    return received;
  }

  /** A handler that began at `since` has ended. */
  processed({ request, sent }: M, queue: string, outcome: string, since: Time): void {
    if (!this.processedFacts.heard) return;
    const { now } = this.sim;
    const [duration, age] = [now - since, now - sent];
    this.processedFacts.emit({ consumer: this.options.name, queue, request: request.id, outcome, duration, age });
  }

  /** The process died under a handler that had begun at `since`. */
  brokenOff({ id: request }: Received, since: Time): void {
    if (!this.brokenOffFacts.heard) return;
    this.brokenOffFacts.emit({ consumer: this.options.name, request, duration: this.sim.now - since });
  }

  /** The broker hands it out again, or never hears of this delivery. */
  unsettled(received: Received): void {
    for (const observer of this.observers) observer.unsettled(received);
  }

  /** Nobody has it from this delivery any more. */
  ended(received: Received): void {
    for (const observer of this.observers) observer.ended(received);
  }
}
