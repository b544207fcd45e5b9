/** A cluster: brokers, the controllers above them, and the ways between them all. Clients are attached to its brokers. */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { Link } from '../../network/link.ts';
import type { BrokerOptions } from './broker-options.ts';
import { Broker } from './broker.ts';
import { Controllers } from './controllers.ts';
import type { BrokerQuery, BrokerReply, ControllerQuery, ControllerReply } from './messages.ts';
import type { KnownGroup } from './groups/coordinated-group.ts';
import { OFFSETS, offsetsPartition, offsetsTopic, type OffsetsTopicSettings } from './groups/offsets-log.ts';
import { RecordBook } from './record-book.ts';
import { Topic, type Metadata, type TopicOptions } from './topic.ts';
import { TRANSACTIONS, transactionTopic, type TransactionSettings } from './transactions/transaction-log.ts';

export interface ClusterOptions extends Pick<
  BrokerOptions,
  'requestTime' | 'byteTime' | 'lagMax' | 'fetchWaitMax' | 'fetchBackoff' | 'heartbeatInterval' | 'retentionCheck'
> {
  readonly brokers: number;
  readonly topics: readonly TopicOptions[];
  /** Controllers of the metadata quorum. */
  readonly voters: number;
  readonly electionTime: Duration;
  /** `broker.session.timeout.ms`. */
  readonly sessionTimeout: Duration;
  /** One-way delay between two machines, in nanoseconds. */
  readonly delay: Distribution;
  /** How long brokers wait for each other and for the controllers. */
  readonly requestTimeout: Duration;
  /** The ids of transactional producers, and what is not as it is in Kafka by default. */
  readonly transactions?: Pick<TransactionSettings, 'ids'> & Partial<TransactionSettings>;
  /** The names of the groups, and what is not as it is in Kafka by default. */
  readonly groups?: Pick<OffsetsTopicSettings, 'names'> & Partial<OffsetsTopicSettings>;
}

/** Who has brokers to be attached to. */
export interface BrokerClient {
  readonly name: string;
  attach(link: Link<BrokerQuery, BrokerReply>): void;
}

export class Cluster {
  readonly topics: readonly Topic[];
  readonly brokers: readonly Broker[];
  readonly controllers: Controllers;
  readonly book: RecordBook;
  private readonly sim: Simulation;
  private readonly offsets: OffsetsTopicSettings | undefined;
  private readonly groups = new Map<string, KnownGroup>();
  private readonly readers = new Map<string, number>();

  constructor(sim: Simulation, options: ClusterOptions) {
    const { brokers, voters, electionTime, sessionTimeout, delay, requestTimeout } = options;
    const names = Array.from({ length: brokers }, (_, index) => `broker-${index + 1}`);
    this.sim = sim;
    this.book = new RecordBook(sim);
    this.topics = options.topics.map((topic) => new Topic(topic));
    const { book } = this;
    const transactions = options.transactions && { ...TRANSACTIONS, ...options.transactions };
    this.offsets = options.groups && { ...OFFSETS, ...options.groups };
    const groups = this.offsets && { settings: this.offsets, groups: this.groups };
    const topics = [
      ...this.topics,
      ...(transactions === undefined ? [] : [transactionTopic(transactions)]),
      ...(this.offsets === undefined ? [] : [offsetsTopic(this.offsets)]),
    ];
    this.controllers = new Controllers(sim, {
      name: 'controllers',
      voters,
      electionTime,
      sessionTimeout,
      topics,
      brokers: names,
    });
    const { metadata } = this.controllers;
    this.brokers = names.map(
      (name) => new Broker(sim, { ...options, transactions, groups, name, topics, metadata, book }),
    );
    for (const broker of this.brokers) {
      const { name } = broker;
      const way = { from: name, delay, timeout: requestTimeout, isOrdered: true };
      broker.attachControllers(new Link<ControllerQuery, ControllerReply>(sim, this.controllers, way));
      this.controllers.attach(
        new Link<BrokerQuery, BrokerReply>(sim, broker, { from: 'controllers', delay, isOrdered: true }),
      );
      for (const other of this.brokers) {
        if (other !== broker) broker.attach(new Link<BrokerQuery, BrokerReply>(sim, other, way));
      }
    }
  }

  get metadata(): Metadata {
    return this.controllers.metadata;
  }

  /** Has the brokers know a group that reads some partitions; gives the one that keeps it. */
  addGroup(group: KnownGroup, partitions: readonly string[]): string {
    if (this.offsets?.names.includes(group.name) !== true) {
      const names = this.offsets?.names.join(', ') ?? 'none';
      throw new RangeError(`${group.name}: the cluster's groups are ${names}; it must be one of them`);
    }
    this.groups.set(group.name, group);
    for (const id of partitions) this.readers.set(id, this.readersOf(id) + 1);
    return offsetsPartition(group.name, this.offsets.partitions);
  }

  /** How many groups read a partition. */
  readersOf(partition: string): number {
    return this.readers.get(partition) ?? 0;
  }

  /** Gives a client its ways to the brokers. */
  attach(client: BrokerClient, delay: Distribution, timeout: Duration): void {
    for (const broker of this.brokers) {
      client.attach(
        new Link<BrokerQuery, BrokerReply>(this.sim, broker, { from: client.name, delay, timeout, isOrdered: true }),
      );
    }
  }
}
