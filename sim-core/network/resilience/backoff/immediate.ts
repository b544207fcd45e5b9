/** No wait at all: a retry follows a failure at once. */
import type { Backoff } from './backoff.ts';

export const immediate = (): Backoff => ({ wait: () => 0 });
