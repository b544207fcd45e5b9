/** What the SLO table's guide says beyond its variants: when triggers fire with other numbers, and what they say of the objective. */
import { describe, expect, it } from 'vitest';
import { hours, minutes, ms, parseIntervention, s, type ParameterValues } from '../../../sim-core/index.ts';
import sloTable from '../../../scenarios/whole-systems/slo-table.ts';
import { LAG_MOST, ROWS, type RowName } from '../../../scenarios/whole-systems/slo-table/objectives.ts';
import {
  DETECTION,
  EARLY,
  FIRED,
  firedOf,
  LAG,
  P99,
  SILENT,
  UNHEARD,
} from '../../../scenarios/whole-systems/slo-table/signals.ts';
import { failed, summaryOf, trialled } from '../trials.ts';

function measured(variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) {
  const trial = trialled(sloTable, { variant, seed: 1, params, interventions: interventions.map(parseIntervention) });
  return {
    trial,
    fired: (row: RowName): number => summaryOf(trial, firedOf(ROWS[row]), 'total'),
    of: (signal: string, field: string): number => summaryOf(trial, signal, field),
  };
}

describe('the triggers of the table', () => {
  it('fire by the Workbook’s 14.4 within an evaluation or two of half of the requests failing', () => {
    const { fired, of } = measured('instance-down', { burning: 50, length: minutes(20) });
    expect(fired('availability')).toBe(1);
    // 1.44 % of the window's requests are 17, and two a second fail.
    expect(of(DETECTION, 'max')).toBeLessThanOrEqual(60);
  });

  it('fall silent with the trouble as their baseline, and do not where the baseline is older than the trouble', () => {
    const slow = measured('database-slow');
    // The baseline ends five minutes before; when it has three of the trouble in it, a hundredth of its requests are slow. By then
    // there are seven minutes left.
    expect(slow.of(SILENT, 'total')).toBeGreaterThan(7 * 60);
    expect(slow.of(P99, 'max')).toBeGreaterThan(0.4);
    const short = measured('database-slow', { faultFor: minutes(3), length: minutes(22) });
    expect(short.fired('latency')).toBe(1);
  });

  it('fire for as long as requests are too slow where the latency has a budget instead of a past', () => {
    const slowness = { slowdown: 12 };
    const [past, budget] = ['baseline', 'budget'].map((latencyRule) =>
      measured('database-slow', { ...slowness, latencyRule, baselines: latencyRule === 'budget' ? 1.1 : 2 }),
    );
    expect(past.of(SILENT, 'total')).toBeGreaterThan(5 * budget.of(SILENT, 'total'));
    // The Workbook's rate for a page is 14.4 % of the requests, and no more than a twentieth is slow.
    const page = measured('database-slow', { ...slowness, latencyRule: 'budget', baselines: 14.4 });
    expect([page.fired('latency'), failed(page.trial)]).toEqual([0, []]);
  });

  it('say of a lag that it will miss its objective while it holds it', () => {
    const { of } = measured('consumer-stopped');
    expect(of(LAG, 'max')).toBeLessThan(LAG_MOST);
    // By then about as many wait as came since.
    expect(of(DETECTION, 'max') * 4).toBeLessThan(LAG_MOST / 5);
  });

  it('hear of no consumer that is down for a minute', () => {
    const { of } = measured('healthy', { length: minutes(25) }, '1000s:kill:consumer:seconds=60');
    expect(of(LAG, 'max')).toBeGreaterThan(150);
    expect(of(FIRED, 'total')).toBe(0);
  });

  it('hear of no crawler that is shorter than they wait, and of a replica that was slow for as long, since the lag outlasts it', () => {
    const short = { faultFor: minutes(5), length: minutes(28) };
    expect(measured('crawler', short).of(FIRED, 'total')).toBe(0);
    const replica = measured('replica-slow', short);
    expect(replica.fired('replica')).toBe(1);
    // It took that long to hear of it.
    expect(replica.of(UNHEARD, 'total')).toBe(5 * 60);
  });

  it('hear of a replica below them when they stand at the objectives', () => {
    const { fired } = measured('below-the-triggers', { hitRatioLeast: 0.9, replicaLagMost: s(2) });
    expect(fired('replica')).toBe(1);
  });

  it('are not held to have found a fault by an alert that was there before it', () => {
    const { trial, fired, of } = measured('crawler', {
      hitRatioLeast: 0.96,
      faultFor: minutes(3),
      length: minutes(20),
    });
    expect([of(EARLY, 'total'), fired('hitRatio'), of(DETECTION, 'count')]).toEqual([1, 0, 0]);
    expect(of(UNHEARD, 'total')).toBe(3 * 60);
    expect(failed(trial)).toEqual([]);
  });

  it('are held to their own time, and by no alert of another row', () => {
    const { trial, of } = measured('instance-down', { baselines: 1.1 });
    expect(of(FIRED, 'total')).toBe(2);
    expect(of(DETECTION, 'count')).toBe(1);
    expect(of(DETECTION, 'max')).toBe(of(UNHEARD, 'total'));
    expect(failed(trial)).toEqual([]);
  });

  it('are claimed to be silent on the hit rate for its own sake, which fewer users beside the crawler refute', () => {
    const others = measured('below-the-triggers', { replicaLagFor: 0, replicaLagMost: s(2) });
    expect([others.fired('replica'), others.fired('hitRatio')]).toEqual([1, 0]);
    expect(failed(others.trial)).toEqual([]);
    const fewer = measured('below-the-triggers', {}, '1000s:surge:users:factor=0.15');
    expect(fewer.fired('hitRatio')).toBe(1);
    expect(failed(fewer.trial)).toContainEqual(expect.stringContaining(firedOf(ROWS.hitRatio)));
  });

  it('are claimed to fire only where there is the time', () => {
    for (const variant of ['crawler', 'instance-down']) {
      for (const params of [{ faultFor: minutes(1) }, { length: minutes(17) }, { faultAt: hours(1) }]) {
        const { trial } = measured(variant, { length: minutes(19), ...params });
        expect(failed(trial), `${variant} ${JSON.stringify(params)}`).toEqual([]);
      }
    }
  });

  it('hold their claims with other rates, thresholds and times', () => {
    const others: readonly [variant: string, ParameterValues][] = [
      ['consumer-stopped', { rate: 12, lagIn: hours(2) }],
      ['crawler', { crawls: 6, hitRatioFor: minutes(5) }],
      ['replica-slow', { writes: 0.3, replicaLagMost: ms(3000) }],
      ['healthy', { rate: 6, ttl: minutes(12) }],
      ['database-slow', { slowdown: 3 }],
    ];
    for (const [variant, params] of others) {
      expect(failed(measured(variant, params).trial), `${variant} ${JSON.stringify(params)}`).toEqual([]);
    }
  });
});
