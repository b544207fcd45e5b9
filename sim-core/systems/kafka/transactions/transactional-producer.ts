/**
 * What an application does with a transactional producer: begins its life and its transactions, has a group's offsets take
 * part, commits, aborts. It waits for what was sent before it commits; before it aborts it gives up what was not sent and
 * waits for what is on its way, as Kafka's client does.
 */
import type { ProducerIdentity } from '../../../messaging/transactions/transaction.ts';
import type { ProducerTransactions } from './producer-transactions.ts';

/** The records of the producer. */
export interface Records {
  /** The next batches are this one's, numbered from 0. */
  numberAs(identity: ProducerIdentity): void;
  /** Sends what there is without lingering; calls back when all of it is decided. */
  flush(then: () => void): void;
  /** Gives up what has not been sent. */
  giveUpWaiting(): void;
}

export class TransactionalProducer {
  private readonly transactions: ProducerTransactions;
  private readonly records: Records;

  constructor(transactions: ProducerTransactions, records: Records) {
    this.transactions = transactions;
    this.records = records;
  }

  get identity(): ProducerIdentity {
    return this.transactions.identity;
  }

  get isFenced(): boolean {
    return this.transactions.phase === 'fenced';
  }

  /** Calls back when it may begin transactions. */
  initialise(then: () => void): void {
    this.transactions.initialise(then);
  }

  begin(): void {
    this.transactions.begin();
    this.records.numberAs(this.identity);
  }

  /** The partition that keeps a group takes part: calls back when it does, or with false if nobody can any more. */
  include(participant: string, then: (isIn: boolean) => void): void {
    const { transactions } = this;
    if (transactions.includes(participant)) then(true);
    else if (transactions.phase !== 'open') then(false);
    else transactions.add(() => this.include(participant, then));
  }

  /** Calls back with whether what was sent is committed; if not it is aborted. */
  commit(then: (isCommitted: boolean) => void): void {
    this.records.flush(() => {
      if (this.transactions.phase === 'open') this.transactions.end('commit', then);
      else this.abort(() => then(false));
    });
  }

  abort(then: () => void): void {
    this.transactions.fail();
    this.records.giveUpWaiting();
    this.records.flush(() => this.transactions.end('abort', () => then()));
  }
}
