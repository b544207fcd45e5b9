/**
 * Customers and what is known of them. Whatever looks like somebody's is made of what is set apart for examples: names that
 * stand for anybody, mail addresses of RFC 2606, the telephone numbers of Ofcom's dramas, the addresses of RFC 2544's benchmarks, card
 * numbers of a range that payment providers have for tests.
 */
import { passesLuhn } from '../../../sim-core/index.ts';

export interface Customer {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  /** As people write it who live there. */
  readonly localPhone: string;
  readonly card: string;
  readonly address: string;
  readonly token: string;
  readonly bank: string;
  /** What of it stands in lines as it is. */
  readonly plainData: readonly string[];
  /** What patterns cannot know: a name, a number without its country, an address encoded for a URL. */
  readonly hiddenData: readonly string[];
}

/** Customers there are. */
export const CUSTOMERS = 500;
/** The bank whose customers cannot pay in the incident. */
export const FAILING_BANK = 'bank-1';

const GIVEN = ['Erika', 'Max', 'Jane', 'John'];
const FAMILY = ['Mustermann', 'Doe', 'Roe', 'Public'];
const DIGITS = '0123456789';

/** The customer of a number from 0 on, each at one of the banks in turn. */
function customerOf(number: number, banks: number): Customer {
  const digits = String(number).padStart(3, '0');
  const [given, family] = [GIVEN[number % 4], FAMILY[Math.floor(number / 4) % 4]];
  const account = `411111${String(number).padStart(9, '0')}`;
  const name = `${given} ${family}`;
  const email = `${given}.${family}.${digits}@example.com`.toLowerCase();
  const phone = `+442079460${digits}`;
  const localPhone = `020 7946 0${digits}`;
  const card = account + [...DIGITS].find((digit) => passesLuhn(account + digit))!;
  const address = `198.18.${Math.floor(number / 250)}.${(number % 250) + 1}`;
  const token = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTQyIn0.s${digits}`;
  return {
    name,
    email,
    phone,
    localPhone,
    card,
    address,
    token,
    bank: `bank-${(number % banks) + 1}`,
    plainData: [email, phone, card, address, token],
    hiddenData: [name, localPhone, encoded(email)],
  };
}

/** All of them, by their numbers. */
export const customersOf = (banks: number): readonly Customer[] =>
  Array.from({ length: CUSTOMERS }, (_, number) => customerOf(number, banks));

export const encoded = (email: string): string => email.replace('@', '%40');
