/** The hash of keys and the partition that it gives, against what Kafka's Java client computed. */
import { expect, it } from 'vitest';
import { murmur2, partitionOfKey } from '../../../../sim-core/messaging/log/murmur2.ts';
import vectors from '../../../vectors/kafka-murmur2.json' with { type: 'json' };
import { sharedVectors } from '../../../shared-vectors.ts';

interface Row {
  readonly hex: string;
  readonly murmur2: number;
  readonly partition: Readonly<Record<string, number>>;
}

function agrees(rows: readonly Row[]): void {
  for (const row of rows) {
    const bytes = Uint8Array.from(row.hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    expect(murmur2(bytes), row.hex).toBe(row.murmur2);
    for (const [partitions, partition] of Object.entries(row.partition)) {
      expect(partitionOfKey(bytes, Number(partitions)), `${row.hex} of ${partitions}`).toBe(partition);
    }
  }
}

it(`hashes and places ${vectors.rows.length} keys as Kafka's Java client does`, () => agrees(vectors.rows));

it('hashes a key of no bytes like any other', () => {
  expect(murmur2(new Uint8Array())).toBe(275_646_681);
});

const theirs = sharedVectors<{ readonly rows: readonly (Omit<Row, 'hex'> & { readonly key_hex: string })[] }>(
  'kafka_partitioner_murmur2.json',
);

it.skipIf(theirs.isLeftOut)('hashes the cases of ../shared/data/vectors/kafka_partitioner_murmur2.json', () => {
  const { rows } = theirs.read();
  expect(rows.length).toBeGreaterThan(0);
  agrees(rows.map((row) => ({ ...row, hex: row.key_hex })));
});
