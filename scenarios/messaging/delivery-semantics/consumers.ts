/**
 * What a consumer does with an order, whatever broker it comes from: takes the payment from somebody else's service, works for
 * a while, and books it in the database, guarded against what comes twice as the parameters say.
 */
import {
  Database,
  EffectStore,
  gamma,
  idempotenceGuards,
  Link,
  OutsideEffects,
  Processing,
  type Distribution,
  type EffectLedger,
  type EffectStatement,
  type Handler,
  type OutsideRequest,
  type Simulation,
} from '../../../sim-core/index.ts';
import { nearby, SHAPE } from '../../application/distances.ts';
import { SLOW } from './limits.ts';
import type { Values } from './params.ts';

/** Consumers that `make` connects to their broker, all with the same code. */
export function consumersOf<Consumer>(
  sim: Simulation,
  p: Values,
  ledgers: readonly [bookings: EffectLedger, payments: EffectLedger],
  make: (name: string, handler: Handler, processing: Processing) => Consumer,
): Consumer[] {
  const [bookings, payments] = ledgers;
  const database = new Database(sim, {
    name: 'database',
    connections: 50,
    queueMax: 10_000,
    cores: 8,
    demand: gamma(SHAPE, p.queryTime / SHAPE),
  });
  const store = new EffectStore(database, { ledger: bookings, retention: p.retention });
  const provider = new OutsideEffects(sim, {
    name: 'payments',
    help: "Somebody else's service: takes a payment each time that it is asked, once for each idempotency key",
    ledger: payments,
    time: gamma(SHAPE, p.payTime / SHAPE),
  });
  const processing = new Processing(sim, { name: 'orders', time: workTime(p) });
  return Array.from({ length: p.consumers }, (_, i) => {
    const name = `consumer-${i + 1}`;
    const pay = new Link<OutsideRequest, void>(sim, provider, { from: name, delay: nearby });
    const handler = idempotenceGuards[p.guard]({
      store: new Link<EffectStatement, boolean>(sim, store, { from: name, delay: nearby }),
      *process(message, apply) {
        const key = p.idempotencyKey ? { idempotencyKey: message.id } : {};
        yield* pay.call({ message, ...key }, message.request);
        yield* processing.work(message);
        yield* apply();
      },
    });
    return make(name, handler, processing);
  });
}

/** The time of the work, and so many times as much for a share of the orders, whoever works at them. */
function workTime({ workTime: mean, slowShare }: Values): Distribution {
  const usual = gamma(SHAPE, mean / SHAPE);
  if (slowShare === 0) return usual;
  return {
    mean: usual.mean * (1 + slowShare * (SLOW - 1)),
    sample(draws) {
      const time = usual.sample(draws);
      return draws.next() < slowShare ? SLOW * time : time;
    },
    describe: () => `${usual.describe()}, of a share of ${slowShare} ${SLOW} times as much`,
  };
}
