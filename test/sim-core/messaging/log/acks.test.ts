/** What a leader does with a batch, by acks, minimum and set in sync: Kafka's table, row by row. */
import { describe, expect, it } from 'vitest';
import type { Acks } from '../../../../sim-core/messaging/log/in-sync.ts';
import { PartitionLeader } from '../../../../sim-core/messaging/log/partition-leader.ts';
import { PartitionLog } from '../../../../sim-core/messaging/log/partition-log.ts';
import { sharedVectors } from '../../../shared-vectors.ts';

const REPLICAS = ['a', 'b', 'c'];
const RECORD = { key: undefined, bytes: 10, isTombstone: false };

/** A leader with so many in sync, all of which have everything that was there before; the others are not to be had. */
function leaderOf(inSyncCount: number, minInSync: number): PartitionLeader {
  const inSync = REPLICAS.slice(0, inSyncCount);
  const isEligible = (replica: string): boolean => inSync.includes(replica);
  const leader = new PartitionLeader(
    new PartitionLog(),
    'a',
    1,
    inSync,
    0,
    { replicas: REPLICAS, minInSync, lagMax: 100, isEligible },
    0,
  );
  for (const replica of inSync.slice(1)) leader.fetched(replica, 0, 1);
  return leader;
}

interface Outcome {
  readonly answer: 'at once' | 'when replicated' | 'refused';
  readonly appended: boolean;
  readonly advances: boolean;
}

function outcome(inSyncCount: number, minInSync: number, acks: Acks): Outcome {
  const leader = leaderOf(inSyncCount, minInSync);
  const result = leader.append({ records: [RECORD], bytes: 10 }, acks, 2);
  const appended = leader.log.endOffset === 1;
  for (const replica of REPLICAS.slice(1, inSyncCount)) leader.fetched(replica, leader.log.endOffset, 3);
  const advances = leader.highWatermark === 1;
  if (result.error !== undefined) return { answer: 'refused', appended, advances };
  if (acks === 'all') expect(leader.replicated(0)).toBe(advances);
  return { answer: acks === 'all' ? 'when replicated' : 'at once', appended, advances };
}

/** Whether the leader may be the only one who has a record when its sender is told that it is there. */
function isAloneWhenAcknowledged(inSyncCount: number, minInSync: number, acks: Acks): boolean {
  const leader = leaderOf(inSyncCount, minInSync);
  leader.append({ records: [RECORD], bytes: 10 }, acks, 2);
  return acks !== 'all' || leader.replicated(0) === true;
}

describe('what acks asks for', () => {
  it.each([1, 2, 3])('%i in sync', (inSync) => {
    for (const minInSync of [1, 2, 3]) {
      const isEnough = inSync >= minInSync;
      for (const acks of ['0', '1'] as const) {
        expect(outcome(inSync, minInSync, acks)).toEqual({ answer: 'at once', appended: true, advances: isEnough });
      }
      const taken: Outcome = { answer: 'when replicated', appended: true, advances: true };
      const refused: Outcome = { answer: 'refused', appended: false, advances: false };
      expect(outcome(inSync, minInSync, 'all')).toEqual(isEnough ? taken : refused);
    }
  });

  it('asks for no more in sync than there are replicas', () => {
    expect(outcome(3, 5, 'all').answer).toBe('when replicated');
  });

  it('tells who waited that replicas have become too few since', () => {
    const leader = leaderOf(3, 2);
    leader.append({ records: [RECORD], bytes: 10 }, 'all', 2);
    leader.fetched('b', 1, 3);
    leader.fetched('c', 1, 3);
    leader.decided(['a'], 4);
    expect(leader.replicated(0)).toBe('not-enough-replicas-after-append');
  });
});

interface AcksRow {
  readonly isr_size: number;
  readonly 'min.insync.replicas': number;
  readonly acks: Acks;
  readonly result: string;
  readonly appended_to_leader: boolean;
  readonly high_watermark_advances: boolean;
  readonly acked_record_can_be_lost_if_leader_dies_right_after_ack: boolean;
}

const vectors = sharedVectors<{ readonly acks_table: readonly AcksRow[] }>('kafka_rules.json');

it.skipIf(vectors.isLeftOut)('agrees with the table of ../shared/data/vectors/kafka_rules.json', () => {
  const { acks_table: rows } = vectors.read();
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    const found = outcome(row.isr_size, row['min.insync.replicas'], row.acks);
    const words: Record<Outcome['answer'], string> = {
      'at once': row.acks === '0' ? 'no response, client assumes success' : 'ack after leader append',
      'when replicated':
        'ack after HW >= offset (all current ISR have it); NotEnoughReplicasAfterAppend if ISR shrank below min meanwhile',
      refused: 'NotEnoughReplicasException (retriable), nothing appended',
    };
    if (found.answer !== 'refused') {
      const isLost = isAloneWhenAcknowledged(row.isr_size, row['min.insync.replicas'], row.acks);
      expect(isLost).toBe(row.acked_record_can_be_lost_if_leader_dies_right_after_ack);
    }
    expect([words[found.answer], found.appended, found.advances]).toEqual([
      row.result,
      row.appended_to_leader,
      row.high_watermark_advances,
    ]);
  }
});
