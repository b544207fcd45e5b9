/**
 * The 32-bit MurmurHash2 (A. Appleby, 2008) with the seed of Kafka's Java client, and the partition that it gives a key.
 * A key of no bytes is hashed like any other; only a record without a key goes elsewhere.
 */
const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** The hash as a signed 32-bit integer. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes;
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    let mixed = Math.imul(word, M);
    mixed ^= mixed >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(mixed, M);
  }
  const rest = length - at;
  if (rest === 3) hash ^= bytes[at + 2] << 16;
  if (rest >= 2) hash ^= bytes[at + 1] << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes[at], M);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return hash ^ (hash >>> 15);
}

/** The partition of a key: the hash without its sign, modulo the number of partitions. */
export function partitionOfKey(bytes: Uint8Array, partitions: number): number {
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}
