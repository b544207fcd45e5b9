/** The parameters of the consumers that die and are cut off: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  idempotenceGuards,
  integer,
  ms,
  rate,
  s,
  share,
  type IdempotenceGuardName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Orders of all users together', default: 180, min: 1, max: 1000, logarithmic: true }),
  broker: choice({
    help: 'Who keeps the orders: RabbitMQ, which has them again when a connection ends, or Amazon SQS, after a time',
    default: 'rabbit',
    choices: ['rabbit', 'sqs'] as const,
  }),
  visibility: duration({
    help: 'SQS: visibility timeout, in whole seconds',
    default: s(1),
    min: s(1),
    max: s(60),
    logarithmic: true,
  }),
  renews: flag({
    help: 'SQS: whether a consumer renews the visibility timeout of what it works at, twice in its time',
    default: false,
  }),
  slowShare: share({
    help: 'Share of the orders whose work takes a hundred times as long',
    default: 0,
    min: 0,
    max: 0.05,
  }),
  automatic: flag({
    help: 'Consumer: automatic acknowledgement; the broker is done with a message once it has sent it',
    default: false,
  }),
  guard: choice({
    help: 'Consumer: what keeps a message that comes twice from being booked twice',
    default: 'none',
    choices: Object.keys(idempotenceGuards) as IdempotenceGuardName[],
  }),
  idempotencyKey: flag({
    help: "Consumer: whether it sends the message's id with the payment, as its Idempotency-Key",
    default: false,
  }),
  consumers: integer({ help: 'Consumers of the queue', default: 3, min: 2, max: 12 }),
  concurrency: integer({ help: 'Consumer: messages that it works at at once', default: 16, min: 1, max: 100 }),
  prefetch: integer({ help: 'Consumer: unacknowledged messages at most', default: 20, min: 1, max: 1000 }),
  payTime: duration({
    help: 'Mean time that the payment takes',
    default: ms(30),
    min: ms(1),
    max: s(5),
    logarithmic: true,
  }),
  workTime: duration({
    help: 'Mean time of the work between payment and booking',
    default: ms(20),
    min: ms(1),
    max: s(5),
    logarithmic: true,
  }),
  queryTime: duration({
    help: 'Mean processor time of a query of the database',
    default: ms(2),
    min: ms(0.1),
    max: s(1),
    logarithmic: true,
  }),
  retention: duration({
    help: 'How long the ids of processed messages are kept',
    default: s(600),
    min: ms(10),
    max: s(86_400),
    logarithmic: true,
  }),
  killEvery: duration({
    help: 'Time from one death of a consumer to the next; they die in turn',
    default: ms(500),
    min: ms(100),
    max: s(60),
    logarithmic: true,
  }),
  downtime: duration({
    help: 'How long a consumer that died is away',
    default: ms(500),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  disconnectEvery: duration({
    help: 'Time from one lost connection to the next',
    default: ms(500),
    min: ms(100),
    max: s(60),
    logarithmic: true,
  }),
  faultsFrom: duration({ help: 'When the faults begin', default: s(3), min: s(1), max: s(600) }),
  length: duration({
    help: 'Length of the run; users stop five seconds before its end',
    default: s(25),
    min: s(10),
    max: s(3600),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
