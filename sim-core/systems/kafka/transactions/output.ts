/**
 * What a consumer writes for what it reads: one record for each, by a producer of its own, and how that is kept together
 * with how far it is.
 *
 * Plainly, the records of a poll are acknowledged before its offsets are committed: a death between the two has them
 * written again. In a transaction they become visible all together; the offsets are in it, or are committed after it, which
 * leaves the same gap. A poll whose output was not kept is read again.
 */
import type { Simulation } from '../../../kernel/simulation.ts';
import type { BackgroundRequests } from '../../../network/background-requests.ts';
import type { Intervention } from '../../../network/component.ts';
import type { Link } from '../../../network/link.ts';
import type { SignalDefinition } from '../../../statistics/signal.ts';
import type { Fetched } from '../consumer-fetches.ts';
import type { GroupQuery, GroupReply } from '../groups/group-messages.ts';
import type { BrokerQuery, BrokerReply } from '../messages.ts';
import type { MetadataClient } from '../metadata-client.ts';
import type { ProducerQuery } from '../producer-batch.ts';
import type { Producer } from '../producer.ts';
import type { TransactionalProducer } from './transactional-producer.ts';
import { Writer } from './writer.ts';

/** How far a consumer is, and who it is to its group. */
export interface Progress {
  readonly group: string;
  /** The partition that keeps the group. */
  readonly keeper: string;
  readonly member: string;
  readonly generation: number;
  /** By partition: the offset of the next record to process. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Asks the group's coordinator until there is an answer. */
  ask(query: GroupQuery, answered: (reply: GroupReply) => void): void;
}

/** How a consumer reaches the brokers. */
export interface BrokerWays {
  readonly links: ReadonlyMap<string, Link<BrokerQuery, BrokerReply>>;
  readonly metadata: MetadataClient;
  readonly requests: BackgroundRequests;
}

/** What a writer keeps of each partition that its consumer owns, such as the state of a stream task. */
export interface PartitionTasks {
  /** The consumer's ways to the brokers are theirs too. */
  reach(ways: BrokerWays): void;
  /** The consumer owns these from now on: calls back when it may process their records. */
  open(partitions: readonly string[], ready: () => void): void;
  /** They are not its own any more. `isSettled`: whether all that was written for them is kept. */
  close(partitions: readonly string[], isSettled: boolean): void;
  /** Of what others own it keeps standbys of these from now on, and of no others. */
  standBy(partitions: readonly string[]): void;
  /** What it has of the stores of tasks, its own and others', by their number: the sum of the offsets in their changelogs. */
  offsetSums(): ReadonlyMap<number, number>;
}

export interface Output {
  /** Whether the offsets are kept with what was written; if not, the consumer commits them. */
  readonly keepsOffsets: boolean;
  /** Whether something waits to be settled though no poll brings anything. */
  readonly isDue: boolean;
  readonly tasks?: PartitionTasks;
  /** What it says of itself. */
  readonly signals?: readonly SignalDefinition[];
  /** What else can be done to who writes. */
  readonly interventions?: Readonly<Record<string, Intervention>>;
  /** The process begins; calls back when it may write. `wake`: has the consumer poll, if it waits for records. */
  start(ready: () => void, wake: () => void): void;
  /** The process dies. */
  end(): void;
  /** A poll begins. */
  begin(): void;
  write(record: Fetched): void;
  /** The poll is done: calls back with whether all of it is kept. */
  settle(progress: Progress, then: (isKept: boolean) => void): void;
  /**
   * Partitions are given up in an orderly way: what is not settled yet is settled first. Calls back with whether all of it is kept, of
   * the other partitions too.
   */
  handOver(progress: Progress, then: (isKept: boolean) => void): void;
}

export class PlainOutput implements Output {
  readonly keepsOffsets = false;
  readonly isDue = false;
  private readonly writer: Writer;

  constructor(sim: Simulation, producer: Producer, link: Link<ProducerQuery, void>) {
    this.writer = new Writer(sim, producer, link);
  }

  start(ready: () => void): void {
    ready();
  }

  end(): void {
    this.writer.end();
  }

  begin(): void {
    this.writer.begin();
  }

  write(record: Fetched): void {
    this.writer.write(record);
  }

  settle(_progress: Progress, then: (isKept: boolean) => void): void {
    this.writer.settle(then);
  }

  /** Every poll is settled before the next. */
  handOver(_progress: Progress, then: (isKept: boolean) => void): void {
    then(true);
  }
}

export class TransactionalOutput implements Output {
  readonly keepsOffsets: boolean;
  readonly isDue = false;
  private readonly producer: TransactionalProducer;
  private readonly writer: Writer;

  /** `keepsOffsets`: whether the offsets are in the transaction. */
  constructor(sim: Simulation, producer: Producer, link: Link<ProducerQuery, void>, keepsOffsets: boolean) {
    if (producer.transactional === undefined) throw new RangeError(`${producer.name} has no transactional id`);
    this.producer = producer.transactional;
    this.writer = new Writer(sim, producer, link);
    this.keepsOffsets = keepsOffsets;
  }

  start(ready: () => void): void {
    this.producer.initialise(ready);
  }

  end(): void {
    this.writer.end();
  }

  begin(): void {
    this.writer.begin();
    this.producer.begin();
  }

  write(record: Fetched): void {
    this.writer.write(record);
  }

  settle(progress: Progress, then: (isKept: boolean) => void): void {
    this.writer.settle((isGood) => {
      const end = (isWanted: boolean): void => {
        if (isWanted) this.producer.commit((isCommitted) => this.recover(isCommitted, then));
        else this.producer.abort(() => this.recover(false, then));
      };
      if (!isGood || !this.keepsOffsets) end(isGood);
      else sendOffsets(this.producer, progress, end);
    });
  }

  /** Every poll is settled before the next. */
  handOver(_progress: Progress, then: (isKept: boolean) => void): void {
    then(true);
  }

  /** One that was fenced begins anew, as an application does that makes another producer. */
  private recover(isKept: boolean, then: (isKept: boolean) => void): void {
    if (this.producer.isFenced) this.producer.initialise(() => then(isKept));
    else then(isKept);
  }
}

/**
 * Offsets take part in the open transaction. Another member may have these partitions by now: then it is told so, and nothing of
 * the transaction is kept (KIP-447).
 */
export function sendOffsets(
  producer: TransactionalProducer,
  progress: Progress,
  sent: (areTaken: boolean) => void,
): void {
  producer.include(progress.keeper, (isIn) => {
    if (!isIn) return sent(false);
    const { group, member, generation, offsets } = progress;
    const { identity } = producer;
    progress.ask({ kind: 'transactional-commit', group, member, generation, producer: identity, offsets }, (reply) =>
      sent(reply === 'ok'),
    );
  });
}
