/** The settings that Kafka's scenarios share, against the defaults of Kafka's own clients. */
import { expect, it } from 'vitest';
import { GROUP, PRODUCER } from '../../../../scenarios/messaging/application/orders.ts';
import { params as exactlyOnce } from '../../../../scenarios/messaging/exactly-once/params.ts';
import { sharedVectors } from '../../../shared-vectors.ts';

const MILLISECOND = 1e6;
const inMs = (time: number): string => String(time / MILLISECOND);

/** What the scenarios have of each setting, as Kafka writes it. */
const OURS: Readonly<Record<string, string>> = {
  'producer acks': PRODUCER.acks,
  'producer batch.size': String(PRODUCER.batchSize),
  'producer buffer.memory': String(PRODUCER.bufferMemory),
  'producer delivery.timeout.ms': inMs(PRODUCER.deliveryTimeout),
  'producer request.timeout.ms': inMs(GROUP.requestTimeout),
  'producer max.in.flight.requests.per.connection': String(PRODUCER.maxInFlight),
  'producer enable.idempotence': String(PRODUCER.isIdempotent),
  'producer retry.backoff.ms': inMs(PRODUCER.retryBackoff),
  'producer retry.backoff.max.ms': inMs(PRODUCER.retryBackoffMax),
  'producer max.block.ms': inMs(PRODUCER.maxBlock),
  'producer transaction.timeout.ms': inMs(exactlyOnce.transactionTimeout.default as number),
  'consumer session.timeout.ms': inMs(GROUP.sessionTimeout),
  'consumer heartbeat.interval.ms': inMs(GROUP.heartbeatInterval),
  'consumer max.poll.interval.ms': inMs(GROUP.pollInterval),
  'consumer auto.commit.interval.ms': inMs(GROUP.autoCommitInterval),
  'consumer fetch.max.wait.ms': inMs(GROUP.fetchWaitMax),
  'consumer max.partition.fetch.bytes': String(GROUP.fetchBytesMax),
};

/** Set otherwise, or not modelled, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'producer linger.ms': '20 ms: batches of more than one record, at these rates',
  'producer compression.type': 'none here either: records have a size and no content',
  'producer retries': 'without a bound, as by default: the delivery timeout ends them',
  'producer partitioner.class': 'the built-in one, as by default',
  'producer partitioner.adaptive.partitioning.enable': 'always so, as by default',
  'producer partitioner.availability.timeout.ms': 'not modelled: 0 is off',
  'producer partitioner.ignore.keys': 'never, as by default',
  'producer max.request.size': 'not modelled: no request comes near it',
  'consumer max.poll.records': '50: a poll is to be short beside a run of a minute',
  'consumer partition.assignment.strategy': 'one assignor a group: the change from one to another is not modelled',
  'consumer enable.auto.commit': 'said by each scenario: it is what they differ in',
  'consumer auto.offset.reset': 'earliest: a group that begins is to read what was sent before it',
  'consumer isolation.level': 'said by exactly-once; read_uncommitted elsewhere, as by default',
  'consumer fetch.min.bytes': '1, as by default: whatever is there is an answer',
  'consumer fetch.max.bytes': 'not modelled: the limit of a partition is reached first',
  'consumer group.protocol': 'classic, as by default; that of KIP-848 is not modelled',
};

const vectors = sharedVectors<{
  readonly client_defaults: readonly Readonly<Record<'side' | 'key' | 'value', string>>[];
}>('kafka_rules.json');

it.skipIf(vectors.isLeftOut)(
  'are those of ../shared/data/vectors/kafka_rules.json, or are said to be otherwise',
  () => {
    const { client_defaults: rows } = vectors.read();
    const theirs: Record<string, string> = Object.fromEntries(
      rows.map(({ side, key, value }) => [`${side} ${key}`, value]),
    );
    expect(Object.keys({ ...OURS, ...OTHERWISE }).sort()).toEqual(Object.keys(theirs).sort());
    for (const [setting, value] of Object.entries(OURS)) expect(value, setting).toBe(theirs[setting]);
  },
);
