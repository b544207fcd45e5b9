/** No limit: whoever comes goes on. */
import type { RateLimiter } from './rate-limiter.ts';

export const unlimited = (): RateLimiter => ({ admit: () => 0 });
