/**
 * The handbook's order saga, and the services that do its steps: what each of them really has and hands out. Scenarios say how
 * its commands come.
 */
import {
  EarlyReads,
  gamma,
  Holdings,
  ms,
  Participant,
  SagaBook,
  type Duration,
  type HoldingsOptions,
  type Saga,
  type SagaDefinition,
  type Simulation,
} from '../../../sim-core/index.ts';
import { SHAPE } from '../../application/distances.ts';

export const PRICE = 40;
const PAYMENTS = 2;
/** Work of orders and inventory for one command, in the mean. */
export const ROW_TIME = ms(5);

export interface OrderOptions {
  readonly semanticLock: boolean;
  /** Whether a charge writes the balance that its order had read, less the price. */
  readonly writesAsRead: boolean;
  readonly idempotencyKeys: boolean;
  readonly lateActionsBarred: boolean;
  readonly refusedShare: number;
  /** Units of each article, customers, and euros in each account. */
  readonly stock: number;
  readonly customers: number;
  readonly balance: number;
  readonly payTime: Duration;
  readonly shipTime: Duration;
}

/** `CreateOrder -> ReserveInventory -> ProcessPayment -> ShipOrder`, and back. */
export const orderSaga = ({ semanticLock }: Pick<OrderOptions, 'semanticLock'>): SagaDefinition => [
  {
    participant: 'orders',
    action: 'CreateOrder',
    compensation: 'CancelOrder',
    ...(semanticLock ? { confirmation: 'ApproveOrder' } : {}),
  },
  { participant: 'inventory', action: 'ReserveInventory', compensation: 'ReleaseInventory' },
  {
    participant: 'payments',
    action: 'ProcessPayment',
    compensation: 'RefundPayment',
    ...(semanticLock ? { confirmation: 'CapturePayment' } : {}),
  },
  { participant: 'shipping', action: 'ShipOrder', compensation: 'RecallOrder' },
];

export interface OrderServices {
  readonly definition: SagaDefinition;
  readonly participants: readonly Participant[];
  /** The accounts of the customers. */
  readonly accounts: Holdings;
  readonly book: SagaBook;
}

export function orderServices(sim: Simulation, p: OrderOptions): OrderServices {
  const definition = orderSaga(p);
  const customers = sim.keyedRandom('customers');
  const customerOf = ({ id }: Saga): number => Math.floor(customers.of(id).next() * p.customers);
  const book = new SagaBook(sim, { steps: definition.length, payment: { step: PAYMENTS, amountOf: () => PRICE } });
  const endless: Omit<HoldingsOptions, 'isLocked'> = {
    initial: () => Infinity,
    keyOf: customerOf,
    amountOf: () => 1,
  };
  const kept: readonly Omit<HoldingsOptions, 'isLocked'>[] = [
    endless,
    { initial: () => p.stock, keyOf: ({ key }) => key, amountOf: () => 1 },
    { initial: () => p.balance, keyOf: customerOf, amountOf: () => PRICE },
    endless,
  ];
  const times = [ROW_TIME, ROW_TIME, p.payTime, p.shipTime];
  const holdings = kept.map(
    (options, i) => new Holdings({ ...options, isLocked: definition[i].confirmation !== undefined }),
  );
  // An order is created for who can pay it: the account is read then, and charged two steps later.
  const early = new EarlyReads({
    holdings: holdings[PAYMENTS],
    isLocked: p.semanticLock,
    writesAsRead: p.writesAsRead,
  });
  const participants = definition.map(
    (_, place) =>
      new Participant(sim, {
        definition,
        place,
        holdings: holdings[place],
        rules: { remembers: p.idempotencyKeys, bars: p.lateActionsBarred },
        time: gamma(SHAPE, times[place] / SHAPE),
        refusedShare: p.refusedShare,
        book,
        ...(place === 0 && { readsEarly: early }),
        ...(place === PAYMENTS && { reliesOn: early }),
      }),
  );
  return { definition, participants, accounts: holdings[PAYMENTS], book };
}
