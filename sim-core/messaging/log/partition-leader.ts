/**
 * What the leader of a partition decides: whether it takes a batch, how far it is replicated, who is in sync. A state
 * machine over a log, without clock or network; the broker tells it what happens and when.
 *
 * The set of those in sync changes by the controllers alone: the leader proposes, and until the answer comes it waits for
 * everybody who may be in the set, of the old one and of the new one (the maximal ISR of KIP-497).
 */
import type { Duration, Time } from '../../kernel/time.ts';
import { effectiveMinimum, FollowerProgress, isAdmitted, mayJoin, nextWatermark, type Acks } from './in-sync.ts';
import { markerBatch, type PartitionLog } from './partition-log.ts';
import { placed, type BatchDraft, type LogRecord, type Marker, type RecordBatch } from './record-batch.ts';

/** Who ends a transaction: the producer, and the epoch that its end gives it. */
interface ProducerIdentity {
  readonly id: number;
  readonly epoch: number;
}

export interface LeaderSettings {
  /** All replicas by name, the leader among them. */
  readonly replicas: readonly string[];
  readonly minInSync: number;
  /** `replica.lag.time.max.ms`. */
  readonly lagMax: Duration;
  /** Whether a replica's broker is known to live: only such a one may be in the set. */
  readonly isEligible: (replica: string) => boolean;
}

export type ProduceError =
  | 'not-enough-replicas'
  | 'not-enough-replicas-after-append'
  | 'out-of-order-sequence'
  | 'invalid-producer-epoch'
  /** Without a key in a log whose keys are compacted. */
  | 'invalid-record';

export type Appended<R extends LogRecord> =
  | { readonly error: ProduceError }
  | {
      readonly error?: undefined;
      readonly firstOffset: number;
      readonly lastOffset: number;
      readonly batch?: RecordBatch<R>;
    };

export class PartitionLeader<R extends LogRecord = LogRecord> {
  readonly log: PartitionLog<R>;
  readonly epoch: number;
  private readonly self: string;
  settings: LeaderSettings;
  private readonly epochStart: number;
  private readonly followers = new Map<string, FollowerProgress>();
  private inSyncNow: readonly string[];
  private proposed: readonly string[] | undefined = undefined;
  private watermark: number;

  constructor(
    log: PartitionLog<R>,
    self: string,
    epoch: number,
    inSync: readonly string[],
    watermark: number,
    settings: LeaderSettings,
    now: Time,
  ) {
    this.log = log;
    this.self = self;
    this.epoch = epoch;
    this.settings = settings;
    this.epochStart = log.endOffset;
    this.inSyncNow = inSync;
    this.watermark = watermark;
    for (const replica of settings.replicas) {
      if (replica === self) continue;
      this.followers.set(replica, new FollowerProgress(inSync.includes(replica), log.endOffset, now));
    }
  }

  get inSync(): readonly string[] {
    return this.inSyncNow;
  }

  get highWatermark(): number {
    return this.watermark;
  }

  /** The set that has been proposed and not answered. */
  get proposal(): readonly string[] | undefined {
    return this.proposed;
  }

  private get minimum(): number {
    return effectiveMinimum(this.settings.minInSync, this.settings.replicas.length);
  }

  /** A producer's batch. A double is answered with the place that it has already. */
  append(draft: BatchDraft<R>, acks: Acks, now: Time): Appended<R> {
    const { log } = this;
    if (!isAdmitted(acks, this.inSyncNow.length, this.minimum)) return { error: 'not-enough-replicas' };
    const { records, producer } = draft;
    if (log.settings.cleanupPolicy !== 'delete' && records.some(({ key }) => key === undefined))
      return { error: 'invalid-record' };
    if (producer !== undefined) {
      const judged = log.producers.judge(producer, records.length);
      if (judged.verdict === 'refuse') return { error: judged.error };
      if (judged.verdict === 'duplicate') {
        const { firstOffset } = judged;
        return { firstOffset, lastOffset: firstOffset + records.length - 1 };
      }
    }
    const batch = placed(draft, log.endOffset, this.epoch, now);
    log.append(batch);
    this.advance(now);
    return { firstOffset: batch.firstOffset, lastOffset: batch.lastOffset, batch };
  }

  /** A transaction's end, for one that has or had something open here; like a batch for which all are waited for. */
  appendMarker(producer: ProducerIdentity, marker: Marker, now: Time): Appended<R> {
    const { log, epoch } = this;
    if (!isAdmitted('all', this.inSyncNow.length, this.minimum)) return { error: 'not-enough-replicas' };
    if (log.producers.judgeMarker(producer.id, producer.epoch) === 'duplicate') {
      // Everything up to here may have to be replicated: the first of its kind is somewhere before.
      return { firstOffset: log.endOffset - 1, lastOffset: log.endOffset - 1 };
    }
    const batch = markerBatch(producer, marker, log.endOffset, epoch, now);
    log.append(batch);
    this.advance(now);
    return { firstOffset: batch.firstOffset, lastOffset: batch.lastOffset, batch };
  }

  /** Below it everything is decided: who wants committed records only reads no further. */
  get lastStable(): number {
    return this.log.producers.lastStable(this.watermark);
  }

  /** Whether all that are in sync have an offset; `not-enough-replicas-after-append` if these have become too few. */
  replicated(lastOffset: number): boolean | 'not-enough-replicas-after-append' {
    if (this.watermark <= lastOffset) return false;
    return this.inSyncNow.length >= this.minimum ? true : 'not-enough-replicas-after-append';
  }

  /** A follower fetches from an offset on, and so has everything below. */
  fetched(replica: string, offset: number, now: Time): void {
    this.followers.get(replica)?.fetched(offset, this.log.endOffset, now);
    this.advance(now);
  }

  /** The set with a follower that has just fetched, if that may join it and no change is under way. */
  grown(follower: string): readonly string[] | undefined {
    const progress = this.followers.get(follower);
    if (progress === undefined || this.proposed !== undefined || this.inSyncNow.includes(follower)) return undefined;
    const joins = this.settings.isEligible(follower) && mayJoin(progress, this.watermark, this.epochStart);
    return joins ? [...this.inSyncNow, follower] : undefined;
  }

  /** The set without those that have fallen behind, if there are any and no change is under way: asked now and then. */
  shrunk(now: Time): readonly string[] | undefined {
    if (this.proposed !== undefined) return undefined;
    const kept = this.inSyncNow.filter((replica) => {
      const progress = this.followers.get(replica);
      return progress === undefined || progress.isCaughtUp(this.log.endOffset, now, this.settings.lagMax);
    });
    return kept.length < this.inSyncNow.length ? kept : undefined;
  }

  /** The change is on its way to the controllers. */
  propose(inSync: readonly string[]): void {
    this.proposed = inSync;
  }

  /** The controllers have refused the change, or have not answered. */
  withdraw(): void {
    this.proposed = undefined;
  }

  /** The controllers say who is in sync. */
  decided(inSync: readonly string[], now: Time): void {
    this.inSyncNow = inSync;
    this.proposed = undefined;
    this.advance(now);
  }

  /** What a follower is known to have; -1 before it has fetched. */
  endOf(replica: string): number {
    return replica === this.self ? this.log.endOffset : (this.followers.get(replica)?.endOffset ?? -1);
  }

  private advance(now: Time): void {
    const { log, inSyncNow, proposed, settings } = this;
    // Most of what followers fetch from they have all of.
    if (this.watermark === log.endOffset) return;
    const ends: number[] = [];
    for (const [replica, progress] of this.followers) {
      const isWaitedFor =
        inSyncNow.includes(replica) ||
        proposed?.includes(replica) === true ||
        (settings.isEligible(replica) && progress.isCaughtUp(log.endOffset, now, settings.lagMax));
      if (isWaitedFor) ends.push(progress.endOffset);
    }
    this.watermark = nextWatermark({
      current: this.watermark,
      leaderEnd: log.endOffset,
      followerEnds: ends,
      inSync: inSyncNow.length,
      minInSync: this.minimum,
    });
  }
}
