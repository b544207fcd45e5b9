/**
 * What an application does with the records that its consumer polls, one after the other (a container of record listeners in
 * Spring for Apache Kafka): handles each, and judges what is to become of it. Unlike a queue, a log has no verdict on one message:
 * whatever is not done is read again, with all that comes behind it in its partition.
 */
import type { Behaviour } from '../../../kernel/process.ts';
import type { Time } from '../../../kernel/time.ts';
import type { DeliveryObserver, Received } from '../../../messaging/consuming/received.ts';
import type { ComponentPart } from '../../../network/component.ts';
import type { Fetched } from '../consumer-fetches.ts';

/**
 * `done`: the consumer goes on behind it. `again`: it goes back to it with the next poll (`seek`). With a time, its partition
 * is paused until then, and read from here on again afterwards: the record was not attempted.
 */
export type RecordVerdict = 'done' | 'again' | { readonly notBefore: Time };

export interface RecordListener {
  /** Handles a record and judges it; the consumer's one thread is busy with it until then. */
  readonly handle: (received: Received, fetched: Fetched) => Behaviour<RecordVerdict>;
  readonly observers?: readonly DeliveryObserver[];
  /** What else of the process is gone when it dies, such as a producer of its own. */
  readonly onKill?: () => void;
  /** The code that it runs: shown as a part of the consumer. */
  readonly inside?: ComponentPart;
}
