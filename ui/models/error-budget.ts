/**
 * What is left of an error budget: a run records the share that is spent, and what whoever holds an objective watches is the rest. It
 * falls from the whole to nothing, and below nothing where the promise is broken.
 */
import type { RecordedSignal } from '../../sim-core/index.ts';
import type { Domain } from './chart-axis.ts';

const SPENT = 'slo.error_budget.spent';

export const isSpentBudget = ({ name }: Pick<RecordedSignal, 'name'>): boolean => name === SPENT;

/** Of the share that is spent, and back. */
export const leftOf = (spent: number): number => 1 - spent;

/** What of its chart is otherwise than of another gauge. */
export function budgetLeft({ columns }: RecordedSignal): {
  readonly title: string;
  readonly lines: readonly { readonly label: string; readonly values: Float64Array }[];
  readonly domain: Domain;
} {
  const values = columns.mean.map(leftOf);
  const lowest = values.reduce((least, value) => (value < least ? value : least), 0);
  return { title: 'What is left of the error budget', lines: [{ label: 'left', values }], domain: [lowest, 1] };
}
