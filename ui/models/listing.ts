/**
 * What a list says of a scenario: the parts of its definition that are short plain data, by which it is found, ordered, and a picture
 * of it is asked for. The definition itself, and with it the engine, is needed by whoever opens the scenario alone.
 */
import { chartsOf, resolveParameters, type Scenario } from '../../sim-core/index.ts';

const LISTED = [
  'id',
  'section',
  'title',
  'pitfall',
  'question',
  'variants',
  'roles',
  'repairs',
  'seed',
] as const satisfies readonly (keyof Scenario)[];

export type ListedScenario = Pick<Scenario, (typeof LISTED)[number]> & {
  /** Those of the first variant's run. */
  readonly charts: readonly string[];
};

/** A line of the catalogue. */
export interface ListedEntry {
  readonly scenario: ListedScenario;
}

/** Copies what is listed of a definition. */
export function listed(scenario: Scenario): ListedScenario {
  const parts = Object.fromEntries(LISTED.map((name) => [name, scenario[name]])) as unknown as Pick<
    Scenario,
    (typeof LISTED)[number]
  >;
  const [first] = Object.keys(scenario.variants);
  return { ...parts, charts: chartsOf(scenario, resolveParameters(scenario, first, {})) };
}
