/**
 * A small stream application: what is sent to `in` is counted by key by two threads, in two tasks, which write each count to
 * `out`. Small enough that every event of a run can be tried as a crash point.
 */
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import type { Waiter } from '../../../../../sim-core/kernel/wait.ts';
import { assignors } from '../../../../../sim-core/messaging/groups/assignors.ts';
import { partitionOf } from '../../../../../sim-core/messaging/log/partitioner.ts';
import { offsetOf } from '../../../../../sim-core/messaging/log/record-batch.ts';
import type { RecordKey, StreamRecord } from '../../../../../sim-core/messaging/streams/stream-record.ts';
import { count } from '../../../../../sim-core/messaging/streams/tables.ts';
import { chain, to, type Topology } from '../../../../../sim-core/messaging/streams/topology.ts';
import { committedOnly } from '../../../../../sim-core/messaging/transactions/committed-only.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { Cluster } from '../../../../../sim-core/systems/kafka/cluster.ts';
import type { ProducerQuery } from '../../../../../sim-core/systems/kafka/producer-batch.ts';
import { Producer } from '../../../../../sim-core/systems/kafka/producer.ts';
import { changelogTopics, type Guarantee } from '../../../../../sim-core/systems/kafka/streams/streams-app.ts';
import { StreamsGroup, type StreamsGroupOptions } from '../../../../../sim-core/systems/kafka/streams/streams-group.ts';
import { topicOf } from '../../../../../sim-core/systems/kafka/topic.ts';
import type { ValuedRecord } from '../../../../../sim-core/systems/kafka/valued-record.ts';
import { ms, SMALL_CLUSTER, SMALL_GROUP, SMALL_PRODUCER, SMALL_TOPIC } from '../small-cluster.ts';

export const KEYS = 3;
/** A task for each partition of the input. */
export const TASKS = [0, 1];
export const COMMIT_INTERVAL = ms(8);
const PARTITIONS = 5;
export const COUNTS = 'counts';

const COUNTING: Topology = { stores: [COUNTS], sources: { in: chain(count(COUNTS), to('out')) }, sinks: ['out'] };

export interface SmallAppOptions {
  /** When each record is sent, in milliseconds; its key is its number modulo the keys. */
  readonly sends: readonly number[];
  readonly guarantee: Guarantee;
  readonly topology?: Topology;
  readonly checkpointDelta?: number;
  readonly standbyReplicas?: number;
  /** Partitions of the input; two if nothing is said. */
  readonly tasks?: number;
  readonly recordOf?: (number: number) => StreamRecord;
  /** Of the topology's the one that a record is sent to; `in` if nothing is said. */
  readonly topicOf?: (number: number) => string;
  readonly group?: Partial<StreamsGroupOptions>;
  readonly Thread?: ConstructorParameters<typeof StreamsGroup>[3];
}

export class SmallApp {
  readonly sim = new Simulation();
  readonly cluster: Cluster;
  readonly app: StreamsGroup;
  private readonly source: Producer;

  constructor(options: SmallAppOptions) {
    const { sim } = this;
    const near = constant(ms(0.2));
    const {
      guarantee,
      topology = COUNTING,
      checkpointDelta = 4,
      standbyReplicas = 0,
      tasks = TASKS.length,
      recordOf = numbered,
      topicOf: sourceOf = () => 'in',
    } = options;
    const topic = { ...SMALL_TOPIC, partitions: tasks };
    this.cluster = new Cluster(sim, {
      ...SMALL_CLUSTER,
      topics: [
        ...[...new Set([...Object.keys(topology.sources), ...topology.sinks])].map((name) => ({ ...topic, name })),
        ...changelogTopics({ id: 'group', topology }, topic),
      ],
      transactions: {
        ids: Array.from({ length: options.group?.consumers ?? 2 }, (_, index) => `worker-${index + 1}`),
        partitions: PARTITIONS,
        timeoutCheck: ms(10),
        markerBackoff: ms(5),
      },
    });
    const { cluster } = this;
    const { metadata, book } = cluster;
    const producer = { ...SMALL_PRODUCER, linger: ms(2) };
    const partitionsOf = (name: string): readonly string[] =>
      cluster.topics.find((one) => one.name === name)!.partitions;
    this.source = new Producer(sim, {
      ...producer,
      name: 'source',
      topic: { name: 'sources', partitions: Object.keys(topology.sources).flatMap(partitionsOf) },
      metadata,
      book,
    });
    cluster.attach(this.source, near, ms(40));
    const users = new Link<ProducerQuery, void>(sim, this.source, { from: 'users', delay: constant(0) });
    const waiter: Waiter = { resume: () => {}, fail: () => {} };
    options.sends.forEach((at, number) => {
      const record = recordOf(number);
      const partition = partitionsOf(sourceOf(number))[partitionOf(record.key!, topic.partitions)];
      const send = (): void =>
        void users.call({ ...record, partition, bytes: 100 }, new RequestContext(number, sim.now)).begin(waiter);
      sim.scheduleAt(ms(at), send, undefined);
    });
    this.app = new StreamsGroup(
      sim,
      cluster,
      {
        ...SMALL_GROUP,
        consumers: 2,
        consumerName: 'worker',
        assignor: assignors.sticky,
        pollRecords: 3,
        delay: near,
        producer,
        producerName: 'writer',
        app: {
          id: 'group',
          topology,
          guarantee,
          commitInterval: COMMIT_INTERVAL,
          checkpointDelta,
          standbyReplicas,
          recordBytes: 50,
        },
        transactions: { timeout: ms(60), partitions: PARTITIONS },
        restoreTime: ms(0.2),
        standbyPollInterval: ms(4),
        ...options.group,
      },
      options.Thread,
    );
    this.app.group.scale(2);
  }

  /** What the group has committed of the partition of a task. */
  committedOf(task: number): number {
    return this.app.group.committedOf(`in-${task}`);
  }

  /** How often each key is in the input of a task below an offset: by hand. */
  counted(task: number, below = Infinity): Map<RecordKey, number> {
    const counts = new Map<RecordKey, number>();
    for (const batch of this.cluster.book.line(`in-${task}`)) {
      batch.records.forEach(({ key }, index) => {
        if (offsetOf(batch, index) < below) counts.set(key!, (counts.get(key!) ?? 0) + 1);
      });
    }
    return counts;
  }

  /** Every task that runs, with what is in its store. */
  states(): { task: number; counts: Map<RecordKey, number> }[] {
    return this.app.tasks.map(({ number, stored }) => {
      const counts = [...(stored.get(COUNTS)?.store.entries() ?? [])] as [RecordKey, number][];
      return { task: number, counts: new Map(counts) };
    });
  }

  /** By how much the count of each key of each task is beyond what the task's input comes to; less than 0 where orders are missing. */
  surplus(): number[] {
    const states = this.states();
    return TASKS.flatMap((task) => {
      const counts = states.find((one) => one.task === task)?.counts ?? new Map<RecordKey, number>();
      const meant = this.counted(task);
      const keys = new Set([...counts.keys(), ...meant.keys()]);
      return [...keys].map((key) => (counts.get(key) ?? 0) - (meant.get(key) ?? 0));
    });
  }

  /** What a reader of committed records is shown of a topic of which all is decided, in the order of each partition. */
  committed(topic: string): ValuedRecord[] {
    const { partitions } = this.cluster.metadata;
    return [...partitions.values()].flatMap(({ id, leader }) => {
      if (topicOf(id) !== topic) return [];
      const { log } = this.cluster.brokers.find(({ name }) => name === leader)!.replica(id)!;
      const shown = committedOnly([...log.batches()], log.producers.abortedIn(0, log.endOffset));
      return shown.flatMap(({ records }) => records as readonly ValuedRecord[]);
    });
  }

  violations(): string[] {
    const { cluster, app, source } = this;
    return [cluster.controllers, source, ...cluster.brokers, app.group, ...app.group.consumers].flatMap((part) =>
      part.violations(),
    );
  }
}

const numbered = (number: number): StreamRecord => ({ key: number % KEYS, value: 1, timestamp: ms(number) });

export const sorted = (counts: ReadonlyMap<RecordKey, number>): [RecordKey, number][] =>
  [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
