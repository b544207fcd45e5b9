/** The parameters of a stream processor: what its sliders and `--set` take. */
import { choice, duration, integer, ms, rate, s, share, us, type ValuesOf } from '../../../sim-core/index.ts';
import { queryNames } from './queries.ts';

export const params = {
  rate: rate({ help: 'Orders of all users together', default: 60, min: 10, max: 1000, logarithmic: true }),
  processing: choice({
    help: 'What is made of the stream of orders: paid lines are picked out (route), the last order of each customer is kept (table), orders are counted by customer (count), by customer and window of time in a continuous query (query), or joined with their payments, within a window (join), or as tables by the order’s number (join-tables) or by the order that a payment names (join-foreign-key); or connectors carry them from table to table (connect)',
    default: 'count',
    choices: ['route', 'table', 'count', 'query', 'join', 'join-tables', 'join-foreign-key', 'connect'],
  }),
  query: choice({
    help: 'Query: its text. Orders and turnover of each customer in windows that tumble, of orders from 20 on; the same orders in windows that hop by half their size, with the least and the most; or orders that are unpaid or large',
    default: 'turnover',
    choices: queryNames,
  }),
  customers: integer({ help: 'Customers: the keys', default: 100, min: 1, max: 50_000, logarithmic: true }),
  cancelled: share({
    help: 'Orders that cancel: the customer has none from then on (a tombstone)',
    default: 0.1,
    min: 0,
    max: 0.9,
  }),
  windowSize: duration({
    help: 'Query: SIZE of its windows; join: how far an order and its payment may be apart',
    default: s(5),
    min: s(1),
    max: s(60),
    logarithmic: true,
  }),
  grace: duration({
    help: 'Query: GRACE PERIOD; join: the grace of its windows',
    default: ms(500),
    min: 0,
    max: s(60),
  }),
  paymentMost: duration({
    help: 'Join: who does not pay at once pays any time up to that later',
    default: s(5),
    min: ms(100),
    max: s(60),
    logarithmic: true,
  }),
  joinKind: choice({
    help: 'Join: whether a payment that meets no order gives no result (inner), or one without an order, when its window is closed (left)',
    default: 'inner',
    choices: ['inner', 'left'],
  }),
  emit: choice({
    help: 'Query: EMIT CHANGES or FINAL',
    default: 'FINAL',
    choices: ['CHANGES', 'FINAL'],
  }),
  insertMode: choice({
    help: 'Sink connector: insert.mode',
    default: 'insert',
    choices: ['insert', 'upsert'],
  }),
  lateShare: share({ help: 'Orders of tills that are offline when they are placed', default: 0, min: 0, max: 1 }),
  lateMost: duration({
    help: 'How long a till is offline at most; any time up to that is as likely',
    default: s(8),
    min: ms(100),
    max: s(60),
    logarithmic: true,
  }),
  processTime: duration({
    help: 'Mean time in which a worker processes one order, or the warehouse’s table takes a row',
    default: ms(1),
    min: us(50),
    max: ms(20),
    logarithmic: true,
  }),
  guarantee: choice({
    help: 'Streams: processing.guarantee',
    default: 'at-least-once',
    choices: ['at-least-once', 'exactly-once'],
  }),
  commitInterval: duration({
    help: 'Streams: commit.interval.ms, 30 s by default at least once and 100 ms exactly once; connectors: offset.flush.interval.ms, 60 s',
    default: s(5),
    min: ms(20),
    max: s(60),
    logarithmic: true,
  }),
  checkpointDelta: integer({
    help: 'Streams: records of a task’s changelogs after which a commit writes a checkpoint; Kafka Streams has 10,000, which few tasks here ever write',
    default: 50,
    min: 1,
    max: 1_000_000,
    logarithmic: true,
  }),
  standbyReplicas: integer({
    help: 'Streams: num.standby.replicas, copies of each store that the other worker keeps up to date',
    default: 0,
    min: 0,
    max: 1,
  }),
  sessionTimeout: duration({
    help: 'Streams: session.timeout.ms, after which a crashed worker’s tasks go to the other one',
    default: s(45),
    min: s(6),
    max: s(300),
  }),
  disk: choice({
    help: 'Whether a crashed worker finds its disk again',
    default: 'kept',
    choices: ['kept', 'lost'],
  }),
  restoreTime: duration({
    help: 'Time to put one record of a changelog into a store',
    default: us(100),
    min: us(1),
    max: ms(10),
    logarithmic: true,
  }),
  segmentBytes: integer({
    help: 'Changelogs: segment.bytes; only closed segments are compacted',
    default: 1_073_741_824,
    min: 1000,
    max: 1_073_741_824,
    logarithmic: true,
  }),
  crashAt: duration({
    help: 'When the first worker crashes, or the source connector',
    default: s(18),
    min: s(5),
    max: s(600),
  }),
  crashEvery: duration({ help: 'Time until the other one does', default: s(15), min: s(5), max: s(120) }),
  downtime: duration({
    help: 'How long a crashed worker is away',
    default: s(2),
    min: ms(100),
    max: s(30),
    logarithmic: true,
  }),
  length: duration({ help: 'How long the run lasts', default: s(48), min: s(20), max: s(600) }),
};

export type Values = ValuesOf<typeof params>;
