/**
 * The seam of routing: which destinations of an exchange a message goes to. An exchange has bindings, each to a queue or to
 * another exchange, with a key and arguments whose meaning is the type's. A destination bound in many ways gets one copy.
 */
import type { Headers, Message } from '../message.ts';

/** A queue or an exchange, by the name that its broker gives it. */
export interface Destination {
  readonly kind: 'queue' | 'exchange';
  readonly name: string;
}

export interface Binding {
  readonly destination: Destination;
  readonly key: string;
  readonly arguments: Headers;
}

/** The bindings of one exchange, by the rule of its type. */
export interface Router {
  /** Takes up a binding that is not there yet. Throws a `BindingRefused` where the type cannot take it. */
  bind(binding: Binding): void;
  /** Drops a binding that is there. */
  unbind(binding: Binding): void;
  /** Adds the destinations that one routing key of the message leads to; some may be there already. */
  route(message: Message, key: string, found: Set<Destination>): void;
}

export interface ExchangeType {
  readonly help: string;
  create(): Router;
}

/** What is wrong with a binding, as the broker words it. */
export class BindingRefused extends Error {
  override readonly name = 'BindingRefused';
}
