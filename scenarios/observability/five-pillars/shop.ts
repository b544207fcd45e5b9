/**
 * A platform on which tenants sell: a gateway, a catalogue, orders, payments. An order is parsed, its taxes are computed, it is
 * paid and kept. From a change of the tax rules on the taxes of one tenant take many times as long.
 */
import {
  defineFact,
  gamma,
  Link,
  ms,
  s,
  Service,
  sleep,
  uniform,
  type Behaviour,
  type Call,
  type Duration,
  type Endpoint,
  type RequestContext,
  type Simulation,
  type SpanContext,
} from '../../../sim-core/index.ts';
import { nearby, SHAPE } from '../../application/distances.ts';
import type { Node } from './node.ts';
import type { Values } from './params.ts';

export const USERS = 400;
export const CATALOGUE = '/catalogue';
export const ORDERS = '/orders';
const CHARGE = '/charge';
/** The methods that are not `POST`. */
const METHODS: Readonly<Record<string, string>> = { [CATALOGUE]: 'GET' };
const methodOf = (route: string): string => METHODS[route] ?? 'POST';
const serving = (route: string) => ({
  'http.request.method': methodOf(route),
  'http.route': route,
  'url.scheme': 'http',
});

/** What is true of the incident. */
export const TRUTH = {
  route: ORDERS,
  hop: 'orders',
  code: 'tax.compute',
  tenant: 'tenant-1',
  change: 'tax.rules=2025',
};

/** By the handbook's table. */
const spanNameOf = (route: string): string => `HTTP ${methodOf(route)} ${route}`;

/** Users go to the tenants in turn. */
const tenantOf = (key: number, tenants: number): string => `tenant-${(key % tenants) + 1}`;

export const COMPLETED = {
  severity: 'INFO',
  event: 'request.completed',
  text: '{http.route} of {user.id} answered in {duration_ms} ms',
} as const;

/** What a service is asked, and the span for which. */
interface Asked {
  readonly tenant: string;
  readonly parent: SpanContext;
}

export const orderAnswered = defineFact('gateway.order', 'The gateway answered an order', {
  request: 'request',
  duration: 'duration',
});

/** Mean processor times. */
export const WORK = { route: ms(0.5), list: ms(3), parse: ms(1), keep: ms(1), charge: ms(1) };
export const BANK_MAX = ms(20);
const BANK = uniform(ms(10), BANK_MAX);
const PLACES = { concurrency: 500, queueMax: 1000 };
const PATIENCE = s(10);

/** What a service does of a request, in a span of its own. */
type Does = (here: Node, asked: Asked, request: RequestContext) => Behaviour<void>;

export function shopOf(sim: Simulation, p: Values, node: (name: string) => Node): Endpoint<number, undefined> {
  const demand = sim.keyedRandom('platform/demand');
  const bank = sim.keyedRandom('bank/answers');
  const routes = sim.keyedRandom('platform/routes');
  const work = ({ process }: Node, mean: Duration, request: RequestContext, stack: string) => {
    const draw = gamma(SHAPE, mean / SHAPE).sample(demand.of(request.nextWorkKey()));
    return process.work(Math.round(draw), stack);
  };
  /** A service that measures and traces whatever it does, and the way to it. */
  const service = (name: string, from: string, help: string, route: string, does: Does): Link<Asked, undefined> => {
    const here = node(name);
    const endpoint = new Service<Asked, undefined>(sim, {
      name,
      help,
      ...PLACES,
      *handle({ query, request }): Behaviour<undefined> {
        const since = sim.now;
        const { parent } = query;
        const span = here.tracer.startSpan(spanNameOf(route), request, {
          parent,
          kind: 'server',
          attributes: serving(route),
        });
        yield* does(here, { ...query, parent: span.context }, request);
        here.answered(route, since);
        span.end();
        return undefined;
      },
    });
    return new Link(sim, endpoint, { from, delay: nearby, timeout: PATIENCE });
  };

  const payments = service('payments', 'orders', 'Charges orders at the banks', CHARGE, function* (here, _, request) {
    yield* work(here, WORK.charge, request, 'payments.charge');
    yield* sleep(sim, Math.round(BANK.sample(bank.of(request.id))));
  });
  const help = 'Takes orders: parses them, computes their taxes, has them paid and keeps them';
  const orders = service('orders', 'gateway', help, ORDERS, function* (here, asked, request) {
    const isSlow = sim.now >= p.changeAt && asked.tenant === TRUTH.tenant;
    yield* work(here, WORK.parse, request, 'orders.place;parse');
    yield* work(here, p.taxTime * (isSlow ? p.slowdown : 1), request, `orders.place;price;${TRUTH.code}`);
    yield* payments.call(asked, request);
    yield* work(here, WORK.keep, request, 'orders.place;keep');
  });
  const catalogue = service('catalogue', 'gateway', 'Lists products', CATALOGUE, function* (here, _, request) {
    yield* work(here, WORK.list, request, 'catalogue.list');
  });

  const gateway = node('gateway');
  const answered = sim.facts.channel(orderAnswered);
  return new Service<number, undefined>(sim, {
    name: 'gateway',
    help: 'Lets the users of all tenants in',
    ...PLACES,
    *handle({ query: key, request }: Call<number, undefined>): Behaviour<undefined> {
      const since = sim.now;
      const tenant = tenantOf(key, p.tenants);
      const isOrder = routes.of(request.id).next() < p.orderShare;
      const route = isOrder ? ORDERS : CATALOGUE;
      const told = { 'http.route': route, 'user.id': `u-${key}`, 'tenant.id': tenant };
      const attributes = { ...serving(route), ...told };
      const span = gateway.tracer.startSpan(spanNameOf(route), request, { kind: 'server', attributes });
      yield* work(gateway, WORK.route, request, 'gateway.route');
      yield* (isOrder ? orders : catalogue).call({ tenant, parent: span.context }, request);
      gateway.answered(route, since);
      if (isOrder && answered.heard) answered.emit({ request: request.id, duration: sim.now - since });
      gateway.log(COMPLETED, { ...told, duration_ms: Math.round((sim.now - since) / ms(1)) }, request, span);
      span.end();
      return undefined;
    },
  });
}
