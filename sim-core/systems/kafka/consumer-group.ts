/**
 * A group of consumers of topics, wired to a cluster; and the experimenter's look at it: its lag, its members, and who
 * coordinates it, which is a broker.
 */
import type { Distribution } from '../../kernel/distributions/distribution.ts';
import type { Simulation } from '../../kernel/simulation.ts';
import type { Duration } from '../../kernel/time.ts';
import type { Group } from '../../messaging/groups/group.ts';
import { register, type Component, type Intervention } from '../../network/component.ts';
import type { Cluster } from './cluster.ts';
import { Consumer, type ConsumerOptions } from './consumer.ts';
import type { GroupSettings } from './groups/coordinated-group.ts';
import { GroupBook } from './groups/group-book.ts';
import { GroupLag } from './groups/group-lag.ts';
import { GroupReadings } from './groups/group-readings.ts';
import { commitCut, groupSignals } from './groups/signals.ts';
import { UncommittedDeliveries } from './listening/uncommitted-deliveries.ts';
import { Ownership } from './ownership.ts';
import type { SentRecord } from './record-book.ts';
import type { Output } from './transactions/output.ts';

type GivenToConsumers =
  | 'name'
  | 'metadata'
  | 'ownership'
  | 'group'
  | 'keeper'
  | 'joinPatience'
  | 'output'
  | 'act'
  | 'uncommitted'
  | 'readings'
  | 'processed';

export interface ConsumerGroupOptions extends Omit<ConsumerOptions, GivenToConsumers>, GroupSettings {
  /** One of those that the cluster's brokers coordinate. */
  readonly name: string;
  /** Consumers that there are; those that are started are members. */
  readonly consumers: number;
  /** One-way delay to brokers, and how long they are waited for. */
  readonly delay: Distribution;
  readonly requestTimeout: Duration;
  /** What its consumers are called, with a number, `consumer` if nothing is said; or the name of each. */
  readonly consumerName?: string | readonly string[];
  /** What comes of records outside of the log, by the consumer's name. */
  readonly actOf?: (consumer: string) => ConsumerOptions['act'];
  /** What the consumer of a name writes for what it reads. */
  readonly outputOf?: (consumer: string) => Output;
}

export class ConsumerGroup implements Component {
  readonly name: string;
  readonly kind = 'consumer';
  readonly help: string;
  readonly signals = groupSignals;
  readonly interventions: Readonly<Record<string, Intervention>>;
  readonly consumers: readonly Consumer[];
  private readonly cluster: Cluster;
  private readonly keeper: string;
  private readonly book: GroupBook;
  private readonly readings = new GroupReadings();
  private readonly partitions: readonly string[];
  private readonly lag: GroupLag;

  constructor(sim: Simulation, cluster: Cluster, options: ConsumerGroupOptions) {
    const { name, consumers, delay, requestTimeout, topics, consumerName = 'consumer', actOf, outputOf } = options;
    if (!Number.isInteger(consumers) || consumers < 1) {
      throw new RangeError(`${name}: consumers is ${consumers}; it must be an integer of at least 1`);
    }
    if (typeof consumerName !== 'string' && consumerName.length !== consumers) {
      throw new RangeError(
        `${name}: consumerName has ${consumerName.length} names; it must have ${consumers}, one each`,
      );
    }
    const { metadata, book } = cluster;
    this.name = name;
    this.cluster = cluster;
    this.partitions = topics.flatMap(({ partitions }) => partitions);
    const isCut = (at: number, since: number): boolean => at < book.cutBelow(this.keeper, since);
    const { readings } = this;
    const cut = sim.facts.channel(commitCut);
    this.book = new GroupBook(name, isCut, (partition, offset) => {
      readings.forget(partition);
      if (cut.heard) cut.emit({ group: name, partition, offset });
    });
    this.book.follow((partition, offset) => readings.committed(partition, offset));
    this.keeper = cluster.addGroup({ name, settings: options, book: this.book }, this.partitions);
    this.help = `Members, lag and offsets of the group, which ${this.keeper} keeps: its leader is the coordinator`;
    const processed = new Set<SentRecord>();
    const isAlone = (id: string): boolean => cluster.readersOf(id) === 1;
    this.lag = new GroupLag(sim, name, { partitions: this.partitions, book, processed, isAlone }, (id) =>
      this.committedOf(id),
    );
    this.interventions = {
      scale: {
        help: 'So many of the consumers are members from now on; the others leave',
        arguments: [{ name: 'members', help: 'consumers', min: 0, max: 1000, default: 1 }],
        apply: ([members]) => this.scale(Math.round(members)),
      },
    };
    register(sim, this);
    const ownership = new Ownership(sim);
    const uncommitted = new UncommittedDeliveries((partition) => this.committedOf(partition));
    const joinPatience = options.rebalanceTimeout + requestTimeout;
    this.consumers = Array.from({ length: consumers }, (_, index) => {
      const called = typeof consumerName === 'string' ? `${consumerName}-${index + 1}` : consumerName[index];
      const own = { name: called, output: outputOf?.(called), act: actOf?.(called) };
      const ofGroup = { group: name, keeper: this.keeper, joinPatience, uncommitted, readings, processed };
      const consumer = new Consumer(sim, { ...options, ...own, ...ofGroup, metadata, ownership });
      cluster.attach(consumer, delay, requestTimeout);
      return consumer;
    });
  }

  /** So many of them are members from now on. */
  scale(members: number): void {
    this.consumers.forEach((consumer, index) => {
      if (index < members) consumer.start();
      else consumer.stop();
    });
  }

  /** Has the experimenter hear of each commit that counts: of a partition, the offset below which all is. */
  follow(committed: (partition: string, offset: number) => void): void {
    this.book.follow(committed);
  }

  /** What the group has committed of a partition; 0 if nothing. */
  committedOf(partition: string): number {
    return this.book.committedOf(partition);
  }

  /** The broker that coordinates it, as the controllers have it; undefined if nobody does. */
  get coordinator(): string | undefined {
    return this.cluster.controllers.leaderOf(this.keeper);
  }

  /** The group as its coordinator has it; undefined while that is loading, and before the first member. */
  get group(): Group | undefined {
    const { coordinator, cluster, name } = this;
    const broker = cluster.brokers.find((one) => one.name === coordinator);
    return broker?.groups?.groupOf(name)?.group;
  }

  state(): Readonly<Record<string, number | string>> {
    const { group, coordinator = 'none' } = this;
    if (group === undefined) return { group: 'not loaded', coordinator };
    const { state, generation, size } = group;
    return { group: state, generation, members: size, coordinator };
  }

  violations(): readonly string[] {
    const { lag, cluster, readings } = this;
    const isTooFar = (partition: string): boolean => {
      const wasThere = cluster.book.cutBelow(partition, readings.epochOf(partition));
      return this.committedOf(partition) > Math.max(lag.endOf(partition), wasThere);
    };
    const tooFar = this.partitions.filter(isTooFar);
    return [...this.book.violations(), ...tooFar.map((partition) => `${partition}: more is committed than there is`)];
  }
}
