/**
 * The catalogue: every scenario's variants hold their expectations on the pinned seed and some others, every remedy is
 * told from its pitfall, claims are definite whatever the sliders say, components keep their invariants all along, charts
 * and guide are in order. `brownout check`
 * asks the same of twenty seeds; this is the part of it that fits every commit.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { GUIDE_HEADINGS } from '../../scenarios/cli/check/guide.ts';
import { RemedyTally } from '../../scenarios/cli/check/remedies.ts';
import { guideOf } from '../../scenarios/guides.ts';
import { catalogue } from '../../scenarios/index.ts';
import {
  chartsOf,
  componentsOf,
  judge,
  methodsOf,
  resolveParameters,
  Run,
  settingAt,
  Simulation,
  Trial,
  type ParameterValues,
  type Recording,
  type Trialled,
} from '../../sim-core/index.ts';

const SEEDS_BESIDE_THE_PINNED = 4;
const folder = fileURLToPath(new URL('../../scenarios', import.meta.url));

/** Files of definitions: `caching/stampede.ts`; the command line's, what all chapters share and learners' policies are not among them. */
const files = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['cli', 'application', 'own-policy'].includes(entry.name))
  .flatMap((entry) => readdirSync(join(folder, entry.name)).map((file) => join(folder, entry.name, file)));

/** Goes to the end, looking at the invariants every few thousand events. */
function watched<Watched extends Run | Trial>(run: Watched, which: string): Watched {
  let isOver = false;
  while (!isOver) {
    isOver = run.advance(5000);
    expect(run.violations(), `${which} at ${run.progress}`).toEqual([]);
  }
  return run;
}

it('holds every definition there is, each beside its guide, and no name twice', () => {
  const ids = catalogue.map(({ scenario }) => scenario.id);
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(ids.length);
  const definitions = files.filter((file) => file.endsWith('.ts'));
  expect(definitions.map((file) => basename(file, '.ts')).sort()).toEqual([...ids].sort());
  for (const file of definitions) {
    expect(existsSync(join(dirname(file), `${basename(file, '.ts')}.md`)), file).toBe(true);
  }
});

describe.each(catalogue.map((entry) => ({ id: entry.scenario.id, ...entry })))('$id', ({ scenario, definition }) => {
  const variants = Object.keys(scenario.variants);
  const pinned = new Map<string, Recording>();
  // All recordings of the catalogue together are some gigabytes.
  afterAll(() => pinned.clear());

  it('takes every parameter that it lets be set while it runs, whatever variant began', () => {
    const { openAt, whileRunning = {} } = scenario;
    for (const variant of variants) {
      const began = resolveParameters(scenario, variant, {});
      const interventions = Object.keys(whileRunning).flatMap(
        (name) => settingAt(scenario, name, began[name], began, openAt) ?? [],
      );
      // To make a run binds what is done to it, and refuses what no component takes.
      expect(() => new Run(scenario, { variant, interventions }), variant).not.toThrow();
      expect(interventions.length).toBeGreaterThanOrEqual(Object.keys(whileRunning).length);
    }
  });

  it('lets the rate of everyone who sends by the clock be set while it runs', () => {
    const { whileRunning = {} } = scenario;
    for (const variant of variants) {
      const began = resolveParameters(scenario, variant, {});
      const told = Object.keys(whileRunning).flatMap((name) => settingAt(scenario, name, began[name], began, 0) ?? []);
      const surged = told.flatMap(({ action, target }) => (action === 'surge' ? [target] : []));
      const sim = new Simulation({ seed: 1 });
      scenario.system(sim, began as never);
      const clocks = componentsOf(sim).flatMap((one) => (Object.hasOwn(one.interventions, 'surge') ? [one.name] : []));
      expect(surged.toSorted(), variant).toEqual(expect.arrayContaining(clocks));
    }
  });

  it.each(Array.from({ length: SEEDS_BESIDE_THE_PINNED + 1 }, (_, i) => scenario.seed + i))(
    'with seed %d every variant holds its expectations, and every remedy is told from its pitfall',
    (seed) => {
      // Of other seeds than the pinned one nothing but their signals is looked at.
      const trialled = new Map(
        variants.map((variant): [string, Trialled] => {
          const which = `${variant} seed ${seed}`;
          if (seed !== scenario.seed) {
            return [variant, watched(new Trial(scenario, { variant, seed }), which).finish()];
          }
          const recording = watched(new Run(scenario, { variant, seed }), which).finish();
          pinned.set(variant, recording);
          return [variant, recording];
        }),
      );
      const failed = [...trialled].flatMap(([variant, { expectations }]) =>
        expectations.filter(({ pass }) => !pass).map(({ text, actual }) => `${variant}: ${text}, measured ${actual}`),
      );
      expect(failed).toEqual([]);
      for (const [variant, { expectations }] of trialled) {
        expect(expectations, variant).toHaveLength(scenario.expect[variant].length);
      }
      const remedies = new RemedyTally(scenario);
      expect([...trialled.values()].flatMap((one) => remedies.add(one))).toEqual([]);
    },
  );

  it('claims nothing by default that no run could refute: what is counted is always at least 0', () => {
    for (const variant of variants) {
      const params = resolveParameters(scenario, variant, {});
      const empty = scenario.expect[variant].flatMap(({ claim }) =>
        claim?.bound === 'at least' && claim.measure.subject && claim.limit(params) <= 0 ? [claim.measure.text] : [],
      );
      const void_ = pinned.get(variant)!.expectations.filter(({ notClaimed }) => notClaimed !== undefined);
      expect([...empty, ...void_.map(({ text }) => text)], variant).toEqual([]);
    }
  });

  it('claims something definite at the ends of every slider, or says that it does not', () => {
    const ends = Object.fromEntries(
      Object.entries(scenario.params).flatMap(([name, parameter]) =>
        'min' in parameter ? [[name, fc.constantFrom(parameter.min, parameter.default, parameter.max)]] : [],
      ),
    );
    fc.assert(
      fc.property(fc.record(ends), fc.constantFrom(...variants), (given, variant) => {
        const params = resolveParameters(scenario, variant, given as ParameterValues);
        const { header, signals } = pinned.get(variant)!;
        for (const one of judge(scenario, variant, { header: { ...header, params }, signals })) {
          const { text, limit, notClaimed } = one;
          expect(
            notClaimed !== undefined || (Number.isFinite(limit) && limit >= 0),
            `${text} with ${JSON.stringify(given)}`,
          ).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('charts signals that every variant has, each once, and opens at a moment of the run', () => {
    expect(pinned.size).toBe(variants.length);
    for (const { header, signals } of pinned.values()) {
      const charts = chartsOf(scenario, header.params);
      expect(charts.length).toBeGreaterThan(0);
      expect(new Set(charts).size).toBe(charts.length);
      const names = signals.map(({ name }) => name);
      const curves = signals.map(({ point }) => point?.curve);
      expect(
        charts.filter((chart) => !names.includes(chart) && !curves.includes(chart)),
        header.variant,
      ).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
      expect(scenario.openAt).toBeLessThan(header.duration);
      expect(scenario.openAt).toBeGreaterThanOrEqual(header.warmUp);
    }
  });

  it('has something on each of its charts in at least one variant that has it', () => {
    const runs = [...pinned.values()].map(({ header, signals }) => ({
      signals,
      charts: chartsOf(scenario, header.params),
    }));
    for (const chart of new Set(runs.flatMap(({ charts }) => charts))) {
      const lit = runs.some(({ signals, charts }) => {
        if (!charts.includes(chart)) return false;
        const charted = signals.filter(({ name, point }) => name === chart || point?.curve === chart);
        return charted.some(({ columns }) =>
          Object.values(columns).some((column) => column.some((value) => value > 0)),
        );
      });
      expect(lit, chart).toBe(true);
    }
  });

  it('places no component that no variant has, and records every part of itself', () => {
    const all = new Set<string>();
    for (const { components, header } of pinned.values()) {
      const names = components.map(({ name }) => name);
      for (const name of names) all.add(name);
      for (const { calls } of components) for (const to of calls) expect(names, header.variant).toContain(to);
    }
    // Not every variant has all of them: regions have caches in one and stores in another. A fleet has a place by its stem.
    const named = new Set([...all, ...[...all].map((name) => name.replace(/-?\d+$/, ''))]);
    for (const name of Object.keys(scenario.places ?? {})) expect([...named]).toContain(name);
  });

  it('has every component by RED and USE: how often it was called or worked, and what it has a bounded amount of', () => {
    for (const recording of pinned.values()) {
      const { components, flows, header } = recording;
      const rows = methodsOf(recording);
      const named = rows.filter(({ kind }) => kind !== 'link').map(({ name }) => name);
      expect(named, header.variant).toEqual(components.map(({ name }) => name));
      for (const { name, kind, red, use, saturation } of rows) {
        const isCalled = flows.some(({ to, requests }) => to === name && requests.some((row) => row > 0));
        if (isCalled || kind === 'link') expect(red, `${header.variant}: ${name}`).toBeDefined();
        if (red !== undefined) {
          expect(red.rate, `${header.variant}: ${name}`).toBeGreaterThanOrEqual(0);
          expect(red.errors <= 1 || Number.isNaN(red.errors), `${header.variant}: ${name} ${red.errors}`).toBe(true);
        }
        for (const one of use) {
          expect(one.utilization, `${header.variant}: ${one.name}`).toBeGreaterThanOrEqual(0);
          expect(one.utilization, `${header.variant}: ${one.name}`).toBeLessThanOrEqual(1 + 1e-9);
        }
        if (['database', 'service'].includes(kind) && use.some((one) => one.name === `${name} pool`)) {
          expect(saturation).not.toBeNaN();
        }
      }
      // No capacity is nobody's.
      const owned = rows.flatMap(({ use }) => use.map((one) => one.name));
      expect(recording.measures!.capacities.map((one) => one.name).toSorted()).toEqual(owned.toSorted());
    }
  });

  it('has a guide with its headings, each with something under it, and a definition that is named by its hash', () => {
    const guide = guideOf(scenario.id);
    const headings = [...guide.matchAll(/^## +(.+?) *$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([...GUIDE_HEADINGS]);
    for (const section of guide.split(/^## .*$/m).slice(1)) expect(section.trim().length).toBeGreaterThan(20);
    expect(guide).toMatch(/^# \S/);
    expect(definition).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('is of some ten to hundred thousand events by default, so that a slider feels live and chance has room', () => {
    for (const { events } of pinned.values()) {
      expect(events.total).toBeGreaterThan(30_000);
      expect(events.total).toBeLessThan(500_000);
    }
  });
});
