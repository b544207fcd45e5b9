/**
 * A broker as the coordinator of transactions: of every transactional id whose partition of `__transaction_state` it leads.
 *
 * Each change of a transaction's state is written to that partition first, and counts when all in sync have it. A broker
 * that comes to lead the partition reads the states out of its log, once all of that is replicated, and goes on: it sends
 * the markers of what is decided, and minds the time of what is open. Until then it answers that it is not available.
 *
 * A transaction that is open for longer than its timeout is aborted and its producer fenced, by a look every so often, as
 * in Kafka. Producer ids come from the broker itself in place of a block from the controllers, and transactional ids do
 * not expire.
 */
import type { EventHandle } from '../../../kernel/event-table.ts';
import type { Fact, FactChannel } from '../../../kernel/fact.ts';
import type { Simulation } from '../../../kernel/simulation.ts';
import {
  addParticipants,
  completed,
  end,
  fence,
  initialise,
  markerOf,
  type Transaction,
  type Verdict,
} from '../../../messaging/transactions/transaction.ts';
import type { Call } from '../../../network/call.ts';
import type { BrokerQuery, BrokerReply, Draft, ProduceError, TransactionQuery, TransactionReply } from '../messages.ts';
import type { Replica } from '../replica.ts';
import { Markers, type MarkerWays } from './markers.ts';
import { transactionEnded } from './signals.ts';
import { draftOf, transactionPartition, TransactionRecord, type TransactionSettings } from './transaction-log.ts';

export interface CoordinatorOwner extends MarkerWays {
  readonly name: string;
  nextId(): number;
  /** Appends to a partition that it leads; calls back when all in sync have it, or it was not taken. */
  write(partition: string, draft: Draft, done: (error: ProduceError | undefined) => void): void;
  answer(call: Call<BrokerQuery, BrokerReply>, reply: TransactionReply): void;
}

interface Entry {
  readonly id: string;
  /** Undefined until the first state is written. */
  state: Transaction | undefined;
  isPending: boolean;
  timer: EventHandle;
}

interface Hosted {
  readonly replica: Replica;
  /** Everything below has to be replicated before it is read. */
  readonly loadFrom: number;
  readonly entries: Map<string, Entry>;
  isLoaded: boolean;
}

export class TransactionCoordinator {
  private readonly sim: Simulation;
  private readonly owner: CoordinatorOwner;
  private readonly settings: TransactionSettings;
  private readonly markers: Markers;
  private readonly hosted = new Map<string, Hosted>();
  private readonly checkKind: number;
  private readonly ended: FactChannel<Fact<typeof transactionEnded>>;

  constructor(sim: Simulation, owner: CoordinatorOwner, settings: TransactionSettings) {
    this.sim = sim;
    this.owner = owner;
    this.settings = settings;
    this.markers = new Markers(sim, owner.name, owner, settings.markerBackoff);
    this.checkKind = sim.eventKind(`${owner.name} looks for transactions whose time is over`);
    this.ended = sim.facts.channel(transactionEnded);
  }

  /** The state of a transactional id, for checks; undefined if this broker is not its coordinator. */
  stateOf(id: string): Transaction | undefined {
    return this.hosted.get(transactionPartition(id, this.settings.partitions))?.entries.get(id)?.state;
  }

  /** This broker leads the partition, or another life of its leadership has begun, or it does not any more. */
  changed(replica: Replica): void {
    this.forget(replica.id);
    if (replica.leading === undefined) return;
    const loadFrom = replica.log.endOffset;
    this.hosted.set(replica.id, { replica, loadFrom, entries: new Map(), isLoaded: false });
    this.advanced(replica.id);
  }

  /** More of the partition is replicated. */
  advanced(partition: string): void {
    const hosted = this.hosted.get(partition);
    if (hosted === undefined || hosted.isLoaded || hosted.replica.highWatermark < hosted.loadFrom) return;
    hosted.isLoaded = true;
    for (const { records } of hosted.replica.log.batches()) {
      for (const record of records) {
        if (!(record instanceof TransactionRecord)) continue;
        const { transaction: state } = record;
        hosted.entries.set(state.id, { id: state.id, state, isPending: false, timer: -1 });
      }
    }
    for (const entry of hosted.entries.values()) this.goOn(hosted, entry);
  }

  /** The broker has died. */
  drop(): void {
    for (const partition of this.hosted.keys()) this.forget(partition);
  }

  receive(call: Call<BrokerQuery, BrokerReply>, query: TransactionQuery): void {
    const hosted = this.hosted.get(transactionPartition(query.transaction, this.settings.partitions));
    const answer = (reply: TransactionReply): void => this.owner.answer(call, reply);
    if (hosted === undefined) return answer({ error: 'not-coordinator' });
    if (!hosted.isLoaded) return answer({ error: 'coordinator-not-available' });
    const entry = hosted.entries.get(query.transaction) ?? this.create(hosted, query.transaction);
    if (entry.isPending) return answer({ error: 'concurrent-transactions' });
    const verdict = this.judge(entry, query);
    if (verdict.error !== undefined) return answer({ error: verdict.error });
    if (verdict.next === undefined) return answer(identityOf(entry.state!));
    this.write(hosted, entry, verdict.next, call.request.id, (isWritten) => {
      if (!isWritten) answer({ error: 'coordinator-not-available' });
      else answer(verdict.answer !== undefined ? { error: verdict.answer } : identityOf(entry.state!));
    });
  }

  private judge({ id, state }: Entry, query: TransactionQuery): Verdict {
    if (query.kind === 'init-producer') return initialise(state, id, () => this.owner.nextId(), query.timeout);
    // Nobody has begun under this id: whoever asks is not known.
    if (state === undefined) return { error: 'producer-fenced' };
    return query.kind === 'add-to-transaction'
      ? addParticipants(state, query.producer, query.participants, this.sim.now)
      : end(state, query.producer, query.marker);
  }

  private create(hosted: Hosted, id: string): Entry {
    const entry: Entry = { id, state: undefined, isPending: false, timer: -1 };
    hosted.entries.set(id, entry);
    return entry;
  }

  private write(
    hosted: Hosted,
    entry: Entry,
    next: Transaction,
    request: number,
    then: (isWritten: boolean) => void,
  ): void {
    entry.isPending = true;
    const { id: partition } = hosted.replica;
    this.owner.write(partition, draftOf(next, request), (error) => {
      entry.isPending = false;
      const isWritten = error === undefined && this.hosts(hosted);
      if (isWritten) {
        this.tellEnd(entry.state, next);
        entry.state = next;
      }
      then(isWritten);
      if (isWritten) this.goOn(hosted, entry);
    });
  }

  /** What follows from a state that is written: markers, or a look at the time. */
  private goOn(hosted: Hosted, entry: Entry): void {
    this.sim.cancel(entry.timer);
    const { state } = entry;
    if (state === undefined) return;
    if (markerOf(state) !== undefined)
      this.markers.send(
        state,
        () => this.hosts(hosted),
        () => this.complete(hosted, entry),
      );
    else if (state.status === 'ongoing') this.mind(hosted, entry, state.startedAt + state.timeout);
  }

  private complete(hosted: Hosted, entry: Entry): void {
    const { state } = entry;
    this.write(hosted, entry, completed(state!), this.owner.nextId(), (isWritten) => {
      // Too few in sync: the markers are there, and sending them again does no harm.
      if (!isWritten && this.hosts(hosted)) {
        const again = (): void => (this.hosts(hosted) && !entry.isPending ? this.complete(hosted, entry) : undefined);
        this.sim.schedule(this.settings.markerBackoff, again, undefined, this.checkKind);
      }
    });
  }

  /** Looks at the transaction at the first look after its time is over. */
  private mind(hosted: Hosted, entry: Entry, due: number): void {
    const { timeoutCheck } = this.settings;
    const at = Math.ceil(Math.max(due, this.sim.now + 1) / timeoutCheck) * timeoutCheck;
    const check = (): void => {
      if (!this.hosts(hosted)) return;
      if (entry.isPending) this.mind(hosted, entry, this.sim.now + 1);
      else {
        this.write(hosted, entry, fence(entry.state!), this.owner.nextId(), (isWritten) => {
          if (!isWritten && this.hosts(hosted)) this.mind(hosted, entry, this.sim.now + 1);
        });
      }
    };
    entry.timer = this.sim.scheduleAt(at, check, undefined, this.checkKind);
  }

  private hosts(hosted: Hosted): boolean {
    return this.hosted.get(hosted.replica.id) === hosted;
  }

  private forget(partition: string): void {
    const hosted = this.hosted.get(partition);
    if (hosted === undefined) return;
    this.hosted.delete(partition);
    for (const { timer } of hosted.entries.values()) this.sim.cancel(timer);
  }

  private tellEnd(before: Transaction | undefined, { id, status, endedEpoch }: Transaction): void {
    if (before?.status !== 'ongoing' || !this.ended.heard) return;
    if (status !== 'prepare-commit' && status !== 'prepare-abort') return;
    const outcome = status === 'prepare-commit' ? 'commit' : endedEpoch < 0 ? 'fence' : 'abort';
    this.ended.emit({ transaction: id, outcome, duration: this.sim.now - before.startedAt });
  }
}

const identityOf = ({ producer: id, epoch }: Transaction): TransactionReply => ({ producer: { id, epoch } });
