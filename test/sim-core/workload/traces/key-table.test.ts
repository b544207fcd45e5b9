/** Interning against a `Map` of the keys as text. */
import fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { KeyTable } from '../../../../sim-core/workload/traces/key-table.ts';
import { linesReader } from '../../../../sim-core/workload/traces/lines.ts';
import { KeyBatch } from '../../../../sim-core/workload/traces/trace-reader.ts';
import { denseIds, idsOf, lines } from './encodings.ts';

describe('KeyTable', () => {
  it('numbers 60,000 keys of every length in the order of their first appearance, through several growths', () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => {
      const number = (index * 7919) % 40_009;
      return ['', 'k', 'key', 'user:profile:', 'x'.repeat(100)][number % 5] + number;
    });
    expect(idsOf(linesReader(), [lines(keys)])).toEqual(denseIds(keys));
  });

  it('tells keys apart that differ in their last byte, their length or a zero byte only', () => {
    const batch = new KeyBatch();
    const keys = [[1], [1, 0], [1, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0, 1]];
    batch.bytes = Uint8Array.from(keys.flat());
    let at = 0;
    for (const key of keys) {
      batch.putBytes(at, at + key.length);
      at += key.length;
    }
    batch.putInteger(1);
    const ids = new Int32Array(6);
    const table = new KeyTable();
    table.intern(batch, ids, 0);
    expect([...ids]).toEqual([0, 1, 2, 3, 4, 5]);
    table.intern(batch, ids, 0);
    expect([...ids]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(table.size).toBe(6);
  });

  it('numbers keys of every kind in one order, on both sides of the bound below which they are an index', () => {
    const kinds = [fc.nat(5000), fc.integer({ min: 4_194_294, max: 4_194_314 }), fc.nat(2 ** 32), fc.nat(9e14)];
    const anyKey = fc.oneof(...kinds.map((kind) => kind.map(String)), fc.constantFrom('a', '007', '-1', '4294967296'));
    fc.assert(
      fc.property(fc.array(anyKey, { minLength: 1, maxLength: 900, size: 'max' }), (keys) => {
        expect(idsOf(linesReader(), [lines(keys)])).toEqual(denseIds(keys));
      }),
      { numRuns: 40 },
    );
  });

  it('takes strided block numbers as well as random ones', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 8, 4096, 1 << 20, 4_294_967_296), fc.nat(1e6), (stride, start) => {
        const keys = Array.from({ length: 10_000 }, (_, index) => String(start + index * stride));
        expect(idsOf(linesReader(), [Buffer.from(keys.join('\n'))])).toEqual(keys.map((_, index) => index));
      }),
      { numRuns: 20 },
    );
  });
});
