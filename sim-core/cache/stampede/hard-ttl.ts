/** A fixed time to live: an entry is served until it has passed, then it is gone. */
import type { Duration } from '../../kernel/time.ts';
import type { ExpiryRule } from './expiry-rule.ts';

export function hardTtl(ttl: Duration): ExpiryRule {
  const lifetime = { soft: ttl, hard: ttl };
  return { lifetime: () => lifetime, judge: () => 'serve' };
}
