/**
 * What Confluent's serializers put before a record: a magic byte 0 and the id of the schema it was written by, four bytes, most
 * significant first. Protobuf has the way to the message in its file behind it: how many indexes and the indexes, as zigzag
 * varints; a lone 0 stands for the first message.
 * Source: https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format.
 */
import { ByteReader, ByteWriter, DecodeFailed } from '../bytes.ts';

const MAGIC = 0;
const FIRST_MESSAGE: readonly number[] = [0];

/** `indexes` for Protobuf alone. */
export function framed(id: number, body: Uint8Array, indexes?: readonly number[]): Uint8Array {
  const bytes = new ByteWriter();
  bytes.byte(MAGIC);
  bytes.int32(id, false);
  if (indexes !== undefined) {
    const isFirst = indexes.length === 1 && indexes[0] === 0;
    bytes.zigzag(isFirst ? 0 : indexes.length);
    if (!isFirst) for (const index of indexes) bytes.zigzag(index);
  }
  bytes.raw(body);
  return bytes.done();
}

export interface Unframed {
  readonly id: number;
  readonly indexes: readonly number[];
  readonly body: Uint8Array;
}

export function unframed(record: Uint8Array, hasIndexes: boolean): Unframed {
  const bytes = new ByteReader(record);
  const magic = bytes.byte();
  if (magic !== MAGIC) throw new DecodeFailed(`a record begins with ${magic} and not with the magic byte 0`);
  const id = bytes.int32(false);
  const indexes = hasIndexes ? indexesOf(bytes) : [];
  return { id, indexes, body: bytes.raw(record.length - bytes.position) };
}

function indexesOf(bytes: ByteReader): readonly number[] {
  const count = bytes.zigzag();
  if (count < 0) throw new DecodeFailed(`${count} message indexes`);
  if (count === 0) return FIRST_MESSAGE;
  const indexes: number[] = [];
  while (indexes.length < count) indexes.push(bytes.zigzag());
  return indexes;
}
