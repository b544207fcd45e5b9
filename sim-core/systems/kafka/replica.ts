/** One broker's replica of a partition: its log, and what it is to it at present: leader, follower, or nothing known. */
import type { Time } from '../../kernel/time.ts';
import { PartitionLeader, type LeaderSettings } from '../../messaging/log/partition-leader.ts';
import { PartitionLog } from '../../messaging/log/partition-log.ts';
import type { FetchPart, FetchResult } from './messages.ts';
import { placeOf, type RecordBook, type SentRecord } from './record-book.ts';
import type { PartitionState, Topic } from './topic.ts';

export class Replica {
  readonly id: string;
  readonly topic: Topic;
  readonly log: PartitionLog<SentRecord>;
  private readonly broker: string;
  private readonly book: RecordBook;
  /** What the controllers said last; undefined before they have in this life. */
  known: PartitionState | undefined = undefined;
  leading: PartitionLeader<SentRecord> | undefined = undefined;
  private watermark = 0;
  /** The batches that it had, and its host's loss of power has taken, by place. */
  private readonly lostToPower = new Set<string>();

  constructor(id: string, topic: Topic, broker: string, book: RecordBook) {
    this.id = id;
    this.topic = topic;
    this.broker = broker;
    this.book = book;
    this.log = new PartitionLog(topic.log);
  }

  get highWatermark(): number {
    return this.leading?.highWatermark ?? this.watermark;
  }

  /** The broker that it fetches from. */
  get leader(): string | undefined {
    const leader = this.known?.leader;
    return leader === this.broker ? undefined : leader;
  }

  /** The controllers have decided something; gives whether its part has changed. */
  learn(state: PartitionState, settings: LeaderSettings, now: Time): boolean {
    const before = this.known;
    if (before !== undefined && state.version <= before.version) return false;
    this.known = state;
    if (before !== undefined && before.epoch === state.epoch && before.leader === state.leader) {
      this.leading?.decided(state.inSync, now);
      return false;
    }
    this.stepDown();
    if (state.leader === this.broker) {
      const { log, watermark, broker } = this;
      this.leading = new PartitionLeader(log, broker, state.epoch, state.inSync, watermark, settings, now);
      this.book.elected(this.id, state.epoch, log, state.isClean, this.lostToPower);
      this.leading.decided(state.inSync, now);
    }
    return true;
  }

  /** The controllers have answered a proposal of its own. */
  decide(state: PartitionState, now: Time): void {
    if (state.version <= this.known!.version) {
      this.leading!.withdraw();
      return;
    }
    this.known = state;
    this.leading!.decided(state.inSync, now);
  }

  /** What its part was is over; the log and the high watermark stay. */
  stepDown(): void {
    this.watermark = this.highWatermark;
    this.leading = undefined;
  }

  /** The broker has died: it knows nothing of the cluster any more. */
  crash(): void {
    this.stepDown();
    this.known = undefined;
  }

  /** Its host loses its power: what was not on disk is gone. */
  losePower(now: Time): void {
    for (const batch of this.log.losePower(now)) this.lostToPower.add(placeOf(batch));
    this.watermark = Math.min(this.watermark, this.log.endOffset);
  }

  /** What it asks its leader for. */
  request(): FetchPart {
    const { log, known, id } = this;
    return { partition: id, offset: log.endOffset, epoch: known!.epoch, lastEpoch: log.epochs.latest };
  }

  /** Takes in what its leader gave. */
  follow({ diverging, batches, highWatermark, startOffset, error }: FetchResult, now: Time): void {
    const { log } = this;
    if (error === 'offset-out-of-range') {
      log.restartAt(startOffset);
      return;
    }
    if (diverging !== undefined) {
      const own = log.epochs.endOf(diverging.epoch, log.startOffset, log.endOffset);
      log.truncate(Math.min(own.end, diverging.end));
      this.watermark = Math.min(this.watermark, log.endOffset);
      return;
    }
    for (const batch of batches) if (batch.firstOffset >= log.endOffset) log.append(batch, now);
    this.watermark = Math.max(this.watermark, Math.min(highWatermark, log.endOffset));
  }
}
