/** Headers of records: the last of a name counts, and their bytes are those of Kafka's format. */
import { expect, it } from 'vitest';
import { headerBytes, lastHeader, withoutHeaders } from '../../../../sim-core/messaging/log/record-headers.ts';

const HEADERS = [
  { key: 'attempts', value: 2 },
  { key: 'origin', value: 'orders' },
  { key: 'attempts', value: 3 },
];

it('gives the last header of a name', () => {
  expect(lastHeader(HEADERS, 'attempts')).toBe(3);
  expect(lastHeader(HEADERS, 'origin')).toBe('orders');
  expect(lastHeader(HEADERS, 'none')).toBeUndefined();
  expect(withoutHeaders(HEADERS, new Set(['attempts']))).toEqual([{ key: 'origin', value: 'orders' }]);
});

it('takes the bytes of names and values with a varint before each, whose seventh bit is the zigzag', () => {
  expect(headerBytes(HEADERS)).toBe(2 * (1 + 8 + 1 + 8) + (1 + 6 + 1 + 6));
  expect(headerBytes([{ key: 'k', value: 'v'.repeat(63) }])).toBe(1 + 1 + 1 + 63);
  expect(headerBytes([{ key: 'k', value: 'v'.repeat(64) }])).toBe(1 + 1 + 2 + 64);
});
