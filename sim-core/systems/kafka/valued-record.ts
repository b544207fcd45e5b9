/** Records with a value and an event time, as stream processors and connectors write and read them. */
import type { RecordValue, StreamRecord } from '../../messaging/streams/stream-record.ts';
import type { Time } from '../../kernel/time.ts';
import { SentRecord } from './record-book.ts';

/** What a producer is asked to send, where that is more than a key. */
export interface Outgoing extends StreamRecord {
  readonly bytes: number;
  /** Where to, if its key does not say it. */
  readonly partition?: string;
  /** Called when it is acknowledged, with its offset: what a real producer's `RecordMetadata` says. */
  readonly acknowledged?: (offset: number) => void;
}

export class ValuedRecord extends SentRecord implements StreamRecord {
  readonly value: RecordValue | null;
  readonly timestamp: Time;
  override readonly isTombstone: boolean;

  constructor(request: number, { key, bytes, value, timestamp }: Outgoing, sentAt: Time, number: number) {
    super(request, key, bytes, sentAt, number);
    this.value = value;
    this.timestamp = timestamp;
    this.isTombstone = value === null;
  }
}
