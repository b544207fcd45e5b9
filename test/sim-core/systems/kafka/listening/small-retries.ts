/** One consumer of a topic of two partitions and of its retry topics, and a topic of dead letters that nobody reads. */
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import type { Behaviour } from '../../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { Processing, type ProcessingOptions } from '../../../../../sim-core/messaging/consuming/processing.ts';
import { outcomeOf } from '../../../../../sim-core/messaging/consuming/received.ts';
import { assignors } from '../../../../../sim-core/messaging/groups/assignors.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { Cluster } from '../../../../../sim-core/systems/kafka/cluster.ts';
import { ConsumerGroup } from '../../../../../sim-core/systems/kafka/consumer-group.ts';
import { Republisher } from '../../../../../sim-core/systems/kafka/listening/republisher.ts';
import { RetryForwarder, RetryTopics } from '../../../../../sim-core/systems/kafka/listening/retry-topics.ts';
import { Producer } from '../../../../../sim-core/systems/kafka/producer.ts';
import type { ProducerQuery } from '../../../../../sim-core/systems/kafka/producer-batch.ts';
import type { RecordVerdict } from '../../../../../sim-core/systems/kafka/listening/record-listener.ts';
import type { SentRecord } from '../../../../../sim-core/systems/kafka/record-book.ts';
import { ms, SMALL_CLUSTER, SMALL_GROUP, SMALL_PRODUCER, SMALL_TOPIC } from '../small-cluster.ts';

export const PARTITIONS = 2;
export const PARKED = 't-parked';

export interface Handled {
  readonly request: number;
  readonly topic: string;
  readonly at: number;
  readonly isGood: boolean;
}

export function smallRetries(failures: Partial<ProcessingOptions>, sends: readonly number[], attempts = 4) {
  const sim = new Simulation();
  const retries = new RetryTopics({ topic: 't', attempts, backoff: { base: ms(40), cap: ms(80) } });
  const names = ['t', ...retries.topics.map(({ name }) => name), retries.deadLetterTopic, PARKED];
  const cluster = new Cluster(sim, {
    ...SMALL_CLUSTER,
    topics: names.map((name) => ({ ...SMALL_TOPIC, name, partitions: PARTITIONS })),
    groups: { names: ['group', 'redrive'] },
  });
  const producerTo = (name: string, partitions: readonly string[]): Producer => {
    const topic = { name: 't', partitions };
    const producer = new Producer(sim, {
      name,
      topic,
      metadata: cluster.metadata,
      book: cluster.book,
      ...SMALL_PRODUCER,
    });
    cluster.attach(producer, constant(ms(0.2)), ms(40));
    return producer;
  };
  const sender = new Link<ProducerQuery, void>(sim, producerTo('producer', cluster.topics[0].partitions), {
    from: 'users',
    delay: constant(0),
  });
  sends.forEach((at, number) => {
    const request = (): RequestContext => new RequestContext(number, sim.now);
    sim.scheduleAt(ms(at), () => sender.send(number, request()), undefined);
  });
  const every = cluster.topics.flatMap(({ partitions }) => partitions);
  const template = producerTo('template', every);
  const republisher = new Republisher(
    new Link<ProducerQuery, void>(sim, template, { from: 'worker', delay: constant(0) }),
  );
  const forwarder = new RetryForwarder(sim, retries, republisher);
  const processing = new Processing(sim, { name: 'code', time: constant(ms(1)), ...failures });
  const handled: Handled[] = [];
  /** Called when a record was published again, and its offset is not committed. */
  const hooks = { forwarded: (_request: number): void => {} };
  const group = new ConsumerGroup(sim, cluster, {
    ...SMALL_GROUP,
    processTime: undefined,
    topics: cluster.topics.filter(({ name }) => ![retries.deadLetterTopic, PARKED].includes(name)),
    consumers: 1,
    isStatic: true,
    assignor: assignors.range,
    pollRecords: 1,
    delay: constant(ms(0.3)),
    listener: {
      onKill: () => template.kill(),
      *handle(received, fetched): Behaviour<RecordVerdict> {
        const early = forwarder.early(fetched);
        if (early !== undefined) return early;
        const failure = yield* outcomeOf((message) => processing.work(message), received);
        const topic = fetched.partition.slice(0, fetched.partition.lastIndexOf('-'));
        handled.push({ request: received.id, topic, at: sim.now, isGood: failure === undefined });
        if (failure === undefined) return 'done';
        const verdict = yield* forwarder.forward(fetched, failure);
        hooks.forwarded(received.id);
        yield 0;
        return verdict;
      },
    },
  });
  group.scale(1);
  return {
    sim,
    cluster,
    group,
    handled,
    hooks,
    processing,
    retries,
    republisher,
    /** The records of a topic, partition by partition. */
    recordsOf: (topic: string): SentRecord[] =>
      Array.from({ length: PARTITIONS }, (_, i) => cluster.book.line(`${topic}-${i}`)).flatMap((line) =>
        line.flatMap(({ records }) => [...records]),
      ),
  };
}
