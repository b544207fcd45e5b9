/** The hashes of a trace's keys are those that Java gives: of numbers Long.hashCode, of text String.hashCode. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyHashes } from '../../../../scenarios/cli/cachesim/key-hashes.ts';
import { KeyTable, traceFormats, type KeyBatch, type TraceReader } from '../../../../sim-core/index.ts';
import { lines, oracleGeneral } from '../../../sim-core/workload/traces/encodings.ts';

/** The hash of every key of the trace, in order of first appearance. */
function hashesOf(reader: TraceReader, bytes: Uint8Array): number[] {
  const table = new KeyTable();
  const hashes = new KeyHashes();
  const add = (batches: Iterable<KeyBatch>): void => {
    for (const batch of batches) {
      const ids = new Int32Array(batch.count + 3);
      table.intern(batch, ids, 3);
      hashes.add(batch, ids, 3);
    }
  };
  add(reader.read(bytes));
  add(reader.end());
  return Array.from({ length: table.size }, (_, id) => hashes.of(id));
}

/** value ^ (value >>> 32), as Java documents it. */
const longHashCode = (value: bigint): number => Number(BigInt.asIntN(32, value ^ (BigInt.asUintN(64, value) >> 32n)));

/** s[0] * 31^(n-1) + ... + s[n-1], as Java documents it. */
const stringHashCode = (text: string): number =>
  Number(
    BigInt.asIntN(
      32,
      [...text].reduce((hash, character) => hash * 31n + BigInt(character.charCodeAt(0)), 0n),
    ),
  );

describe('the hash of a key', () => {
  it('is Long.hashCode of an integer, decimal or of 64 bits', () => {
    expect(hashesOf(traceFormats.lines.create(), lines(['7', '2147483647', '4294967296', '7']))).toEqual([
      7, 2147483647, 1,
    ]);
    fc.assert(
      fc.property(fc.uniqueArray(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1 }), (keys) => {
        const twice = [...keys, ...keys];
        const binary = hashesOf(traceFormats['oracle-general'].create(), oracleGeneral(twice));
        expect(binary).toEqual(keys.map(longHashCode));
        const short = [...new Set(keys.map((key) => key % 10n ** 15n))];
        expect(hashesOf(traceFormats.lines.create(), lines(short.map(String)))).toEqual(short.map(longHashCode));
      }),
    );
  });

  it('is String.hashCode of other keys', () => {
    expect(hashesOf(traceFormats.lines.create(), lines(['hello', 'a', 'Aa', 'BB', '007']))).toEqual([
      99162322, 97, 2112, 2112, 47671,
    ]);
    const key = fc.stringMatching(/^[a-z/][a-z0-9/._-]{0,40}$/);
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 1 }), (keys) => {
        expect(hashesOf(traceFormats.lines.create(), lines(keys))).toEqual(keys.map(stringHashCode));
      }),
    );
  });

  it('is kept of any number of keys', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => String(index * 3));
    expect(hashesOf(traceFormats.lines.create(), lines(keys))).toEqual(keys.map(Number));
  });
});
