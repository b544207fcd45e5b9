/** The arithmetic of error budgets, against the Workbook's table and rows worked out by another program. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days, hours, HOUR, MINUTE, s } from '../../../../sim-core/kernel/time.ts';
import { MULTI_WINDOW_MULTI_BURN_RATE } from '../../../../sim-core/observability/slo/burn-rate-alerts.ts';
import {
  budgetSpent,
  burnRate,
  burnRateThatSpends,
  detectionTime,
  errorBudget,
  errorRatioOf,
  timeToExhaust,
} from '../../../../sim-core/observability/slo/objective.ts';
import { sharedVectors } from '../../../shared-vectors.ts';

interface Table {
  readonly table: readonly (Record<'severity' | 'long' | 'short' | 'budget_consumed', string> & {
    readonly burn_rate: number;
  })[];
  readonly analytic_detection: readonly {
    readonly long: string;
    readonly error_ratio: number;
    readonly slo: number;
    readonly analytic_detection_minutes: number | null;
  }[];
  readonly exhaustion: readonly {
    readonly slo: number;
    readonly burn_rate: number;
    readonly time_to_exhaust_30d_budget_hours: number;
    readonly error_ratio: number;
  }[];
}

const objective = { target: 0.999, period: days(30) };
const vectors = sharedVectors<Table>('slo_burn_rate.json');
const lengths: Readonly<Record<string, number>> = {
  '5m': 5 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': HOUR,
  '6h': 6 * HOUR,
  '3d': 72 * HOUR,
};

describe.skipIf(vectors.isLeftOut)('the tables of the vectors', () => {
  const { table, analytic_detection, exhaustion } = vectors.isLeftOut
    ? { table: [], analytic_detection: [], exhaustion: [] }
    : vectors.read();

  it('has the alerts of the Workbook, and what each spends of the budget', () => {
    expect(
      table.map(({ severity, long, short, burn_rate }) => [severity, burn_rate, [lengths[long], lengths[short]]]),
    ).toEqual(MULTI_WINDOW_MULTI_BURN_RATE.map((alert) => [alert.severity, alert.burnRate, alert.windows]));
    for (const { long, burn_rate, budget_consumed } of table) {
      const spent = budgetSpent(objective, burn_rate, lengths[long]);
      expect(`${Math.round(100 * spent)}%`).toBe(budget_consumed);
      expect(burnRateThatSpends(objective, spent, lengths[long])).toBeCloseTo(burn_rate, 12);
    }
  });

  it('says when each window has filled, and when it never does', () => {
    for (const { long, error_ratio, slo, analytic_detection_minutes } of analytic_detection) {
      const { burnRate: threshold } = MULTI_WINDOW_MULTI_BURN_RATE.find(({ windows }) => windows[0] === lengths[long])!;
      const time = detectionTime({ target: slo }, { window: lengths[long], threshold }, error_ratio);
      if (analytic_detection_minutes === null) expect(time).toBeUndefined();
      else expect(time! / MINUTE).toBeCloseTo(analytic_detection_minutes, 6);
    }
  });

  it('says how long a budget lasts, and at which error ratio', () => {
    for (const { slo, burn_rate, time_to_exhaust_30d_budget_hours, error_ratio } of exhaustion) {
      expect(timeToExhaust(objective, burn_rate) / HOUR).toBeCloseTo(time_to_exhaust_30d_budget_hours, 9);
      expect(errorRatioOf({ target: slo }, burn_rate)).toBeCloseTo(error_ratio, 12);
    }
  });
});

describe('an error budget', () => {
  it('is what the objective leaves, to the digit', () => {
    expect([0.9, 0.99, 0.999, 0.9995, 0.9999].map((target) => errorBudget({ target }))).toEqual([
      0.1, 0.01, 0.001, 0.0005, 0.0001,
    ]);
  });

  it('is gone in two hours at a burn rate of 360: 36 % of errors for 99.9 % over 30 days', () => {
    const burn = burnRateThatSpends(objective, 1, hours(2));
    expect(burn).toBe(360);
    expect(errorRatioOf(objective, burn)).toBeCloseTo(0.36, 12);
  });

  it('is spent by the time it lasts, whatever the burn rate', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 0.99999, noNaN: true }),
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        (target, errorRatio) => {
          const burn = burnRate({ target }, errorRatio);
          expect(budgetSpent(objective, burn, timeToExhaust(objective, burn))).toBeCloseTo(1, 9);
          expect(errorRatioOf({ target }, burn)).toBeCloseTo(errorRatio, 9);
        },
      ),
    );
  });

  it('refuses what is no objective', () => {
    for (const target of [0, 1, 99.9, -1, NaN]) {
      expect(() => errorBudget({ target })).toThrow(`target: ${target} is no objective`);
    }
  });

  it('detects a total outage in a thousandth of the time, at a threshold of 1', () => {
    expect(detectionTime(objective, { window: HOUR, threshold: 1 }, 1)).toBe(s(3.6));
  });
});
