/** The concurrency limits by name; the names are the values that a scenario's parameter takes. */
import { aimd } from './aimd.ts';
import type { ConcurrencyLimitFactory } from './concurrency-limit.ts';
import { fixed } from './fixed.ts';
import { gradient2 } from './gradient2.ts';
import { vegas } from './vegas.ts';

export const concurrencyLimits = { fixed, aimd, vegas, gradient2 } satisfies Record<string, ConcurrencyLimitFactory>;

export type ConcurrencyLimitName = keyof typeof concurrencyLimits;
