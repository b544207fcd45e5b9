/** A cluster: brokers, the controllers above them, and the ways between them all. Clients are attached to its brokers. */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import { Link } from '../../network/link.ts';
import { Broker, type BrokerOptions } from './broker.ts';
import { Controllers } from './controllers.ts';
import type { BrokerQuery, BrokerReply, ControllerQuery, ControllerReply } from './messages.ts';
import { RecordBook } from './record-book.ts';
import { Topic, type Metadata, type TopicOptions } from './topic.ts';

export interface ClusterOptions extends Pick<
  BrokerOptions,
  'requestTime' | 'byteTime' | 'lagMax' | 'fetchWaitMax' | 'fetchBackoff' | 'heartbeatInterval'
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

  constructor(sim: Simulation, options: ClusterOptions) {
    const { brokers, voters, electionTime, sessionTimeout, delay, requestTimeout } = options;
    const names = Array.from({ length: brokers }, (_, index) => `broker-${index + 1}`);
    this.sim = sim;
    this.book = new RecordBook(sim);
    this.topics = options.topics.map((topic) => new Topic(topic));
    const { topics, book } = this;
    this.controllers = new Controllers(sim, {
      name: 'controllers',
      voters,
      electionTime,
      sessionTimeout,
      topics,
      brokers: names,
    });
    const { metadata } = this.controllers;
    this.brokers = names.map((name) => new Broker(sim, { ...options, name, topics, metadata, book }));
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

  /** Gives a client its ways to the brokers. */
  attach(client: BrokerClient, delay: Distribution, timeout: Duration): void {
    for (const broker of this.brokers) {
      client.attach(
        new Link<BrokerQuery, BrokerReply>(this.sim, broker, { from: client.name, delay, timeout, isOrdered: true }),
      );
    }
  }
}
