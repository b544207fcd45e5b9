/** A design of an exercise: what is set over the pitfall's values, and what is done while it runs; as an experiment and in words. */
import {
  formatValue,
  isSameSetting,
  resolveParameters,
  worldOf,
  type Exercise,
  type ParameterValues,
  type Scenario,
  type Try,
} from '../../sim-core/index.ts';
import { interventionText, type Experiment } from './experiment.ts';

export type Design = Pick<Try, 'params' | 'interventions'>;

/** The run of a design. */
export function experimentOfDesign(
  { pitfall: variant, view }: Exercise,
  { params, interventions = [] }: Design,
  seed: number,
): Experiment {
  return { variant, changed: { ...view, ...params }, seed, interventions };
}

export const isSameDesign = (a: Design, b: Design): boolean =>
  isSameSetting(a.params, b.params) && JSON.stringify(a.interventions ?? []) === JSON.stringify(b.interventions ?? []);

/** `isBounded true, handOver block`; `as given` of nothing. */
export function settingsText(scenario: Scenario, params: ParameterValues): string {
  const said = Object.entries(params).map(([name, value]) => `${name} ${formatValue(scenario.params[name], value)}`);
  return said.join(', ') || 'as given';
}

/** The same with what is done while it runs: `as given; flush cache-1 at 12.3 s`. */
export const designText = (scenario: Scenario, { params, interventions = [] }: Design): string =>
  [settingsText(scenario, params), ...interventions.map(interventionText)].join('; ');

/** What is locked, with its value. */
export function lockedText(scenario: Scenario, exercise: Exercise): string {
  const values = resolveParameters(scenario, exercise.pitfall, exercise.view);
  return worldOf(scenario, exercise)
    .map((name) => `${name} ${formatValue(scenario.params[name], values[name])}`)
    .join(', ');
}
