/**
 * Headers of a record (KIP-82): an ordered list of names and values beside key and value. A name may stand there more than
 * once; who asks for one is given the last (`Headers.lastHeader`).
 *
 * A value is bytes in Kafka. Here it is a text of one byte a character, or a whole number, which takes the eight of a long.
 */
export interface RecordHeader {
  readonly key: string;
  readonly value: string | number;
}

export type RecordHeaders = readonly RecordHeader[];

export const NO_RECORD_HEADERS: RecordHeaders = [];

/** The value of the last header of a name; undefined if there is none. */
export const lastHeader = (headers: RecordHeaders, key: string): string | number | undefined =>
  headers.findLast((header) => header.key === key)?.value;

/** The headers without those of these names. */
export const withoutHeaders = (headers: RecordHeaders, keys: ReadonlySet<string>): RecordHeaders =>
  headers.filter(({ key }) => !keys.has(key));

/** Bytes that they add to a record (`DefaultRecord.sizeOfBodyInBytes`): each length is a varint before what it counts. */
export function headerBytes(headers: RecordHeaders): number {
  let bytes = 0;
  for (const { key, value } of headers) {
    for (const length of [key.length, typeof value === 'string' ? value.length : 8])
      bytes += varintBytes(length) + length;
  }
  return bytes;
}

/** A length is zigzag-encoded, which takes a bit more, seven bits a byte. */
const varintBytes = (length: number): number => (length < 64 ? 1 : length < 8192 ? 2 : 3);
