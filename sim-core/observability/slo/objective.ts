/**
 * Service level objectives and the arithmetic of their error budgets. An objective of 99.9 % over 30 days leaves a budget of
 * 0.1 % of the valid events. A burn rate says how fast it is spent: at 1 it lasts exactly the period, at 14.4 two days.
 *
 *     burn rate = error ratio / (1 - objective)        spent = burn rate * window / period
 *
 * Google, The Site Reliability Workbook, chapter 5, https://sre.google/workbook/alerting-on-slos/. A period's traffic is taken to
 * be even: where it is not, a minute of the night spends less than one of the day.
 */
import type { Duration } from '../../kernel/time.ts';

export interface Objective {
  /** The share of valid events that shall be good, above 0 and below 1: 0.999. */
  readonly target: number;
  /** Time that the budget is for. */
  readonly period: Duration;
}

/** Share of the valid events that may be bad. To twelve digits, as people say it: 1 - 0.999 is 0.0010000000000000009 in binary. */
export function errorBudget({ target }: Pick<Objective, 'target'>): number {
  if (!(target > 0 && target < 1)) {
    throw new RangeError(`target: ${target} is no objective; give a share above 0 and below 1, such as 0.999`);
  }
  return Number((1 - target).toPrecision(12));
}

export const burnRate = (objective: Pick<Objective, 'target'>, errorRatio: number): number =>
  errorRatio / errorBudget(objective);

/** The error ratio at which the budget burns that fast. */
export const errorRatioOf = (objective: Pick<Objective, 'target'>, burn: number): number =>
  burn * errorBudget(objective);

/** The share of the period's budget that a window of this burn rate spends. */
export const budgetSpent = ({ period }: Pick<Objective, 'period'>, burn: number, window: Duration): number =>
  (burn * window) / period;

/** The burn rate at which a window spends that share of the period's budget: 14.4 for 2 % in an hour of 30 days. */
export const burnRateThatSpends = ({ period }: Pick<Objective, 'period'>, share: number, window: Duration): number =>
  (share * period) / window;

/** How long a whole budget lasts at this burn rate. */
export const timeToExhaust = ({ period }: Pick<Objective, 'period'>, burn: number): Duration => period / burn;

/**
 * How long after the beginning of errors at this ratio a window's burn rate has come to a threshold, if there was none before:
 * window * threshold / burn rate. Undefined where it never does. At exactly the threshold a rule that asks for more never fires.
 */
export function detectionTime(
  objective: Pick<Objective, 'target'>,
  { window, threshold }: { readonly window: Duration; readonly threshold: number },
  errorRatio: number,
): Duration | undefined {
  const burn = burnRate(objective, errorRatio);
  return burn < threshold ? undefined : (window * threshold) / burn;
}
