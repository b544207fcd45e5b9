/** A limit that somebody chose. */
import { checked, type ConcurrencyLimit, type ConcurrencyLimitOptions } from './concurrency-limit.ts';

export const fixed = (options: ConcurrencyLimitOptions): ConcurrencyLimit => ({
  limit: checked(options).initial,
  sample() {},
});
