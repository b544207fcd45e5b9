/** What a leader, a log and a producer’s partitioner answer to Kafka’s rules. */
import { expect } from 'vitest';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { compact, dirtyRatio } from '../../../../../sim-core/messaging/log/compaction.ts';
import {
  effectiveMinimum,
  FollowerProgress,
  isAdmitted,
  mayJoin,
  nextWatermark,
} from '../../../../../sim-core/messaging/log/in-sync.ts';
import { murmur2 } from '../../../../../sim-core/messaging/log/murmur2.ts';
import { PartitionLeader } from '../../../../../sim-core/messaging/log/partition-leader.ts';
import { KEEP_ALL, PartitionLog } from '../../../../../sim-core/messaging/log/partition-log.ts';
import { Partitioner, stickyWeights } from '../../../../../sim-core/messaging/log/partitioner.ts';
import { ProducerStates } from '../../../../../sim-core/messaging/log/producer-states.ts';
import { offsetOf, placed } from '../../../../../sim-core/messaging/log/record-batch.ts';

/** A leader, `a`, of two records, of which a follower in sync or another that lives may be asked about. */
function leaderOf(inSync: readonly string[], live: readonly string[] = ['a', 'b', 'c']): PartitionLeader {
  const settings = {
    replicas: ['a', 'b', 'c'],
    minInSync: 2,
    lagMax: 30_000,
    isEligible: (r: string) => live.includes(r),
  };
  const leader = new PartitionLeader(new PartitionLog(), 'a', 1, inSync, 0, settings, 0);
  leader.append({ records: [record(1), record(2)], bytes: 20 }, 'all', 0);
  return leader;
}

const record = (key: number, isTombstone = false) => ({ key, bytes: 10, isTombstone });

export const LOG_RULES: Readonly<Record<string, () => void>> = {
  high_watermark() {
    const rows: [leaderEnd: number, followers: number[], inSync: number, minimum: number, expected: number][] = [
      [10, [7, 9], 3, 2, 7],
      [10, [10, 10], 3, 2, 10],
      [10, [], 1, 1, 10],
      // Fewer in sync than the minimum: it stands still. It never falls.
      [10, [], 1, 2, 5],
      [10, [3], 2, 2, 5],
    ];
    for (const [leaderEnd, followerEnds, inSync, minInSync, expected] of rows) {
      expect(nextWatermark({ current: 5, leaderEnd, followerEnds, inSync, minInSync })).toBe(expected);
    }
    expect([effectiveMinimum(2, 3), effectiveMinimum(5, 3)]).toEqual([2, 3]);
    const afterB = (leader: PartitionLeader): number => {
      leader.fetched('b', 2, 1);
      return leader.highWatermark;
    };
    expect(afterB(leaderOf(['a', 'b']))).toBe(2);
    // One that is about to be in the set, and one that is caught up and lives, are waited for; one that is dead is not.
    const growing = leaderOf(['a', 'b']);
    growing.propose(['a', 'b', 'c']);
    expect(afterB(growing)).toBe(0);
    const caughtUp = (live: string[]): PartitionLeader => {
      const leader = leaderOf(['a', 'b'], live);
      leader.fetched('c', 2, 1);
      leader.append({ records: [record(3)], bytes: 10 }, '1', 2);
      leader.fetched('b', 3, 3);
      return leader;
    };
    expect([caughtUp(['a', 'b', 'c']).highWatermark, caughtUp(['a', 'b']).highWatermark]).toEqual([2, 3]);
  },

  isr_expand() {
    const rows: [end: number, watermark: number, epochStart: number, may: boolean][] = [
      [10, 10, 10, true],
      [10, 11, 0, false],
      [10, 0, 11, false],
    ];
    for (const [end, watermark, epochStart, may] of rows) {
      const follower = new FollowerProgress(false, 20, 0);
      follower.fetched(end, 20, 1);
      expect(mayJoin(follower, watermark, epochStart)).toBe(may);
    }
    const grown = (
      live: string[],
      act: (leader: PartitionLeader) => void = () => {},
      by = 'c',
    ): readonly string[] | undefined => {
      const leader = leaderOf(['a', 'b'], live);
      leader.fetched('c', 2, 1);
      act(leader);
      return leader.grown(by);
    };
    expect(grown(['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(grown(['a', 'b'])).toBeUndefined();
    expect(grown(['a', 'b', 'c'], (leader) => leader.propose(['a']))).toBeUndefined();
    // What it had when it last fetched brings nobody back: another one's fetch says nothing of it.
    expect(grown(['a', 'b', 'c'], () => {}, 'b')).toBeUndefined();
  },

  min_isr_check() {
    const admitted = (['0', '1', 'all'] as const).map((acks) => [1, 2, 3].map((inSync) => isAdmitted(acks, inSync, 2)));
    expect(admitted).toEqual([
      [true, true, true],
      [true, true, true],
      [false, true, true],
    ]);
  },

  idempotence() {
    const states = new ProducerStates();
    const stamp = (sequence: number) => ({ id: 1, epoch: 0, sequence, isTransactional: false });
    for (let sequence = 0; sequence < 6; sequence++) states.append(stamp(sequence), 1, sequence);
    const verdicts = [0, 1, 2, 3, 4, 5, 6, 7].map((sequence) => states.judge(stamp(sequence), 1).verdict);
    expect(verdicts).toEqual(['refuse', ...Array<string>(5).fill('duplicate'), 'append', 'refuse']);
  },

  sticky_partitioner() {
    expect(stickyWeights([0, 3, 1])).toEqual([4, 1, 3]);
    const partitioner = new Partitioner(50, 1000, new Simulation().random('sticky'));
    const chosen = Array.from({ length: 40 }, () => partitioner.choose(undefined, 100, () => 0));
    const stays = [0, 10, 20, 30].map((from) => new Set(chosen.slice(from, from + 10)).size);
    expect(stays).toEqual([1, 1, 1, 1]);
    expect(new Set(chosen).size).toBeGreaterThan(1);
  },

  key_null_vs_empty() {
    expect(murmur2(new Uint8Array())).toBe(275_646_681);
    const partitioner = new Partitioner(50, 1000, new Simulation().random('sticky'));
    const spread = (key: number | undefined): number =>
      new Set(Array.from({ length: 100 }, () => partitioner.choose(key, 1000, () => 0))).size;
    expect([spread(7), spread(undefined) > 1]).toEqual([1, true]);
  },

  log_compaction() {
    const settings = { ...KEEP_ALL, segmentBytes: 40, deleteRetentionTime: 100, compactionLagMin: 10 };
    const log = new PartitionLog(settings);
    const add = (key: number, isTombstone = false): void =>
      log.append(placed({ records: [record(key, isTombstone)], bytes: 10 }, log.endOffset, 0, 0));
    for (const key of [1, 2, 1, 3]) add(key);
    add(2, true);
    for (const key of [1, 1, 1]) add(key);
    for (const key of [4, 4]) add(key);
    const kept = (): string =>
      [...log.batches()]
        .flatMap((batch) => batch.records.map(({ key }, index) => `${offsetOf(batch, index)}:${key}`))
        .join(' ');
    // All was appended at 0: it is too young until the lag is over.
    expect([dirtyRatio(log, 9, 10), compact(log, 9, 10)]).toEqual([0, 0]);
    expect(dirtyRatio(log, 10, 10)).toBe(1);
    compact(log, 10, 10);
    expect(dirtyRatio(log, 10, 10)).toBe(0);
    // The last of each key of the closed segments, in order, with its offset; the head has both of 4. 4 is the tombstone.
    expect(kept()).toBe('3:3 4:2 7:1 8:4 9:4');
    expect(log.read(0, 10, Infinity)[0].firstOffset).toBeGreaterThanOrEqual(0);
    compact(log, 109, 10);
    expect(kept()).toBe('3:3 4:2 7:1 8:4 9:4');
    compact(log, 110, 10);
    expect(kept()).toBe('3:3 7:1 8:4 9:4');
  },
};
