/** What SQS tells beside what every queue does; the first as CloudWatch counts it (`NumberOfEmptyReceives`). */
import { defineFact } from '../../kernel/fact.ts';
import { queueSignals } from '../../messaging/channels/facts.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A receive was answered, with so many messages. */
export const receiveAnswered = defineFact('sqs.received', 'A receive was answered', {
  queue: 'text',
  messages: 'number',
});

/** A receipt did nothing: the message had been received again, or was gone. */
export const receiptStale = defineFact('sqs.receipt.stale', 'A receipt handle that has been overtaken was used', {
  queue: 'text',
  request: 'request',
  action: 'text',
});

export const sqsSignals = [
  ...queueSignals,
  defineSignal({
    name: 'sqs.empty_receives',
    kind: 'counter',
    unit: '{request}',
    help: 'Receives that were answered with no message',
    fact: receiveAnswered,
    where: (fact) => fact.messages === 0,
  }),
  defineSignal({
    name: 'sqs.receipts.stale',
    kind: 'counter',
    unit: '{request}',
    help: 'Deletions and changes of visibility by a receipt handle that has been overtaken: they did nothing',
    fact: receiptStale,
  }),
];
