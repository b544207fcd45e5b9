/**
 * What Kafka's scenarios have in common: users send records to a topic, `orders`, by a producer, and three brokers keep
 * it. Said once are the settings that most of them leave as they are. They are Kafka's own defaults, but for these: two
 * replicas have to be in sync, the linger is 20 ms, a poll gives 50 records, an election of controllers takes 1 s, and a
 * broker takes 200 us for a request and 1 ns for a byte.
 */
import {
  Link,
  ms,
  OpenLoopClient,
  poisson,
  roundRobin,
  s,
  us,
  type KafkaClusterOptions,
  type KafkaConsumerGroupOptions,
  type KafkaProducer,
  type KafkaProducerOptions,
  type Popularity,
  type Simulation,
} from '../../../sim-core/index.ts';
import { faraway, nearby } from '../../application/distances.ts';

export const TOPIC = {
  name: 'orders',
  replicationFactor: 3,
  minInSync: 2,
  isUncleanElectionAllowed: false,
} satisfies Partial<KafkaClusterOptions['topics'][number]>;

export const CLUSTER = {
  brokers: 3,
  voters: 3,
  electionTime: s(1),
  sessionTimeout: s(9),
  heartbeatInterval: s(2),
  lagMax: s(30),
  fetchWaitMax: ms(500),
  fetchBackoff: s(1),
  requestTime: us(200),
  byteTime: 1,
  delay: nearby,
  requestTimeout: s(30),
} satisfies Partial<KafkaClusterOptions>;

export const PRODUCER = {
  name: 'orders',
  recordBytes: 200,
  isKeyed: true,
  acks: 'all',
  isIdempotent: true,
  linger: ms(20),
  batchSize: 16_384,
  bufferMemory: 33_554_432,
  maxBlock: s(60),
  maxInFlight: 5,
  deliveryTimeout: s(120),
  retryBackoff: ms(100),
  retryBackoffMax: s(1),
} satisfies Partial<KafkaProducerOptions>;

export const GROUP = {
  name: 'group',
  sessionTimeout: s(45),
  rebalanceTimeout: s(300),
  pollRecords: 50,
  pollInterval: s(300),
  retryBackoff: ms(100),
  fetchWaitMax: ms(500),
  fetchBytesMax: 1_048_576,
  delay: nearby,
  requestTimeout: s(30),
} satisfies Partial<KafkaConsumerGroupOptions>;

/** Users who send a record each, at so many a second, by way of the producer. */
export function users(sim: Simulation, producer: KafkaProducer, rate: number, popularity: Popularity): void {
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: poisson(rate),
    popularity,
    target: roundRobin([new Link<number, void>(sim, producer, { from: 'users', delay: faraway })]),
  });
}
