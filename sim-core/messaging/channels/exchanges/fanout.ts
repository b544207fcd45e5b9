/** Fanout exchange: a message goes to everything bound, whatever the keys (AMQP 0-9-1, 3.1.3.2). */
import type { Binding, Destination, ExchangeType, Router } from './exchange-type.ts';

class Fanout implements Router {
  private readonly bindings: Binding[] = [];

  bind(binding: Binding): void {
    this.bindings.push(binding);
  }

  unbind(binding: Binding): void {
    this.bindings.splice(this.bindings.indexOf(binding), 1);
  }

  route(_: unknown, __: string, found: Set<Destination>): void {
    for (const { destination } of this.bindings) found.add(destination);
  }
}

export const fanout: ExchangeType = { help: 'to everything that is bound', create: () => new Fanout() };
