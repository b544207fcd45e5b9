/**
 * A soft and a hard time to live (stale-while-revalidate): past the soft one an entry is still served, and refreshed
 * behind the reader's back; past the hard one it is gone. The hard one is `hardFactor` times the soft one: the handbook
 * (section 1.4) prints 5 s and 60 s.
 */
import type { Duration } from '../../kernel/time.ts';
import type { ExpiryRule } from './expiry-rule.ts';

export function softTtl(ttl: Duration, hardFactor: number): ExpiryRule {
  const lifetime = { soft: ttl, hard: ttl * hardFactor };
  return {
    lifetime: () => lifetime,
    judge: ({ softExpiresAt }, now) => (now >= softExpiresAt ? 'refresh' : 'serve'),
  };
}
