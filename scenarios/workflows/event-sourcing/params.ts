/** The parameters of event sourcing: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, rate, s, share, us, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  rate: rate({
    help: 'Deposits and withdrawals of all customers together',
    default: 120,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  auditRate: rate({ help: 'Balances as of a day in the past that auditors ask for', default: 20, min: 1, max: 500 }),
  asOf: choice({
    help: 'How auditors say which past they mean: by its time, or by the position of the last event of the log that was there',
    default: 'time',
    choices: ['time', 'position'],
  }),
  accounts: integer({ help: 'Accounts', default: 50, min: 2, max: 1000, logarithmic: true }),
  hotShare: share({ help: 'Share of the bookings that are on the one busy account', default: 0.2, min: 0, max: 1 }),
  withdrawals: share({ help: 'Of the bookings so many are withdrawals', default: 0.6, min: 0, max: 1 }),
  history: integer({
    help: 'Events that each account has at the start',
    default: 200,
    min: 1,
    max: 2000,
    logarithmic: true,
  }),
  snapshots: flag({ help: 'Whether the state of an account is kept every so many events', default: false }),
  snapshotEvery: integer({ help: 'Snapshots: events from one to the next', default: 50, min: 1, max: 1000 }),
  versionCheck: flag({ help: 'Whether an append says at which version the account was seen', default: true }),
  attempts: integer({ help: 'Times that a booking is decided before it is given up', default: 5, min: 1, max: 100 }),
  oldEvents: choice({
    help: 'What the code that is deployed on the way does about the events of before: it is not deployed, or has upcasters, or defaults as the handbook prints them, or nothing',
    default: 'not-deployed',
    choices: ['not-deployed', 'upcasters', 'defaults', 'nothing'],
    worlds: [['not-deployed'], ['upcasters', 'defaults', 'nothing']],
  }),
  deployAt: duration({ help: 'When it is deployed', default: s(10), min: s(1), max: s(3600) }),
  readTime: duration({
    help: 'Time of the store for each event or snapshot that it reads',
    default: us(30),
    min: us(1),
    max: ms(1),
    logarithmic: true,
  }),
  foldTime: duration({
    help: 'Time of the accounts to decode and fold one event',
    default: us(30),
    min: us(1),
    max: ms(1),
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of the store, and of the accounts', default: 6, min: 1, max: 64 }),
  length: duration({ help: 'Length of the run', default: s(30), min: s(12), max: s(600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
