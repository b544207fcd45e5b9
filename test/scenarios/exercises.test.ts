/**
 * The catalogue as exercises. Every solution is one that a learner could hand in; and of the pitfalls of the handbook's index
 * each, as given, is unsolved, is solved by what its remedies set, and has its traffic and its length locked.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import {
  exercisesOf,
  freshAttempt,
  headlineOf,
  openAttempt,
  readAttempt,
  resolveParameters,
  solutionOf,
  waysOf,
  worldOf,
  writeAttempt,
  type Exercise,
  type ParameterValues,
  type Scenario,
} from '../../sim-core/index.ts';
import { trialled } from './trials.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const index = catalogue.filter(({ scenario }) => scenario.pitfall !== undefined);

/** Reads a file in which this was tried. */
function readTry(scenario: Scenario, exercise: Exercise, params: ParameterValues): ParameterValues {
  const attempt = { ...freshAttempt(scenario, '', exercise), tries: [{ params, digest: DIGEST }] };
  return readAttempt(openAttempt(writeAttempt(attempt)).fields, scenario).tries[0].params;
}

it.each(catalogue.map(({ scenario }) => [scenario.id, scenario] as const))(
  '%s can be handed in by every solution, and no change of its world can',
  (_, scenario) => {
    for (const exercise of exercisesOf(scenario)) {
      for (const remedy of exercise.ways) {
        const solution = solutionOf(scenario, exercise, remedy);
        expect(readTry(scenario, exercise, solution)).toEqual(solution);
      }
      const given = resolveParameters(scenario, exercise.pitfall, {});
      for (const name of worldOf(scenario, exercise)) {
        expect(() => readTry(scenario, exercise, { [name]: given[name] })).toThrow(`${name} is of the world`);
      }
    }
  },
);

it('makes an exercise of all fourteen pitfalls of the index', () => {
  expect(index).toHaveLength(14);
  expect(index.filter(({ scenario }) => exercisesOf(scenario).length === 0)).toEqual([]);
});

describe.each(index.map(({ scenario }) => [scenario.id, scenario] as const))('%s', (_, scenario) => {
  const [exercise] = exercisesOf(scenario);
  const fared = (params: ParameterValues) =>
    waysOf(scenario, exercise, trialled(scenario, { variant: exercise.pitfall, params }));

  it('is unsolved as given, and solved by what a remedy sets', () => {
    const given = fared({});
    expect(given.filter(({ solved }) => solved)).toEqual([]);
    expect(headlineOf(scenario, exercise, given).measure.text).not.toBe('');
    const [remedy] = exercise.ways;
    expect(
      fared(solutionOf(scenario, exercise, remedy)).find((way) => way.remedy === remedy)?.goals,
    ).not.toContainEqual(expect.objectContaining({ pass: false }));
  });

  it('locks how much traffic there is, and how long is measured', () => {
    const traffic = Object.entries(scenario.params).flatMap(([name, { type }]) => (type === 'rate' ? [name] : []));
    expect(worldOf(scenario, exercise)).toEqual(expect.arrayContaining(traffic.filter((name) => /rate$/i.test(name))));
    if ('length' in scenario.params) expect(worldOf(scenario, exercise)).toContain('length');
  });
});
