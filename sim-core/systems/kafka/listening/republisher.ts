/**
 * Publishes a record that was read to another partition, with other headers, and waits for it to be acknowledged: key, value and
 * time are what they were. To whoever reads it, it is a record of its own.
 */
import type { Behaviour } from '../../../kernel/process.ts';
import type { RecordHeaders } from '../../../messaging/log/record-headers.ts';
import { CallFailed } from '../../../network/call.ts';
import type { Link } from '../../../network/link.ts';
import { RequestContext } from '../../../network/request-context.ts';
import type { ProducerQuery } from '../producer-batch.ts';
import type { SentRecord } from '../record-book.ts';
import { ValuedRecord } from '../valued-record.ts';

export class Republisher {
  private readonly producer: Link<ProducerQuery, void>;

  /** `producer`: to one that serves the partitions of all topics that are published to. */
  constructor(producer: Link<ProducerQuery, void>) {
    this.producer = producer;
  }

  /** Returns whether it is there. */
  *publish(record: SentRecord, partition: string, headers: RecordHeaders): Behaviour<boolean> {
    const { key, request, sentAt } = record;
    // Of a record that is only counted the request's number stands for the value.
    const isValued = record instanceof ValuedRecord;
    const [value, timestamp] = isValued ? [record.value, record.timestamp] : [request, sentAt];
    const outgoing = { key, value, timestamp, bytes: record.payloadBytes, partition, headers };
    try {
      yield* this.producer.call(outgoing, new RequestContext(request, sentAt));
      return true;
    } catch (error) {
      if (error instanceof CallFailed) return false;
      throw error;
    }
  }
}
