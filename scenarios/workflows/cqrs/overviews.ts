/**
 * Overviews of customers: the balances of all their accounts. As rows of a read model, which a projection makes of bookings; or put
 * together on demand, from the events.
 */
import { type EventDelivery, type EventLog, type RowMaker } from '../../../sim-core/index.ts';
import { accountCode, LATEST } from '../application/bookings.ts';

/** In cents, all accounts together. */
export type Overview = number;

export const customerOf = (account: number, width: number): number => Math.floor(account / width);

/** The accounts of a customer; the last one may have fewer. */
export const accountsOf = (customer: number, width: number, accounts: number): number[] =>
  Array.from({ length: Math.min(width, accounts - customer * width) }, (_, i) => customer * width + i);

/** The code of all that reads and writes here. */
export const code = accountCode(LATEST);

export const overviewRows = (width: number): RowMaker<Overview> => ({
  empty: 0,
  keyOf: (account) => customerOf(account, width),
  apply: (cents, { values }) => code.decider.evolve({ cents }, values).cents,
});

/** All that is in a log, as it would be delivered. */
export const deliveriesOf = (log: EventLog): EventDelivery[] =>
  log.readAll(0, Infinity).map((event) => ({ ...event, values: code.codec.decode(event.bytes) }));
