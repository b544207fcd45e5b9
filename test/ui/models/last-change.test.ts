/** What the reader's last change did, and against which run it is held. */
import { describe, expect, it } from 'vitest';
import circuitBreaker from '../../../scenarios/overload/circuit-breaker.ts';
import loadShedding from '../../../scenarios/overload/load-shedding.ts';
import { run } from '../../../sim-core/index.ts';
import { baseline, changeStory, outcomeOf, whatDiffers, type Outcome } from '../../../ui/models/last-change.ts';
import { defaultExperiment, type Experiment } from '../../../ui/models/experiment.ts';
import { slowedRun, smallScenario, undisturbedRun } from '../../../ui/specimens/small-run.ts';

const start: Experiment = { variant: 'none', changed: {}, seed: 1, interventions: [] };
const outcome = (some: Partial<Experiment>): Outcome => ({ experiment: { ...start, ...some }, signals: [] });

/** Runs one experiment after another, and tells against which the last one is held. */
function heldAgainst(...steps: readonly Partial<Experiment>[]): Experiment | undefined {
  let known: Outcome | undefined;
  steps.slice(1).forEach((step, i) => {
    known = baseline(known, outcome(steps[i]), { ...start, ...step });
  });
  return known?.experiment;
}

describe('the run that a change is held against', () => {
  it('is the one before it', () => {
    expect(heldAgainst({}, { variant: 'mutex' })).toEqual(start);
    expect(heldAgainst({}, { variant: 'mutex' }, { variant: 'mutex', changed: { rate: 5 } })).toMatchObject({
      variant: 'mutex',
      changed: {},
    });
  });

  it('stays while the same thing is changed again, as by a slider or from remedy to remedy', () => {
    expect(heldAgainst({}, { variant: 'mutex' }, { variant: 'lease' })).toEqual(start);
    expect(heldAgainst({}, { changed: { rate: 5 } }, { changed: { rate: 6 } }, { changed: { rate: 9 } })).toEqual(
      start,
    );
  });

  it('is none once all is as it was, and the same when the same is run again', () => {
    expect(heldAgainst({}, { variant: 'mutex' }, {})).toBeUndefined();
    expect(heldAgainst({}, { variant: 'mutex' }, { variant: 'mutex' })).toEqual(start);
    expect(heldAgainst({}, {})).toBeUndefined();
  });

  it('differs by its variant, its seed, what is done to it and parameters', () => {
    const done = [{ at: 0, action: 'slow', target: 'database' }];
    expect(whatDiffers(start, { variant: 'b', changed: { z: 1, a: 2 }, seed: 2, interventions: done })).toBe(
      'the variant, the seed, what is done, a, z',
    );
    expect(whatDiffers(start, { ...start, seed: '1' })).toBe('');
  });
});

describe('the story of a change', () => {
  it('says what was changed, and of the figures that moved most what they were and are', () => {
    const before = outcomeOf(defaultExperiment(smallScenario), undisturbedRun());
    const now = outcomeOf({ ...before.experiment, interventions: slowedRun().header.interventions }, slowedRun());
    const { what, figures } = changeStory(smallScenario, before, now);
    expect(what).toBe('slow database at 2s (factor 8)');
    expect(figures.map(({ label }) => label)).toEqual(['error ratio', 'connections', 'pending']);
    for (const { text } of figures) expect(text).toMatch(/^\S.* → \S/);
    expect(changeStory(smallScenario, before, before).figures).toEqual([]);
  });

  it('is of what the variants are held to, not of settings that only one of them has', () => {
    const [before, now] = (['none', 'priority-shed'] as const).map((variant) =>
      outcomeOf({ ...start, variant }, run(loadShedding, { variant })),
    );
    expect(changeStory(loadShedding, before, now).figures.map(({ label }) => label)).toEqual([
      'rush answered',
      'p99',
      'success ratio',
    ]);
  });

  it('is first of all of what went wrong before', () => {
    const of = (buyers: number, readers: number, degraded: number, variant: string): Outcome => ({
      experiment: { ...start, variant },
      signals: Object.entries({
        'buyers.errors': buyers,
        'readers.errors': readers,
        degraded,
        'recovery.time': degraded,
      }).map(([name, total]) => ({
        name: `shop.${name}`,
        kind: 'counter',
        unit: '{request}',
        help: '',
        summary: { total },
      })),
    });
    const { figures } = changeStory(
      circuitBreaker,
      of(3000, 2000, 0, 'none'),
      of(30, 10, 2000, 'breaker-and-fallback'),
    );
    expect(figures.map(({ label }) => label)).toContain('buyers errors');
    expect(figures[0].text).toBe('3,000 → 30');
  });

  it('calls no two figures the same', () => {
    const names = ['answers.core.success_ratio', 'answers.rest.success_ratio'];
    const shares = (mean: number): Outcome => ({
      experiment: start,
      signals: names.map((name) => ({ name, kind: 'ratio', unit: '1', help: '', summary: { mean } })),
    });
    expect(changeStory(loadShedding, shares(0.1), shares(0.9)).figures.map(({ label }) => label)).toEqual([
      'core success ratio',
      'rest success ratio',
    ]);
  });
});
