/** The parameters of a consume-transform-produce under crashes: what its sliders and `--set` take. */
import { choice, duration, flag, integer, ms, rate, s, type ValuesOf } from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Orders of all users together', default: 150, min: 10, max: 1000, logarithmic: true }),
  processTime: duration({
    help: 'Mean time in which a worker makes a result of one order',
    default: ms(7),
    min: ms(1),
    max: ms(50),
    logarithmic: true,
  }),
  output: choice({
    help: 'How results are written: by a plain producer, an idempotent one, or in transactions',
    default: 'plain',
    choices: ['plain', 'idempotent', 'transactional'],
  }),
  offsets: choice({
    help: 'How offsets are committed: before each poll is processed, after it, by the consumer itself every 5 s (auto), or in the transaction',
    default: 'after',
    choices: ['before', 'after', 'auto', 'in-transaction'],
  }),
  isolation: choice({
    help: 'Reader of the results: isolation.level',
    default: 'committed',
    choices: ['committed', 'uncommitted'],
  }),
  pays: flag({ help: 'Whether a worker has somebody else take the payment of each order first', default: false }),
  pollRecords: integer({ help: 'Worker: max.poll.records', default: 40, min: 1, max: 500, logarithmic: true }),
  requestTimeout: duration({
    help: 'Producer of the results: request.timeout.ms, after which a batch is sent again',
    default: s(1),
    min: ms(200),
    max: s(30),
    logarithmic: true,
  }),
  transactionTimeout: duration({
    help: 'Producer of the results: transaction.timeout.ms, after which the coordinator aborts',
    default: s(60),
    min: s(1),
    max: s(120),
    logarithmic: true,
  }),
  stallAt: duration({ help: 'When a broker stalls', default: s(3), min: 0, max: s(600) }),
  stallFor: duration({ help: 'How long it stalls', default: s(3), min: ms(100), max: s(10), logarithmic: true }),
  crashFrom: duration({ help: 'When the first worker crashes', default: s(10), min: s(10), max: s(600) }),
  crashEvery: duration({ help: 'Time until another one does', default: s(5), min: s(5), max: s(120) }),
  downtime: duration({
    help: 'How long a crashed worker is away',
    default: s(2),
    min: ms(100),
    max: s(10),
    logarithmic: true,
  }),
  length: duration({ help: 'How long the run lasts', default: s(48), min: s(30), max: s(600) }),
};

export type Values = ValuesOf<typeof params>;
