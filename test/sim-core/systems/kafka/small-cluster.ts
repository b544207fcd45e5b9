/** Three brokers, one topic and one producer, small enough that every event of a run can be tried as a crash point. */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { MILLISECOND, type Time } from '../../../../sim-core/kernel/time.ts';
import type { Waiter } from '../../../../sim-core/kernel/wait.ts';
import { compact } from '../../../../sim-core/messaging/log/compaction.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import { Cluster, type ClusterOptions } from '../../../../sim-core/systems/kafka/cluster.ts';
import { Producer } from '../../../../sim-core/systems/kafka/producer.ts';
import type { ProducerOptions } from '../../../../sim-core/systems/kafka/producer-options.ts';
import type { SentRecord } from '../../../../sim-core/systems/kafka/record-book.ts';
import type { Replica } from '../../../../sim-core/systems/kafka/replica.ts';
import type { TopicOptions } from '../../../../sim-core/systems/kafka/topic.ts';

export const ms = (count: number): Time => Math.round(count * MILLISECOND);

/** Every time is some milliseconds, so that a whole failure and recovery is a few hundred events. */
export const SMALL_CLUSTER = {
  brokers: 3,
  voters: 3,
  electionTime: ms(20),
  sessionTimeout: ms(30),
  heartbeatInterval: ms(10),
  delay: constant(ms(0.2)),
  requestTimeout: ms(50),
  requestTime: ms(0.1),
  byteTime: 0,
  lagMax: ms(20),
  fetchWaitMax: ms(8),
  fetchBackoff: ms(5),
  groups: { names: ['group'] },
} as const;

export const SMALL_TOPIC = { replicationFactor: 3, minInSync: 2, isUncleanElectionAllowed: false } as const;

export const SMALL_PRODUCER = {
  recordBytes: 100,
  isKeyed: true,
  acks: 'all',
  isIdempotent: true,
  linger: 0,
  batchSize: 1000,
  bufferMemory: 100_000,
  maxBlock: ms(500),
  maxInFlight: 5,
  deliveryTimeout: ms(2000),
  retryBackoff: ms(5),
  retryBackoffMax: ms(20),
} as const;

export const SMALL_GROUP = {
  name: 'group',
  isStatic: false,
  heartbeatInterval: ms(10),
  sessionTimeout: ms(40),
  rebalanceTimeout: ms(100),
  initialDelay: ms(5),
  processTime: constant(ms(1)),
  pollInterval: ms(100),
  commit: 'after',
  autoCommitInterval: ms(20),
  retryBackoff: ms(5),
  fetchWaitMax: ms(10),
  fetchBytesMax: 1000,
  requestTimeout: ms(60),
} as const;

export interface SmallOptions {
  /** When each record is sent, in milliseconds. */
  readonly sends: readonly number[];
  /** The key of each record by its number: the number itself, if nothing is said. */
  readonly keyOf?: (number: number) => number;
  readonly topic?: Partial<TopicOptions>;
  readonly producer?: Partial<ProducerOptions>;
  readonly cluster?: Partial<ClusterOptions>;
  readonly requestTimeout?: Time;
}

export interface SmallCluster {
  readonly sim: Simulation;
  readonly cluster: Cluster;
  readonly producer: Producer;
  /** Numbers of the records whose sender was told that they are in the log, and of those that failed. */
  readonly acknowledged: Set<number>;
  readonly refused: Set<number>;
  /** All records that the producer was given. */
  records(): readonly SentRecord[];
  /** Broken invariants. */
  violations(): string[];
  /** Numbers of the records in the log of a partition's leader, in order. */
  log(partition?: string): number[];
}

export function smallCluster(options: SmallOptions): SmallCluster {
  const sim = new Simulation();
  const near = constant(ms(0.2));
  const cluster = new Cluster(sim, {
    ...SMALL_CLUSTER,
    topics: [
      {
        ...SMALL_TOPIC,
        name: 't',
        partitions: 1,
        ...options.topic,
      },
    ],
    ...options.cluster,
  });
  const producer = new Producer(sim, {
    name: 'producer',
    topic: cluster.topics[0],
    metadata: cluster.metadata,
    book: cluster.book,
    ...SMALL_PRODUCER,
    ...options.producer,
  });
  cluster.attach(producer, near, options.requestTimeout ?? ms(40));
  const users = new Link<number, void>(sim, producer, { from: 'users', delay: constant(0) });
  const acknowledged = new Set<number>();
  const refused = new Set<number>();
  options.sends.forEach((at, number) => {
    const waiter: Waiter = { resume: () => void acknowledged.add(number), fail: () => void refused.add(number) };
    const key = options.keyOf?.(number) ?? number;
    const send = (): void => void users.call(key, new RequestContext(number, sim.now)).begin(waiter);
    sim.scheduleAt(ms(at), send, undefined);
  });
  return {
    sim,
    cluster,
    producer,
    acknowledged,
    refused,
    records: () => cluster.book.records,
    violations: () => [cluster.controllers, producer, ...cluster.brokers].flatMap((part) => part.violations()),
    log: (partition = 't-0') => {
      const leader = cluster.metadata.partitions.get(partition)!.leader;
      const replica = cluster.brokers.find(({ name }) => name === leader)?.replica(partition);
      return [...(replica?.log.batches() ?? [])].flatMap(({ records }) => records.map(({ request }) => request));
    },
  };
}

/** The replicas of the topics in which coordinators keep what they know. */
function internalReplicas({ brokers, metadata }: Cluster): Replica[] {
  const ids = [...metadata.partitions.keys()].filter((id) => id.startsWith('__'));
  return brokers.flatMap((broker) => ids.flatMap((id) => broker.replica(id) ?? []));
}

/** Gives these topics segments so small that there is something to compact. */
export function withSmallSegments(cluster: Cluster): void {
  for (const { topic } of internalReplicas(cluster)) topic.log.segmentBytes = 400;
}

/** Has every broker's cleaner compact them now, as dirty as they may be. */
export function compactInternal(cluster: Cluster, now: Time): void {
  for (const { log, highWatermark } of internalReplicas(cluster)) compact(log, now, highWatermark);
}

/** What replicas have below both their high watermarks is the same. */
export function disagreements({ cluster }: SmallCluster, partition = 't-0'): string[] {
  const found: string[] = [];
  const replicas = cluster.brokers.map((broker) => broker.replica(partition)!);
  for (const a of replicas) {
    for (const b of replicas) {
      const below = Math.min(a.highWatermark, b.highWatermark);
      const committed = (replica: typeof a) =>
        [...replica.log.batches()].filter(({ lastOffset }) => lastOffset < below);
      const theirs = committed(b);
      if (committed(a).some((batch, index) => batch !== theirs[index])) found.push(`${partition} below ${below}`);
    }
  }
  return found;
}

/** What has become of a record: exactly one of these. */
export type RecordFate = 'visible' | 'above the watermark' | 'deleted' | 'compacted' | 'refused' | 'lost' | 'undecided';

const isHeld = ({ log }: Replica, record: SentRecord): boolean =>
  [...log.batches()].some(({ records }) => records.includes(record));

export function fateOf({ cluster }: SmallCluster, record: SentRecord): RecordFate {
  for (const { id, leader } of cluster.metadata.partitions.values()) {
    const line = cluster.book.line(id).find(({ records }) => records.includes(record));
    if (line === undefined) continue;
    const replica = cluster.brokers.find(({ name }) => name === leader)?.replica(id);
    if (replica === undefined) return 'above the watermark';
    if (line.lastOffset < replica.log.startOffset) return 'deleted';
    if (line.lastOffset >= replica.highWatermark) return 'above the watermark';
    return isHeld(replica, record) ? 'visible' : 'compacted';
  }
  if (record.isAcknowledged) return 'lost';
  return record.isRefused ? 'refused' : 'undecided';
}
