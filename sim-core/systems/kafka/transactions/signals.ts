/** What coordinators say of transactions: the facts, and the signals that are made of them. */
import { defineFact, type Fact } from '../../../kernel/fact.ts';
import { defineSignal } from '../../../statistics/signal.ts';

/** A transaction is decided: by its producer, or because another began under its name or its time was over. */
export const transactionEnded = defineFact('kafka.transaction.ended', 'It is decided what becomes of a transaction', {
  transaction: 'text',
  outcome: 'text',
  duration: 'duration',
});

type Ended = Fact<typeof transactionEnded>;

export const transactionSignals = [
  defineSignal({
    name: 'kafka.transaction.commits',
    kind: 'counter',
    unit: '{transaction}',
    help: 'Transactions that were committed',
    fact: transactionEnded,
    where: (fact: Ended) => fact.outcome === 'commit',
  }),
  defineSignal({
    name: 'kafka.transaction.aborts',
    kind: 'counter',
    unit: '{transaction}',
    help: 'Transactions that were aborted: by their producers, or because these were fenced',
    fact: transactionEnded,
    where: (fact: Ended) => fact.outcome !== 'commit',
  }),
  defineSignal({
    name: 'kafka.transaction.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the first partition of a transaction to the decision',
    fact: transactionEnded,
    value: (fact: Ended) => fact.duration,
  }),
];
