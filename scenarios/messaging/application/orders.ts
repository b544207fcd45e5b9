/**
 * What Kafka's scenarios have in common: users send records to a topic, `orders`, by a producer, three brokers keep it,
 * and a group reads it. Said once are the wiring and the settings that most of them leave as they are. They are Kafka's
 * own defaults, but for these: two replicas have to be in sync, the linger is 20 ms, a poll gives 50 records, an election
 * of controllers takes 1 s, and a broker takes 200 us for a request and 1 ns for a byte.
 */
import {
  KafkaCluster,
  KafkaConsumerGroup,
  KafkaProducer,
  Link,
  ms,
  OpenLoopClient,
  roundRobin,
  s,
  us,
  type ArrivalProcess,
  type Duration,
  type KafkaClusterOptions,
  type KafkaConsumerGroupOptions,
  type KafkaProducerOptions,
  type Popularity,
  type Simulation,
} from '../../../sim-core/index.ts';
import { faraway, nearby } from '../../application/distances.ts';

type TopicOptions = KafkaClusterOptions['topics'][number];

export const TOPIC = {
  name: 'orders',
  replicationFactor: 3,
  minInSync: 2,
  isUncleanElectionAllowed: false,
} satisfies Partial<TopicOptions>;

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

/**
 * Where a group is looked at records linger for longer, to come to it in fewer batches: a run takes less time to compute. A
 * record is up to so much later for it, where a meeting takes seconds.
 */
export const LINGER_BEFORE_GROUP = ms(50);

export const GROUP = {
  name: 'group',
  isStatic: false,
  heartbeatInterval: s(3),
  sessionTimeout: s(45),
  initialDelay: s(3),
  rebalanceTimeout: s(300),
  pollRecords: 50,
  pollInterval: s(300),
  autoCommitInterval: s(5),
  retryBackoff: ms(100),
  fetchWaitMax: ms(500),
  fetchBytesMax: 1_048_576,
  delay: nearby,
  requestTimeout: s(30),
} satisfies Partial<KafkaConsumerGroupOptions>;

/** Where they stand on the stage: users and their producer, and the brokers beside them. */
export const PLACES = {
  users: { x: 0, y: 0 },
  orders: { x: 1, y: 0 },
  'broker-1': { x: 2, y: 0 },
  controllers: { x: 2, y: 1.2 },
  'broker-2': { x: 3, y: 0 },
  'broker-3': { x: 3, y: 1.2 },
};
/** The same with a group below, where it is the group that matters, and the brokers are one fleet. */
export const PLACES_WITH_GROUP = {
  users: { x: 0, y: 0 },
  consumer: { x: 0, y: 1 },
  orders: { x: 1, y: 0 },
  group: { x: 1, y: 1 },
  broker: { x: 2, y: 0.5 },
  controllers: { x: 3, y: 0.5 },
};

/** A cluster that keeps one topic; said is what is not as above. */
export function clusterOf(
  sim: Simulation,
  topic: Partial<TopicOptions> & Pick<TopicOptions, 'partitions'>,
  settings: Partial<KafkaClusterOptions> = {},
): KafkaCluster {
  return new KafkaCluster(sim, { ...CLUSTER, ...settings, topics: [{ ...TOPIC, ...topic }] });
}

/** A producer of the cluster's first topic, if it is not told of another, which waits for brokers for so long. */
export function producerTo(
  sim: Simulation,
  cluster: KafkaCluster,
  settings: Partial<KafkaProducerOptions> = {},
  requestTimeout: Duration = s(30),
): KafkaProducer {
  const { metadata, book, topics } = cluster;
  const producer = new KafkaProducer(sim, { ...PRODUCER, topic: topics[0], ...settings, metadata, book });
  cluster.attach(producer, nearby, requestTimeout);
  return producer;
}

/** A group that reads the cluster's first topic, if it is not told of another. */
export function groupOf(
  sim: Simulation,
  cluster: KafkaCluster,
  settings: Omit<KafkaConsumerGroupOptions, keyof typeof GROUP | 'topics'> & Partial<KafkaConsumerGroupOptions>,
): KafkaConsumerGroup {
  return new KafkaConsumerGroup(sim, cluster, { ...GROUP, topics: [cluster.topics[0]], ...settings });
}

/** Users who send a record each by way of the producer. */
export function users(
  sim: Simulation,
  producer: KafkaProducer,
  arrivals: ArrivalProcess,
  popularity: Popularity,
): void {
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals,
    popularity,
    target: roundRobin([new Link<number, void>(sim, producer, { from: 'users', delay: faraway })]),
  });
}
