/**
 * A small shop whose services have instruments:
 *
 *     users --> gateway --> auth
 *                       --> orders --> database
 *                                  --> payments --> cards
 *
 * What goes wrong comes of two mechanisms. The card network, which belongs to somebody else, hangs on some payments, and orders
 * waits for a payment only so long. And it takes only so many payments a second, and refuses the rest.
 */
import {
  CallFailed,
  Database,
  exponential,
  gamma,
  Link,
  ms,
  rateLimiters,
  s,
  Service,
  type Behaviour,
  type Call,
  type DatabaseQuery,
  type Duration,
  type Row,
  type Simulation,
  type Span,
} from '../../../sim-core/index.ts';
import { nearby, SHAPE } from '../../application/distances.ts';
import { SERVER_ERROR, type Ask, type Instruments, type Route } from './instruments.ts';
import type { Values } from './params.ts';
import type { TraceBook } from '../application/trace-book.ts';

export const READ: Route = { method: 'GET', route: '/orders/{id}', endpoint: 'get' };
/** An order is placed. */
export const WRITE: Route = { method: 'POST', route: '/orders', endpoint: 'create' };
/** As an order is read, but seldom: one request in a hundred. */
export const RARE: Route = { method: 'DELETE', route: '/orders/{id}', endpoint: 'delete' };
export const RARE_SHARE = 0.01;

export const QUERY_TIME = ms(3);
/** What the card network takes for a payment where it does not hang; no hang is longer than the other. */
export const CARD_TIME = ms(40);
export const STALL_MAX = s(6);
/** How long the gateway waits for orders, and payments for the card network. */
export const PATIENCE = s(8);

const VERIFY: Route = { method: 'POST', route: '/verify', endpoint: 'verify' };
const CHARGE: Route = { method: 'POST', route: '/charge', endpoint: 'charge' };
const DB_SPAN = { 'db.system.name': 'postgresql', 'db.collection.name': 'orders' };
const POOL = { connections: 50, queueMax: 1000, cores: 2 };
const UNBOUNDED = { concurrency: 1_000_000, queueMax: 0 };

export type ServiceName = 'gateway' | 'auth' | 'orders' | 'payments';

export interface ShopParts {
  readonly instruments: (service: ServiceName) => Instruments;
  readonly book: TraceBook;
  /** Told of the root of each trace as it begins. */
  readonly rooted: (span: Span, instruments: Instruments) => void;
}

/** Wires it; the gateway is what users call. */
export function shop(sim: Simulation, p: Values, { instruments, book, rooted }: ShopParts): Service<Ask, void> {
  const work = exponential(p.workTime);
  const linked = <Query, Reply>(from: string, to: Service<Query, Reply>, timeout: Duration): Link<Query, Reply> =>
    new Link(sim, to, { from, delay: nearby, timeout });
  const service = (
    name: ServiceName,
    help: string,
    handle: (own: Instruments, demand: Duration, call: Call<Ask, void>) => Behaviour,
  ): Service<Ask, void> => {
    const own = instruments(name);
    const draws = sim.keyedRandom(`${name}/work`);
    return new Service<Ask, void>(sim, {
      ...UNBOUNDED,
      name,
      help,
      inside: own.exporter,
      onCrash: () => own.process.crash(),
      handle: (call) => handle(own, Math.round(work.sample(draws.of(call.request.nextWorkKey()))), call),
    });
  };

  const card = linked('payments', cardNetwork(sim, p), PATIENCE);
  const payments = service('payments', 'Has the card network charge a card', (own, demand, call) =>
    own.serve(call, {
      *work(span) {
        yield* own.work(demand);
        const address = { 'server.address': 'cards' };
        yield* own.query('CALL cards.charge', address, span, card.call(undefined, call.request) as Call<never, void>);
      },
    }),
  );
  const database = new Database(sim, { ...POOL, name: 'database', demand: gamma(SHAPE, QUERY_TIME / SHAPE) });
  const store = new Link<DatabaseQuery, Row>(sim, database, { from: 'orders', delay: nearby, timeout: PATIENCE });
  const paying = linked('orders', payments, p.paymentTimeout);
  const orders = service('orders', 'Reads and writes orders, which are paid as they are placed', (own, demand, call) =>
    own.serve(call, {
      *work(span) {
        yield* own.work(demand);
        const { query, request } = call;
        const isWrite = query.method === WRITE.method;
        const operation = isWrite ? 'write' : 'read';
        const statement = isWrite ? 'INSERT' : 'SELECT';
        const attributes = { ...DB_SPAN, 'db.operation.name': statement };
        const asked = store.call({ operation, key: query.key }, request) as Call<never, Row>;
        yield* own.query(`DB ${statement} orders`, attributes, span, asked);
        if (isWrite) yield* own.ask(paying, CHARGE, span, call);
      },
    }),
  );
  const auth = service('auth', 'Says who a user is', (own, demand, call) =>
    own.serve(call, { work: () => own.work(demand) as unknown as Behaviour }),
  );
  const verifying = linked('gateway', auth, PATIENCE);
  const ordering = linked('gateway', orders, PATIENCE);
  return service('gateway', 'Takes the requests of users', (own, demand, call) => {
    const since = sim.now;
    return own.serve(call, {
      *work(span) {
        yield* own.work(demand);
        yield* own.ask(verifying, VERIFY, span, call);
        yield* own.ask(ordering, call.query, span, call);
      },
      begun: (span) => {
        book.began(span.context.traceId, call.request.id);
        rooted(span, own);
      },
      ended: ({ context }, status) => {
        const was = status >= SERVER_ERROR ? 'error' : sim.now - since >= p.slow ? 'slow' : 'ordinary';
        book.answered(context.traceId, was);
      },
    });
  });
}

/** Hangs on some payments, and refuses what is more than it takes. */
function cardNetwork(sim: Simulation, { stalls, stallMean, cardRate }: Values): Service<void, void> {
  const limiter = rateLimiters['token-bucket']({
    perSecond: cardRate,
    burst: Math.ceil(cardRate),
    queueMax: 1,
    window: s(1),
  });
  const draws = sim.keyedRandom('cards/stalls');
  const stall = exponential(stallMean);
  return new Service<void, void>(sim, {
    ...UNBOUNDED,
    name: 'cards',
    help: `The card network: takes ${cardRate} payments a second, and hangs on some of them`,
    *handle({ request }) {
      if (limiter.admit(sim.now) === undefined) throw new CallFailed('cards', 'refused');
      const own = draws.of(request.nextWorkKey());
      const takes = own.next() < stalls ? stall.sample(own) : 0;
      yield CARD_TIME + Math.min(STALL_MAX, Math.round(takes));
    },
  });
}
