/** What customers and auditors are told of accounts, held against what is so: a fact, and the signals made of it. */
import { defineFact, defineSignal } from '../../../sim-core/index.ts';

/**
 * An account was looked at to decide a booking, or to tell a balance of the past. `misread`: as something that it was not;
 * `wronged`: refused for want of money that was there; `overdrawn`: left below zero.
 */
export const accountUsed = defineFact('account.used', 'An account was looked at for a booking or a balance', {
  request: 'request',
  account: 'key',
  misread: 'flag',
  wronged: 'flag',
  overdrawn: 'flag',
});

export const MISREAD = 'accounts.misread';
export const WRONGED = 'accounts.withdrawals.wronged';
export const OVERDRAWN = 'accounts.overdrafts';

export const accountSignals = [
  defineSignal({
    name: MISREAD,
    kind: 'counter',
    unit: '{account}',
    help: 'Accounts whose balance was read as something else than their events add up to',
    fact: accountUsed,
    where: (fact) => fact.misread,
  }),
  defineSignal({
    name: WRONGED,
    kind: 'counter',
    unit: '{withdrawal}',
    help: 'Withdrawals that were refused though the money was there',
    fact: accountUsed,
    where: (fact) => fact.wronged,
  }),
  defineSignal({
    name: OVERDRAWN,
    kind: 'counter',
    unit: '{withdrawal}',
    help: 'Withdrawals that left an account below zero, which the rule forbids',
    fact: accountUsed,
    where: (fact) => fact.overdrawn,
  }),
];
