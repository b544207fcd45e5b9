/**
 * The rules of the in-sync set, as Kafka's Partition has them (apache/kafka 1eb7644), over plain numbers.
 *
 * In sync is a matter of time, not of records: a follower that is any number of records behind stays in the set as long as
 * it keeps reaching what the leader had at its previous fetch. Whether somebody has fallen out is looked at every half of
 * the limit, so that eviction comes 1 to 1.5 times the limit after the follower was last caught up.
 */
import type { Duration, Time } from '../../kernel/time.ts';

/** What a leader knows of one follower. */
export class FollowerProgress {
  /** The next offset that it will fetch: it has everything below. -1 if it has not fetched from this leader. */
  endOffset = -1;
  lastCaughtUp: Time;
  private lastFetchAt: Time;
  private leaderEndThen: number;

  /** A leader begins: those in the set are taken to be caught up, others never to have been. */
  constructor(isInSync: boolean, leaderEnd: number, now: Time) {
    this.lastCaughtUp = isInSync ? now : -Infinity;
    this.lastFetchAt = isInSync ? now : -Infinity;
    this.leaderEndThen = leaderEnd;
  }

  /** It fetches from an offset on. */
  fetched(offset: number, leaderEnd: number, now: Time): void {
    if (offset >= leaderEnd) this.lastCaughtUp = Math.max(this.lastCaughtUp, now);
    else if (offset >= this.leaderEndThen) this.lastCaughtUp = Math.max(this.lastCaughtUp, this.lastFetchAt);
    this.endOffset = offset;
    this.lastFetchAt = now;
    this.leaderEndThen = leaderEnd;
  }

  isCaughtUp(leaderEnd: number, now: Time, lagMax: Duration): boolean {
    return this.endOffset === leaderEnd || now - this.lastCaughtUp <= lagMax;
  }
}

/** Whether a follower outside of the set may join it. */
export function mayJoin({ endOffset }: FollowerProgress, highWatermark: number, epochStart: number): boolean {
  return endOffset >= highWatermark && endOffset >= epochStart;
}

/** How many in sync a partition asks for: no more than it has replicas. */
export const effectiveMinimum = (minInSync: number, replicas: number): number => Math.min(minInSync, replicas);

export interface WatermarkView {
  readonly current: number;
  readonly leaderEnd: number;
  /** End offsets of the followers that are waited for: in the set, about to be, or caught up. */
  readonly followerEnds: readonly number[];
  readonly inSync: number;
  readonly minInSync: number;
}

/** The new high watermark: it never falls, and stands still while fewer are in sync than the minimum. */
export function nextWatermark({ current, leaderEnd, followerEnds, inSync, minInSync }: WatermarkView): number {
  if (inSync < minInSync) return current;
  return Math.max(current, Math.min(leaderEnd, ...followerEnds));
}

/** What a producer waits for: nothing, the leader, everybody in sync. */
export type Acks = '0' | '1' | 'all';

/** Whether a leader takes a batch at all: only who waits for all is refused for want of replicas. */
export function isAdmitted(acks: Acks, inSync: number, minInSync: number): boolean {
  return acks !== 'all' || inSync >= minInSync;
}
