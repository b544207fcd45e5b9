/** What `run` computes, from the words of its options. */
import { expect, it } from 'vitest';
import { findScenario } from '../../../../scenarios/cli/load-scenario.ts';
import { parseSeeds, parseSettings, planRuns } from '../../../../scenarios/cli/run/plan.ts';
import { ms, SECOND } from '../../../../sim-core/index.ts';

const stampede = await findScenario('stampede');

it('is every variant with the seed of the scenario, unless told otherwise', () => {
  const plan = planRuns(stampede, {});
  expect(plan.map(({ variant }) => variant)).toEqual(Object.keys(stampede.scenario.variants));
  expect(new Set(plan.map(({ seed }) => seed))).toEqual(new Set([stampede.scenario.seed]));
  expect(plan[0].definition).toBe(stampede.definition);
  expect(planRuns(stampede, { variant: 'all' })).toEqual(plan);
});

it('goes variant by variant, seed by seed', () => {
  const words = { seed: '3..4', set: ['ttl=500ms'], at: ['1s:slow:database'], eventsMax: '7' };
  expect(planRuns(stampede, { variant: 'mutex', ...words })).toMatchObject(
    [3, 4].map((seed) => ({
      variant: 'mutex',
      seed,
      params: { ttl: ms(500) },
      interventions: [{ at: SECOND, action: 'slow', target: 'database' }],
      budget: { eventsMax: 7 },
    })),
  );
});

it('reads seeds and settings', () => {
  expect(parseSeeds('7')).toEqual([7]);
  expect(parseSeeds('7..7')).toEqual([7]);
  expect(parseSeeds('0..3')).toEqual([0, 1, 2, 3]);
  const { params } = stampede.scenario;
  expect(parseSettings(params, ['rate=2e3', 'hotShare=20%', 'ttl=1.5s', 'protection=mutex'])).toEqual({
    rate: 2000,
    hotShare: 0.2,
    ttl: 1.5 * SECOND,
    protection: 'mutex',
  });
});

it('refuses to give a variant what would make it another one', () => {
  const plan = (variant: string, set: string): unknown => planRuns(stampede, { variant, set: [set] });
  expect(() => plan('none', 'protection=mutex')).toThrow(
    '--set protection=mutex: the variant none is the one with protection=none; choose --variant mutex',
  );
  expect(() => plan('all', 'protection=mutex')).toThrow('choose --variant mutex');
  expect(plan('mutex', 'protection=mutex')).toHaveLength(1);
});
