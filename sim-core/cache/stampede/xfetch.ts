/**
 * Probabilistic early expiration, XFetch (Vattani, Chierichetti & Lowenstein 2015, "Optimal Probabilistic Cache Stampede
 * Prevention", VLDB 8(8)): a reader treats the entry as expired when now - delta × beta × ln(U) reaches its expiry,
 * where delta is how long the value took to load and U is uniform in (0, 1]. The chance that a reader reloads at a gap
 * before expiry is exp(-gap / (beta × delta)): the slower the load and the nearer the end, the likelier. The reader
 * that is picked loads and waits; all others go on being served.
 */
import { ln } from '../../kernel/maths.ts';
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Duration } from '../../kernel/time.ts';
import { lasting } from '../entry.ts';
import type { ExpiryRule } from './expiry-rule.ts';
import { ownDraw } from './own-draw.ts';

/** `beta`: above 1 reloads earlier, below 1 later; `draws`: one a reader and key. */
export function xfetch(ttl: Duration, beta: number, draws: KeyedStream): ExpiryRule {
  const lifetime = lasting(ttl);
  return {
    control: 'early expiration (XFetch)',
    lifetime: () => lifetime,
    judge({ key, loadDuration, expiresAt }, now, request) {
      const uniform = 1 - ownDraw(draws, request, key);
      return now - loadDuration * beta * ln(uniform) >= expiresAt ? 'reload' : 'serve';
    },
  };
}
