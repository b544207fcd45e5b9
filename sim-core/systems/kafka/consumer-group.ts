/** A group of consumers of one topic, with its coordinator, wired to a cluster. */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { Link } from '../../network/link.ts';
import type { Cluster } from './cluster.ts';
import { Consumer, type ConsumerOptions } from './consumer.ts';
import { GroupCoordinator, type GroupCoordinatorOptions } from './group-coordinator.ts';
import type { GroupQuery, GroupReply } from './group-messages.ts';
import { Ownership } from './ownership.ts';
import type { Output } from './transactions/output.ts';

export interface ConsumerGroupOptions
  extends
    Omit<ConsumerOptions, 'name' | 'metadata' | 'ownership' | 'group' | 'output' | 'act'>,
    Pick<GroupCoordinatorOptions, 'sessionTimeout' | 'rebalanceTimeout' | 'initialDelay'> {
  readonly name: string;
  /** Consumers that there are; those that are started are members. */
  readonly consumers: number;
  /** One-way delay to brokers and coordinator, and how long brokers are waited for. */
  readonly delay: Distribution;
  readonly requestTimeout: Duration;
  /** What its consumers are called, with a number; `consumer` if nothing is said. */
  readonly consumerName?: string;
  /** What comes of records outside of the log, by the consumer's name. */
  readonly actOf?: (consumer: string) => ConsumerOptions['act'];
  /** What the consumer of a name writes for what it reads. */
  readonly outputOf?: (consumer: string) => Output;
}

export class ConsumerGroup {
  readonly coordinator: GroupCoordinator;
  readonly consumers: readonly Consumer[];

  constructor(sim: Simulation, cluster: Cluster, options: ConsumerGroupOptions) {
    const { name, consumers, delay, requestTimeout, topic, consumerName = 'consumer', actOf, outputOf } = options;
    if (!Number.isInteger(consumers) || consumers < 1) {
      throw new RangeError(`${name}: consumers is ${consumers}; it must be an integer of at least 1`);
    }
    const { metadata, book } = cluster;
    this.coordinator = new GroupCoordinator(sim, { ...options, partitions: topic.partitions, book });
    cluster.attachGroup(this.coordinator, delay, requestTimeout);
    const ownership = new Ownership(sim);
    this.consumers = Array.from({ length: consumers }, (_, index) => {
      const called = `${consumerName}-${index + 1}`;
      const own = { name: called, output: outputOf?.(called), act: actOf?.(called) };
      const consumer = new Consumer(sim, { ...options, ...own, group: name, metadata, ownership });
      // A member waits for the others as long as the coordinator has it wait.
      consumer.attachGroup(
        new Link<GroupQuery, GroupReply>(sim, this.coordinator, { from: consumer.name, delay, isOrdered: true }),
      );
      cluster.attach(consumer, delay, requestTimeout);
      this.coordinator.attach(consumer);
      return consumer;
    });
  }

  /** So many of them are members from now on. */
  scale(members: number): void {
    this.coordinator.scale(members);
  }
}
