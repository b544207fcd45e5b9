/** The parameters of the poison message: what its sliders and `--set` take. */
import {
  backoffs,
  choice,
  duration,
  integer,
  ms,
  rate,
  s,
  share,
  type BackoffName,
  type ValuesOf,
} from '../../../sim-core/index.ts';

/** What a consumer of RabbitMQ does with an order that fails. */
const RABBIT_STRATEGIES = [
  'block-forever',
  'immediate-retry',
  'republish-with-attempts',
  'backoff',
  'delayed-queue',
  'per-message-delay',
  'dlq',
] as const;
/** What a listener of Kafka records does with one. */
const KAFKA_STRATEGIES = ['kafka-blocking-retry', 'kafka-retry-topics'] as const;

export type RabbitStrategy = (typeof RABBIT_STRATEGIES)[number];
export type KafkaStrategy = (typeof KAFKA_STRATEGIES)[number];

export const isOfKafka = (strategy: RabbitStrategy | KafkaStrategy): strategy is KafkaStrategy =>
  KAFKA_STRATEGIES.some((each) => each === strategy);

const backoffNames = (): BackoffName[] => Object.keys(backoffs) as BackoffName[];

export const params = {
  strategy: choice({
    help: 'Consumer: what it does with an order that fails',
    default: 'block-forever',
    choices: [...RABBIT_STRATEGIES, ...KAFKA_STRATEGIES],
  }),
  rate: rate({ help: 'Orders of all customers together', default: 100, min: 1, max: 400, logarithmic: true }),
  customers: integer({
    help: 'Customers, all alike, whose numbers are the keys',
    default: 200,
    min: 1,
    max: 10_000,
    logarithmic: true,
  }),
  poisonAt: duration({
    help: 'When the orders of the first customer become poison: the code has no answer to them',
    default: s(5),
    min: s(1),
    max: s(3600),
  }),
  transientShare: share({ help: 'Share of orders that fail twice and then succeed', default: 0.01, min: 0, max: 1 }),
  slowShare: share({
    help: 'Share of orders that take ten times as long, at every attempt',
    default: 0,
    min: 0,
    max: 1,
  }),
  retries: integer({ help: 'Retries of an order at most, beside its first attempt', default: 5, min: 0, max: 20 }),
  base: duration({
    help: 'Backoff: the scale of the wait before the first retry, which doubles from then on',
    default: ms(20),
    min: ms(1),
    max: s(10),
    logarithmic: true,
  }),
  backoff: choice({
    help: 'Backoff: how much of a wait is chance',
    default: 'full-jitter',
    choices: backoffNames(),
  }),
  delay: duration({
    help: 'Delayed queues and retry topics: the delay before the first retry, which doubles up to four times that',
    default: ms(500),
    min: ms(10),
    max: s(60),
    logarithmic: true,
  }),
  crashShare: share({
    help: 'Worker: share of failed attempts, and of effects of orders that had failed, after which it dies unheard',
    default: 0.2,
    min: 0,
    max: 1,
  }),
  redrive: choice({
    help: 'Kafka: whether dead letters are redriven by hand, when somebody has that begun, or all the time',
    default: 'by-hand',
    choices: ['by-hand', 'automatic'],
  }),
  workTime: duration({ help: 'Mean time of an attempt', default: ms(3), min: ms(0.1), max: s(1), logarithmic: true }),
  length: duration({
    help: 'Length of the run; customers stop ten seconds before its end',
    default: s(60),
    min: s(20),
    max: s(3600),
    logarithmic: true,
  }),
};

export type Values = ValuesOf<typeof params>;
