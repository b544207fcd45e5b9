/** The bytes before a record, as Confluent's serializers write them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { framed, unframed } from '../../../../../sim-core/messaging/schema/registry/wire-format.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const body = Uint8Array.of(0xaa);

it('is a magic byte and four bytes of the id', () => {
  expect(hex(framed(258, body))).toBe('0000000102aa');
});

it.each<[number[], string]>([
  [[0], '00'],
  [[1], '0202'],
  [[1, 0], '040200'],
])('has the way %j to the message behind it', (indexes, bytes) => {
  expect(hex(framed(1, body, indexes))).toBe(`0000000001${bytes}aa`);
});

it('is read again', () => {
  const ways = fc.array(fc.nat(200), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.nat(2 ** 31 - 1), fc.uint8Array({ maxLength: 9 }), ways, (id, content, indexes) => {
      expect(unframed(framed(id, content), false)).toEqual({ id, indexes: [], body: content });
      expect(unframed(framed(id, content, indexes), true)).toEqual({ id, indexes, body: content });
    }),
  );
});

it('is an error where it is something else', () => {
  expect(() => unframed(Uint8Array.of(1, 0, 0, 0, 1), false)).toThrow('not with the magic byte 0');
  expect(() => unframed(Uint8Array.of(0, 0, 0), false)).toThrow('4 bytes wanted, 2 left');
});
