/** Two consumers of one queue whose effects go into one database: small enough to try every moment of a fault. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, type Duration } from '../../../../sim-core/kernel/time.ts';
import { makeMessage } from '../../../../sim-core/messaging/channels/message.ts';
import { EffectStore, type EffectStatement } from '../../../../sim-core/messaging/consuming/effect-store.ts';
import {
  idempotenceGuards,
  type IdempotenceGuardName,
} from '../../../../sim-core/messaging/consuming/idempotence/guards.ts';
import { Processing } from '../../../../sim-core/messaging/consuming/processing.ts';
import { QueueLedger } from '../../../../sim-core/messaging/consuming/queue-ledger.ts';
import { outcomeOf, type Handler, type Received } from '../../../../sim-core/messaging/consuming/received.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Database } from '../../../../sim-core/storage/database.ts';
import { RabbitConsumer } from '../../../../sim-core/systems/rabbitmq/consumer.ts';
import { RabbitMq } from '../../../../sim-core/systems/rabbitmq/rabbitmq.ts';

export interface SmallOptions {
  readonly guard: IdempotenceGuardName;
  readonly noAck?: boolean;
  /** When each message is published, in milliseconds. */
  readonly sent: readonly number[];
  readonly retention?: Duration;
}

export interface SmallGroup {
  readonly sim: Simulation;
  readonly node: RabbitMq;
  readonly ledger: QueueLedger;
  readonly consumers: readonly RabbitConsumer[];
  violations(): string[];
}

export function smallGroup({ guard, noAck = false, sent, retention = Infinity }: SmallOptions): SmallGroup {
  const sim = new Simulation();
  const ledger = new QueueLedger(sim, 'effects');
  const node = new RabbitMq(sim, { name: 'node', help: 'a node' });
  node.setUp.declareQueue({ name: 'q', durable: true, exclusive: false, autoDelete: false, arguments: {} });
  const database = new Database(sim, { name: 'db', connections: 4, queueMax: 10, cores: 4, demand: constant(ms(1)) });
  const store = new EffectStore(database, { ledger, retention });
  const processing = new Processing(sim, { name: 'code', time: constant(ms(5)) });
  const consumers = ['one', 'two'].map((name) => {
    const handler: Handler = idempotenceGuards[guard]({
      store: new Link<EffectStatement, boolean>(sim, store, { from: name, delay: constant(ms(0.2)) }),
      *process(message, apply) {
        yield* processing.work(message);
        yield* apply();
      },
    });
    return new RabbitConsumer(sim, {
      name,
      help: 'works',
      node,
      queue: 'q',
      prefetch: 2,
      concurrency: 1,
      delay: constant(ms(0.3)),
      noAck,
      observers: [ledger],
      *handle(received: Received) {
        const failure = yield* outcomeOf(handler, received);
        return failure === undefined ? 'ack' : 'requeue';
      },
    });
  });
  const publish = (id: number): void => {
    const request = new RequestContext(id, sim.now);
    node.broker.publish(makeMessage({ request, content: id, sent: sim.now, routingKey: 'q' }), ledger);
    ledger.confirmed(id);
  };
  sent.forEach((at, id) => sim.scheduleAt(ms(at), publish, id, 0));
  const parts = [node, ledger, database, ...consumers];
  return { sim, node, ledger, consumers, violations: () => parts.flatMap((part) => part.violations()) };
}
