/**
 * What is wrong with a scenario's exercises. There a remedy's claims are held to the limits that they have for the remedy: the
 * pitfall, as it is given, must not reach them, on whatever seed, and some number must say so. A solution is the pitfall's
 * system with what a remedy sets, and must be the remedy's very own: then that every solution reaches its goals, on the
 * pinned seed and on others, is what the remedy's own expectations say. What a definition offers to be done must be there to
 * be done.
 */
import {
  deedsOffered,
  exercisesOf,
  fleetOf,
  isRefuted,
  isSameSetting,
  pitfallOf,
  resolveParameters,
  solutionOf,
  Trial,
  waysOf,
  type Exercise,
  type Scenario,
  type Trialled,
} from '../../../sim-core/index.ts';

/** Complaints about the exercise in which this run's variant is given, or that there is none; none of other variants. */
export function exerciseProblems(scenario: Scenario, trialled: Trialled): string[] {
  const { variant, seed } = trialled.header;
  const exercise = exercisesOf(scenario).find(({ pitfall }) => pitfall === variant);
  if (exercise === undefined) {
    const remedies = Object.keys(scenario.variants).filter((other) => pitfallOf(scenario, other) === variant);
    if (remedies.length === 0) return [];
    const what = `${variant}: it is no exercise, for each remedy sets more than the design (${remedies.join(', ')})`;
    return [`${what}; expected one that does not, or of: 'design' or 'view' of what it sets`];
  }
  return [
    ...starterProblems(scenario, exercise, trialled),
    ...(seed === scenario.seed ? [...solutionProblems(scenario, exercise), ...deedProblems(scenario, exercise)] : []),
  ];
}

function starterProblems(scenario: Scenario, exercise: Exercise, trialled: Trialled): string[] {
  const { variant, seed } = trialled.header;
  const isAsGiven = Object.keys(exercise.view).length === 0;
  const ways = waysOf(scenario, exercise, isAsGiven ? trialled : asGiven(scenario, exercise, seed));
  const where = seed === scenario.seed ? variant : `${variant} seed ${seed}`;
  const reached = ways.filter(({ solved }) => solved).map(({ remedy }) => remedy);
  if (reached.length > 0) {
    return [`${where}: as an exercise it is solved as it is given, by the limits of ${reached.join(', ')}`];
  }
  const isTold = ways.some(({ goals }) => goals.some(isRefuted));
  return isTold ? [] : [`${where}: as an exercise it has no goal that its run refutes by a number`];
}

/** The pitfall's system with what observes as the remedies have it. */
function asGiven(scenario: Scenario, { pitfall: variant, view: params }: Exercise, seed: number | string): Trialled {
  const trial = new Trial(scenario, { variant, params, seed });
  while (!trial.advance(Infinity));
  return trial.finish();
}

function solutionProblems(scenario: Scenario, exercise: Exercise): string[] {
  const { pitfall, ways, view } = exercise;
  const other = ways.filter((remedy) => {
    const solution = resolveParameters(scenario, pitfall, { ...view, ...solutionOf(scenario, exercise, remedy) });
    return !isSameSetting(solution, resolveParameters(scenario, remedy, {}));
  });
  return other.map((remedy) => `${pitfall}: its exercise with what ${remedy} sets is another system than ${remedy}`);
}

function deedProblems(scenario: Scenario, exercise: Exercise): string[] {
  const { deeds = [] } = scenario.exercises?.[exercise.pitfall] ?? {};
  const offered = deedsOffered(scenario, exercise);
  return deeds
    .filter(
      ({ action, target }) =>
        !offered.some((deed) => deed.action === action && [deed.target, fleetOf(deed.target)].includes(target)),
    )
    .map(({ action, target }) => `exercises: ${exercise.pitfall}: nothing takes ${action} ${target}`);
}
