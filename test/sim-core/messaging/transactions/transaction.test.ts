/** The coordinator's decisions: what each request comes to in each state, as Kafka's coordinator answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addParticipants,
  completed,
  end,
  fence,
  initialise,
  markerOf,
  type Transaction,
  type TransactionStatus,
  type Verdict,
} from '../../../../sim-core/messaging/transactions/transaction.ts';

const TIMEOUT = 1000;
const begun = (known?: Transaction): Verdict => initialise(known, 'id', () => 7, TIMEOUT);

const inState = (status: TransactionStatus): Transaction => ({
  id: 'id',
  producer: 7,
  epoch: 3,
  endedEpoch: -1,
  status,
  participants: status === 'ongoing' || status.startsWith('prepare') ? ['p-0'] : [],
  startedAt: 5,
  timeout: TIMEOUT,
});

const said = (verdict: Verdict): string => {
  if (verdict.error !== undefined) return verdict.error;
  const next = verdict.next === undefined ? 'as it is' : `${verdict.next.status}, epoch ${verdict.next.epoch}`;
  return verdict.answer === undefined ? next : `${next}; ${verdict.answer}`;
};

const present = { id: 7, epoch: 3 };
const add = (known: Transaction): Verdict => addParticipants(known, present, ['p-1'], 9);

describe.each<[TransactionStatus, string, string, string, string]>([
  ['empty', 'empty, epoch 4', 'ongoing, epoch 3', 'invalid-transaction-state', 'invalid-transaction-state'],
  [
    'ongoing',
    'prepare-abort, epoch 4; concurrent-transactions',
    'ongoing, epoch 3',
    'prepare-commit, epoch 4',
    'prepare-abort, epoch 4',
  ],
  [
    'prepare-commit',
    'concurrent-transactions',
    'concurrent-transactions',
    'invalid-transaction-state',
    'invalid-transaction-state',
  ],
  [
    'prepare-abort',
    'concurrent-transactions',
    'concurrent-transactions',
    'invalid-transaction-state',
    'invalid-transaction-state',
  ],
  ['complete-commit', 'empty, epoch 4', 'ongoing, epoch 3', 'invalid-transaction-state', 'invalid-transaction-state'],
  ['complete-abort', 'empty, epoch 4', 'ongoing, epoch 3', 'invalid-transaction-state', 'invalid-transaction-state'],
])('in state %s', (status, initialised, added, committed, aborted) => {
  const known = inState(status);
  it('answers the present producer', () => {
    expect(said(begun(known))).toBe(initialised);
    expect(said(add(known))).toBe(added);
    expect(said(end(known, present, 'commit'))).toBe(committed);
    expect(said(end(known, present, 'abort'))).toBe(aborted);
  });

  it('fences whoever has another epoch or another id', () => {
    for (const other of [
      { id: 7, epoch: 2 },
      { id: 7, epoch: 4 },
      { id: 8, epoch: 3 },
    ]) {
      expect(said(addParticipants(known, other, ['p-1'], 9))).toBe('producer-fenced');
      expect(said(end(known, other, 'commit'))).toBe('producer-fenced');
    }
  });
});

it('gives a new id the epoch 0, and knows an end that comes again, but not from one that it fenced', () => {
  expect(said(begun())).toBe('empty, epoch 0');
  const { next: ended } = end(inState('ongoing'), present, 'commit') as { next: Transaction };
  for (const state of [ended, completed(ended)]) {
    expect(said(end(state, present, 'commit'))).toBe('as it is');
    expect(said(end(state, present, 'abort'))).toBe('invalid-transaction-state');
  }
  expect(said(end(fence(inState('ongoing')), present, 'abort'))).toBe('producer-fenced');
});

it('begins a transaction with its first participant, and adds each once', () => {
  const { next: first } = add(inState('complete-commit')) as { next: Transaction };
  expect([first.participants, first.startedAt]).toEqual([['p-1'], 9]);
  expect(said(addParticipants(first, present, ['p-1'], 20))).toBe('as it is');
  const { next: second } = addParticipants(first, present, ['p-1', 'p-2'], 20) as { next: Transaction };
  expect([second.participants, second.startedAt]).toEqual([['p-1', 'p-2'], 9]);
});

it('never lowers an epoch, and every marker has a higher one than the records before it', () => {
  const step = fc.constantFrom('initialise', 'add', 'commit', 'abort', 'time', 'markers');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let known: Transaction | undefined = undefined;
      let written = -1;
      for (const each of steps) {
        const before: Transaction | undefined = known;
        if (each === 'initialise')
          known =
            begun(before).error === undefined ? ((begun(before) as { next?: Transaction }).next ?? before) : before;
        else if (before === undefined) continue;
        else {
          const who = { id: before.producer, epoch: before.epoch };
          if (each === 'time') known = before.status === 'ongoing' ? fence(before) : before;
          else if (each === 'markers') known = markerOf(before) === undefined ? before : completed(before);
          else {
            const verdict =
              each === 'add'
                ? addParticipants(before, who, ['p'], 1)
                : end(before, who, each === 'commit' ? 'commit' : 'abort');
            known = verdict.error === undefined ? (verdict.next ?? before) : before;
          }
        }
        expect(known!.epoch).toBeGreaterThanOrEqual(before?.epoch ?? 0);
        if (known!.status === 'ongoing') written = known!.epoch;
        if (markerOf(known!) !== undefined) expect(known!.epoch).toBeGreaterThan(written);
      }
    }),
  );
});
