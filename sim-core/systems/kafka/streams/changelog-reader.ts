/**
 * Reads a partition of a changelog to its end, to restore a store: StoreChangelogReader of apache/kafka. The end is the high
 * watermark at the first answer; a reader of committed records waits until what is undecided below it is decided. Applying a
 * record takes its time, so that a restore takes as long as the changelog is.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { Duration } from '../../../kernel/time.ts';
import type { Waiter } from '../../../kernel/wait.ts';
import { offsetOf } from '../../../messaging/log/record-batch.ts';
import { committedOnly } from '../../../messaging/transactions/committed-only.ts';
import type { BrokerQuery, FetchResult, IsolationLevel } from '../messages.ts';
import type { BrokerWays } from '../transactions/output.ts';
import { ValuedRecord } from '../valued-record.ts';

export interface ChangelogReaderOptions {
  readonly isolation: IsolationLevel;
  readonly fetchWaitMax: Duration;
  readonly fetchBytesMax: number;
  readonly retryBackoff: Duration;
  /** Time to put a record into a store. */
  readonly restoreTime: Duration;
}

/** What is restored. */
export interface Restored {
  apply(record: ValuedRecord): void;
  /** What it has is not in the changelog any more: it begins with nothing. */
  clear(): void;
}

interface Restore {
  readonly partition: string;
  readonly into: Restored;
  readonly done: (position: number) => void;
  /** Of the process: it is over with it. */
  life: number;
  position: number;
  end: number | undefined;
}

export class ChangelogReader {
  private readonly sim: Simulation;
  private readonly options: ChangelogReaderOptions;
  private readonly ways: BrokerWays;
  private readonly againKind: number;
  private readonly appliedKind: number;
  private lives = 0;

  /** `owner`: the thread's name; `ways`: its consumer's. */
  constructor(sim: Simulation, owner: string, options: ChangelogReaderOptions, ways: BrokerWays) {
    this.sim = sim;
    this.options = options;
    this.ways = ways;
    this.againKind = sim.eventKind(`${owner} asks for a changelog again`);
    this.appliedKind = sim.eventKind(`${owner} has restored a part of a store`);
  }

  /**
   * Gives what there is of the partition from an offset on, in order; calls back with the offset after it. Returns what to call if it is
   * not wanted any more: nothing more is given then.
   */
  restore(partition: string, from: number, into: Restored, done: (position: number) => void): () => void {
    const restore: Restore = { partition, into, done, life: this.lives, position: from, end: undefined };
    this.step(restore);
    return () => {
      restore.life = -1;
    };
  }

  /** The process has died. */
  end(): void {
    this.lives++;
  }

  private step(restore: Restore): void {
    if (restore.life !== this.lives) return;
    const { partition, position: offset } = restore;
    const { fetchWaitMax: waitMax, fetchBytesMax: bytesMax, isolation } = this.options;
    const { metadata, links, requests } = this.ways;
    const leader = metadata.leaderOf(partition);
    if (leader === undefined) return this.again(restore);
    // Only who waits for a decision waits at the broker.
    const wait = restore.end === undefined ? 0 : waitMax;
    const query: BrokerQuery = { kind: 'fetch', parts: [{ partition, offset }], waitMax: wait, bytesMax, isolation };
    const waiter: Waiter = {
      resume: ({ result }) => this.hear(restore, (result as readonly FetchResult[])[0]),
      fail: () => this.again(restore),
    };
    links.get(leader)!.call(query, requests.next()).begin(waiter);
  }

  private again(restore: Restore): void {
    this.ways.metadata.refresh();
    this.sim.schedule(this.options.retryBackoff, (late) => this.step(late), restore, this.againKind);
  }

  private hear(restore: Restore, { error, batches, aborted, highWatermark, startOffset }: FetchResult): void {
    if (restore.life !== this.lives) return;
    if (error === 'not-leader') return this.again(restore);
    restore.end ??= highWatermark;
    if (error === 'offset-out-of-range') {
      restore.into.clear();
      restore.position = startOffset;
    }
    const shown = this.options.isolation === 'committed' ? committedOnly(batches, aborted) : batches;
    let count = 0;
    for (const batch of shown) {
      batch.records.forEach((record, index) => {
        if (!(record instanceof ValuedRecord) || offsetOf(batch, index) < restore.position) return;
        restore.into.apply(record);
        count++;
      });
    }
    if (batches.length > 0) restore.position = batches[batches.length - 1].lastOffset + 1;
    const next = (): void => {
      if (restore.life !== this.lives) return;
      if (restore.position >= restore.end!) restore.done(restore.position);
      else this.step(restore);
    };
    if (count === 0) next();
    else this.sim.schedule(count * this.options.restoreTime, next, undefined, this.appliedKind);
  }
}
