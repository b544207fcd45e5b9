/**
 * The orders by way of a Kafka topic. One consumer reads its partitions, and those of the retry topics where there are any; its
 * offset is committed after each record, as with Spring's `AckMode.RECORD`. Its membership is static: it is back within its
 * session and finds its partitions. One broker, as there is one RabbitMQ.
 */
import {
  constant,
  DeadLetterTopic,
  DeadLetterWatch,
  kafkaAssignors,
  KafkaCluster,
  Link,
  ms,
  queueChanged,
  redriving,
  Republisher,
  RetryForwarder,
  RetryTopics,
  s,
  TopicLedger,
  type EffectLedger,
  type Endpoint,
  type KafkaConsumerGroup,
  type KafkaConsumerGroupOptions,
  type KafkaProducer,
  type KafkaProducerQuery,
  type Processing,
  type RecordListener,
  type Simulation,
} from '../../../sim-core/index.ts';
import { CLUSTER, groupOf, producerTo, TOPIC } from '../application/orders.ts';
import * as limits from './limits.ts';
import { listeners } from './listeners.ts';
import type { KafkaStrategy, Values } from './params.ts';
import { ORDERS } from './queues.ts';
import { Crashes } from './strategies.ts';
import type { Tally } from './tally.ts';

const PARKED = `${ORDERS}-parked`;
/** One replica of everything. */
const ALONE = { replicationFactor: 1, minInSync: 1 };
/** A consumer of one record a poll. */
const ONE_BY_ONE = {
  consumers: 1,
  assignor: kafkaAssignors.range,
  isStatic: true,
  initialDelay: ms(100),
  pollRecords: 1,
  commit: 'after',
  fetchWaitMax: limits.FETCH_WAIT,
  fetchBytesMax: limits.FETCH_BYTES,
} satisfies Partial<KafkaConsumerGroupOptions>;

export interface KafkaParts {
  readonly tally: Tally;
  readonly processing: Processing;
  readonly strategy: KafkaStrategy;
}

/** Returns whom customers send their orders to. */
export function viaKafka(sim: Simulation, p: Values, parts: KafkaParts): Endpoint<KafkaProducerQuery, void> {
  const { tally, strategy } = parts;
  const backoff = { base: p.delay, cap: p.delay * limits.LONGEST_DELAY };
  const retries = new RetryTopics({ topic: ORDERS, attempts: p.retries + 1, backoff });
  const read = strategy === 'kafka-blocking-retry' ? [ORDERS] : [ORDERS, ...retries.topics.map(({ name }) => name)];
  const cluster = new KafkaCluster(sim, {
    ...CLUSTER,
    brokers: 1,
    voters: 1,
    topics: [...read, retries.deadLetterTopic, PARKED].map((name) => ({
      ...TOPIC,
      ...ALONE,
      name,
      partitions: limits.PARTITIONS,
    })),
    groups: { names: ['workers', 'redrives'], ...ALONE },
  });
  const { topics, book } = cluster;
  const ledger = new TopicLedger(sim, 'orders', book);
  const shop = producerTo(sim, cluster, { name: 'shop', topic: topics[0], linger: ms(5) });
  book.follow({
    sent: ({ request }) => tally.published(request),
    acknowledged: ({ request }) => ledger.confirmed(request),
  });
  const workers = workersOf(sim, p, cluster, { ...parts, retries, ledger, read });
  const dead = topics.find(({ name }) => name === retries.deadLetterTopic)!;
  const redrives = redrivesOf(sim, p, cluster, dead);
  for (const group of [workers, redrives]) ledger.readBy(group);
  const watched = new DeadLetterTopic(sim, dead, book, (partition) => redrives.committedOf(partition));
  new DeadLetterWatch(sim, { name: 'monitor', help: 'Looks at the dead letters', queue: watched, every: s(0.5) });
  tellBacklog(sim, cluster, workers);
  return shop;
}

interface WorkerParts extends KafkaParts {
  readonly retries: RetryTopics;
  readonly ledger: EffectLedger;
  /** The topics that it reads. */
  readonly read: readonly string[];
}

function workersOf(sim: Simulation, p: Values, cluster: KafkaCluster, parts: WorkerParts): KafkaConsumerGroup {
  const { processing, tally, ledger, retries, strategy, read } = parts;
  const forwarder = templateOf(sim, cluster, 'forwarder', 'worker');
  const deathKind = sim.eventKind('the worker dies before the broker has heard of an attempt');
  const context = {
    sim,
    p,
    tally,
    jitter: sim.keyedRandom('waits before an order is tried again'),
    crashes: new Crashes(sim, p),
    forwarder: new RetryForwarder(sim, retries, forwarder.republisher),
    *handler(message: Parameters<typeof processing.work>[0]) {
      yield* processing.work(message);
      ledger.applied(message);
    },
    die: (): void => void sim.schedule(0, () => workers.consumers[0].kill(limits.DOWNTIME), undefined, deathKind),
  };
  const listener: RecordListener = {
    handle: listeners[strategy](context),
    observers: [ledger],
    inside: processing,
    onKill: () => forwarder.producer.kill(),
  };
  const workers: KafkaConsumerGroup = groupOf(sim, cluster, {
    ...ONE_BY_ONE,
    name: 'workers',
    consumerName: ['worker'],
    topics: cluster.topics.filter(({ name }) => read.includes(name)),
    listener,
  });
  workers.scale(1);
  return workers;
}

/** Who redrives: nobody, unless it is told to or does so by itself. */
function redrivesOf(
  sim: Simulation,
  p: Values,
  cluster: KafkaCluster,
  dead: KafkaCluster['topics'][number],
): KafkaConsumerGroup {
  const { republisher, producer } = templateOf(sim, cluster, 'redriver', 'redrive');
  const { rate, redrivesMax, stop } = limits.REDRIVE;
  const listener = redriving(sim, { republisher, rate, redrivesMax, stop, parking: PARKED });
  const group = groupOf(sim, cluster, {
    ...ONE_BY_ONE,
    name: 'redrives',
    consumerName: ['redrive'],
    topics: [dead],
    listener: {
      ...listener,
      onKill() {
        listener.onKill?.();
        producer.kill();
      },
    },
  });
  if (p.redrive === 'automatic') group.scale(1);
  return group;
}

/** A producer of a process's own, by which it publishes to any topic, and waits for nothing to come along. */
function templateOf(
  sim: Simulation,
  cluster: KafkaCluster,
  name: string,
  owner: string,
): { producer: KafkaProducer; republisher: Republisher } {
  const partitions = cluster.topics.flatMap((topic) => topic.partitions);
  const producer = producerTo(sim, cluster, { name, topic: { name: 'any topic', partitions }, linger: 0 });
  // It is a part of the process: its calls take no time.
  const link = new Link<KafkaProducerQuery, void>(sim, producer, { from: owner, delay: constant(0) });
  return { producer, republisher: new Republisher(link) };
}

/** Tells how many orders are in their topic and not committed. */
function tellBacklog(sim: Simulation, { topics, book }: KafkaCluster, workers: KafkaConsumerGroup): void {
  const changed = sim.facts.channel(queueChanged);
  const committed = new Map(topics[0].partitions.map((partition) => [partition, 0]));
  let ready = 0;
  const tell = (): void => {
    if (changed.heard) changed.emit({ queue: ORDERS, ready, unsettled: 0 });
  };
  book.follow({
    appended: (_record, partition) => {
      if (!committed.has(partition)) return;
      ready++;
      tell();
    },
  });
  workers.follow((partition, offset) => {
    const before = committed.get(partition);
    if (before === undefined || before === offset) return;
    committed.set(partition, offset);
    ready -= offset - before;
    tell();
  });
}
