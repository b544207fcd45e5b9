/** Direct exchange: a message goes where a binding's key equals its routing key, to the letter (AMQP 0-9-1, 3.1.3.1). */
import type { Binding, Destination, ExchangeType, Router } from './exchange-type.ts';

class Direct implements Router {
  private readonly byKey = new Map<string, Set<Destination>>();

  bind({ key, destination }: Binding): void {
    const bound = this.byKey.get(key);
    if (bound === undefined) this.byKey.set(key, new Set([destination]));
    else bound.add(destination);
  }

  unbind({ key, destination }: Binding): void {
    const bound = this.byKey.get(key);
    bound?.delete(destination);
    if (bound?.size === 0) this.byKey.delete(key);
  }

  route(_: unknown, key: string, found: Set<Destination>): void {
    const bound = this.byKey.get(key);
    if (bound !== undefined) for (const destination of bound) found.add(destination);
  }
}

export const direct: ExchangeType = { help: 'where the routing key is the binding key', create: () => new Direct() };
