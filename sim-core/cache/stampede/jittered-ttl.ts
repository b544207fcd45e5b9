/**
 * A time to live with jitter: each store draws its own from ttl × [1 - spread, 1 + spread]. Keys stored together no
 * longer expire together; a single key still expires in one instant.
 */
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Duration } from '../../kernel/time.ts';
import { lasting } from '../entry.ts';
import type { ExpiryRule } from './expiry-rule.ts';
import { ownDraw } from './own-draw.ts';

/** `spread`: a share of the ttl, 0 to 1; `draws`: one a request and key that it stores. */
export function jitteredTtl(ttl: Duration, spread: number, draws: KeyedStream): ExpiryRule {
  return {
    lifetime: (request, key) => lasting(Math.round(ttl * (1 + spread * (2 * ownDraw(draws, request, key) - 1)))),
    judge: () => 'serve',
  };
}
