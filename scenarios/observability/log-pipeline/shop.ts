/**
 * The shop: a gateway, orders, payments, and banks outside. An order is charged at the customer's bank, a second time if it
 * refuses, and fails if it refuses again. Each service logs what it does. In the incident one bank refuses all that it is asked.
 */
import {
  CallFailed,
  Database,
  gamma,
  Link,
  ms,
  s,
  Service,
  sleep,
  STACK_TRACE,
  uniform,
  type Attributes,
  type Behaviour,
  type Call,
  type Duration,
  type Endpoint,
  type KeyedStream,
  type LogStatement,
  type RequestContext,
  type Simulation,
  type Span,
  type SpanContext,
} from '../../../sim-core/index.ts';
import { nearby, SHAPE } from '../../application/distances.ts';
import { customersOf, encoded, FAILING_BANK, type Customer } from './customers.ts';
import type { Node } from './node.ts';
import type { Values } from './params.ts';
import { GATEWAY, ORDERS, PAYMENTS, stackOf } from './statements.ts';

/** An order, and the span for which it is sent. */
interface Order {
  readonly customer: Customer;
  readonly number: string;
  readonly amount: number;
  readonly parent: SpanContext;
}

/** For experimenters: called with each statement that the code passes, whatever becomes of it. */
export type Passed = (statement: LogStatement, request: number, times: number) => void;

export interface ShopParts {
  readonly node: (name: string) => Node;
  readonly passed: Passed;
  /** For experimenters: who places an order, and its number. */
  readonly placed: (request: number, customer: Customer, order: string) => void;
}

/** Mean processor time of an order in the other services, of one processor each. */
export const GATEWAY_WORK = ms(1);
export const PAYMENTS_WORK = ms(3);
const BANK_ANSWERS = uniform(ms(8), ms(12));
const PLACES = { concurrency: 200, queueMax: 1000 };
const PATIENCE = s(5);
const REFUSED = 'refused';

/** Products of an order, each of which is looked up, before the order is written. */
const PRODUCTS = 6;
const PRODUCTS_SOLD = 1000;

/** Digits of an order's number behind its year. */
const NUMBER_DIGITS = 12;

export function shopOf(sim: Simulation, p: Values, { node, passed, placed }: ShopParts): Endpoint<number, undefined> {
  const draws = {
    number: sim.keyedRandom('orders/numbers'),
    demand: sim.keyedRandom('shop/demand'),
    bank: sim.keyedRandom('banks/answers'),
  };
  const customers = customersOf(p.banks);
  const isFailing = (): boolean => sim.now >= p.incidentAt && sim.now < p.incidentAt + p.incidentFor;
  const asLogged = (one: LogStatement): LogStatement =>
    one.severity === 'ERROR' ? { ...one, severity: p.errorsAs } : one;

  /** A service's own way to log, of one request. */
  const logOf = ({ logger }: Node, request: RequestContext, { context }: Span, customer: Customer) => {
    const scope = { request: request.id, context, user: customer.bank };
    return (one: LogStatement, attributes: Attributes, times = 1): void => {
      passed(one, request.id, times);
      const logged = asLogged(one);
      for (let i = 0; i < times; i++) logger.log(logged, attributes, scope);
    };
  };
  const work = ({ process }: Node, mean: Duration, request: RequestContext, frame: string) => {
    const demand = gamma(SHAPE, mean / SHAPE).sample(draws.demand.of(request.nextWorkKey()));
    return process.work(Math.round(demand), frame);
  };
  const failure = (service: string): Attributes => ({ 'error.type': REFUSED, [STACK_TRACE]: stackOf(service) });
  const payments = node('payments');
  const paymentService = new Service<Order, undefined>(sim, {
    name: 'payments',
    help: 'Charges orders at the banks of their customers, which it asks twice at most',
    ...PLACES,
    inside: payments.inside,
    *handle({ query, request }): Behaviour<undefined> {
      const { customer, amount, parent, number } = query;
      const { bank, card, phone } = customer;
      const span = payments.tracer.startSpan('charge', request, { parent, kind: 'server' });
      const log = logOf(payments, request, span, customer);
      const order = { order_number: number };
      log(PAYMENTS.requested, { ...order, amount, card });
      log(PAYMENTS.detail, { ...order, bank, route: `${bank}/v2` }, p.debugLines);
      yield* work(payments, PAYMENTS_WORK, request, 'payments.charge');
      for (let attempt = 1; ; attempt++) {
        const draw = draws.bank.of(request.nextWorkKey());
        const isFlaky = draw.next() < p.flaky;
        yield* sleep(sim, Math.round(BANK_ANSWERS.sample(draw)));
        if (!isFlaky && !(isFailing() && bank === FAILING_BANK)) break;
        if (attempt === 1) {
          log(PAYMENTS.retried, { ...order, bank });
          continue;
        }
        log(PAYMENTS.failed, { ...order, bank, ...failure('Payments') });
        span.end();
        throw new CallFailed('bank', 'error');
      }
      log(PAYMENTS.authorized, { ...order, 'user.phone': phone });
      span.end();
      return undefined;
    },
  });

  const database = new Database(sim, {
    name: 'database',
    connections: 20,
    queueMax: 1000,
    cores: 4,
    demand: gamma(SHAPE, ms(1) / SHAPE),
  });
  const orders = node('orders');
  const toDatabase = new Link(sim, database, { from: 'orders', delay: nearby, timeout: PATIENCE });
  const toPayments = new Link(sim, paymentService, { from: 'orders', delay: nearby, timeout: PATIENCE });
  const orderService = new Service<Order, undefined>(sim, {
    name: 'orders',
    help: 'Takes orders, has them paid and keeps them',
    ...PLACES,
    inside: orders.inside,
    *handle({ query, request }): Behaviour<undefined> {
      const { customer, amount, parent, number } = query;
      const span = orders.tracer.startSpan('place order', request, { parent, kind: 'server' });
      const log = logOf(orders, request, span, customer);
      const order = { order_number: number };
      log(ORDERS.received, { ...order, note: `for ${customer.name}, call ${customer.localPhone}` });
      log(ORDERS.detail, { ...order, statement: 'SELECT price FROM products WHERE id = ?' }, p.debugLines);
      yield* work(orders, p.work, request, 'orders.place');
      try {
        for (let i = 0; i < PRODUCTS; i++) {
          yield* toDatabase.call({ operation: 'read', key: (request.id + i) % PRODUCTS_SOLD }, request);
        }
        yield* toDatabase.call({ operation: 'write', key: request.id % PRODUCTS_SOLD }, request);
        yield* toPayments.call({ ...query, parent: span.context }, request);
        log(ORDERS.created, { ...order, amount, 'user.email': customer.email });
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        log(ORDERS.failed, { ...order, ...failure('Orders') });
        throw error;
      } finally {
        span.end();
      }
      return undefined;
    },
  });

  const gateway = node('gateway');
  const toOrders = new Link(sim, orderService, { from: 'gateway', delay: nearby, timeout: PATIENCE });
  return new Service<number, undefined>(sim, {
    name: 'gateway',
    help: 'Lets the customers of the shop in',
    ...PLACES,
    inside: gateway.inside,
    *handle({ query: key, request }: Call<number, undefined>): Behaviour<undefined> {
      const customer = customers[key];
      const number = numberOf(draws.number, request.id);
      placed(request.id, customer, number);
      const span = gateway.tracer.startSpan('HTTP POST /orders', request, { kind: 'server' });
      const log = logOf(gateway, request, span, customer);
      const asked = { method: 'POST', path: `/orders?notify=${encoded(customer.email)}` };
      log(GATEWAY.received, { ...asked, 'client.address': customer.address });
      log(GATEWAY.detail, { path: asked.path, authorization: customer.token }, p.debugLines);
      yield* work(gateway, GATEWAY_WORK, request, 'gateway.route');
      const amount = Math.round(draws.number.of(request.id).next() * 20_000) / 100;
      try {
        yield* toOrders.call({ customer, number, amount, parent: span.context }, request);
        log(GATEWAY.completed, { ...asked, duration_ms: Math.round((sim.now - request.started) / ms(1)) });
      } catch (error) {
        if (!(error instanceof CallFailed)) throw error;
        log(GATEWAY.failed, { ...asked, ...failure('Gateway') });
        throw error;
      } finally {
        span.end();
      }
      return undefined;
    },
  });
}

/** Sixteen digits, as a card's: its year and what the shop draws. */
function numberOf(numbers: KeyedStream, request: number): string {
  const draw = numbers.of(request);
  let digits = '2025';
  for (let i = 0; i < NUMBER_DIGITS; i++) digits += draw.integer(10);
  return digits;
}
