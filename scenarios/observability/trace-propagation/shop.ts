/**
 * The side of the shop that users wait for: an edge that takes their orders, a proxy, and the service that stores an order and
 * publishes that it is there.
 */
import {
  CallFailed,
  GRACE_PERIOD,
  Link,
  makeMessage,
  Producer,
  Service,
  terminate,
  toSeconds,
  us,
  within,
  type Behaviour,
  type Confirm,
  type Database,
  type DatabaseQuery,
  type Duration,
  type Endpoint,
  type Publish,
  type RabbitMq,
  type RequestContext,
  type Row,
  type Simulation,
  type SpanContext,
  type TraceBackend,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { repeatedly } from '../application/repeatedly.ts';
import { instrumented } from './instrumented.ts';
import type { Journeys } from './journeys.ts';
import type { Naming } from './names.ts';
import { REPLACED_AFTER, RESTART_EVERY, type Values } from './params.ts';

export const QUEUE = 'orders';
const EDGE_WORK = us(300);
export const ORDERS_WORK = us(800);
const CONCURRENCY = 1000;
export const DATABASE_CORES = 4;
/** What each further row of a batch takes in the database. */
export const rowTime = ({ queryTime }: Values): Duration => Math.round(queryTime / 10);

/** What a proxy of a list of known headers lets through: neither of the formats is on it. */
const KNOWN_HEADERS: readonly string[] = ['accept', 'content-type'];

export interface HttpRequest {
  readonly key: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What all parts of the shop have in common. */
export interface Shop {
  readonly sim: Simulation;
  readonly p: Values;
  readonly traces: TraceBackend;
  readonly journeys: Journeys;
  readonly nameOf: Naming;
}

export function edgeOf(shop: Shop, orders: Endpoint<HttpRequest, void>): Service<number, void> {
  const { sim, p, traces, journeys, nameOf } = shop;
  const { process, tracer, propagator, inside } = instrumented(sim, p, 'edge', traces);
  const way = new Link(sim, orders, { from: 'edge', delay: nearby, timeout: p.callTimeout });

  function* checkout(key: number, request: RequestContext, parent: SpanContext): Behaviour {
    yield* process.work(EDGE_WORK, 'edge.checkout');
    const call = tracer.startSpan(nameOf('call', request), request, {
      kind: 'client',
      parent,
      attributes: { 'http.request.method': 'POST', 'server.address': 'orders' },
    });
    journeys.did(request, 'call', call.context);
    const headers = propagator.inject(call.context, { 'content-type': 'application/json' });
    yield* within(call, way.call({ key, headers }, request));
  }

  return new Service<number, void>(sim, {
    name: 'edge',
    help: `Takes users’ orders, waits ${toSeconds(p.callTimeout)} s for those behind it; writes its context as ${p.edgeFormat}`,
    concurrency: CONCURRENCY,
    queueMax: 0,
    inside,
    onCrash: () => process.crash(),
    *handle({ query: key, request }) {
      const server = tracer.startSpan(nameOf('checkout', request), request, {
        kind: 'server',
        attributes: { 'http.request.method': 'POST', 'http.route': '/checkout', 'url.scheme': 'http' },
      });
      journeys.did(request, 'checkout', server.context);
      yield* within(server, checkout(key, request, server.context));
    },
  });
}

/** Passes on what comes, headers that it does not know excepted if it strips; it has no instruments. */
export function proxyOf({ sim, p }: Shop, orders: Endpoint<HttpRequest, void>): Service<HttpRequest, void> {
  const way = new Link(sim, orders, { from: 'proxy', delay: nearby });
  return new Service<HttpRequest, void>(sim, {
    name: 'proxy',
    help: p.proxyStrips ? `Passes on only these headers: ${KNOWN_HEADERS.join(', ')}` : 'Passes on all that comes',
    concurrency: CONCURRENCY,
    queueMax: 0,
    *handle({ query: { key, headers }, request }) {
      const known = Object.entries(headers).filter(([name]) => !p.proxyStrips || KNOWN_HEADERS.includes(name));
      yield* way.call({ key, headers: Object.fromEntries(known) }, request);
    },
  });
}

export function ordersOf(shop: Shop, database: Database, rabbit: RabbitMq): Service<HttpRequest, void> {
  const { sim, p, traces, journeys, nameOf } = shop;
  const { process, tracer, propagator, inside, shutdown } = instrumented(sim, p, 'orders', traces);
  const store = new Link<DatabaseQuery, Row>(sim, database, { from: 'orders', delay: nearby });
  const producer = new Producer(new Link<Publish, Confirm>(sim, rabbit, { from: 'orders', delay: nearby }));

  function* create(key: number, request: RequestContext, server: SpanContext): Behaviour {
    yield* process.work(ORDERS_WORK, 'orders.create');
    // What a thread of the pool finds as its current context: what it was handed, or none.
    const inPool = p.poolLosesContext ? {} : { parent: server };
    const insert = tracer.startSpan(nameOf('insert', request), request, {
      kind: 'client',
      ...inPool,
      attributes: { 'db.system.name': 'postgresql', 'db.operation.name': 'INSERT', 'db.collection.name': 'orders' },
    });
    journeys.did(request, 'insert', insert.context);
    yield* within(insert, store.call({ operation: 'write', key }, request));
    const publish = tracer.startSpan(nameOf('publish', request), request, {
      kind: 'producer',
      ...inPool,
      attributes: { 'messaging.system': 'rabbitmq', 'messaging.destination.name': QUEUE },
    });
    journeys.did(request, 'publish', publish.context);
    const headers = p.injects ? propagator.inject(publish.context, {}) : {};
    const message = makeMessage({ request, content: key, sent: sim.now, routingKey: QUEUE, headers });
    const { outcome } = yield* within(publish, producer.send(message));
    if (outcome !== 'ack') throw new CallFailed(rabbit.name, 'error');
  }

  const end = (): void => {
    const lastly = p.atShutdown === 'flushes' ? { lastly: shutdown } : {};
    terminate(orders, { grace: GRACE_PERIOD, replacedAfter: REPLACED_AFTER, ...lastly });
  };
  const help =
    'Tells the instance to end, as a pod that is replaced is told; another one listens a second after its end';

  const orders = new Service<HttpRequest, void>(sim, {
    name: 'orders',
    help: `Stores an order and publishes it; reads and writes its context as ${p.ordersFormat}`,
    concurrency: CONCURRENCY,
    queueMax: 0,
    inside: { ...inside, interventions: { terminate: { help, arguments: [], apply: end } } },
    onCrash: () => process.crash(),
    *handle({ query: { key, headers }, request }) {
      const parent = propagator.extract(headers);
      const server = tracer.startSpan(nameOf('create', request), request, {
        kind: 'server',
        ...(parent === undefined ? {} : { parent }),
        attributes: { 'http.request.method': 'POST', 'http.route': '/orders', 'url.scheme': 'http' },
      });
      journeys.did(request, 'create', server.context);
      yield* within(server, create(key, request, server.context));
    },
  });
  if (p.restarts) repeatedly(sim, 'orders is replaced', RESTART_EVERY, end);
  return orders;
}
