/** Who has not paid an order at once pays it later, any time up to the most as likely: a payment goes to a topic of its own. */
import {
  constant,
  Link,
  RequestContext,
  type KafkaCluster,
  type KafkaProducerQuery,
  type Simulation,
} from '../../../sim-core/index.ts';
import { PRODUCER, producerTo } from '../../messaging/application/orders.ts';
import type { Placed } from './orders.ts';
import type { Values } from './params.ts';
import { PAYMENTS } from './topologies.ts';

/** Payments are numbered from here on. */
const OWN_NUMBERS = 1_000_000_000;

/** Has an order paid, if it is to be; `paid` hears of each payment that the topic has. */
export function payLater(
  sim: Simulation,
  { paymentMost, processing }: Values,
  cluster: KafkaCluster,
  paid: (order: number) => void,
): (placed: Placed) => void {
  const topic = cluster.topics.find(({ name }) => name === PAYMENTS)!;
  const producer = producerTo(sim, cluster, { name: PAYMENTS, topic });
  const link = new Link<KafkaProducerQuery, void>(sim, producer, { from: 'tills', delay: constant(0) });
  const draws = sim.keyedRandom('when it is paid');
  const kind = sim.eventKind('an order is paid');
  // A number of its own, where it is joined by the order that it names.
  const keyOf = (order: number): number => (processing === 'join-foreign-key' ? OWN_NUMBERS + order : order);
  return ({ request: id, order }) => {
    if (order === null || order.paid === 'yes') return;
    const pay = (): void => {
      const payment = { key: keyOf(id), value: { order: id, cents: order.cents }, timestamp: sim.now };
      link
        .call({ ...payment, bytes: PRODUCER.recordBytes }, new RequestContext(id, sim.now))
        // The producer's signals tell of one that fails.
        .begin({ resume: () => paid(id), fail: () => {} });
    };
    sim.schedule(Math.round(draws.of(id).next() * paymentMost), pay, undefined, kind, id);
  };
}
