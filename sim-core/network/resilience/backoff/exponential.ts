/** Exponential backoff without jitter: `min(cap, base * 2^retry)`. Those who failed together come again together. */
import { doubled, type Backoff, type BackoffOptions } from './backoff.ts';

export const exponential = (options: BackoffOptions): Backoff => ({ wait: (retry) => doubled(options, retry) });
