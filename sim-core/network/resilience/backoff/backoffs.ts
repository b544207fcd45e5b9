/** The backoffs by name; the names are the values that a scenario's parameter takes. */
import type { BackoffFactory } from './backoff.ts';
import { decorrelatedJitter } from './decorrelated-jitter.ts';
import { equalJitter } from './equal-jitter.ts';
import { exponential } from './exponential.ts';
import { fullJitter } from './full-jitter.ts';
import { immediate } from './immediate.ts';

export const backoffs = {
  immediate,
  exponential,
  'full-jitter': fullJitter,
  'equal-jitter': equalJitter,
  'decorrelated-jitter': decorrelatedJitter,
} satisfies Record<string, BackoffFactory>;

export type BackoffName = keyof typeof backoffs;
