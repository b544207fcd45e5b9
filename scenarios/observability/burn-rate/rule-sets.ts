/** The alerts that a team may have on one error budget. */
import {
  burnRate,
  burnRateThatSpends,
  days,
  hours,
  minutes,
  MULTI_WINDOW_MULTI_BURN_RATE,
  type BurnRateAlert,
  type Duration,
  type Objective,
} from '../../../sim-core/index.ts';

/** What they depend on. */
export interface AlertSettings {
  readonly objective: number;
  readonly threshold: number;
  readonly hold: Duration;
}

export const objectiveOf = ({ objective }: Pick<AlertSettings, 'objective'>): Objective => ({
  target: objective,
  period: days(30),
});

type Alert = Omit<BurnRateAlert, 'for'>;

export const ruleSets = {
  /** One error ratio, whatever the objective: the handbook's "Threshold noise". */
  threshold: (p: AlertSettings): Alert[] => [
    { name: 'ErrorRatio', severity: 'page', burnRate: burnRate(objectiveOf(p), p.threshold), windows: [minutes(5)] },
  ],
  /** The handbook's table: "2h predicted burn of 30d budget". At the rate of the last five minutes all of it is gone in two hours. */
  'two-hours-left': (p: AlertSettings): Alert[] => [
    {
      name: 'TwoHoursLeft',
      severity: 'page',
      burnRate: burnRateThatSpends(objectiveOf(p), 1, hours(2)),
      windows: [minutes(5)],
    },
  ],
  /** The handbook's list, read as it stands: a fast window of 5 m with a high multiplier, a slow one of 1 h with a lower one. */
  'as-printed': (): Alert[] => [
    { name: 'FastWindow', severity: 'page', burnRate: 14.4, windows: [minutes(5)] },
    { name: 'SlowWindow', severity: 'page', burnRate: 6, windows: [hours(1)] },
  ],
  /** The Workbook's table without its short windows. */
  'single-window': (): Alert[] =>
    MULTI_WINDOW_MULTI_BURN_RATE.map(({ windows, ...alert }) => ({ ...alert, windows: windows.slice(0, 1) })),
  'multi-window': (): Alert[] => [...MULTI_WINDOW_MULTI_BURN_RATE],
} satisfies Record<string, (p: AlertSettings) => Alert[]>;

export type RuleSetName = keyof typeof ruleSets;

export const alertsOf = (p: AlertSettings & { readonly rules: RuleSetName }): BurnRateAlert[] =>
  ruleSets[p.rules](p).map((alert) => ({ ...alert, for: p.hold }));
