/** Rows against a plain list of lists: over block boundaries, and through removals. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RowStore } from '../../../sim-core/lab/row-store.ts';

/** Writes a row of numbers that say where they stand. */
function write(store: RowStore, rows: number[][], value: number): void {
  const row = Array.from({ length: store.width }, (_, i) => value + i / 8);
  const at = store.claim();
  store.block.set(row, at);
  rows.push(row);
}

function expectSame(store: RowStore, rows: readonly number[][]): void {
  expect(store.rows).toBe(rows.length);
  const columns = Array.from({ length: store.width }, () => new Float64Array(rows.length));
  store.moveInto(columns);
  for (const [place, column] of columns.entries()) {
    const differs = rows.findIndex((row, i) => row[place] !== column[i]);
    if (differs >= 0) throw new Error(`row ${differs}, column ${place}: ${column[differs]}`);
  }
}

it('gives back what was written, whatever was written and dropped before', () => {
  const step = fc.oneof(
    fc.record({ write: fc.nat(300) }),
    fc.record({ keepOneIn: fc.integer({ min: 1, max: 5 }), from: fc.nat(4) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.array(step, { maxLength: 12 }), (width, steps) => {
      const store = new RowStore(width);
      let rows: number[][] = [];
      let written = 0;
      for (const each of steps) {
        if ('write' in each) for (let i = 0; i < each.write; i++) write(store, rows, written++);
        else {
          const kept = (value: number): boolean => Math.floor(value) % each.keepOneIn === each.from;
          store.keep((block, at) => kept(block[at]));
          rows = rows.filter(([first]) => kept(first));
        }
      }
      expectSame(store, rows);
    }),
    { numRuns: 60 },
  );
});

it('goes on past its largest block, drops rows in place and writes on over those', () => {
  const store = new RowStore(2);
  let rows: number[][] = [];
  for (let i = 0; i < 50_000; i++) write(store, rows, i);
  store.keep((block, at) => block[at] >= 29_000);
  rows = rows.slice(29_000);
  for (let i = 50_000; i < 120_000; i++) write(store, rows, i);
  expectSame(store, rows);
});

it('is empty once it has been read, and can be written anew', () => {
  const store = new RowStore(3);
  const first: number[][] = [];
  for (let i = 0; i < 9_000; i++) write(store, first, i);
  expectSame(store, first);
  expect(store.rows).toBe(0);
  const second: number[][] = [];
  for (let i = 0; i < 9_000; i++) write(store, second, -i);
  expectSame(store, second);
});

it('gives its memory back as it is read, all but its first block', () => {
  const store = new RowStore(2);
  const blocks = new Set<ArrayBufferLike>();
  for (let i = 0; i < 20_000; i++) {
    write(store, [], i);
    blocks.add(store.block.buffer);
  }
  // The later ones are free by then.
  store.keep((block, at) => block[at] < 5_000);
  const columns = [0, 1].map(() => new Float64Array(5_000));
  store.moveInto(columns);
  expect(columns[0].at(-1)).toBe(4_999);
  const [first, ...others] = [...blocks].map(({ byteLength }) => byteLength);
  expect(first).toBeGreaterThan(0);
  expect(others.length).toBeGreaterThan(5);
  expect(new Set(others)).toEqual(new Set([0]));
});
