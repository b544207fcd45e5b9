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
import { HostedPartitions, type Hosted } from '../coordination/hosted-partitions.ts';
import type { Batch, Draft, ProduceError, TransactionQuery, TransactionReply } from '../messages.ts';
import { Markers, type MarkerWays } from './markers.ts';
import { transactionEnded } from './signals.ts';
import { draftOf, transactionPartition, TransactionRecord, type TransactionSettings } from './transaction-log.ts';

export interface CoordinatorOwner extends MarkerWays {
  readonly name: string;
  nextId(): number;
  /** Appends to a partition that it leads; calls back when all in sync have it, or it was not taken. */
  write(partition: string, draft: Draft, done: (error: ProduceError | undefined) => void): void;
}

interface Entry {
  readonly id: string;
  /** Undefined until the first state is written. */
  state: Transaction | undefined;
  isPending: boolean;
  timer: EventHandle;
}

type Entries = Map<string, Entry>;

export class TransactionCoordinator {
  readonly partitions: HostedPartitions<Entries>;
  private readonly sim: Simulation;
  private readonly owner: CoordinatorOwner;
  private readonly settings: TransactionSettings;
  private readonly markers: Markers;
  private readonly checkKind: number;
  private readonly ended: FactChannel<Fact<typeof transactionEnded>>;

  constructor(sim: Simulation, owner: CoordinatorOwner, settings: TransactionSettings) {
    this.sim = sim;
    this.owner = owner;
    this.settings = settings;
    this.markers = new Markers(sim, owner.name, owner, settings.markerBackoff);
    this.checkKind = sim.eventKind(`${owner.name} looks for transactions whose time is over`);
    this.ended = sim.facts.channel(transactionEnded);
    this.partitions = new HostedPartitions<Entries>({
      begin: () => new Map(),
      replay: (hosted, batch) => this.replay(hosted, batch),
      loaded: (hosted) => {
        for (const entry of hosted.state.values()) this.goOn(hosted, entry);
      },
      end: (entries) => {
        for (const { timer } of entries.values()) sim.cancel(timer);
      },
    });
  }

  /** The state of a transactional id, for checks; undefined if this broker is not its coordinator. */
  stateOf(id: string): Transaction | undefined {
    return this.hostedOf(id)?.state.get(id)?.state;
  }

  receive(query: TransactionQuery, request: number, answer: (reply: TransactionReply) => void): void {
    const hosted = this.hostedOf(query.transaction);
    if (hosted === undefined) return answer({ error: 'not-coordinator' });
    if (!hosted.isLoaded) return answer({ error: 'coordinator-load-in-progress' });
    const entry = hosted.state.get(query.transaction) ?? this.create(hosted, query.transaction);
    if (entry.isPending) return answer({ error: 'concurrent-transactions' });
    const verdict = this.judge(entry, query);
    if (verdict.error !== undefined) return answer({ error: verdict.error });
    if (verdict.next === undefined) return answer(identityOf(entry.state!));
    this.write(hosted, entry, verdict.next, request, (isWritten) => {
      if (!isWritten) answer({ error: 'coordinator-not-available' });
      else answer(verdict.answer !== undefined ? { error: verdict.answer } : identityOf(entry.state!));
    });
  }

  private hostedOf(id: string): Hosted<Entries> | undefined {
    return this.partitions.get(transactionPartition(id, this.settings.partitions));
  }

  /** A predecessor's record; of its own it is told when they are written. */
  private replay({ state: entries, isLoaded }: Hosted<Entries>, { records }: Batch): void {
    if (isLoaded) return;
    for (const record of records) {
      if (!(record instanceof TransactionRecord)) continue;
      const { transaction: state } = record;
      entries.set(state.id, { id: state.id, state, isPending: false, timer: -1 });
    }
  }

  private judge({ id, state }: Entry, query: TransactionQuery): Verdict {
    if (query.kind === 'init-producer') return initialise(state, id, () => this.owner.nextId(), query.timeout);
    // Nobody has begun under this id: whoever asks is not known.
    if (state === undefined) return { error: 'producer-fenced' };
    return query.kind === 'add-to-transaction'
      ? addParticipants(state, query.producer, query.participants, this.sim.now)
      : end(state, query.producer, query.marker);
  }

  private create(hosted: Hosted<Entries>, id: string): Entry {
    const entry: Entry = { id, state: undefined, isPending: false, timer: -1 };
    hosted.state.set(id, entry);
    return entry;
  }

  private write(
    hosted: Hosted<Entries>,
    entry: Entry,
    next: Transaction,
    request: number,
    then: (isWritten: boolean) => void,
  ): void {
    entry.isPending = true;
    const { id: partition } = hosted.replica;
    this.owner.write(partition, draftOf(next, request), (error) => {
      entry.isPending = false;
      const isWritten = error === undefined && this.partitions.hosts(hosted);
      if (isWritten) {
        this.tellEnd(entry.state, next);
        entry.state = next;
      }
      then(isWritten);
      if (isWritten) this.goOn(hosted, entry);
    });
  }

  /** What follows from a state that is written: markers, or a look at the time. */
  private goOn(hosted: Hosted<Entries>, entry: Entry): void {
    this.sim.cancel(entry.timer);
    const { state } = entry;
    if (state === undefined) return;
    if (markerOf(state) !== undefined)
      this.markers.send(
        state,
        () => this.partitions.hosts(hosted),
        () => this.complete(hosted, entry),
      );
    else if (state.status === 'ongoing') this.mind(hosted, entry, state.startedAt + state.timeout);
  }

  private complete(hosted: Hosted<Entries>, entry: Entry): void {
    const { state } = entry;
    this.write(hosted, entry, completed(state!), this.owner.nextId(), (isWritten) => {
      // Too few in sync: the markers are there, and sending them again does no harm.
      if (!isWritten && this.partitions.hosts(hosted)) {
        const again = (): void =>
          this.partitions.hosts(hosted) && !entry.isPending ? this.complete(hosted, entry) : undefined;
        this.sim.schedule(this.settings.markerBackoff, again, undefined, this.checkKind);
      }
    });
  }

  /** Looks at the transaction at the first look after its time is over. */
  private mind(hosted: Hosted<Entries>, entry: Entry, due: number): void {
    const { timeoutCheck } = this.settings;
    const at = Math.ceil(Math.max(due, this.sim.now + 1) / timeoutCheck) * timeoutCheck;
    const check = (): void => {
      if (!this.partitions.hosts(hosted)) return;
      if (entry.isPending) this.mind(hosted, entry, this.sim.now + 1);
      else {
        this.write(hosted, entry, fence(entry.state!), this.owner.nextId(), (isWritten) => {
          if (!isWritten && this.partitions.hosts(hosted)) this.mind(hosted, entry, this.sim.now + 1);
        });
      }
    };
    entry.timer = this.sim.scheduleAt(at, check, undefined, this.checkKind);
  }

  private tellEnd(before: Transaction | undefined, { id, status, endedEpoch }: Transaction): void {
    if (before?.status !== 'ongoing' || !this.ended.heard) return;
    if (status !== 'prepare-commit' && status !== 'prepare-abort') return;
    const outcome = status === 'prepare-commit' ? 'commit' : endedEpoch < 0 ? 'fence' : 'abort';
    this.ended.emit({ transaction: id, outcome, duration: this.sim.now - before.startedAt });
  }
}

const identityOf = ({ producer: id, epoch }: Transaction): TransactionReply => ({ producer: { id, epoch } });
