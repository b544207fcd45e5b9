/**
 * The exchanges of one broker and the way of a message through them: from exchange to exchange, to an alternate exchange
 * where one leads nowhere, by each of its routing keys (its own, and those in the headers CC and BCC), in cycles never
 * twice. The default exchange, without a name, leads to the queue that is called like the key
 * (RabbitMQ documentation, "Exchange to exchange bindings", "Alternate exchanges", "Sender-selected distribution").
 */
import { stringsOf, type Headers, type Message } from '../message.ts';
import type { Binding, Destination, Router } from './exchange-type.ts';
import { exchangeTypes, type ExchangeTypeName } from './exchange-types.ts';

export interface ExchangeOptions {
  readonly name: string;
  readonly type: ExchangeTypeName;
  /** Where a message goes that this exchange can bring nowhere. */
  readonly alternate: string | undefined;
  readonly durable: boolean;
  /** Goes with its last binding. */
  readonly autoDelete: boolean;
}

export class Exchange implements ExchangeOptions {
  readonly name: string;
  readonly type: ExchangeTypeName;
  readonly alternate: string | undefined;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly bindings = new Map<string, Binding>();
  readonly router: Router;

  constructor({ name, type, alternate, durable, autoDelete }: ExchangeOptions) {
    this.name = name;
    this.type = type;
    this.alternate = alternate;
    this.durable = durable;
    this.autoDelete = autoDelete;
    this.router = exchangeTypes[type].create();
  }
}

export class Exchanges {
  private readonly byName = new Map<string, Exchange>();
  private readonly destinations = new Map<string, Destination>();

  get(name: string): Exchange | undefined {
    return this.byName.get(name);
  }

  get all(): Iterable<Exchange> {
    return this.byName.values();
  }

  declare(options: ExchangeOptions): Exchange {
    const exchange = new Exchange(options);
    this.byName.set(options.name, exchange);
    return exchange;
  }

  /** Whether a message published there would be heard of again: the default exchange is always there. */
  has(name: string): boolean {
    return name === '' || this.byName.has(name);
  }

  /** Removes an exchange with its bindings, those to it included, and what goes with its last binding. */
  delete(name: string): void {
    const exchange = this.byName.get(name);
    if (exchange === undefined) return;
    this.byName.delete(name);
    this.forget({ kind: 'exchange', name });
  }

  /** Binds a queue or an exchange; the same binding twice is one. */
  bind(exchange: Exchange, to: Destination, key: string, args: Headers): void {
    const name = bindingName(to, key, args);
    if (exchange.bindings.has(name)) return;
    const binding = { destination: this.destination(to), key, arguments: args };
    exchange.router.bind(binding);
    exchange.bindings.set(name, binding);
  }

  unbind(exchange: Exchange, to: Destination, key: string, args: Headers): void {
    this.drop(exchange, bindingName(to, key, args), 'dropped');
  }

  /** Drops every binding to a destination that is no more, and `orphans` what goes with its last binding, or keeps it. */
  forget({ kind, name }: Destination, orphans: 'dropped' | 'kept' = 'dropped'): void {
    for (const exchange of this.byName.values()) {
      for (const [id, { destination }] of exchange.bindings) {
        if (destination.kind === kind && destination.name === name) this.drop(exchange, id, orphans);
      }
    }
  }

  /** The names of the queues that a message goes to, each once, in order. */
  route(message: Message): readonly string[] {
    const keys = [message.routingKey, ...stringsOf(message.headers.CC), ...stringsOf(message.headers.BCC)];
    if (message.exchange === '') return sorted(keys);
    const queues = new Set<string>();
    const seen = new Set([message.exchange]);
    const waiting = [message.exchange];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const exchange = this.byName.get(name);
      if (exchange === undefined) continue;
      const found = new Set<Destination>();
      for (const key of keys) exchange.router.route(message, key, found);
      if (found.size === 0 && exchange.alternate !== undefined) {
        found.add({ kind: 'exchange', name: exchange.alternate });
      }
      for (const destination of found) {
        if (destination.kind === 'queue') queues.add(destination.name);
        else if (!seen.has(destination.name)) {
          seen.add(destination.name);
          waiting.push(destination.name);
        }
      }
    }
    return sorted(queues);
  }

  private drop(exchange: Exchange, name: string, orphans: 'dropped' | 'kept'): void {
    const binding = exchange.bindings.get(name);
    if (binding === undefined) return;
    exchange.bindings.delete(name);
    exchange.router.unbind(binding);
    if (orphans === 'dropped' && exchange.autoDelete && exchange.bindings.size === 0) this.delete(exchange.name);
  }

  /** One object a destination, so that a set of them holds each once. */
  private destination({ kind, name }: Destination): Destination {
    const id = `${kind} ${name}`;
    const known = this.destinations.get(id) ?? { kind, name };
    this.destinations.set(id, known);
    return known;
  }
}

const bindingName = ({ kind, name }: Destination, key: string, args: Headers): string =>
  JSON.stringify([kind, name, key, Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1))]);

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
