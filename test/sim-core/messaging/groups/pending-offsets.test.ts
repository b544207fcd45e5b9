/** Offsets in transactions: what counts when, and what nobody is told meanwhile. */
import { expect, it } from 'vitest';
import { PendingOffsets } from '../../../../sim-core/messaging/groups/pending-offsets.ts';

it('count when the transaction is committed, once, and are unstable until it is decided', () => {
  const pending = new PendingOffsets();
  pending.write(1, 'p-0', { offset: 5, at: 10 });
  pending.write(1, 'p-1', { offset: 6, at: 11 });
  pending.write(2, 'p-1', { offset: 7, at: 12 });
  expect(['p-0', 'p-1', 'p-2'].map((partition) => pending.isUnstable(partition))).toEqual([true, true, false]);
  expect(pending.decide(1, 'commit')).toEqual(
    new Map([
      ['p-0', { offset: 5, at: 10 }],
      ['p-1', { offset: 6, at: 11 }],
    ]),
  );
  expect(['p-0', 'p-1'].map((partition) => pending.isUnstable(partition))).toEqual([false, true]);
  expect(pending.decide(1, 'commit').size).toBe(0);
});

it('count not when it is aborted', () => {
  const pending = new PendingOffsets();
  pending.write(1, 'p-0', { offset: 5, at: 10 });
  expect(pending.decide(1, 'abort').size).toBe(0);
  expect(pending.isUnstable('p-0')).toBe(false);
});

it('are unstable from the moment at which they are asked for, until they are refused or decided', () => {
  const pending = new PendingOffsets();
  pending.ask(1, ['p-0']);
  pending.ask(1, ['p-0']);
  pending.answered(1, ['p-0']);
  expect(pending.isUnstable('p-0')).toBe(true);
  pending.write(1, 'p-0', { offset: 5, at: 10 });
  pending.answered(1, ['p-0']);
  expect(pending.isUnstable('p-0')).toBe(true);
  pending.decide(1, 'abort');
  pending.ask(1, ['p-1']);
  pending.answered(1, ['p-1']);
  expect(pending.isUnstable('p-1')).toBe(false);
});
