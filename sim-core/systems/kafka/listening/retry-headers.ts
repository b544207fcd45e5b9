/**
 * What is written on a record that is sent to be tried again, or to the dead letters: Spring for Apache Kafka's headers
 * (`KafkaHeaders`, `RetryTopicHeaders`; `DeadLetterPublishingRecoverer` as `DeadLetterPublishingRecovererFactory` sets it up).
 *
 * Where it came from is written once, when it leaves its topic. Attempts, the time that it is due and the original time are
 * added each time and none of them taken away (`retainAllRetryHeaderValues`), so that the last counts; what is said of the
 * failure is that of the last one. Times are milliseconds, as in Kafka.
 */
import { MILLISECOND, type Time } from '../../../kernel/time.ts';
import type { HandlingFailure } from '../../../messaging/consuming/received.ts';
import {
  lastHeader,
  withoutHeaders,
  type RecordHeader,
  type RecordHeaders,
} from '../../../messaging/log/record-headers.ts';
import type { Fetched } from '../consumer-fetches.ts';
import { numberOf, topicOf } from '../topic.ts';

const ORIGINAL_TOPIC = 'kafka_original-topic';
const ORIGINAL_PARTITION = 'kafka_original-partition';
const ORIGINAL_OFFSET = 'kafka_original-offset';
const EXCEPTION_MESSAGE = 'kafka_exception-message';
const ATTEMPTS = 'retry_topic-attempts';
const DUE = 'retry_topic-backoff-timestamp';
const ORIGINAL_TIMESTAMP = 'retry_topic-original-timestamp';

const OF_THE_FAILURE: ReadonlySet<string> = new Set([EXCEPTION_MESSAGE]);
const OF_RETRIES: ReadonlySet<string> = new Set([ATTEMPTS, DUE, ORIGINAL_TIMESTAMP]);

/** Which attempt at the record this is: 1 for one that nobody has forwarded. */
export const attemptOf = (headers: RecordHeaders): number => Number(lastHeader(headers, ATTEMPTS) ?? 1);

/** From when on it may be tried; 0 if nothing is said. */
export const dueOf = (headers: RecordHeaders): Time => Number(lastHeader(headers, DUE) ?? 0) * MILLISECOND;

/** Where the record was when it failed for the first time: here, if that is not written on it. */
export function originOf({ record, partition, offset }: Fetched): { topic: string; partition: number; offset: number } {
  const { headers } = record;
  return {
    topic: String(lastHeader(headers, ORIGINAL_TOPIC) ?? topicOf(partition)),
    partition: Number(lastHeader(headers, ORIGINAL_PARTITION) ?? numberOf(partition)),
    offset: Number(lastHeader(headers, ORIGINAL_OFFSET) ?? offset),
  };
}

/** Why it failed last; undefined if that is not written on it. */
export const failureOf = (headers: RecordHeaders): string | undefined =>
  lastHeader(headers, EXCEPTION_MESSAGE) as string | undefined;

/** The headers of a record that is forwarded since it has failed, to be tried again at a time. */
export function forwardedHeaders(failed: Fetched, failure: HandlingFailure, due: Time): RecordHeaders {
  const { headers, sentAt } = failed.record;
  const isFirst = lastHeader(headers, ORIGINAL_TOPIC) === undefined;
  const { topic, partition, offset } = originOf(failed);
  const origin: RecordHeader[] = [
    { key: ORIGINAL_TOPIC, value: topic },
    { key: ORIGINAL_PARTITION, value: partition },
    { key: ORIGINAL_OFFSET, value: offset },
  ];
  const originalTime = lastHeader(headers, ORIGINAL_TIMESTAMP) ?? Math.floor(sentAt / MILLISECOND);
  return [
    ...withoutHeaders(headers, OF_THE_FAILURE),
    ...(isFirst ? origin : []),
    { key: EXCEPTION_MESSAGE, value: failure },
    { key: ORIGINAL_TIMESTAMP, value: originalTime },
    { key: ATTEMPTS, value: attemptOf(headers) + 1 },
    // Rounded up, so that none is tried too early.
    { key: DUE, value: Math.ceil(due / MILLISECOND) },
  ];
}

/** The headers of a record that is to be tried as if for the first time. */
export const anew = (headers: RecordHeaders): RecordHeaders => withoutHeaders(headers, OF_RETRIES);
