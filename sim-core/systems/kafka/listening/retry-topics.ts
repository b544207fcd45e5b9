/**
 * Retries that do not block: a record that fails is published to a topic of records that wait, each for the same time, and its
 * offset is committed; the listener of that topic has its partition paused until the first record in it is due. After the last
 * attempt it goes to the topic of dead letters (Spring for Apache Kafka, "Non-Blocking Retries", `@RetryableTopic`: topics by
 * index, the last delays that are equal share one, `SameIntervalTopicReuseStrategy.SINGLE_TOPIC`; the same in "Building Reliable
 * Reprocessing and Dead Letter Queues with Apache Kafka" of Uber's engineering blog, 2018).
 *
 * Each topic has the partitions of the main one, and a record stays in the partition of its number. A death after it was
 * published and before its offset is committed has it published again: then there are two, each with attempts of its own.
 *
 * What is published is waited for (`failIfSendResultIsError`); if that fails the record is read again where it is. Failures that
 * are never retried, and other intervals than those that grow to a cap, are not modelled.
 */
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Behaviour } from '../../../kernel/process.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import type { HandlingFailure } from '../../../messaging/consuming/received.ts';
import { messageDeadLettered } from '../../../messaging/dead-letter/facts.ts';
import { doubled, type BackoffOptions } from '../../../network/resilience/backoff/backoff.ts';
import type { Fetched } from '../consumer-fetches.ts';
import { numberOf } from '../topic.ts';
import { attemptOf, dueOf, forwardedHeaders, originOf } from './retry-headers.ts';
import type { RecordVerdict } from './record-listener.ts';
import type { Republisher } from './republisher.ts';

export interface RetryTopicOptions {
  /** The topic that retries are for. */
  readonly topic: string;
  /** Attempts at a record at most, the first among them: an integer of at least 1. */
  readonly attempts: number;
  /** The delay before the second attempt, which doubles from then on up to a cap. */
  readonly backoff: BackoffOptions;
}

interface RetryTopic {
  readonly name: string;
  readonly delay: Duration;
}

export class RetryTopics {
  /** In the order in which a record comes to them. */
  readonly topics: readonly RetryTopic[];
  readonly deadLetterTopic: string;
  private readonly attempts: number;

  constructor({ topic, attempts, backoff }: RetryTopicOptions) {
    if (!Number.isInteger(attempts) || attempts < 1)
      throw new RangeError(`retries of ${topic}: attempts is ${attempts}; it must be an integer of at least 1`);
    const delays = Array.from({ length: attempts - 1 }, (_, retry) => doubled(backoff, retry));
    const distinct = delays.filter((delay, index) => delay !== delays[index - 1]);
    this.topics = distinct.map((delay, index) => ({ name: `${topic}-retry-${index}`, delay }));
    this.deadLetterTopic = `${topic}-dlt`;
    this.attempts = attempts;
  }

  /** Where a record goes whose so manieth attempt has failed; undefined if it has no more. */
  after(attempt: number): RetryTopic | undefined {
    return attempt >= this.attempts ? undefined : this.topics[Math.min(attempt, this.topics.length) - 1];
  }
}

export class RetryForwarder {
  readonly topics: RetryTopics;
  private readonly sim: Simulation;
  private readonly republisher: Republisher;
  private readonly deaths: FactChannel<Fact<typeof messageDeadLettered>>;

  constructor(sim: Simulation, topics: RetryTopics, republisher: Republisher) {
    this.sim = sim;
    this.topics = topics;
    this.republisher = republisher;
    this.deaths = sim.facts.channel(messageDeadLettered);
  }

  /** That a record's time has not come, if so. */
  early({ record }: Fetched): Extract<RecordVerdict, object> | undefined {
    const due = dueOf(record.headers);
    return due > this.sim.now ? { notBefore: due } : undefined;
  }

  /** Whether the attempt at this record is its last. */
  isLast({ record }: Fetched): boolean {
    return this.topics.after(attemptOf(record.headers)) === undefined;
  }

  /** Publishes a record that has failed to where it belongs now. `done` when it is there, and else `again`. */
  *forward(failed: Fetched, failure: HandlingFailure): Behaviour<'done' | 'again'> {
    const { record, partition } = failed;
    const attempts = attemptOf(record.headers);
    const next = this.topics.after(attempts);
    const topic = next?.name ?? this.topics.deadLetterTopic;
    const headers = forwardedHeaders(failed, failure, this.sim.now + (next?.delay ?? 0));
    if (!(yield* this.republisher.publish(record, `${topic}-${numberOf(partition)}`, headers))) return 'again';
    if (next === undefined && this.deaths.heard) {
      const origin = originOf(failed).topic;
      this.deaths.emit({ queue: topic, request: record.request, reason: failure, attempts, origin });
    }
    return 'done';
  }
}
