/**
 * The early expiration that the handbook prints (section 1.7): `if (now > expire - (ttl * rand(0, 0.1))) refresh()`.
 * The chance to reload grows linearly over the last tenth of the time to live, however long a load takes: a key that
 * loads slowly is begun too late, one that loads at once is reloaded long before it had to be.
 */
import type { KeyedStream } from '../../kernel/random-stream.ts';
import type { Duration } from '../../kernel/time.ts';
import { lasting } from '../entry.ts';
import type { ExpiryRule } from './expiry-rule.ts';
import { ownDraw } from './own-draw.ts';

const WINDOW = 0.1;

/** `draws`: one a reader and key. */
export function linearEarlyExpiration(ttl: Duration, draws: KeyedStream): ExpiryRule {
  const lifetime = lasting(ttl);
  return {
    control: 'early expiration (linear)',
    lifetime: () => lifetime,
    judge({ key, expiresAt }, now, request) {
      return now > expiresAt - ttl * WINDOW * ownDraw(draws, request, key) ? 'reload' : 'serve';
    },
  };
}
