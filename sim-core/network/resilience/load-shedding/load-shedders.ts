/** The load shedders by name; the names are the values that a scenario's parameter takes. */
import { adaptiveConcurrency } from './adaptive-concurrency.ts';
import type { LoadShedderFactory } from './load-shedder.ts';
import { noShedding } from './no-shedding.ts';
import { priorityShedding } from './priority-shedding.ts';
import { randomShedding } from './random-shedding.ts';

export const loadShedders = {
  none: noShedding,
  'random-shed': randomShedding,
  'priority-shed': priorityShedding,
  'adaptive-concurrency': adaptiveConcurrency,
} satisfies Record<string, LoadShedderFactory>;

export type LoadShedderName = keyof typeof loadShedders;
