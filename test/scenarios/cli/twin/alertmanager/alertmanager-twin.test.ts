/** The model beside a real Alertmanager: 40 scripts, all at once, without a difference, and faults in the model that are found. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { alertmanagerTwin } from '../../../../../scenarios/cli/twin/alertmanager/alertmanager-twin.ts';
import type { AlertmanagerStep } from '../../../../../scenarios/cli/twin/alertmanager/steps.ts';
import {
  agrees,
  compare,
  countWords,
  OCCURRENCES_MIN,
  scriptsOf,
} from '../../../../../scenarios/cli/twin/comparison.ts';
import { AlertGroup } from '../../../../../sim-core/observability/slo/alert-group.ts';
import {
  Alertmanager,
  type AlertmanagerOptions,
  type Route,
} from '../../../../../sim-core/observability/slo/alertmanager.ts';
import { RecordedPlays } from '../recorded-plays.ts';

const program = alertmanagerTwin.findProgram();
const isLeftOut = program === undefined && process.env.CI === undefined;
const options = { scripts: 40, seed: 1, interrupted: new AbortController().signal, progress: () => {} };

/** Each flush of the model with another argument. */
const flushesWith = (change: (...given: Parameters<AlertGroup['flush']>) => Parameters<AlertGroup['flush']>): void => {
  const { flush } = AlertGroup.prototype;
  vi.spyOn(AlertGroup.prototype, 'flush').mockImplementation(function (this: AlertGroup, ...given) {
    return flush.apply(this, change(...given));
  });
};

/** The model with other options than those of its configuration. */
const configuredWith = (change: Partial<AlertmanagerOptions> | ((route: Route) => Partial<Route>)): void => {
  const { receive } = Alertmanager.prototype;
  vi.spyOn(Alertmanager.prototype, 'receive').mockImplementation(function (this: Alertmanager, call) {
    const { routes } = this['options'];
    if (typeof change === 'function') routes.forEach((route) => Object.assign(route, change(route)));
    else Object.assign(this['options'], change);
    if (typeof change === 'object' && change.silences !== undefined) this['silences'] = change.silences;
    receive.call(this, call);
  });
};

/** Faults of the model, each of which the server's answers have to show. */
const FAULTS: Record<string, () => void> = {
  'has a group for each alert': () => configuredWith(() => ({ groupBy: ['service', 'instance', 'severity'] })),
  'has one group for all services': () => configuredWith(() => ({ groupBy: [] })),
  'inhibits nothing': () => configuredWith({ inhibitRules: [] }),
  'silences nothing': () => configuredWith({ silences: [] }),
  'repeats at every look': () => flushesWith((now, last, _, isMuted) => [now, last, 0, isMuted]),
  'never repeats': () => flushesWith((now, last, _, isMuted) => [now, last, Infinity, isMuted]),
  'forgets what it has told': () => flushesWith((now, _, repeat, isMuted) => [now, undefined, repeat, isMuted]),
  'keeps alerts that are over': () => {
    vi.spyOn(AlertGroup.prototype, 'settle').mockImplementation(() => {});
  },
  'sends all to the last route': () => {
    const { receive } = Alertmanager.prototype;
    vi.spyOn(Alertmanager.prototype, 'receive').mockImplementation(function (this: Alertmanager, call) {
      const query = call.query.map((posted) => ({ ...posted, labels: { ...posted.labels, team: 'all' } }));
      receive.call(this, Object.assign(call, { query }));
    });
  },
};

it('uses every operation and option in at least 20 of 500 scripts', () => {
  const counts = countWords(alertmanagerTwin, scriptsOf(alertmanagerTwin, 500, options.seed));
  expect([...counts].filter(([, count]) => count < OCCURRENCES_MIN)).toEqual([]);
});

describe.skipIf(isLeftOut)(`beside ${program ?? 'an Alertmanager, which is not on this machine'}`, () => {
  let server: RecordedPlays<AlertmanagerStep>;
  beforeAll(async () => {
    server = new RecordedPlays(await alertmanagerTwin.start(program!));
  });
  afterAll(() => server.stop());

  it('answers 40 scripts as the server does', async () => {
    const comparison = await compare(alertmanagerTwin, server, options);
    expect(comparison.differences).toEqual([]);
    expect(agrees(comparison), JSON.stringify(comparison.unstable)).toBe(true);
    expect(comparison.scripts).toBe(options.scripts);
    // Fifteen seconds, as long as no play is late and has to be played again.
  }, 120_000);

  it.each(Object.entries(FAULTS))('does not answer as a model that %s', (_, plant) => {
    expect(server.found(alertmanagerTwin, plant)).toBeGreaterThan(0);
  });
});
