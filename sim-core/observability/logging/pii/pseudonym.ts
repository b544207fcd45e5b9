/**
 * Pseudonyms: a value is replaced by a keyed hash of it, HMAC-SHA-256 (RFC 2104) cut to 64 bits. Two lines about one customer still
 * join, and who has no key cannot try all telephone numbers to learn whose a pseudonym is, as with a hash without a key. Who
 * has it can: by the GDPR (article 4(5)) it stays personal data.
 *
 * Written in letters, so that no pattern takes a pseudonym for a number.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const BYTES = 8;
/** Values whose pseudonyms are kept at hand; then all are forgotten. */
const KEPT_MAX = 4096;
const A = 97;

export class Pseudonyms {
  private readonly key: Uint8Array;
  private readonly kept = new Map<string, string>();

  /** `key`: a secret, not empty. */
  constructor(key: string) {
    if (key === '') throw new RangeError('pseudonyms: the key is empty; anybody could work out whose they are');
    this.key = utf8ToBytes(key);
  }

  /** Sixteen letters from a to p. */
  of(value: string): string {
    let pseudonym = this.kept.get(value);
    if (pseudonym === undefined) {
      if (this.kept.size >= KEPT_MAX) this.kept.clear();
      pseudonym = lettersOf(hmac(sha256, this.key, utf8ToBytes(value)).subarray(0, BYTES));
      this.kept.set(value, pseudonym);
    }
    return pseudonym;
  }
}

function lettersOf(bytes: Uint8Array): string {
  let letters = '';
  for (const byte of bytes) letters += String.fromCharCode(A + (byte >> 4), A + (byte & 0xf));
  return letters;
}
