/**
 * What is wrong with a scenario's exercises. There a remedy's claims are held to the limits that they have for the remedy: the
 * pitfall, as it is given, must not reach them, and some number must say so. That every solution reaches them, on the pinned
 * seed and on others, is what the remedy's own expectations say.
 */
import {
  exercisesOf,
  isRefuted,
  pitfallOf,
  run,
  waysOf,
  type Scenario,
  type Trialled,
} from '../../../sim-core/index.ts';

/** Complaints about the exercise in which this run's variant is given, or that there is none; none of other variants. */
export function exerciseProblems(scenario: Scenario, trialled: Trialled): string[] {
  const { variant } = trialled.header;
  const exercise = exercisesOf(scenario).find(({ pitfall }) => pitfall === variant);
  if (exercise === undefined) {
    const remedies = Object.keys(scenario.variants).filter((other) => pitfallOf(scenario, other) === variant);
    if (remedies.length === 0) return [];
    const what = `${variant}: it is no exercise, for each remedy sets more than the design (${remedies.join(', ')})`;
    return [`${what}; expected one that does not, or of: 'design' or 'view' of what it sets`];
  }
  const isAsGiven = Object.keys(exercise.view).length === 0;
  const ways = waysOf(scenario, exercise, isAsGiven ? trialled : run(scenario, { variant, params: exercise.view }));
  const reached = ways.filter(({ solved }) => solved).map(({ remedy }) => remedy);
  if (reached.length > 0) {
    return [`${variant}: as an exercise it is solved as it is given, by the limits of ${reached.join(', ')}`];
  }
  const isTold = ways.some(({ goals }) => goals.some(isRefuted));
  return isTold ? [] : [`${variant}: as an exercise it has no goal that its run refutes by a number`];
}
