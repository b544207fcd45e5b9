/** Alerts on burn rates, minute by minute: against what promtool answered, and against sums over all minutes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days, HOUR, MINUTE } from '../../../../sim-core/kernel/time.ts';
import {
  burnCondition,
  longestWindow,
  MULTI_WINDOW_MULTI_BURN_RATE,
} from '../../../../sim-core/observability/slo/burn-rate-alerts.ts';
import { ErrorWindows } from '../../../../sim-core/observability/slo/error-windows.ts';
import { sharedVectors } from '../../../shared-vectors.ts';

interface Observed {
  readonly error_ratio: number;
  readonly duration_min: number;
  readonly fire_minute_after_start_first_last: Readonly<Record<string, readonly [number, number]>>;
}

const objective = { target: 0.999, period: days(30) };
const vectors = sharedVectors<{ promtool_observed: readonly Observed[] }>('slo_burn_rate.json');
const pages = MULTI_WINDOW_MULTI_BURN_RATE.filter(({ severity }) => severity === 'page');
const PER_MINUTE = 600;
const HEALTHY = 7 * 60;

/** The first and last minute in which each page fires, from the beginning of errors on; as in the vectors, after seven healthy hours. */
function firing(errorRatio: number, minutes: number): Record<string, [number, number]> {
  const windows = new ErrorWindows(MINUTE, longestWindow(pages));
  const fired: Record<string, [number, number]> = {};
  let [bad, valid] = [0, 0];
  for (let minute = -HEALTHY; minute <= minutes + HEALTHY; minute++) {
    windows.sample({ bad, valid });
    for (const alert of pages) {
      if (!burnCondition(objective, alert)((window) => windows.ratio(window))) continue;
      (fired[alert.name] ??= [minute, minute])[1] = minute;
    }
    valid += PER_MINUTE;
    if (minute >= 0 && minute < minutes) bad += PER_MINUTE * errorRatio;
  }
  return fired;
}

describe.skipIf(vectors.isLeftOut)('the table of the Workbook, as promtool evaluated it', () => {
  const { promtool_observed } = vectors.isLeftOut ? { promtool_observed: [] } : vectors.read();
  it.each(promtool_observed)('at $error_ratio for $duration_min min', (row) => {
    expect(firing(row.error_ratio, row.duration_min)).toEqual(row.fire_minute_after_start_first_last);
  });
});

describe('the table of the Workbook', () => {
  it('pages for five minutes after a total outage of one, since a minute is 2 % of the budget of an hour and more', () => {
    expect(firing(1, 1)).toEqual({ FastBurn: [1, 5] });
  });

  it('pages nobody for three hours at 1 %: ten times too fast is less than 14.4, and half of six hours is less than 6', () => {
    expect(firing(0.01, 180)).toEqual({});
    expect(firing(0.01, 217).SlowBurn[0]).toBe(217);
  });
});

describe('windows of errors', () => {
  it('are sums over their minutes, and over what there is before they are full', () => {
    const minute = fc.tuple(fc.nat(20), fc.nat(200)).map(([bad, good]) => ({ bad, valid: bad + good }));
    fc.assert(
      fc.property(
        fc.array(minute, { maxLength: 40 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
        (minutes, lengths) => {
          const windows = new ErrorWindows(MINUTE, Math.max(...lengths) * MINUTE);
          const so = { bad: 0, valid: 0 };
          windows.sample(so);
          for (const [i, { bad, valid }] of minutes.entries()) {
            so.bad += bad;
            so.valid += valid;
            windows.sample(so);
            for (const length of lengths) {
              const within = minutes.slice(Math.max(0, i + 1 - length), i + 1);
              const sum = (of: 'bad' | 'valid'): number => within.reduce((all, one) => all + one[of], 0);
              expect(windows.ratio(length * MINUTE)).toBe(sum('bad') / sum('valid'));
            }
          }
        },
      ),
    );
  });

  it('know no ratio without events, and refuse windows that they have not', () => {
    const windows = new ErrorWindows(MINUTE, HOUR);
    expect(windows.ratio(HOUR)).toBeNaN();
    windows.sample({ bad: 0, valid: 0 });
    windows.sample({ bad: 0, valid: 0 });
    expect(windows.ratio(HOUR)).toBeNaN();
    expect(burnCondition(objective, pages[0])((window) => windows.ratio(window))).toBe(false);
    expect(() => windows.ratio(2 * HOUR)).toThrow('window: 7200000000000 ns is longer than 3600000000000 ns');
    expect(() => windows.ratio(1.5 * MINUTE)).toThrow('window: 90000000000 ns is no whole number of samples');
  });
});
