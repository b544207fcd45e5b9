/**
 * An account whose bookings are events, in three versions that came one after another: an amount in whole euros; the same field in
 * cents, which no schema tells apart; and the cents under a name of their own, with the currency beside them.
 *
 * What is deployed is code of one version: the schema that it writes, what a booking means to it, and the upcasters that somebody has
 * written for what was there before.
 */
import {
  EventCodec,
  parseAvro,
  type AggregateCode,
  type AvroType,
  type EventValues,
  type Upcaster,
} from '../../../sim-core/index.ts';

export interface Account {
  readonly cents: number;
}

/** A deposit, or below 0 a withdrawal, which needs as much money. */
export interface Booking {
  readonly cents: number;
}

export type AccountCode = AggregateCode<Booking, Account>;

export const LATEST = 3;

const booking = (...fields: object[]): AvroType => parseAvro({ type: 'record', name: 'Booking', fields });
const AMOUNT = booking({ name: 'amount', type: 'int' });
const CENTS = booking({ name: 'cents', type: 'int' }, { name: 'currency', type: 'string' });
/** As the handbook has it in 2.8, "Supply defaults for new required fields (Avro)": a registry takes it as backward compatible. */
export const CENTS_BY_DEFAULT = booking(
  { name: 'cents', type: 'int', default: 0 },
  { name: 'currency', type: 'string', default: 'EUR' },
);
export const BOOKING_SCHEMAS: readonly AvroType[] = [AMOUNT, AMOUNT, CENTS];

const toCents: Upcaster = ({ amount }) => ({ amount: (amount as number) * 100 });
const toNamedCents: Upcaster = ({ amount }) => ({ cents: amount, currency: 'EUR' });

/** What a booking of each version is in cents, and how such a version has it. */
const MEANINGS: readonly {
  readonly centsOf: (values: EventValues) => number;
  readonly valuesOf: (cents: number) => EventValues;
}[] = [
  { centsOf: ({ amount }) => (amount as number) * 100, valuesOf: (cents) => ({ amount: Math.round(cents / 100) }) },
  { centsOf: ({ amount }) => amount as number, valuesOf: (cents) => ({ amount: cents }) },
  { centsOf: ({ cents }) => cents as number, valuesOf: (cents) => ({ cents, currency: 'EUR' }) },
];

/** What new code does about old events: upcasters in a chain, defaults in their place as printed, or nothing. */
export type OldEvents = 'upcasters' | 'defaults' | 'nothing';

export function accountCode(version: number, oldEvents: OldEvents = 'upcasters'): AccountCode {
  const { centsOf, valuesOf } = MEANINGS[version - 1];
  const schemas = oldEvents === 'defaults' ? BOOKING_SCHEMAS.with(LATEST - 1, CENTS_BY_DEFAULT) : BOOKING_SCHEMAS;
  const upcasters = oldEvents === 'upcasters' ? [toCents, toNamedCents] : [];
  return {
    codec: new EventCodec({ schemas, version, upcasters }),
    decider: {
      initial: { cents: 0 },
      evolve: ({ cents }, values) => ({ cents: cents + centsOf(values) }),
      decide: (account, { cents }) => (cents < 0 && account.cents + cents < 0 ? [] : [valuesOf(cents)]),
    },
  };
}

/** What a booking is worth by the code that knows all versions: the experimenter's. */
const latest = accountCode(LATEST);
export const centsOf = (bytes: Uint8Array): number => MEANINGS[LATEST - 1].centsOf(latest.codec.decode(bytes));
