/**
 * Transactions over a log, against the obvious: a list of what committed, in order. Whatever is begun, written, committed, taken
 * back, flushed, checkpointed and killed in whatever order, the tables are the fold of that list.
 */
import fc from 'fast-check';
import { assert, describe, expect, it } from 'vitest';
import { LogicalSlot } from '../../../../sim-core/storage/relational/logical-slot.ts';
import type { Change, Row } from '../../../../sim-core/storage/relational/rows.ts';
import { Transaction, TransactionStore } from '../../../../sim-core/storage/relational/transaction-store.ts';
import type { Lsn } from '../../../../sim-core/storage/relational/write-ahead-log.ts';
import { deedsOf } from '../../../deeds.ts';

interface Ended {
  readonly transaction: Transaction;
  readonly commit: Lsn;
}

/** A store, a reader of its log that has a mind of its own, and what both should know. */
class Lab {
  readonly store = new TransactionStore([
    { name: 't', rows: [[0, { n: 0 }]], defaults: ({ next }) => ({ at: next() }) },
  ]);
  readonly slot = new LogicalSlot(this.store.log);
  private readonly open: Transaction[] = [];
  private flushing: Ended[] = [];
  private readonly committed: Ended[] = [];
  /** What the reader was given, and behind which place it goes on; what it has made safe. */
  private given: number[] = [];
  private place: Lsn = 0;
  private safe = { given: 0, place: 0 };

  begin(): void {
    if (this.open.length < 4) this.open.push(new Transaction(0));
  }

  write(which: number, key: number, act: 'insert' | 'update' | 'delete'): void {
    const transaction = this.open[which % Math.max(1, this.open.length)];
    if (transaction === undefined) return;
    const { store } = this;
    // Who would have to wait does something else.
    if (
      [...this.open, ...this.flushing.map((ended) => ended.transaction)].some(
        (other) => other !== transaction && other.held.includes(`t/${key}`),
      )
    )
      return;
    assert.equal(
      store.locks.take(transaction, `t/${key}`, () => {}),
      'held',
    );
    store.numbered(transaction);
    const before = store.execute(transaction, { do: 'get', table: 't', key }).rows[0]?.row;
    const { isDuplicate } =
      act === 'insert'
        ? store.execute(transaction, { do: 'insert', table: 't', key, row: { n: key } })
        : act === 'delete'
          ? store.execute(transaction, { do: 'delete', table: 't', keys: [key] })
          : store.execute(transaction, {
              do: 'update',
              table: 't',
              keys: [key],
              set: (row) => ({ ...row, n: (row['n'] as number) + 1 }),
            });
    assert.equal(isDuplicate === true, act === 'insert' && before !== undefined);
  }

  end(which: number, commits: boolean): void {
    const [transaction] = this.open.splice(which % Math.max(1, this.open.length), 1);
    if (transaction === undefined) return;
    if (!commits) this.store.abort(transaction);
    else if (transaction.changes.length === 0) this.store.settle(transaction);
    else this.flushing.push({ transaction, commit: this.store.commit(transaction) });
  }

  /** The log is flushed up to the first so many of those that wait for it. */
  flush(count: number): void {
    const flushed = this.flushing.splice(0, count);
    const last = flushed.at(-1);
    if (last !== undefined) this.store.log.flush(last.commit);
    for (const ended of flushed) {
      this.store.settle(ended.transaction);
      this.committed.push(ended);
    }
  }

  checkpoint(): void {
    this.store.checkpoint();
    this.slot.save();
    this.store.log.recycle(Math.min(this.store.recoversFrom, this.slot.keeps));
  }

  crash(): void {
    this.store.crash();
    this.slot.crash();
    this.open.length = 0;
    this.flushing = [];
  }

  read(max: number): void {
    const { transactions, position } = this.slot.read(this.place, max);
    this.given.push(...transactions.map(({ transaction }) => transaction));
    this.place = position;
  }

  /** The reader makes safe what it has, dies and comes back to that, or tells the database so. */
  makeSafe(): void {
    this.safe = { given: this.given.length, place: this.place };
  }
  confirm(): void {
    this.slot.confirm(this.safe.place);
  }
  dies(): void {
    this.given = this.given.slice(0, this.safe.given);
    this.place = this.safe.place;
  }

  /** Both know what they should. */
  check(): void {
    const rows = new Map<number, Row>([[0, { n: 0 }]]);
    const fold = ({ key, row }: Change): void => void (row === undefined ? rows.delete(key) : rows.set(key, row));
    for (const { transaction } of this.committed) transaction.changes.forEach(fold);
    const stored = [...this.store.tables.rows('t')].map(({ key, row }) => [key, row] as const);
    assert.deepEqual(new Map(stored), rows);
    const numbers = this.committed.map(({ transaction }) => transaction.number);
    assert.deepEqual(this.given, numbers.slice(0, this.given.length));
  }

  /** What the reader is given in the end is all that committed, in that order. */
  finish(): void {
    for (let before = -1; before < this.place;) {
      before = this.place;
      this.read(3);
    }
    assert.deepEqual(
      this.given,
      this.committed.map(({ transaction }) => transaction.number),
    );
    // Nothing is open any more, and the reader has all: nothing of the log is kept for anybody.
    while (this.open.length > 0) this.end(0, false);
    this.flush(this.flushing.length);
    const { log } = this.store;
    log.flush(log.end);
    this.slot.confirm(this.slot.read(this.place, Infinity).position);
    this.checkpoint();
    assert.equal(log.begin, log.end);
  }
}

const deed = deedsOf<Lab>();
const none = fc.constant([] as []);
const which = fc.nat(3);
const deeds = fc.oneof(
  { arbitrary: deed(none, (lab) => lab.begin()), weight: 4 },
  {
    arbitrary: deed(
      fc.tuple(which, fc.nat(4), fc.constantFrom('insert' as const, 'update' as const, 'delete' as const)),
      (lab, transaction, key, act) => lab.write(transaction, key, act),
    ),
    weight: 8,
  },
  {
    arbitrary: deed(fc.tuple(which, fc.boolean()), (lab, transaction, commits) => lab.end(transaction, commits)),
    weight: 4,
  },
  { arbitrary: deed(fc.tuple(fc.integer({ min: 1, max: 3 })), (lab, count) => lab.flush(count)), weight: 4 },
  { arbitrary: deed(fc.tuple(fc.integer({ min: 1, max: 3 })), (lab, max) => lab.read(max)), weight: 3 },
  deed(none, (lab) => lab.checkpoint()),
  deed(none, (lab) => lab.crash()),
  deed(none, (lab) => lab.makeSafe()),
  deed(none, (lab) => lab.confirm()),
  deed(none, (lab) => lab.dies()),
);

it('tables are the fold of what committed and was flushed, and a reader of the log is given just that, in order', () => {
  fc.assert(
    fc.property(fc.array(deeds, { maxLength: 80, size: 'max' }), (acts) => {
      const lab = new Lab();
      for (const act of acts) {
        act(lab);
        lab.check();
      }
      lab.finish();
    }),
    { numRuns: 500 },
  );
});

/** Runs a transaction that inserts a key, and flushes its commit. */
function inserted(store: TransactionStore, key: number): Transaction {
  const transaction = new Transaction(0);
  store.numbered(transaction);
  store.execute(transaction, { do: 'insert', table: 't', key, row: {} });
  store.log.flush(store.commit(transaction));
  store.settle(transaction);
  return transaction;
}

it('draws a position where a row is inserted and takes none back: who commits later may have the lower one', () => {
  const { store } = new Lab();
  const [slow, aborted] = [new Transaction(0), new Transaction(0)];
  for (const [transaction, key] of [
    [slow, 1],
    [aborted, 2],
  ] as const) {
    store.numbered(transaction);
    store.execute(transaction, { do: 'insert', table: 't', key, row: {} });
  }
  store.abort(aborted);
  inserted(store, 3);
  store.log.flush(store.commit(slow));
  store.settle(slow);
  const at = (key: number) => store.tables.get('t', key)?.row['at'];
  expect([at(1), at(2), at(3)]).toEqual([1, undefined, 3]);
});

it('shows a transaction what it wrote itself, by its key and in a selection, and nobody else', () => {
  const { store } = new Lab();
  inserted(store, 1);
  inserted(store, 2);
  const [writer, reader] = [new Transaction(0), new Transaction(0)];
  store.numbered(writer);
  store.execute(writer, { do: 'insert', table: 't', key: 3, row: { n: 7 } });
  store.execute(writer, { do: 'delete', table: 't', keys: [1] });
  const keysFor = (transaction: Transaction): number[] =>
    store
      .execute(transaction, {
        do: 'select',
        table: 't',
        where: ({ key }) => key > 0,
        orderBy: (a, b) => b.key - a.key,
        limit: 2,
        isIndexed: false,
      })
      .rows.map(({ key }) => key);
  expect([keysFor(writer), keysFor(reader)]).toEqual([
    [3, 2],
    [2, 1],
  ]);
  const found = (transaction: Transaction) => store.execute(transaction, { do: 'get', table: 't', key: 3 }).rows;
  expect(found(writer)[0].row['n']).toBe(7);
  expect(found(reader)).toEqual([]);
});

describe('the log is kept from the first change of any transaction that commits behind the place that is confirmed', () => {
  function overlapping() {
    const { store, slot } = new Lab();
    const open = new Transaction(0);
    store.numbered(open);
    store.execute(open, { do: 'insert', table: 't', key: 1, row: {} });
    inserted(store, 2);
    const commit = (): void => {
      store.log.flush(store.commit(open));
      store.settle(open);
    };
    const confirm = (place: Lsn): Lsn => {
      slot.confirm(place);
      slot.save();
      return slot.keeps;
    };
    return { store, slot, commit, confirm };
  }

  it('of one that is open', () => {
    const { store, slot, commit, confirm } = overlapping();
    const { position } = slot.read(0, 10);
    expect(position).toBe(store.log.end);
    expect(confirm(position)).toBe(0);
    commit();
    expect(confirm(slot.read(position, 10).position)).toBe(store.log.end);
  });

  it('of one that has committed, and the reader has it not', () => {
    const { slot, commit, confirm } = overlapping();
    commit();
    const { position } = slot.read(0, 1);
    expect(confirm(position)).toBe(0);
    slot.crash();
    expect(slot.read(position, 10).transactions.map(({ changes }) => changes[0].key)).toEqual([1]);
  });
});
