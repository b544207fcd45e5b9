/** Traces written for the tests in each format, and keys read back as text, without the readers' own help. */
import fc from 'fast-check';
import { Buffer } from 'node:buffer';
import { KeyTable } from '../../../../sim-core/workload/traces/key-table.ts';
import type { KeyBatch, TraceReader } from '../../../../sim-core/workload/traces/trace-reader.ts';

/** The bytes cut at random places, empty pieces included. */
export const cut = (bytes: Uint8Array): fc.Arbitrary<Uint8Array[]> =>
  fc.array(fc.nat(bytes.length), { maxLength: 12 }).map((cuts) => {
    const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
    return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
  });

/** The dense ids that a reader and the key table give. */
export function idsOf(reader: TraceReader, pieces: Iterable<Uint8Array>): number[] {
  const table = new KeyTable();
  const ids: number[] = [];
  const take = (batches: Iterable<KeyBatch>): void => {
    for (const batch of batches) {
      const found = new Int32Array(batch.count);
      table.intern(batch, found, 0);
      ids.push(...found);
    }
  };
  // A piece is the caller's again once it has been read: what the reader keeps of it must be a copy.
  for (const piece of pieces) {
    const lent = Uint8Array.from(piece);
    take(reader.read(lent));
    lent.fill(0x2a);
  }
  take(reader.end());
  return ids;
}

/** The sizes that a reader reads. */
export function sizesOf(reader: TraceReader, pieces: Iterable<Uint8Array>): number[] {
  const sizes: number[] = [];
  const take = (batches: Iterable<KeyBatch>): void => {
    for (const { count, sizes: read } of batches) sizes.push(...read!.subarray(0, count));
  };
  for (const piece of pieces) take(reader.read(piece));
  take(reader.end());
  return sizes;
}

/** The same from the keys themselves: the oracle. */
export function denseIds(keys: Iterable<string>): number[] {
  const ids = new Map<string, number>();
  return Array.from(keys, (key) => {
    if (!ids.has(key)) ids.set(key, ids.size);
    return ids.get(key)!;
  });
}

/** Keys of every shape that the key table treats in its own way; a small choice of them, so that they come back. */
export const someKeys = (key: fc.Arbitrary<string>): fc.Arbitrary<string[]> =>
  fc
    .array(key, { minLength: 1, maxLength: 12 })
    .chain((pool) => fc.array(fc.constantFrom(...pool), { minLength: 1, maxLength: 200 }));

const letters = fc.string({ unit: fc.constantFrom(...'ab01 ,";*-~é\uD83D\uDE00'), minLength: 1, maxLength: 40 });

export const textKey: fc.Arbitrary<string> = fc.oneof(
  fc.nat(30).map(String),
  fc.nat(30).map((value) => `00${value}`),
  fc.bigInt({ min: 0n, max: (1n << 70n) - 1n }).map(String),
  fc.constantFrom('999999999', '1000000000', '4294967296', '999999999999999', '1000000000000000', '9007199254740993'),
  letters,
  fc.nat(9).map((value) => 'long '.repeat(30) + value),
);

export const lines = (keys: readonly string[], ending = '\n', isLastEnded = true): Buffer =>
  Buffer.from(keys.join(ending) + (isLastEnded ? ending : ''));

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

/** A field as RFC 4180 writes it; quoted also where that is not needed, if `always`. */
export const csvField = (field: string, always: boolean): string =>
  always || /[",\r\n]/.test(field) ? quoted(field) : field;

export function oracleGeneral(ids: readonly bigint[], sizes: readonly number[] = []): Buffer {
  const bytes = Buffer.alloc(24 * ids.length, 0xee);
  for (const [record, id] of ids.entries()) {
    bytes.writeUInt32LE(record, record * 24);
    bytes.writeBigUInt64LE(id, record * 24 + 4);
    if (sizes.length > 0) bytes.writeUInt32LE(sizes[record], record * 24 + 12);
  }
  return bytes;
}
