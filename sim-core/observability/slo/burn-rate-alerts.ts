/**
 * Alerts on burn rates: conditions on the error ratios of one or two windows. The table is that of The Site Reliability Workbook,
 * chapter 5 ("Multiwindow, Multi-Burn-Rate Alerts"): the long window says that enough of the budget is gone to bother somebody,
 * the short one, a twelfth of it, that it is still being spent, so that the alert ends soon after the errors do.
 */
import { HOUR, MINUTE, type Duration } from '../../kernel/time.ts';
import { errorRatioOf, type Objective } from './objective.ts';

export type AlertSeverity = 'page' | 'ticket';

export interface BurnRateAlert {
  /** Unique among those of one service. */
  readonly name: string;
  readonly severity: AlertSeverity;
  /** It is more than this that each of the windows has to burn. */
  readonly burnRate: number;
  /** One or two of them; all have to exceed the burn rate. */
  readonly windows: readonly Duration[];
  /** How long they have to before it fires. */
  readonly for: Duration;
}

export const MULTI_WINDOW_MULTI_BURN_RATE: readonly BurnRateAlert[] = [
  { name: 'FastBurn', severity: 'page', burnRate: 14.4, windows: [HOUR, 5 * MINUTE], for: 0 },
  { name: 'SlowBurn', severity: 'page', burnRate: 6, windows: [6 * HOUR, 30 * MINUTE], for: 0 },
  { name: 'BudgetBurn', severity: 'ticket', burnRate: 1, windows: [72 * HOUR, 6 * HOUR], for: 0 },
];

/** Says whether all windows of an alert exceed its burn rate, by their error ratios; a window without events exceeds nothing. */
export function burnCondition(
  objective: Objective,
  { burnRate, windows }: BurnRateAlert,
): (ratioOf: (window: Duration) => number) => boolean {
  const most = errorRatioOf(objective, burnRate);
  return (ratioOf) => windows.every((window) => ratioOf(window) > most);
}

/** The longest window of several alerts: what has to be kept of the counters. */
export const longestWindow = (alerts: readonly BurnRateAlert[]): Duration =>
  Math.max(...alerts.flatMap(({ windows }) => windows));
