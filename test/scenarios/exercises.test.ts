/**
 * The catalogue as exercises. Every pitfall with remedies is one, every solution is one that a learner could hand in, and
 * traffic, how long is measured and what observes are locked. The first exercise of each pitfall of the handbook's index, and
 * each whose remedies observe something else, is unsolved as given and solved by what its first remedy sets; of the others
 * `brownout check` says the former.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import {
  exercisesOf,
  freshAttempt,
  headlineOf,
  openAttempt,
  pitfallOf,
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

it('makes an exercise of every pitfall with remedies, all fourteen of the index among them', () => {
  const repaired = catalogue.flatMap(({ scenario }) => {
    const pitfalls = Object.keys(scenario.variants).map((variant) => pitfallOf(scenario, variant));
    return [...new Set(pitfalls)].flatMap((pitfall) => (pitfall === undefined ? [] : [`${scenario.id} ${pitfall}`]));
  });
  const made = catalogue.flatMap(({ scenario }) =>
    exercisesOf(scenario).map(({ pitfall }) => `${scenario.id} ${pitfall}`),
  );
  expect(made.toSorted()).toEqual(repaired.toSorted());
  expect(index.filter(({ scenario }) => exercisesOf(scenario).length > 0)).toHaveLength(14);
});

it('locks rates of traffic, how long is measured, and what only observes', () => {
  const open = catalogue.flatMap(({ scenario }) =>
    exercisesOf(scenario).flatMap(({ design }) =>
      Object.entries(design).flatMap(([name, { type, of }]) =>
        type === 'rate' || name === 'length' || of === 'view' ? [`${scenario.id} ${name}`] : [],
      ),
    ),
  );
  expect(open).toEqual([]);
});

const worked = catalogue.flatMap(({ scenario }) =>
  exercisesOf(scenario).flatMap((exercise, place) => {
    const isOfIndex = scenario.pitfall !== undefined && place === 0;
    const isSeenOtherwise = Object.keys(exercise.view).length > 0;
    return isOfIndex || isSeenOtherwise ? [[scenario.id, exercise.pitfall, scenario, exercise] as const] : [];
  }),
);

describe.each(worked)('%s %s', (_, pitfall, scenario, exercise) => {
  const fared = (params: ParameterValues) =>
    waysOf(scenario, exercise, trialled(scenario, { variant: pitfall, params: { ...exercise.view, ...params } }));

  it('is unsolved as given, and solved by what a remedy sets', () => {
    const given = fared({});
    expect(given.filter(({ solved }) => solved)).toEqual([]);
    expect(headlineOf(scenario, exercise, given).measure.text).not.toBe('');
    const [remedy] = exercise.ways;
    expect(
      fared(solutionOf(scenario, exercise, remedy)).find((way) => way.remedy === remedy)?.goals,
    ).not.toContainEqual(expect.objectContaining({ pass: false }));
  });
});
