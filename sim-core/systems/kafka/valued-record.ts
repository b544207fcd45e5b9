/** Records with a value and an event time, as stream processors and connectors write and read them. */
import type { RecordValue, StreamRecord } from '../../messaging/streams/stream-record.ts';
import type { Time } from '../../kernel/time.ts';
import { headerBytes, NO_RECORD_HEADERS, type RecordHeaders } from '../../messaging/log/record-headers.ts';
import { SentRecord } from './record-book.ts';

/** What a producer is asked to send, where that is more than a key. */
export interface Outgoing extends StreamRecord {
  /** Of key and value. */
  readonly bytes: number;
  readonly headers?: RecordHeaders;
  /** Where to, if its key does not say it. */
  readonly partition?: string;
  /** Called when it is acknowledged, with its offset: what a real producer's `RecordMetadata` says. */
  readonly acknowledged?: (offset: number) => void;
}

export class ValuedRecord extends SentRecord implements StreamRecord {
  readonly value: RecordValue | null;
  readonly timestamp: Time;
  override readonly isTombstone: boolean;
  override readonly headers: RecordHeaders;

  constructor(request: number, outgoing: Outgoing, sentAt: Time, number: number) {
    const { key, bytes, value, timestamp, headers = NO_RECORD_HEADERS } = outgoing;
    super(request, key, bytes + headerBytes(headers), sentAt, number);
    this.headers = headers;
    this.value = value;
    this.timestamp = timestamp;
    this.isTombstone = value === null;
  }
}
