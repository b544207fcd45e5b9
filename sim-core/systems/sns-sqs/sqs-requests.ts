/** What SQS is asked and answers (Amazon SQS API Reference), as far as it is modelled. */
import type { Duration } from '../../kernel/time.ts';
import type { Message } from '../../messaging/channels/message.ts';
import type { FifoAttributes, Received } from '../../messaging/channels/visibility-queue.ts';

export type SqsRequest = { readonly queue: string } & (
  | { readonly action: 'SendMessage'; readonly message: Message; readonly fifo?: FifoAttributes }
  | {
      readonly action: 'ReceiveMessage';
      /** `MaxNumberOfMessages`: 1 to 10. */
      readonly max: number;
      /** `WaitTimeSeconds`: 0 for a short poll. */
      readonly wait: Duration;
      /** In place of the queue's own. */
      readonly visibility?: Duration;
    }
  | { readonly action: 'DeleteMessage'; readonly receipt: number }
  | { readonly action: 'ChangeMessageVisibility'; readonly receipt: number; readonly visibility: Duration }
);

/**
 * Errors of the service. There is none for DeleteMessage with an old receipt of a standard queue: that succeeds, and the
 * message may still be there.
 */
export type SqsError =
  | 'QueueDoesNotExist'
  | 'InvalidParameterValue'
  | 'ReceiptHandleHasExpired'
  | 'MessageNotInflight'
  | 'OverLimit';

export interface SqsReply {
  readonly messages: readonly Received[];
  readonly error?: SqsError;
  /** Whether the message is deleted, or hidden for that long. The service does not say it; it is for the experimenter. */
  readonly isDone: boolean;
}

export const refusal = (error: SqsError): SqsReply => ({ messages: [], error, isDone: false });
