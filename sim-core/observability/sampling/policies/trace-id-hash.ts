/**
 * The probability that a trace's id stands for, from 0 to 1: FNV-1a of 64 bits (Fowler, Noll and Vo) over a salt and the 16
 * bytes of the id. All who take the same salt and share decide alike for a trace, without asking each other. The hash's upper bits
 * know little of the last bytes, so ids must be random, as W3C's are, and not count up.
 */
const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** Goes on with a hash by some bytes. */
export function fnv1a64(bytes: Iterable<number>, hash = OFFSET): bigint {
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hash;
}

/** The bytes of a text of ASCII characters. */
export const asciiBytes = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

/** The bytes that hexadecimal digits stand for. */
export const hexBytes = (digits: string): number[] =>
  Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
