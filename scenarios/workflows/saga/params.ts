/** The parameters of the order saga: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, rate, s, share, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Orders of all customers together', default: 110, min: 1, max: 400, logarithmic: true }),
  readRate: rate({ help: 'Statements of their accounts that customers ask for', default: 300, min: 1, max: 2000 }),
  coordination: choice({
    help: 'Who knows what comes next: an orchestrator that asks each service, or each service from the events of its neighbours',
    default: 'orchestrated',
    choices: ['orchestrated', 'choreographed'],
  }),
  compensation: flag({ help: 'Whether what was done is undone when a later step is refused', default: true }),
  semanticLock: flag({
    help: 'Whether orders and charges are marked as pending until the last step is done, and an account as in use from when an order has read it until the order has been undone or none of its steps can be refused any more',
    default: false,
  }),
  writesAsRead: flag({
    help: 'Payments: whether a charge writes the balance that was read when the order was created, less the price, in place of taking the price off what is there',
    default: false,
  }),
  idempotencyKeys: flag({ help: "Services: whether they know a saga's commands again", default: true }),
  lateActionsBarred: flag({
    help: 'Services: whether a compensation bars an action that comes behind it',
    default: true,
  }),
  doubtfulUndone: flag({
    help: 'Orchestrator: whether a step that was not answered is compensated too',
    default: true,
  }),
  durableLog: flag({ help: 'Orchestrator: whether its log is on disk and not only in its memory', default: true }),
  attempts: integer({
    help: 'Orchestrator: times that it asks for an action before it compensates',
    default: 5,
    min: 1,
    max: 100,
  }),
  timeout: duration({
    help: 'Orchestrator: how long it waits for an answer',
    default: s(1),
    min: ms(1),
    max: s(60),
    logarithmic: true,
  }),
  refusedShare: share({
    help: 'Of its actions each service refuses so many for reasons of its own',
    default: 0.03,
    min: 0,
    max: 1,
  }),
  articles: integer({ help: 'Articles, ordered by Zipf’s law', default: 50, min: 1, max: 10_000, logarithmic: true }),
  stock: integer({ help: 'Units of each article at the start', default: 250, min: 1, max: 100_000, logarithmic: true }),
  customers: integer({ help: 'Customers, each with an account', default: 100, min: 1, max: 10_000, logarithmic: true }),
  balance: integer({
    help: 'Euros in each account at the start; an order costs 40',
    default: 2000,
    min: 1,
    max: 1_000_000,
    logarithmic: true,
  }),
  payTime: duration({
    help: 'Mean time of a payment or a refund',
    default: ms(30),
    min: ms(1),
    max: s(5),
    logarithmic: true,
  }),
  shipTime: duration({
    help: 'Mean time that shipping needs to find a carrier',
    default: ms(150),
    min: ms(1),
    max: s(5),
    logarithmic: true,
  }),
  crashEvery: duration({
    help: 'Time from one crash of a service to the next; they crash in turn',
    default: s(1.5),
    min: ms(200),
    max: s(60),
    logarithmic: true,
  }),
  killEvery: duration({
    help: 'Time from one crash of the checkout to the next: the orchestrator, or who takes orders in its place',
    default: s(4),
    min: ms(500),
    max: s(60),
    logarithmic: true,
  }),
  downtime: duration({
    help: 'How long who crashed is away',
    default: ms(500),
    min: ms(10),
    max: s(5),
    logarithmic: true,
  }),
  length: duration({
    help: 'Length of the run; orders and crashes stop eight seconds before its end',
    default: s(30),
    min: s(12),
    max: s(600),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
