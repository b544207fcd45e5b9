/**
 * Leases, the server's side (Nishtala et al., Scaling Memcache at Facebook, NSDI 2013, section 3.2.1): a miss hands out a
 * token for its key, and only who brings it may store. A delete makes the token worthless, so a value that was loaded
 * before the delete cannot be stored after it. While a token is out, others that miss get none and are to try again
 * shortly, or are given the value that was deleted a moment ago; a holder that never comes back blocks them until the
 * lease has run out.
 *
 * After a delete the next miss gets a token at once. The paper hands out one in ten seconds for a key; whether that
 * holds across a delete it does not say, and if it did a delete would block its key.
 */
import type { Duration, Time } from '../../kernel/time.ts';
import type { CacheEntry } from '../entry.ts';

export interface LeaseTerms {
  /** How long a token keeps others from getting one. */
  readonly duration: Duration;
  /** How long after a delete its value is given to those who get no token; 0 for never. */
  readonly staleFor: Duration;
}

interface Lease {
  readonly token: number;
  readonly expiresAt: Time;
}

export class Leases<Value> {
  /** What was deleted, until somebody has stored anew: one entry a key at most. */
  private readonly deleted = new Map<number, { readonly entry: CacheEntry<Value>; readonly at: Time }>();
  private readonly leases = new Map<number, Lease>();
  private granted = 0;

  /** A key was missed: gives a token, or, while another one is out, what was deleted of late. */
  miss(
    key: number,
    now: Time,
    { duration, staleFor }: LeaseTerms,
  ): { readonly entry: CacheEntry<Value> | undefined; readonly token: number | undefined } {
    const out = this.leases.get(key);
    if (out !== undefined && now < out.expiresAt) {
      const deleted = this.deleted.get(key);
      const isRecent = deleted !== undefined && now - deleted.at < staleFor;
      return { entry: isRecent ? deleted.entry : undefined, token: undefined };
    }
    const token = ++this.granted;
    this.leases.set(key, { token, expiresAt: now + duration });
    return { entry: undefined, token };
  }

  /** Takes a token back; false if it is worthless. */
  redeem(key: number, token: number): boolean {
    if (this.leases.get(key)?.token !== token) return false;
    this.deleted.delete(key);
    return this.leases.delete(key);
  }

  /** The server has died: all tokens that are out are worthless, and none of them is ever given again. */
  clear(): void {
    this.leases.clear();
    this.deleted.clear();
  }

  /** The key is deleted, and with it the entry that there was: the token that is out becomes worthless. */
  cancel(key: number, entry: CacheEntry<Value> | undefined, now: Time): void {
    this.leases.delete(key);
    if (entry !== undefined) this.deleted.set(key, { entry, at: now });
  }
}
