/**
 * The experimenter's book of accounts: what each was at each of its versions, by code that can read all that was ever written. No
 * model looks into it; what was read is held against it. And the bookings that are there from the start.
 */
import { EventLog, type Simulation, type Snapshot, type Time } from '../../../sim-core/index.ts';
import { accountCode, centsOf } from './bookings.ts';

/** Bookings from the start are one of these apart. */
const APART = 1_000_000_000;
/** Of the bookings from the start so many are withdrawals, if there is as much money. */
export const WITHDRAWALS_BEFORE = 0.55;

export class AccountBook {
  private readonly log: EventLog;
  /** Of each account the balance at each version, from 0 on. */
  private readonly balances = new Map<number, number[]>();

  constructor(log: EventLog) {
    this.log = log;
  }

  /** In cents. */
  balance(account: number, version = this.log.versionOf(account)): number {
    const known = this.of(account);
    for (const { bytes } of known.length <= version ? this.log.read(account, known.length - 1) : []) {
      known.push(known[known.length - 1] + centsOf(bytes));
    }
    return known[version];
  }

  /** Writes down what is being booked on an account, which has to be the next event of it. */
  enter(account: number, cents: number): void {
    const known = this.of(account);
    known.push(known[known.length - 1] + cents);
  }

  private of(account: number): number[] {
    let known = this.balances.get(account);
    if (known === undefined) this.balances.set(account, (known = [0]));
    return known;
  }
}

/** How old accounts are at the start. */
export const ageOf = (history: number): Time => history * APART;

export interface AccountHistory {
  readonly log: EventLog;
  readonly book: AccountBook;
}

/** A log in which each account has so many bookings, the older half of version 1 and the rest of version 2, and some money left. */
export function accountHistory(sim: Simulation, accounts: number, history: number): AccountHistory {
  const log = new EventLog();
  const book = new AccountBook(log);
  const draws = sim.random('bookings before the start');
  const writers = [accountCode(1), accountCode(2)].map(({ codec, decider }) => {
    const written = new Map<number, Uint8Array>();
    return (before: number, cents: number): Uint8Array => {
      let bytes = written.get(cents);
      if (bytes === undefined)
        written.set(cents, (bytes = codec.encode(decider.decide({ cents: before }, { cents })[0])));
      return bytes;
    };
  });
  for (let i = 0; i < history; i++) {
    const write = writers[i < history / 2 ? 0 : 1];
    for (let account = 0; account < accounts; account++) {
      const before = book.balance(account, i);
      const euros = 1 + Math.floor(draws.next() * 100);
      const isWithdrawal = draws.next() < WITHDRAWALS_BEFORE && euros * 100 < before;
      const cents = (isWithdrawal ? -euros : euros) * 100;
      log.append(account, 'any', [write(before, cents)], (i - history) * APART);
      book.enter(account, cents);
    }
  }
  return { log, book };
}

/** Snapshots of all accounts, each at the last version that is a multiple of so many events. */
export function accountSnapshots(
  { log, book }: AccountHistory,
  accounts: number,
  every: number,
  revision: number,
): Snapshot[] {
  return Array.from({ length: accounts }, (_, stream) => {
    const version = Math.floor(log.versionOf(stream) / every) * every;
    const { at, position } = log.read(stream, version - 1)[0] ?? { at: 0, position: 0 };
    return { stream, version, at, position, revision, state: { cents: book.balance(stream, version) } };
  }).filter(({ version }) => version > 0);
}
