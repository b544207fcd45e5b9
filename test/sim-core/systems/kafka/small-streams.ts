/**
 * A small consume-transform-produce: what is sent to `in` is read by a group of two, which write a record of the same
 * number to `out` for each, plainly or in transactions. Small enough that every event of a run can be tried as a crash
 * point.
 */
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import type { Waiter } from '../../../../sim-core/kernel/wait.ts';
import { assignors } from '../../../../sim-core/messaging/groups/assignors.ts';
import { committedOnly } from '../../../../sim-core/messaging/transactions/committed-only.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { Broker } from '../../../../sim-core/systems/kafka/broker.ts';
import { Cluster, type ClusterOptions } from '../../../../sim-core/systems/kafka/cluster.ts';
import { ConsumerGroup, type ConsumerGroupOptions } from '../../../../sim-core/systems/kafka/consumer-group.ts';
import type { Batch } from '../../../../sim-core/systems/kafka/messages.ts';
import type { ProducerOptions } from '../../../../sim-core/systems/kafka/producer-options.ts';
import { Producer } from '../../../../sim-core/systems/kafka/producer.ts';
import type { Replica } from '../../../../sim-core/systems/kafka/replica.ts';
import { PlainOutput, TransactionalOutput } from '../../../../sim-core/systems/kafka/transactions/output.ts';
import { ms, SMALL_CLUSTER, SMALL_GROUP, SMALL_PRODUCER, SMALL_TOPIC } from './small-cluster.ts';

export type Way = 'plain' | 'idempotent' | 'transactional' | 'offsets outside';

export interface StreamsOptions {
  readonly sends: readonly number[];
  readonly way: Way;
  readonly cluster?: Partial<ClusterOptions>;
  readonly group?: Partial<ConsumerGroupOptions>;
  readonly producer?: Partial<ProducerOptions>;
  readonly timeout?: number;
}

export const OUT = ['out-0', 'out-1'];
const PARTITIONS = 5;

export class SmallStreams {
  readonly sim = new Simulation();
  readonly cluster: Cluster;
  readonly group: ConsumerGroup;
  readonly producers: Producer[] = [];

  constructor(options: StreamsOptions) {
    const { sim } = this;
    const near = constant(ms(0.2));
    const { way } = options;
    const topic = { ...SMALL_TOPIC, partitions: 2 };
    this.cluster = new Cluster(sim, {
      ...SMALL_CLUSTER,
      topics: [
        { ...topic, name: 'in' },
        { ...topic, name: 'out' },
      ],
      transactions: {
        ids: ['processor-1', 'processor-2'],
        partitions: PARTITIONS,
        timeoutCheck: ms(10),
        markerBackoff: ms(5),
      },
      ...options.cluster,
    });
    const { cluster } = this;
    const { metadata, book } = cluster;
    const settings = { ...SMALL_PRODUCER, metadata, book };
    const source = new Producer(sim, { ...settings, name: 'source', topic: cluster.topics[0] });
    cluster.attach(source, near, ms(40));
    const users = new Link<number, void>(sim, source, { from: 'users', delay: constant(0) });
    const waiter: Waiter = { resume: () => {}, fail: () => {} };
    options.sends.forEach((at, number) => {
      const send = (): void => void users.call(number, new RequestContext(number, sim.now)).begin(waiter);
      sim.scheduleAt(ms(at), send, undefined);
    });
    this.group = new ConsumerGroup(sim, cluster, {
      ...SMALL_GROUP,
      topics: [cluster.topics[0]],
      consumers: 2,
      consumerName: 'processor',
      assignor: assignors.sticky,
      pollRecords: 4,
      delay: near,
      ...options.group,
      outputOf: (consumer) => {
        const transactional = {
          id: consumer,
          timeout: ms(options.timeout ?? 200),
          partitions: PARTITIONS,
          retryBackoff: ms(5),
        };
        const isTransactional = way === 'transactional' || way === 'offsets outside';
        const producer = new Producer(sim, {
          ...settings,
          name: `${consumer} writes`,
          topic: cluster.topics[1],
          isIdempotent: way !== 'plain',
          ...(isTransactional ? { transactional } : {}),
          ...options.producer,
        });
        this.producers.push(producer);
        cluster.attach(producer, near, ms(40));
        const link = new Link<number, void>(sim, producer, { from: consumer, delay: constant(0) });
        return isTransactional
          ? new TransactionalOutput(sim, producer, link, way === 'transactional')
          : new PlainOutput(sim, producer, link);
      },
    });
    this.group.scale(2);
  }

  /** Who leads a partition, as the controllers have it. */
  leader(partition: string): { broker: Broker; replica: Replica } | undefined {
    const name = this.cluster.metadata.partitions.get(partition)!.leader;
    const broker = this.cluster.brokers.find((one) => one.name === name);
    const replica = broker?.replica(partition);
    return broker === undefined || replica?.leading === undefined ? undefined : { broker, replica };
  }

  violations(): string[] {
    const { cluster, group, producers } = this;
    return [cluster.controllers, ...producers, ...cluster.brokers, group, ...group.consumers].flatMap((part) =>
      part.violations(),
    );
  }
}

/** Batches that a reader of committed records is shown of a replica, below an offset. */
export function visible({ log }: Replica, below: number): Batch[] {
  const batches = [...log.batches()].filter(({ lastOffset }) => lastOffset < below);
  return committedOnly(batches, log.producers.abortedIn(0, below));
}

export const numbersOf = (batches: readonly Batch[]): number[] =>
  batches.flatMap(({ records }) => records.map(({ request }) => request));

/** By transaction, which is to say by producer and epoch: how it ended in each partition that has something of it. */
export function endings(small: SmallStreams): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const id of OUT) {
    const open = new Map<number, string>();
    const note = (name: string, how: string): void => void found.set(name, new Set(found.get(name)).add(how));
    for (const { producer, marker } of small.leader(id)!.replica.log.batches()) {
      if (producer === undefined || !producer.isTransactional) continue;
      const name = open.get(producer.id);
      if (marker === undefined) open.set(producer.id, `${producer.id} ${producer.epoch}`);
      else if (name !== undefined) {
        note(name, marker);
        open.delete(producer.id);
      }
    }
    for (const name of open.values()) note(name, 'open');
  }
  return found;
}

/** Reads as a consumer of committed records does, of every broker that believes that it leads, and says what does not agree. */
export class CommittedReader {
  private readonly read = new Map<string, Batch[]>(OUT.map((id) => [id, []]));
  private readonly stable = new Map<string, number>();

  look({ cluster }: SmallStreams): string[] {
    const wrong: string[] = [];
    for (const id of OUT) {
      for (const broker of cluster.brokers) {
        const replica = broker.replica(id)!;
        if (replica.leading === undefined || !broker.isUp) continue;
        const { lastStable, epoch, highWatermark } = replica.leading;
        const leadership = `${id} of ${broker.name}, epoch ${epoch}, life ${broker.life}`;
        if (lastStable < (this.stable.get(leadership) ?? 0)) wrong.push(`${leadership}: the last stable offset fell`);
        if (lastStable > highWatermark)
          wrong.push(`${leadership}: the last stable offset is beyond the high watermark`);
        this.stable.set(leadership, lastStable);
        const now = visible(replica, lastStable);
        const before = this.read.get(id)!;
        for (let i = 0; i < Math.min(now.length, before.length); i++) {
          if (now[i] !== before[i]) wrong.push(`${id}: what was read at ${i} is another batch`);
        }
        if (now.length > before.length) this.read.set(id, now);
      }
    }
    return wrong;
  }

  numbers(): number[] {
    return OUT.flatMap((id) => numbersOf(this.read.get(id)!)).sort((a, b) => a - b);
  }
}
