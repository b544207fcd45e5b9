/**
 * The seam of rules of expiry: how long an entry lives, and what a reader does with one that is still there. Each is
 * one file; `protections.ts` has them by name, combined with a load guard.
 */
import type { Time } from '../../kernel/time.ts';
import type { RequestContext } from '../../network/request-context.ts';
import type { CacheEntry, Lifetime } from '../entry.ts';

/** Serve it; serve it and refresh it behind the reader's back; load it anew and wait for that. */
export type Verdict = 'serve' | 'refresh' | 'reload';

export interface ExpiryRule {
  /** What it does so that an entry's readers do not all load it at once, in words; without it nothing. */
  readonly control?: string;
  /** How long the entry of a key lives that a load for this request stores. */
  lifetime(request: RequestContext, key: number): Lifetime;
  /** What a reader does with an entry that the cache served. */
  judge(entry: CacheEntry<unknown>, now: Time, request: RequestContext): Verdict;
}
