/**
 * A producer's side of its transactions: who it is, which partitions take part, and how it asks its coordinator. After
 * Kafka's TransactionManager: a partition is added before the first batch goes to it, what may pass is asked again, and a
 * producer that is told of another life under its name is fenced: it has to begin anew.
 *
 * The coordinator is the leader of the partition that keeps the transactional id. That a broker adds the partition on the
 * producer's behalf (KIP-890) is not modelled.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import type { Marker } from '../../../messaging/log/record-batch.ts';
import type { ProducerIdentity } from '../../../messaging/transactions/transaction.ts';
import type { Link } from '../../../network/link.ts';
import type { BackgroundRequests } from '../../../network/background-requests.ts';
import { CoordinatorClient } from '../coordination/coordinator-client.ts';
import type { BrokerQuery, BrokerReply, TransactionQuery, TransactionReply } from '../messages.ts';
import type { MetadataClient } from '../metadata-client.ts';
import { transactionPartition } from './transaction-log.ts';

export interface TransactionalOptions {
  /** `transactional.id`. */
  readonly id: string;
  /** `transaction.timeout.ms`. */
  readonly timeout: Duration;
  /** Partitions of the coordinators' topic. */
  readonly partitions: number;
  /** `retry.backoff.ms`. */
  readonly retryBackoff: Duration;
}

export type TransactionPhase = 'none' | 'ready' | 'open' | 'failed' | 'fenced';

export class ProducerTransactions {
  private readonly options: TransactionalOptions;
  private readonly coordinator: CoordinatorClient;
  private readonly changed: () => void;
  private now: TransactionPhase = 'none';
  private who: ProducerIdentity = { id: -1, epoch: -1 };
  private readonly taking = new Set<string>();
  private readonly wanted = new Set<string>();
  private waiting: (() => void)[] = [];
  private isAdding = false;

  /** `changed`: called when more may be sent. */
  constructor(
    sim: Simulation,
    owner: string,
    options: TransactionalOptions,
    links: ReadonlyMap<string, Link<BrokerQuery, BrokerReply>>,
    metadata: MetadataClient,
    requests: BackgroundRequests,
    changed: () => void,
  ) {
    this.options = options;
    this.changed = changed;
    this.coordinator = new CoordinatorClient(sim, {
      owner,
      partition: transactionPartition(options.id, options.partitions),
      retryBackoff: options.retryBackoff,
      links,
      metadata,
      requests,
      // Another request of the same producer is under way.
      passing: (reply) => (reply as TransactionReply).error === 'concurrent-transactions',
    });
  }

  get phase(): TransactionPhase {
    return this.now;
  }

  /** Whether what is open can only be aborted, or not even that. */
  get isBroken(): boolean {
    return this.now === 'failed' || this.now === 'fenced';
  }

  get identity(): ProducerIdentity {
    return this.who;
  }

  /** Begins its life, and fences whoever was there under its id. */
  initialise(then: () => void): void {
    this.ends();
    const { id: transaction, timeout } = this.options;
    this.ask({ kind: 'init-producer', transaction, timeout }, ({ producer }) => {
      this.who = producer!;
      this.now = 'ready';
      then();
    });
  }

  begin(): void {
    this.now = 'open';
    this.taking.clear();
  }

  /** Something of it was not taken: it can only be aborted. */
  fail(): void {
    if (this.now === 'open') this.now = 'failed';
  }

  /** Whether somebody takes part; who does not is asked for with the next `add`. */
  includes(participant: string): boolean {
    if (this.now !== 'open') return false;
    if (this.taking.has(participant)) return true;
    this.wanted.add(participant);
    return false;
  }

  /** Asks for those who are wanted; calls `then` when that is answered, one way or the other. */
  add(then?: () => void): void {
    if (then !== undefined) this.waiting.push(then);
    if (this.isAdding || this.wanted.size === 0 || this.now !== 'open') return;
    const participants = [...this.wanted];
    this.isAdding = true;
    this.wanted.clear();
    const { id: transaction } = this.options;
    this.ask({ kind: 'add-to-transaction', transaction, producer: this.who, participants }, ({ error }) => {
      this.isAdding = false;
      if (error !== undefined) this.now = 'fenced';
      else for (const participant of participants) this.taking.add(participant);
      for (const waiting of this.waiting.splice(0)) waiting();
      this.changed();
    });
  }

  /** Ends the transaction; nothing of it may be under way. Calls back with whether it was done as asked. */
  end(marker: Marker, then: (isDone: boolean) => void): void {
    if (this.isAdding) return void this.waiting.push(() => this.end(marker, then));
    if (this.now === 'fenced') return then(false);
    if (this.taking.size === 0) {
      this.now = 'ready';
      return then(true);
    }
    const { id: transaction } = this.options;
    this.ask({ kind: 'end-transaction', transaction, producer: this.who, marker }, ({ error, producer }) => {
      this.now = error === undefined ? 'ready' : 'fenced';
      if (producer !== undefined) this.who = producer;
      then(error === undefined);
    });
  }

  /** It dies, or begins anew: answers that are on their way are nobody's. */
  ends(): void {
    this.coordinator.end();
    this.now = 'none';
    this.taking.clear();
    this.wanted.clear();
    this.waiting = [];
    this.isAdding = false;
  }

  private ask(query: TransactionQuery, answered: (reply: TransactionReply) => void): void {
    this.coordinator.askUntilAnswered(query, (reply) => answered(reply as TransactionReply));
  }
}
