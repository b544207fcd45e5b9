/** The threads of a Kafka Streams application, wired to a cluster: a group of consumers, each with its tasks and its producer. */
import { constant } from '../../../kernel/distributions/constant.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import { withStandbys } from '../../../messaging/streams/standby-assignor.ts';
import { byTask } from '../../../messaging/streams/task-assignor.ts';
import { Link } from '../../../network/link.ts';
import type { Cluster } from '../cluster.ts';
import { ConsumerGroup, type ConsumerGroupOptions } from '../consumer-group.ts';
import type { ProducerQuery } from '../producer-batch.ts';
import type { ProducerOptions } from '../producer-options.ts';
import { Producer } from '../producer.ts';
import { Destinations } from './destinations.ts';
import type { StreamTask } from './stream-task.ts';
import { StreamThread } from './stream-thread.ts';
import { changelogOf, type StreamsApp } from './streams-app.ts';

export interface StreamsGroupOptions extends Omit<
  ConsumerGroupOptions,
  'name' | 'commit' | 'outputOf' | 'actOf' | 'isolation' | 'topics'
> {
  readonly app: StreamsApp;
  /** Its producers' settings; those that follow from the guarantee are set. */
  readonly producer: Omit<ProducerOptions, 'name' | 'topic' | 'metadata' | 'book' | 'acks' | 'isIdempotent'>;
  /** What they are called, with a number. */
  readonly producerName: string;
  /** `transaction.timeout.ms`, and the partitions of the coordinators' topic. */
  readonly transactions: { readonly timeout: Duration; readonly partitions: number };
  readonly restoreTime: Duration;
  /** `poll.ms`: how often standbys look for news; 100 ms by default. */
  readonly standbyPollInterval: Duration;
}

/** The class of threads: tests plant faults in one of their own. */
type ThreadClass = new (...args: ConstructorParameters<typeof StreamThread>) => StreamThread;

export class StreamsGroup {
  readonly group: ConsumerGroup;
  readonly threads: readonly StreamThread[];

  constructor(sim: Simulation, cluster: Cluster, options: StreamsGroupOptions, Thread: ThreadClass = StreamThread) {
    const { app, producer, producerName, transactions, restoreTime, standbyPollInterval } = options;
    const { requestTimeout, retryBackoff } = options;
    const topicOf = (name: string): (typeof cluster.topics)[number] => {
      const found = cluster.topics.find((topic) => topic.name === name);
      if (found !== undefined) return found;
      const names = cluster.topics.map((topic) => topic.name).join(', ');
      throw new RangeError(`${app.id}: the cluster has no topic ${name}; it has ${names}`);
    };
    const { id, topology, guarantee, standbyReplicas } = app;
    const others = options.consumers - 1;
    if (!Number.isInteger(standbyReplicas) || standbyReplicas < 0 || standbyReplicas > others) {
      throw new RangeError(
        `${id}: standbyReplicas is ${standbyReplicas}; it must be an integer from 0 to ${others}, one less than the threads`,
      );
    }
    const isolation = guarantee === 'exactly-once' ? 'committed' : 'uncommitted';
    const written = [...topology.stores.map((store) => changelogOf(id, store)), ...topology.sinks];
    const destinations = new Destinations(written.map(topicOf));
    const sources = Object.keys(topology.sources).map(topicOf);
    const threads: StreamThread[] = [];
    const outputOf = (worker: string): StreamThread => {
      const ofTransactions = { id: worker, ...transactions, retryBackoff };
      const own = new Producer(sim, {
        ...producer,
        name: `${producerName}-${threads.length + 1}`,
        topic: destinations.all,
        metadata: cluster.metadata,
        book: cluster.book,
        acks: 'all',
        isIdempotent: true,
        ...(guarantee === 'exactly-once' ? { transactional: ofTransactions } : {}),
      });
      cluster.attach(own, options.delay, requestTimeout);
      const link = new Link<ProducerQuery, void>(sim, own, { from: worker, delay: constant(0), isOrdered: true });
      const { fetchWaitMax, fetchBytesMax } = options;
      const restoring = { isolation, fetchWaitMax, fetchBytesMax, retryBackoff, restoreTime } as const;
      const ofThread = { name: worker, app, producer: own, link, destinations, restoring, standbyPollInterval };
      const thread = new Thread(sim, ofThread);
      threads.push(thread);
      return thread;
    };
    this.group = new ConsumerGroup(sim, cluster, {
      ...options,
      name: id,
      topics: sources,
      assignor: byTask(standbyReplicas === 0 ? options.assignor : withStandbys(options.assignor, standbyReplicas), id),
      commit: 'after',
      isolation,
      outputOf,
    });
    this.threads = threads;
  }

  /** The tasks that run, of all threads: one of each number, but for a thread that does not know yet that it has lost it. */
  get tasks(): readonly StreamTask[] {
    return this.threads.flatMap(({ tasks }) => [...tasks.running.values()]);
  }
}
