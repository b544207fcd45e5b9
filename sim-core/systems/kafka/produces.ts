/**
 * Produce requests at a broker: batches are appended by the leaders of their partitions, and answered at once, or when all
 * that are in sync have them. A request is answered when each of its batches is.
 */
import type { Simulation } from '../../kernel/simulation.ts';
import type { Call } from '../../network/call.ts';
import type { BrokerQuery, BrokerReply, ProduceQuery, ProduceResult } from './messages.ts';
import type { RecordBook } from './record-book.ts';
import type { Replica } from './replica.ts';

interface Pending {
  readonly call: Call<BrokerQuery, BrokerReply>;
  readonly results: ProduceResult[];
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
  private readonly answer: (call: Call<BrokerQuery, BrokerReply>, reply: readonly ProduceResult[]) => void;
  /** Appended and not replicated. */
  private readonly awaited = new Map<string, Awaited[]>();

  constructor(
    sim: Simulation,
    replicas: ReadonlyMap<string, Replica>,
    book: RecordBook,
    answer: (call: Call<BrokerQuery, BrokerReply>, reply: readonly ProduceResult[]) => void,
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
  take(call: Call<BrokerQuery, BrokerReply>, { batches, acks }: ProduceQuery): readonly string[] {
    const pending: Pending = { call, results: [], left: batches.length };
    const touched: string[] = [];
    for (const { partition, draft } of batches) {
      const leading = this.replicas.get(partition)?.leading;
      if (leading === undefined) {
        this.settle(pending, { partition, error: 'not-leader', firstOffset: -1 });
        continue;
      }
      const appended = leading.append(draft, acks, this.sim.now);
      if (appended.error !== undefined) {
        this.settle(pending, { partition, error: appended.error, firstOffset: -1 });
        continue;
      }
      const { batch, firstOffset, lastOffset } = appended;
      if (batch !== undefined) this.book.appended(partition, leading.epoch, batch);
      touched.push(partition);
      if (acks === 'all') this.awaitReplication({ pending, partition, firstOffset, lastOffset });
      else this.settle(pending, { partition, firstOffset });
    }
    return touched;
  }

  /** The high watermark of a partition may have moved. */
  check(partition: string): void {
    const awaited = this.awaited.get(partition);
    const leading = this.replicas.get(partition)!.leading;
    if (awaited === undefined || leading === undefined) return;
    // Almost always the first of them or none; a batch that came again stands behind those that came after it first.
    const still = awaited.filter(({ pending, firstOffset, lastOffset }) => {
      const replicated = leading.replicated(lastOffset);
      if (replicated === false) return true;
      const error = replicated === true ? undefined : replicated;
      this.settle(pending, error === undefined ? { partition, firstOffset } : { partition, error, firstOffset });
      return false;
    });
    if (still.length < awaited.length) this.awaited.set(partition, still);
  }

  /** The broker does not lead the partition any more. */
  abandon(partition: string): void {
    for (const { pending } of this.awaited.get(partition)?.splice(0) ?? []) {
      this.settle(pending, { partition, error: 'not-leader', firstOffset: -1 });
    }
  }

  /** The broker has died: the calls that wait here, each once. */
  drop(): readonly Call<BrokerQuery, BrokerReply>[] {
    const calls = new Set<Call<BrokerQuery, BrokerReply>>();
    for (const awaited of this.awaited.values()) for (const { pending } of awaited) calls.add(pending.call);
    this.awaited.clear();
    return [...calls];
  }

  private awaitReplication(awaited: Awaited): void {
    const line = this.awaited.get(awaited.partition);
    if (line === undefined) this.awaited.set(awaited.partition, [awaited]);
    else line.push(awaited);
  }

  private settle(pending: Pending, result: ProduceResult): void {
    pending.results.push(result);
    if (--pending.left === 0) this.answer(pending.call, pending.results);
  }
}
