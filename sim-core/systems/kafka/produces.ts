/**
 * What a broker appends to the logs that it leads: producers' batches, the markers of transactions, and what its own
 * coordinator writes. It is answered at once, or when all that are in sync have it; a request is answered when each of its
 * parts is.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Call } from '../../network/call.ts';
import type { Appended, PartitionLeader } from '../../messaging/log/partition-leader.ts';
import type {
  BrokerQuery,
  BrokerReply,
  Draft,
  MarkersQuery,
  ProduceError,
  ProduceQuery,
  ProduceResult,
} from './messages.ts';
import type { RecordBook, SentRecord } from './record-book.ts';
import type { Replica } from './replica.ts';

type BrokerCall = Call<BrokerQuery, BrokerReply>;
type Leading = PartitionLeader<SentRecord>;

interface Pending {
  /** Undefined for the broker's own. */
  readonly call: BrokerCall | undefined;
  readonly results: ProduceResult[];
  readonly done: (results: readonly ProduceResult[]) => void;
  left: number;
}

interface Awaited {
  readonly pending: Pending;
  readonly partition: string;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

export class Produces {
  private readonly sim: Simulation;
  private readonly replicas: ReadonlyMap<string, Replica>;
  private readonly book: RecordBook;
  private readonly answer: (call: BrokerCall, reply: readonly ProduceResult[]) => void;
  /** Appended and not replicated. */
  private readonly awaited = new Map<string, Awaited[]>();

  constructor(
    sim: Simulation,
    replicas: ReadonlyMap<string, Replica>,
    book: RecordBook,
    answer: (call: BrokerCall, reply: readonly ProduceResult[]) => void,
  ) {
    this.sim = sim;
    this.replicas = replicas;
    this.book = book;
    this.answer = answer;
  }

  get waiting(): number {
    let count = 0;
    for (const awaited of this.awaited.values()) count += awaited.length;
    return count;
  }

  /** Appends what can be appended; gives the partitions that have something new, or something to wait for. */
  take(call: BrokerCall, { batches, acks }: ProduceQuery): readonly string[] {
    const pending = this.pendingOf(call, batches.length);
    return batches.flatMap(({ partition, draft }) =>
      this.append(pending, partition, acks === 'all', (leading) => leading.append(draft, acks, this.sim.now)),
    );
  }

  /** The same of markers that a coordinator sends. */
  takeMarkers(call: BrokerCall, query: MarkersQuery): readonly string[] {
    return this.mark(this.pendingOf(call, query.partitions.length), query);
  }

  /** Markers of the broker's own coordinator; calls back unless the broker dies. */
  writeMarkers(query: MarkersQuery, done: (results: readonly ProduceResult[]) => void): readonly string[] {
    return this.mark({ call: undefined, results: [], left: query.partitions.length, done }, query);
  }

  private mark(pending: Pending, { partitions, producer, marker }: MarkersQuery): readonly string[] {
    return partitions.flatMap((partition) =>
      this.append(pending, partition, true, (leading) => leading.appendMarker(producer, marker, this.sim.now)),
    );
  }

  /** The broker's own batch; calls back when all in sync have it, or it was not taken, and not if the broker dies. */
  write(partition: string, draft: Draft, done: (error: ProduceError | undefined) => void): readonly string[] {
    const pending: Pending = { call: undefined, results: [], left: 1, done: ([{ error }]) => done(error) };
    return this.append(pending, partition, true, (leading) => leading.append(draft, 'all', this.sim.now));
  }

  /** The high watermark of a partition may have moved. */
  check(partition: string): void {
    const awaited = this.awaited.get(partition);
    const leading = this.replicas.get(partition)!.leading;
    if (awaited === undefined || awaited.length === 0 || leading === undefined) return;
    if (awaited.every(({ lastOffset }) => leading.replicated(lastOffset) === false)) return;
    // Almost always the first of them; a batch that came again stands behind those that came after it first.
    const over: [Awaited, ProduceResult][] = [];
    const still = awaited.filter((one) => {
      const { firstOffset, lastOffset } = one;
      const replicated = leading.replicated(lastOffset);
      if (replicated === false) return true;
      over.push([
        one,
        replicated === true ? { partition, firstOffset } : { partition, error: replicated, firstOffset },
      ]);
      return false;
    });
    this.awaited.set(partition, still);
    for (const [{ pending }, result] of over) settle(pending, result);
  }

  /** The broker does not lead the partition any more. */
  abandon(partition: string): void {
    for (const { pending } of this.awaited.get(partition)?.splice(0) ?? []) {
      settle(pending, { partition, error: 'not-leader', firstOffset: -1 });
    }
  }

  /** The broker has died: the calls that wait here, each once. */
  drop(): readonly BrokerCall[] {
    const calls = new Set<BrokerCall>();
    for (const awaited of this.awaited.values()) {
      for (const { pending } of awaited) if (pending.call !== undefined) calls.add(pending.call);
    }
    this.awaited.clear();
    return [...calls];
  }

  private pendingOf(call: BrokerCall, left: number): Pending {
    return { call, results: [], left, done: (results) => this.answer(call, results) };
  }

  private append(
    pending: Pending,
    partition: string,
    waits: boolean,
    append: (leading: Leading) => Appended<SentRecord>,
  ): readonly string[] {
    const leading = this.replicas.get(partition)?.leading;
    if (leading === undefined) {
      settle(pending, { partition, error: 'not-leader', firstOffset: -1 });
      return [];
    }
    const appended = append(leading);
    if (appended.error !== undefined) {
      settle(pending, { partition, error: appended.error, firstOffset: -1 });
      return [];
    }
    const { batch, firstOffset, lastOffset } = appended;
    if (batch !== undefined) this.book.appended(partition, leading.epoch, batch);
    if (waits) this.awaitReplication({ pending, partition, firstOffset, lastOffset });
    else settle(pending, { partition, firstOffset });
    return [partition];
  }

  private awaitReplication(awaited: Awaited): void {
    const line = this.awaited.get(awaited.partition);
    if (line === undefined) this.awaited.set(awaited.partition, [awaited]);
    else line.push(awaited);
  }
}

function settle(pending: Pending, result: ProduceResult): void {
  pending.results.push(result);
  if (--pending.left === 0) pending.done(pending.results);
}
