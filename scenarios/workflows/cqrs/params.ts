/** The parameters of CQRS: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, rate, s, us, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  sessions: rate({
    help: 'Sessions that begin: each makes a deposit and then looks at its overview',
    default: 40,
    min: 1,
    max: 300,
    logarithmic: true,
  }),
  looks: integer({ help: 'Looks of a session after its deposit', default: 3, min: 1, max: 20 }),
  firstThink: duration({
    help: 'Mean time from the answer to a deposit to the first look',
    default: ms(100),
    min: ms(1),
    max: s(60),
    logarithmic: true,
  }),
  readRate: rate({
    help: 'Overviews that others ask for',
    default: 200,
    min: 1,
    max: 2000,
    logarithmic: true,
  }),
  visitorRate: rate({
    help: 'Overviews that visitors ask for in addition, for a while',
    default: 300,
    min: 1,
    max: 5000,
  }),
  spikeAt: duration({ help: 'When the visitors come', default: s(10), min: s(3), max: s(3600) }),
  spikeFor: duration({ help: 'For how long', default: s(5), min: ms(100), max: s(600), logarithmic: true }),
  model: choice({
    help: 'What overviews are read from: the events, as deposits are, or a read model that a projection keeps',
    default: 'events',
    choices: ['events', 'projection'],
  }),
  waits: flag({
    help: 'Whether a look of a session waits for what the session has written, and for what it has been shown',
    default: false,
  }),
  sticky: flag({ help: 'Whether a session is answered by one of the read stores all along', default: false }),
  waitMax: duration({
    help: 'How long a look waits at most',
    default: s(1),
    min: ms(1),
    max: s(60),
    logarithmic: true,
  }),
  rebuild: choice({
    help: 'How the read model is built anew on the way: not at all, in place, or beside the old one',
    default: 'not',
    choices: ['not', 'in-place', 'beside'],
    worlds: [['not'], ['in-place', 'beside']],
  }),
  stores: integer({
    help: 'Read stores, each with the read model and a projection of its own; one after the other is taken out of service to be built anew in place',
    default: 1,
    min: 1,
    max: 5,
  }),
  rebuildAt: duration({ help: 'When', default: s(20), min: s(3), max: s(3600) }),
  checkpoint: choice({
    help: 'Projection: its checkpoint is written in one transaction with the rows, after them, or before',
    default: 'after',
    choices: ['with', 'after', 'before'],
  }),
  idempotent: flag({ help: 'Read model: whether its rows know which events are in them', default: true }),
  batch: integer({ help: 'Projection: events of a batch', default: 100, min: 1, max: 1000, logarithmic: true }),
  pollEvery: duration({
    help: 'Projection: pause between two looks for events',
    default: ms(50),
    min: ms(1),
    max: s(10),
    logarithmic: true,
  }),
  applyTime: duration({
    help: 'Time of the read store for each event that is applied',
    default: us(100),
    min: us(1),
    max: ms(10),
    logarithmic: true,
  }),
  accounts: integer({ help: 'Accounts', default: 500, min: 10, max: 2000, logarithmic: true }),
  width: integer({ help: 'Accounts of a customer: all of them are in the overview', default: 10, min: 1, max: 50 }),
  history: integer({
    help: 'Events that each account has at the start',
    default: 15,
    min: 2,
    max: 500,
    logarithmic: true,
  }),
  cores: integer({ help: 'Processors of each store', default: 2, min: 1, max: 64 }),
  length: duration({ help: 'Length of the run', default: s(30), min: s(10), max: s(600), logarithmic: true }),
};

export type Values = ValuesOf<typeof params>;
