/** Offsets in transactions: what counts when, and what is late. */
import { expect, it } from 'vitest';
import { PendingOffsets } from '../../../../sim-core/messaging/groups/pending-offsets.ts';

const offsets = (...entries: [string, number][]): Map<string, number> => new Map(entries);

it('count when the transaction is committed, once, and are unstable until it is decided', () => {
  const pending = new PendingOffsets();
  expect(pending.add({ id: 1, epoch: 0 }, offsets(['p-0', 5]))).toBe(true);
  expect(pending.add({ id: 1, epoch: 0 }, offsets(['p-1', 6]))).toBe(true);
  expect([pending.isUnstable('p-0'), pending.isUnstable('p-2')]).toEqual([true, false]);
  expect(pending.decide({ id: 1, epoch: 1 }, 'commit')).toEqual(offsets(['p-0', 5], ['p-1', 6]));
  expect(pending.isUnstable('p-0')).toBe(false);
  expect(pending.decide({ id: 1, epoch: 1 }, 'commit').size).toBe(0);
});

it('count not when it is aborted, and what a fenced producer sends late is refused', () => {
  const pending = new PendingOffsets();
  pending.add({ id: 1, epoch: 0 }, offsets(['p-0', 5]));
  expect(pending.decide({ id: 1, epoch: 1 }, 'abort').size).toBe(0);
  expect(pending.add({ id: 1, epoch: 0 }, offsets(['p-0', 5]))).toBe(false);
  expect(pending.isUnstable('p-0')).toBe(false);
});

it('a marker that is late ends no transaction that was begun after it', () => {
  const pending = new PendingOffsets();
  pending.decide({ id: 1, epoch: 1 }, 'commit');
  pending.add({ id: 1, epoch: 1 }, offsets(['p-0', 9]));
  expect(pending.decide({ id: 1, epoch: 1 }, 'commit').size).toBe(0);
  expect(pending.isUnstable('p-0')).toBe(true);
  expect(pending.decide({ id: 1, epoch: 2 }, 'commit')).toEqual(offsets(['p-0', 9]));
});
