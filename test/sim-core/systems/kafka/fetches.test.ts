/** Which fetches a broker answers at once, and which wait until there is something to give. */
import { expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { PartitionLeader } from '../../../../sim-core/messaging/log/partition-leader.ts';
import { PartitionLog } from '../../../../sim-core/messaging/log/partition-log.ts';
import { placed } from '../../../../sim-core/messaging/log/record-batch.ts';
import { Fetches } from '../../../../sim-core/systems/kafka/fetches.ts';
import type { FetchPart, FetchQuery, FetchResult } from '../../../../sim-core/systems/kafka/messages.ts';
import { SentRecord } from '../../../../sim-core/systems/kafka/record-book.ts';

const [SELF, FOLLOWER, WAIT] = ['broker-1', 'broker-2', 500];

/** A leader of epoch 3, of a log that has an offset each of the epochs 1 and 3, of which the first is replicated. */
function answered(part: Omit<FetchPart, 'partition'>, replica?: string): FetchResult | undefined {
  const sim = new Simulation({ seed: 1 });
  const log = new PartitionLog<SentRecord>();
  const batch = (offset: number, epoch: number) =>
    placed({ records: [new SentRecord(offset, 1, 100, 0, offset)], bytes: 161 }, offset, epoch, 0);
  log.append(batch(0, 1));
  log.append(batch(1, 3));
  const settings = { replicas: [SELF, FOLLOWER], minInSync: 1, lagMax: 1000, isEligible: () => true };
  const leading = new PartitionLeader(log, SELF, 3, [SELF, FOLLOWER], 1, settings, 0);
  const held = { id: 'p', log, leading };
  let results: readonly FetchResult[] | undefined;
  const fetches = new Fetches(sim, SELF, new Map([['p', held as never]]), (_, reply) => (results = reply));
  const query: FetchQuery = {
    kind: 'fetch',
    ...(replica === undefined ? {} : { replica }),
    parts: [{ partition: 'p', ...part }],
    waitMax: WAIT,
    bytesMax: 1000,
  };
  fetches.take({ request: { id: 1 } } as never, query);
  expect(fetches.waiting).toBe(results === undefined ? 1 : 0);
  return results?.[0];
}

it('a follower that has all of the log waits, and one that has less is given the rest', () => {
  expect(answered({ offset: 2, epoch: 3, lastEpoch: 3 }, FOLLOWER)).toBeUndefined();
  expect(answered({ offset: 1, epoch: 3, lastEpoch: 1 }, FOLLOWER)?.batches).toHaveLength(1);
});

it('a follower with as many records, the last of which another leader wrote, is told at once where they part', () => {
  expect(answered({ offset: 2, epoch: 3, lastEpoch: 2 }, FOLLOWER)?.diverging).toEqual({ epoch: 1, end: 1 });
  expect(answered({ offset: 2, epoch: 3, lastEpoch: 1 }, FOLLOWER)?.diverging).toEqual({ epoch: 1, end: 1 });
});

it('who follows the leader of another epoch is told at once that this is not the one', () => {
  expect(answered({ offset: 2, epoch: 2, lastEpoch: 3 }, FOLLOWER)?.error).toBe('not-leader');
});

it('a consumer at the high watermark waits, and one beyond the log is told at once', () => {
  expect(answered({ offset: 1 })).toBeUndefined();
  expect(answered({ offset: 0 })?.batches).toHaveLength(1);
  expect(answered({ offset: 3 })?.error).toBe('offset-out-of-range');
});
