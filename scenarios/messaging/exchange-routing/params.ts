/** The parameters of the exchanges: what their sliders and `--set` take. */
import { choice, duration, integer, ms, number, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  exchange: choice({
    help: 'Type of the exchange that orders are published to',
    default: 'direct',
    choices: ['direct', 'fanout', 'topic', 'headers', 'x-consistent-hash'] as const,
  }),
  unrouted: choice({
    help: 'What becomes of a message that leads to no queue: nobody hears of it, its publisher does, or another exchange has it',
    default: 'dropped',
    choices: ['dropped', 'returned', 'alternate'] as const,
  }),
  rate: rate({ help: 'Events of all orders, a second', default: 300, min: 1, max: 3000, logarithmic: true }),
  changeAt: duration({
    help: 'When the shop begins to publish a new kind of event; with consistent hashing, when a worker comes or goes',
    default: s(8),
    min: s(1),
    max: s(3600),
  }),
  newShare: share({ help: 'Share of the new kind among the events from then on', default: 0.2, min: 0, max: 1 }),
  customers: integer({
    help: 'Customers, whose numbers are the keys',
    default: 500,
    min: 1,
    max: 100_000,
    logarithmic: true,
  }),
  exponent: number({
    help: 'How unequal customers are: the exponent of a Zipf law, 0 for all alike',
    default: 0,
    min: 0,
    max: 3,
  }),
  workers: integer({ help: 'Consistent hashing: workers at the beginning', default: 4, min: 2, max: 16 }),
  weight: integer({
    help: 'Consistent hashing: buckets of each of them, the key of its binding',
    default: 10,
    min: 1,
    max: 100,
  }),
  change: choice({
    help: 'Consistent hashing: which worker comes or goes',
    default: 'one-joins',
    choices: ['one-joins', 'first-leaves', 'last-leaves'] as const,
  }),
  newcomerWeight: integer({
    help: 'Consistent hashing: buckets of the worker that joins',
    default: 10,
    min: 1,
    max: 100,
  }),
  workTime: duration({
    help: 'Mean time that a subscriber works at one message',
    default: ms(5),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  length: duration({
    help: 'Length of the run; users stop two seconds before its end',
    default: s(20),
    min: s(5),
    max: s(3600),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
