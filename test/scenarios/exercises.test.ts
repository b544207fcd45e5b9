/**
 * The catalogue as exercises. Every pitfall with remedies is one, every solution is one that a learner could hand in, and
 * traffic, how long is measured and what observes are locked. The first exercise of each pitfall of the handbook's index, and
 * each whose remedies observe something else, is unsolved as given and solved by what its first remedy sets; of the others
 * `brownout check` says the former.
 */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import {
  checkDeeds,
  deedsOffered,
  exercisesOf,
  freshAttempt,
  headlineOf,
  openAttempt,
  pitfallOf,
  readAttempt,
  resolveParameters,
  Simulation,
  solutionOf,
  waysOf,
  worldOf,
  writeAttempt,
  type Exercise,
  type ParameterValues,
  type Scenario,
} from '../../sim-core/index.ts';
import { componentsOf } from '../../sim-core/network/component.ts';
import { interventionsOf } from '../../sim-core/network/partition.ts';
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
        const solved = resolveParameters(scenario, exercise.pitfall, { ...exercise.view, ...solution });
        expect(solved).toEqual(resolveParameters(scenario, remedy, {}));
      }
      const given = resolveParameters(scenario, exercise.pitfall, {});
      for (const name of worldOf(scenario, exercise)) {
        expect(() => readTry(scenario, exercise, { [name]: given[name] })).toThrow(`${name} is of the world`);
      }
    }
  },
);

it('locks whatever the world does to a system: no attempt crashes, slows, cuts off or floods anything', () => {
  const WORLDS = /^(crash|kill|slow|fail|partition|reconnect|surge|move|poison|mend|restart|isolate|outage|silence)$/;
  const offered = catalogue.flatMap(({ scenario }) =>
    exercisesOf(scenario).flatMap((exercise) =>
      deedsOffered(scenario, exercise).map(({ action }) => `${scenario.id} ${exercise.pitfall} ${action}`),
    ),
  );
  expect(offered.filter((deed) => WORLDS.test(deed.split(' ')[2]))).toEqual([]);
  expect(new Set(offered.map((deed) => deed.split(' ')[2]))).toContain('flush');

  const { scenario } = catalogue.find((entry) => entry.scenario.id === 'dlq-growth')!;
  const [exercise] = exercisesOf(scenario);
  const sim = new Simulation({ seed: scenario.seed });
  scenario.system(sim, resolveParameters(scenario, exercise.pitfall, {}) as never);
  const own = deedsOffered(scenario, exercise).map(({ action, target }) => `${action} ${target}`);
  for (const component of componentsOf(sim)) {
    for (const action of Object.keys(interventionsOf(sim, component))) {
      const done = [{ at: 1e9, action, target: component.name }];
      const check = () => checkDeeds(scenario, exercise, {}, done);
      if (own.includes(`${action} ${component.name}`)) expect(check).not.toThrow();
      else expect(check).toThrow(`to ${action} ${component.name} is of the world, which is locked; expected one of: `);
    }
  }
});

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
    expect(headlineOf(scenario, given)).toBeDefined();
    const [remedy] = exercise.ways;
    expect(
      fared(solutionOf(scenario, exercise, remedy)).find((way) => way.remedy === remedy)?.goals,
    ).not.toContainEqual(expect.objectContaining({ pass: false }));
  });
});
