/**
 * An exercise: a pitfall to be repaired, made of a scenario's definition alone. The learner is given the pitfall's system and
 * may set what a designer decides. The world (traffic, faults, hardware, how long is measured) is locked: with no traffic
 * every claim about failures would hold. It is solved when all that the scenario claims of one of the pitfall's remedies
 * holds of the learner's system, on the scenario's own seed and on others; nobody has to find the remedy by its name.
 *
 * A parameter is of the design where it says so, or, without a word, where some remedy of the scenario sets it otherwise
 * than the pitfall that it repairs. A remedy that needs another world is none to be found here. What only observes (a second
 * policy that is asked for the same requests, say) is neither: a remedy's claims are made of what it observes, so the exercise
 * observes the same from the start.
 */
import {
  isSameSetting,
  type Parameter,
  type Parameters,
  type ParameterValue,
  type ParameterValues,
} from '../parameters.ts';
import { pitfallOf, resolveParameters, type Scenario } from '../scenario.ts';

export interface Exercise {
  /** Its name: the variant that the learner is given. */
  readonly pitfall: string;
  /** The remedies that repair it by design alone, in the order of the definition; at least one. */
  readonly ways: readonly string[];
  /** The parameters that may be set, in the order of the definition; of choices, those of the pitfall's world. */
  readonly design: Parameters;
  /** What only observes, where the remedies have it otherwise than the pitfall's variant: every run of the exercise has it so. */
  readonly view: ParameterValues;
  /** So many of them may differ from the pitfall's values: as many as the widest remedy changes. */
  readonly changesMax: number;
  /** So much may be done to the system while it runs (`deeds.ts` says what): as many things as may be set, or what the definition says. */
  readonly deedsMax: number;
}

/** One for each pitfall that can be repaired by design, in the order of the definition. */
export function exercisesOf(scenario: Scenario): Exercise[] {
  const names = Object.keys(scenario.variants);
  const designed = designedBy(scenario);
  return names
    .filter((variant) => scenario.roles[variant] === 'pitfall')
    .flatMap((pitfall) => {
      const given = resolveParameters(scenario, pitfall, {});
      const design = Object.fromEntries(designed.map((name) => [name, within(scenario.params[name], given[name])]));
      const byDesign = names.filter(
        (variant) =>
          pitfallOf(scenario, variant) === pitfall && isDesign(changesOf(scenario, pitfall, variant), design),
      );
      if (byDesign.length === 0) return [];
      // Nobody observes in two ways at once: those that observe as the first does are to be found.
      const view = viewOf(scenario, pitfall, byDesign[0]);
      const ways = byDesign.filter((remedy) => isSameSetting(viewOf(scenario, pitfall, remedy), view));
      const widths = ways.map((remedy) => Object.keys(changesOf(scenario, pitfall, remedy)).length);
      const changesMax = Math.max(...widths);
      const deedsMax = scenario.exercises?.[pitfall]?.deedsMax ?? changesMax;
      return [{ pitfall, ways, design, view, changesMax, deedsMax }];
    });
}

/** Names of the parameters that are locked, the scenario's world, in the order of the definition. */
export function worldOf(scenario: Scenario, { design }: Exercise): string[] {
  return Object.keys(scenario.params).filter((name) => !Object.hasOwn(design, name));
}

/** What a remedy sets otherwise than the exercise's pitfall: a solution of it. */
export const solutionOf = (scenario: Scenario, { pitfall }: Exercise, remedy: string): ParameterValues =>
  changesOf(scenario, pitfall, remedy);

/** Names of the parameters that are of the design, whatever the exercise. */
function designedBy(scenario: Scenario): string[] {
  const set = new Set(
    Object.keys(scenario.variants).flatMap((variant) => {
      const pitfall = pitfallOf(scenario, variant);
      return pitfall === undefined ? [] : Object.keys(changesOf(scenario, pitfall, variant));
    }),
  );
  return Object.entries(scenario.params)
    .filter(([name, { of }]) => of === 'design' || (of === undefined && set.has(name)))
    .map(([name]) => name);
}

/** A parameter with those of its choices that belong to the world of a value. */
function within(parameter: Parameter, value: ParameterValue): Parameter {
  if (parameter.type !== 'choice' || parameter.worlds === undefined) return parameter;
  const choices = parameter.worlds.find((world) => world.includes(String(value))) ?? [];
  return { ...parameter, choices };
}

/** Whether all of these can be set by design. */
const isDesign = (changes: ParameterValues, design: Parameters): boolean =>
  Object.entries(changes).every(([name, value]) => {
    const parameter = Object.hasOwn(design, name) ? design[name] : undefined;
    return parameter !== undefined && (parameter.type !== 'choice' || parameter.choices.includes(String(value)));
  });

/** What a variant sets otherwise than another one, but for what only observes. */
const changesOf = (scenario: Scenario, from: string, to: string): ParameterValues =>
  differences(scenario, from, to, (name) => scenario.params[name].of !== 'view');

/** What only observes, and is otherwise in a variant than in another one. */
const viewOf = (scenario: Scenario, from: string, to: string): ParameterValues =>
  differences(scenario, from, to, (name) => scenario.params[name].of === 'view');

function differences(
  scenario: Scenario,
  from: string,
  to: string,
  isMeant: (name: string) => boolean,
): ParameterValues {
  const [before, after] = [from, to].map((variant) => resolveParameters(scenario, variant, {}));
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name] !== value && isMeant(name)));
}
