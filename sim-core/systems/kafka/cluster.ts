/** A cluster: brokers, the controllers above them, and the ways between them all. Clients are attached to its brokers. */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { Link } from '../../network/link.ts';
import type { BrokerOptions } from './broker-options.ts';
import { Broker } from './broker.ts';
import { Controllers } from './controllers.ts';
import type { BrokerQuery, BrokerReply, ControllerQuery, ControllerReply } from './messages.ts';
import type { GroupCoordinator } from './group-coordinator.ts';
import type { GroupQuery, GroupReply } from './group-messages.ts';
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
  private readonly hasTransactions: boolean;

  constructor(sim: Simulation, options: ClusterOptions) {
    const { brokers, voters, electionTime, sessionTimeout, delay, requestTimeout } = options;
    const names = Array.from({ length: brokers }, (_, index) => `broker-${index + 1}`);
    this.sim = sim;
    this.book = new RecordBook(sim);
    this.topics = options.topics.map((topic) => new Topic(topic));
    const { book } = this;
    const transactions = options.transactions && { ...TRANSACTIONS, ...options.transactions };
    this.hasTransactions = transactions !== undefined;
    const topics = transactions ? [...this.topics, transactionTopic(transactions)] : this.topics;
    this.controllers = new Controllers(sim, {
      name: 'controllers',
      voters,
      electionTime,
      sessionTimeout,
      topics,
      brokers: names,
    });
    const { metadata } = this.controllers;
    this.brokers = names.map((name) => new Broker(sim, { ...options, transactions, name, topics, metadata, book }));
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

  /** Gives the brokers their ways to a group's coordinator, which they tell what became of transactions. */
  attachGroup(coordinator: GroupCoordinator, delay: Distribution, timeout: Duration): void {
    if (!this.hasTransactions) return;
    for (const broker of this.brokers) {
      const way = { from: broker.name, delay, timeout, isOrdered: true };
      broker.attachGroup(new Link<GroupQuery, GroupReply>(this.sim, coordinator, way));
    }
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
