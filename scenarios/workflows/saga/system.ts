/** Customers, a checkout that begins a saga for each order, and the services, which it asks or which hear each other's events. */
import {
  during,
  EventExchange,
  Link,
  ms,
  OpenLoopClient,
  poisson,
  RabbitMq,
  REQUESTED,
  roundRobin,
  Service,
  zipfPopularity,
  type Duration,
  type Endpoint,
  type Simulation,
} from '../../../sim-core/index.ts';
import { faraway, nearby } from '../../application/distances.ts';
import { CONCURRENCY, orchestratedSaga, SAGAS_MAX } from '../application/orchestrated.ts';
import { orderServices, type OrderServices } from '../application/order-services.ts';
import { DRAIN } from '../application/settling.ts';
import { befall, type Crash } from './faults.ts';
import type { Values } from './params.ts';

/** Who begins sagas, and how it and the services are killed. */
interface Coordination {
  readonly checkout: Endpoint<number, void>;
  readonly crashCheckout: Crash;
  readonly crashServices: readonly Crash[];
}

export function system(sim: Simulation, p: Values): void {
  const order = orderServices(sim, p);
  const coordinated = p.coordination === 'orchestrated' ? orchestrated : choreographed;
  const { checkout, crashCheckout, crashServices } = coordinated(sim, p, order);
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: during(0, p.length - DRAIN, poisson(p.rate)),
    popularity: zipfPopularity(p.articles, 0.9),
    target: roundRobin([new Link(sim, checkout, { from: 'users', delay: faraway })]),
  });
  const statements = new Service<number, unknown>(sim, {
    name: 'statements',
    help: 'Tells customers how their accounts stand, from the database of payments',
    concurrency: CONCURRENCY,
    queueMax: 1000,
    *handle({ query: customer }) {
      yield ms(1);
      return order.accounts.read(customer);
    },
  });
  new OpenLoopClient<unknown>(sim, {
    name: 'readers',
    arrivals: during(0, p.length - DRAIN, poisson(p.readRate)),
    popularity: zipfPopularity(p.customers, 0),
    target: roundRobin([new Link(sim, statements, { from: 'readers', delay: faraway })]),
  });
  befall(sim, p, crashCheckout, crashServices);
}

function orchestrated(sim: Simulation, p: Values, order: OrderServices): Coordination {
  const { orchestrator, services } = orchestratedSaga(sim, order, {
    ...p,
    compensationAttempts: Infinity,
    auditLog: undefined,
  });
  return {
    checkout: orchestrator,
    crashCheckout: (downtime) => orchestrator.kill(downtime),
    crashServices: services.map((service) => (downtime: Duration) => service.crash(downtime)),
  };
}

function choreographed(sim: Simulation, p: Values, { definition, participants }: OrderServices): Coordination {
  const node = new RabbitMq(sim, {
    name: 'rabbit',
    help: 'A RabbitMQ node: an exchange for events, a queue for each service',
  });
  const exchange = new EventExchange(sim, { node, definition, compensates: p.compensation, delay: nearby });
  const publish = exchange.publisher('checkout');
  const checkout = new Service<number, void>(sim, {
    name: 'checkout',
    help: 'Publishes that an order is wanted, and answers when the node has confirmed it',
    concurrency: SAGAS_MAX,
    queueMax: 0,
    *handle({ query: key, request }) {
      yield* publish({ id: request.id, key, request }, REQUESTED);
    },
  });
  const services = participants.map((participant) => exchange.consumer(participant, CONCURRENCY));
  return {
    checkout,
    crashCheckout: (downtime) => checkout.crash(downtime),
    crashServices: services.map((service) => (downtime: Duration) => service.kill(downtime)),
  };
}
