/** A fixed time to live: an entry is served until it has passed, then it is gone. */
import type { Duration } from '../../kernel/time.ts';
import { lasting } from '../entry.ts';
import type { ExpiryRule } from './expiry-rule.ts';

export function hardTtl(ttl: Duration): ExpiryRule {
  const lifetime = lasting(ttl);
  return { lifetime: () => lifetime, judge: () => 'serve' };
}
