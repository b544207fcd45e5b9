/** The parameters of orders and their events between a database and Kafka: what its sliders and `--set` take. */
import {
  choice,
  duration,
  flag,
  integer,
  ms,
  pollingRules,
  rate,
  s,
  share,
  type PollingRuleName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

export const params = {
  rate: rate({ help: 'Orders of all customers together', default: 150, min: 10, max: 500, logarithmic: true }),
  customers: integer({
    help: 'Customers, who order alike often; orders of one of them are in a row of the database in turn',
    default: 10,
    min: 1,
    max: 1000,
    logarithmic: true,
  }),
  publishing: choice({
    help: 'How an event is published: by the service behind the commit or before it, in a transaction of Kafka inside the one of the database, or by a relay that polls an outbox or reads the log',
    default: 'after-commit',
    choices: ['after-commit', 'before-commit', 'kafka-transaction', 'polling', 'log-tailing'],
  }),
  kafkaCommit: choice({
    help: 'Transaction of Kafka: whether it is committed before that of the database, as the handbook prints it, or after it',
    default: 'first',
    choices: ['first', 'last'],
  }),
  polling: choice({
    help: 'Polling relay: how it finds what is not published, and keeps account of it',
    default: 'delete',
    choices: Object.keys(pollingRules) as [PollingRuleName, ...PollingRuleName[]],
  }),
  pollInterval: duration({
    help: 'Polling relay: pause between two polls',
    default: ms(50),
    min: ms(1),
    max: s(10),
    logarithmic: true,
  }),
  batch: integer({ help: 'Relay: events that it takes at once', default: 100, min: 1, max: 1000, logarithmic: true }),
  storeInterval: duration({
    help: 'Log-tailing relay: how often it writes down where it is (offset.flush.interval.ms)',
    default: s(1),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  marksFirst: flag({
    help: 'Relay: whether it keeps account of events before they are published',
    default: false,
  }),
  checkTime: duration({
    help: 'Mean time of the service between the beginning of a transaction and what it writes',
    default: ms(4),
    min: ms(0.1),
    max: ms(100),
    logarithmic: true,
  }),
  holdTime: duration({
    help: 'Mean time of the service between what it writes and the commit',
    default: ms(6),
    min: ms(0.1),
    max: ms(100),
    logarithmic: true,
  }),
  abortShare: share({ help: 'Of the commits the database refuses so many', default: 0.02, min: 0, max: 1 }),
  linger: duration({
    help: 'Service: how long its producer gathers events before it sends them (linger.ms)',
    default: ms(20),
    min: 0,
    max: ms(200),
  }),
  remembers: duration({
    help: 'Reader: how long it remembers the ids of events, to know them again',
    default: s(60),
    min: ms(1),
    max: s(3600),
    logarithmic: true,
  }),
  crashEvery: duration({
    help: 'Time from one crash of the service to the next',
    default: s(1),
    min: ms(500),
    max: s(60),
    logarithmic: true,
  }),
  relayCrashEvery: duration({
    help: 'Time from one crash of the relay to the next, if there is one',
    default: s(2),
    min: ms(500),
    max: s(60),
    logarithmic: true,
  }),
  databaseCrashEvery: duration({
    help: 'Time from one crash of the database to the next',
    default: s(6),
    min: s(1),
    max: s(60),
    logarithmic: true,
  }),
  downtime: duration({
    help: 'How long who crashed is away',
    default: ms(200),
    min: ms(10),
    max: s(2),
    logarithmic: true,
  }),
  length: duration({
    help: 'Length of the run; orders and crashes stop six seconds before its end',
    default: s(30),
    min: s(12),
    max: s(600),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
