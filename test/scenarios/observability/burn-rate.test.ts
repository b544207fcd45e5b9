/** What the burn rates' guide says beyond its variants, and that promtool fires when the model does, on the scenario's own counters. */
import { describe, expect, it } from 'vitest';
import burnRate from '../../../scenarios/observability/burn-rate.ts';
import { SERVICE } from '../../../scenarios/observability/burn-rate/alerting.ts';
import { foreseen, TOLD_AFTER } from '../../../scenarios/observability/burn-rate/foreseen.ts';
import { INCIDENTS, isSlow } from '../../../scenarios/observability/burn-rate/incidents.ts';
import {
  COUNTERS,
  DETECTED,
  FALSE_PAGES,
  IDLE,
  incidentTold,
  PAGES,
  SPENT,
  TICKETS,
  WINDOWS,
} from '../../../scenarios/observability/burn-rate/signals.ts';
import type { Values } from '../../../scenarios/observability/burn-rate/params.ts';
import { alertsOf, objectiveOf } from '../../../scenarios/observability/burn-rate/rule-sets.ts';
import {
  alertChanged,
  componentsOf,
  days,
  detectionTime,
  ExportedRun,
  exportForms,
  hours,
  MINUTE,
  minutes,
  parseIntervention,
  resolveParameters,
  ruleFile,
  Run,
  Simulation,
  type BurnRateAlert,
  type Duration,
  type ParameterValues,
} from '../../../sim-core/index.ts';
import { promtoolTest } from '../../promtool-rules.ts';
import { promtool, promtoolIsLeftOut } from '../../promtool.ts';
import { failed, totalOf, trialled } from '../trials.ts';

const valuesOf = (variant: string, given: ParameterValues = {}): Values =>
  resolveParameters(burnRate, variant, given) as unknown as Values;

/** A run, minute by minute: its counters, and the minutes in which each alert fired. An incident begins by hand after two hours. */
function watched(p: Values, length: Duration) {
  const sim = new Simulation({ seed: 1 });
  burnRate.system(sim, p as never);
  const api = componentsOf(sim).find(({ name }) => name === 'api')!;
  sim.scheduleAt(hours(2), () => api.interventions['fail'].apply([0.03, 180]), undefined);
  const firing = new Set<string>();
  const fired = new Map<string, number[]>(alertsOf(p).map(({ name }): [string, number[]] => [name, []]));
  sim.facts.channel(alertChanged).listen(({ rule, to }) => {
    if (to === 'firing') firing.add(rule);
    else if (to === 'inactive') firing.delete(rule);
  });
  const series = { bad: [0], valid: [0] };
  for (let minute = 1; minute <= length / MINUTE; minute++) {
    sim.runUntil(minute * MINUTE + 1);
    const { requests, failed: bad } = api.state() as { requests: number; failed: number };
    series.bad.push(bad);
    series.valid.push(requests);
    for (const rule of firing) fired.get(rule)!.push(minute);
  }
  return { series, fired };
}

/** Where promtool is asked for all of the month: where windows are of days it takes minutes for that. */
const WHOLE = ['threshold'];

describe.skipIf(promtoolIsLeftOut)('the exported rules', () => {
  it('fire for promtool in the minutes in which they fire in the run, all of them and no other, with each kind of condition', async () => {
    const files: Record<string, string> = {};
    const told = new Map<string, number>();
    const test = (name: string, alerts: readonly BurnRateAlert[], p: Values, of: ReturnType<typeof watched>): void => {
      const rules = { ...COUNTERS, labels: SERVICE, alerts };
      files[`${name}.rules.yml`] = ruleFile(burnRate.alerts!(p as never));
      files[`${name}.test.yml`] = promtoolTest(`${name}.rules.yml`, rules, of.series, of.fired);
      for (const alert of alerts) told.set(`${name}/${alert.name}`, of.fired.get(alert.name)!.length);
    };
    // A silence changes no rule.
    for (const variant of Object.keys(burnRate.variants).filter((one) => one !== 'silenced-deploys')) {
      const p = valuesOf(variant, variant === 'threshold' ? { hold: minutes(3) } : {});
      test(variant, alertsOf(p), p, watched(p, WHOLE.includes(variant) ? p.length - MINUTE : hours(21)));
    }
    // One that is told of a minute too many must notice.
    files['wrong.test.yml'] = files['threshold.test.yml'].replace(
      /value: (\d+)\}, /,
      (_, count: string) => `value: ${Number(count) + 1}}, `,
    );
    const names = Object.keys(files).filter((name) => name.endsWith('.test.yml'));
    const { output } = await promtool(['test', 'rules', ...names], files);
    const outcomes = output.split('Unit Testing:').slice(1);
    expect(outcomes.map((outcome) => [outcome.trim().split('\n')[0], outcome.includes('SUCCESS')])).toEqual(
      names.map((name) => [name, name !== 'wrong.test.yml']),
    );
    expect([...told].filter(([, fired]) => fired === 0)).toEqual([]);
  }, 180_000);
});

it('the rules of its team are exported with a run, over counters that are exported beside them', () => {
  const run = new Run(burnRate, { variant: 'multi-window-multi-burn' });
  run.advance(500);
  const exported = new ExportedRun(run.finish(), burnRate);
  const [rules, series] = [exportForms.alerts.write(exported), exportForms.openmetrics.write(exported)];
  for (const { name } of alertsOf(valuesOf('multi-window-multi-burn'))) expect(rules).toContain(`alert: ${name}\n`);
  expect(rules).toContain(`sum(rate(${COUNTERS.bad}[3d])) / sum(rate(${COUNTERS.valid}[3d]))`);
  for (const counter of Object.values(COUNTERS)) expect(series).toMatch(new RegExp(`^${counter}\\{.*\\} [1-9]`, 'm'));
  // The claims of the scenario stand behind them.
  expect(rules).toContain('claim_of: "multi-window-multi-burn"');
});

/** When each incident was first told of, in minutes from its beginning. */
function detections(variant: string, given: ParameterValues = {}): ReadonlyMap<string, number> {
  const sim = new Simulation({ seed: 1 });
  const p = valuesOf(variant, given);
  burnRate.system(sim, p as never);
  const found = new Map<string, number>();
  sim.facts.channel(incidentTold).listen(({ incident, isFirst, after }) => {
    if (isFirst) found.set(incident, after / MINUTE);
  });
  sim.runUntil(p.length);
  return found;
}

/** How often somebody was paged for an incident. */
function pagesOf(name: string, given: ParameterValues): number {
  const sim = new Simulation({ seed: 1 });
  burnRate.system(sim, valuesOf('multi-window-multi-burn', given) as never);
  let pages = 0;
  sim.facts.channel(incidentTold).listen(({ incident, severity }) => {
    if (incident === name && severity === 'page') pages++;
  });
  sim.runUntil(days(20));
  return pages;
}

describe('the Workbook’s table', () => {
  const found = detections('multi-window-multi-burn');
  const objective = objectiveOf(valuesOf('multi-window-multi-burn'));
  const byAnHour = (errorRatio: number): number =>
    detectionTime(objective, { window: hours(1), threshold: 14.4 }, errorRatio)! / MINUTE;

  it('finds what is fast after window × threshold / burn rate, to the minute, and somebody hears of it after the group wait', () => {
    expect(Math.floor(found.get('outage of 10 min')!)).toBe(Math.ceil(byAnHour(1)));
    expect(Math.floor(found.get('outage of 1 min')!)).toBe(1);
    // 8.64 minutes: the ninth evaluation.
    expect(Math.floor(found.get('10 % for 3 h')!)).toBe(Math.ceil(byAnHour(0.1)));
  });

  it('passes over three hours at 1 %, and finds what is slow by ticket', () => {
    expect(found.has('1 % for 3 h')).toBe(false);
    // The budget of three days less what is spent anyway, over 0.2 % of what comes: seventeen to twenty hours of day, with a night between.
    expect(found.get('0.2 % for 5 days')! / 60).toBeGreaterThan(24);
    expect(found.get('0.2 % for 5 days')! / 60).toBeLessThan(29);
  });

  it('without its short windows says nothing of an outage two hours after another', () => {
    expect(found.has('another minute, 2 h later')).toBe(true);
    expect(detections('single-window', { length: days(7) }).has('another minute, 2 h later')).toBe(false);
  });
});

it('each set of alerts finds an incident when the arithmetic of its windows has it, and the slow ones only by a window of days', () => {
  for (const variant of ['threshold', 'as-printed', 'multi-window-multi-burn']) {
    const p = valuesOf(variant);
    const found = detections(variant);
    for (const { incident, sure, soonest } of foreseen(p)) {
      const after = found.get(incident.name);
      if (soonest === undefined) expect(after, `${variant}: ${incident.name}`).toBeUndefined();
      if (sure !== undefined)
        expect(after, `${variant}: ${incident.name}`).toBeLessThanOrEqual(sure.after + TOLD_AFTER);
      if (after !== undefined) expect(after, `${variant}: ${incident.name}`).toBeGreaterThan(soonest! - 1);
    }
    const slow = INCIDENTS.filter(isSlow).filter(({ name }) => found.has(name)).length;
    expect(slow, variant).toBe(variant === 'multi-window-multi-burn' ? 2 : 0);
  }
});

describe('the guide', () => {
  const measured = (variant: string, params: ParameterValues = {}, ...interventions: readonly string[]) =>
    trialled(burnRate, { variant, seed: 1, params, interventions: interventions.map(parseIntervention) });

  it('has one hour more of 1 % page somebody after six hours have had six times too much', () => {
    const longer = measured('multi-window-multi-burn', { length: days(11) }, '900000s:fail:api:share=0.01,minutes=240');
    const usual = measured('multi-window-multi-burn', { length: days(11) });
    expect(totalOf(longer, PAGES)).toBe(totalOf(usual, PAGES) + 1);
  });

  it('has what flaps be one page, if alerts go on firing between its flaps', () => {
    const pages = (keepFiring: Duration): number => pagesOf('flapping for 4 h', { keepFiring, pageRepair: days(1) });
    expect(pages(minutes(20))).toBe(1);
    // The hour has had enough with its third flap; from the sixth on six hours have, and their half hour sees no gap.
    expect(pages(0)).toBeGreaterThanOrEqual(3);
  });

  it('has a time to hold silence the deploys, and no more be found', () => {
    const [held, at] = [minutes(5), 0].map((hold) => measured('threshold', { hold }));
    expect(totalOf(held, FALSE_PAGES)).toBe(0);
    expect(totalOf(held, DETECTED)).toBeLessThan(totalOf(at, DETECTED));
  });

  it('has tickets that nobody answers protect nothing', () => {
    const spent = (ticketRepair: Duration): number => {
      const { signals } = measured('multi-window-multi-burn', { ticketRepair });
      return signals.find(({ name }) => name === SPENT)!.summary['max'];
    };
    expect(spent(days(3))).toBeGreaterThan(spent(hours(4)) + 0.1);
  });

  it('holds its claims with other objectives, rates and lengths', () => {
    const others: readonly ParameterValues[] = [
      { rate: 1000, nightShare: 0.5 },
      { length: days(8) },
      { objective: 0.99 },
      { objective: 0.9995, background: 0.0001 },
      { deployErrors: 0.2 },
      { hold: minutes(4), keepFiring: minutes(15) },
    ];
    for (const [i, params] of others.entries()) {
      const variant = Object.keys(burnRate.variants)[i % 6];
      expect(failed(measured(variant, params)), `${variant} ${JSON.stringify(params)}`).toEqual([]);
    }
  });

  it('claims nothing of an alert that may be open already, for what fails at any time', () => {
    const noisy: readonly [variant: string, background: number][] = [
      ['multi-window-multi-burn', 0.001],
      ['tight-threshold', 0.01],
      ['as-printed', 0.01],
    ];
    for (const [variant, background] of noisy) {
      expect(failed(measured(variant, { background, length: days(22) })), variant).toEqual([]);
    }
  });

  it('counts a ticket for what is slow, and no page', () => {
    const trial = measured('multi-window-multi-burn');
    expect(totalOf(trial, TICKETS)).toBeGreaterThanOrEqual(2);
    expect(totalOf(trial, IDLE)).toBeGreaterThan(0);
  });
});

describe('a silence over deploys', () => {
  /** Of an incident of an hour that begins by hand so long after the first deploy: when somebody was paged for it, in minutes after that. */
  function pagedAfter(variant: string, since: Duration): number | undefined {
    const sim = new Simulation({ seed: 1 });
    burnRate.system(sim, valuesOf(variant) as never);
    const at = hours(9) + since;
    const api = componentsOf(sim).find(({ name }) => name === 'api')!;
    sim.scheduleAt(at, () => api.interventions['fail'].apply([0.2, 60]), undefined);
    let paged: number | undefined;
    sim.facts.channel(incidentTold).listen(({ incident, isFirst, after }) => {
      if (isFirst && incident.startsWith('by hand')) paged = after / MINUTE;
    });
    sim.runUntil(at + hours(2));
    return paged;
  }

  it('has what begins in it wait for its end, and for the next look at the group', () => {
    // It is seen within minutes otherwise, and after the deploy's fifteen here, of which three are over.
    expect(pagedAfter('threshold', minutes(20))).toBeLessThan(5);
    const silenced = pagedAfter('silenced-deploys', minutes(3))!;
    expect(silenced).toBeGreaterThan(11);
    expect(silenced).toBeLessThan(12 + 5 + 2);
  });

  it('spares the pages at deploys and none of what burns the budget in silence', () => {
    const month = (variant: string) => {
      const evidence = trialled(burnRate, { variant, seed: 1 });
      return [FALSE_PAGES, DETECTED].map((signal) => totalOf(evidence, signal));
    };
    const [[noise, found], [silenced, alike]] = [month('threshold'), month('silenced-deploys')];
    expect([silenced, alike]).toEqual([0, found]);
    expect(noise).toBeGreaterThan(20);
  });
});

it.each(Object.keys(burnRate.variants))(
  '%s: every window of an alert is measured, beside the rate above which it may fire',
  (variant) => {
    const p = valuesOf(variant);
    const sim = new Simulation({ seed: 1 });
    burnRate.system(sim, p as never);
    const measured = componentsOf(sim).find(({ name }) => name === 'api')!.signals;
    const shown = WINDOWS.flatMap(({ name, length }) => {
      const { thresholds = [] } = measured.find((signal) => signal.name === `slo.burn_rate.${name}`)!;
      return thresholds.map(({ label, value }) => `${label} ${length} ${value}`);
    });
    const meant = alertsOf(p).flatMap(({ name, windows, burnRate: value }) =>
      windows.map((length) => `${name} ${length} ${value}`),
    );
    expect(shown.toSorted()).toEqual(meant.toSorted());
    for (const { name } of WINDOWS) expect(burnRate.charts).toContain(`slo.burn_rate.${name}`);
  },
);
