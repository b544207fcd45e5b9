/**
 * What the reader has chosen to run: a variant, the parameters changed over it, a seed, and what is done to the system
 * while it runs. Plain data, always valid, never changed in place.
 */
import {
  formatDuration,
  formatValue,
  pitfallOf,
  resolveParameters,
  settingAt,
  type InterventionData,
  type ParameterValue,
  type ParameterValues,
  type Scenario,
} from '../../sim-core/index.ts';

export interface Experiment {
  readonly variant: string;
  /** Only what differs from the variant's own values. */
  readonly changed: ParameterValues;
  readonly seed: number | string;
  /** In order of time. */
  readonly interventions: readonly InterventionData[];
}

export function defaultExperiment(scenario: Pick<Scenario, 'variants' | 'seed'>): Experiment {
  return { variant: Object.keys(scenario.variants)[0], changed: {}, seed: scenario.seed, interventions: [] };
}

/** The same with one more thing done to it; those of one instant stay in the order in which they were given. */
export function withIntervention(experiment: Experiment, intervention: InterventionData): Experiment {
  const { interventions } = experiment;
  const after = interventions.findIndex(({ at }) => at > intervention.at);
  return {
    ...experiment,
    interventions: interventions.toSpliced(after < 0 ? interventions.length : after, 0, intervention),
  };
}

export function withoutIntervention(experiment: Experiment, intervention: InterventionData): Experiment {
  return { ...experiment, interventions: experiment.interventions.filter((one) => one !== intervention) };
}

/** What is done when parameters are set at an instant, in their order; those that hold for a whole run do nothing. */
export function settingsAt(
  scenario: Scenario,
  experiment: Experiment,
  values: ParameterValues,
  at: number,
): InterventionData[] {
  const began = valuesOf(scenario, experiment);
  return Object.entries(values).flatMap(([name, value]) => settingAt(scenario, name, value, began, at) ?? []);
}

/** What was done, in words: `slow database at 10.3s (factor 4)`. */
export function interventionText({ at, action, target, args }: InterventionData): string {
  const values = Object.entries(args ?? {}).map(([name, value]) => `${name} ${value}`);
  return `${action} ${target} at ${formatDuration(at)}${values.length > 0 ? ` (${values.join(', ')})` : ''}`;
}

/**
 * The other side of the story: a pitfall's first remedy, a remedy's pitfall, anything else's first pitfall, or the variant
 * after it.
 */
export function contrast(
  scenario: Pick<Scenario, 'variants' | 'roles' | 'repairs'>,
  experiment: Experiment,
): Experiment {
  const { variant } = experiment;
  const names = Object.keys(scenario.variants);
  const other =
    scenario.roles[variant] === 'pitfall'
      ? names.find((name) => pitfallOf(scenario, name) === variant)
      : (pitfallOf(scenario, variant) ?? names.find((name) => scenario.roles[name] === 'pitfall'));
  const next = names[(names.indexOf(variant) + 1) % names.length];
  return { ...experiment, changed: {}, variant: other ?? next };
}

/** What `b` has that `a` has not, as one reads a sum: `+ single-flight, rate 2000/s, without flush at 12 s`. */
export function differenceText(scenario: Scenario, a: Experiment, b: Experiment): string {
  const said: string[] = [];
  if (a.variant !== b.variant) said.push(b.variant);
  const [before, now] = [valuesOf(scenario, a), valuesOf(scenario, b)];
  const own = (name: string): boolean =>
    a.variant !== b.variant && !Object.hasOwn(b.changed, name) && !Object.hasOwn(a.changed, name);
  for (const [name, parameter] of Object.entries(scenario.params)) {
    if (before[name] !== now[name] && !own(name)) said.push(`${name} ${formatValue(parameter, now[name])}`);
  }
  if (String(a.seed) !== String(b.seed)) said.push(`seed ${b.seed}`);
  const [done, doing] = [a, b].map(({ interventions }) => interventions.map(interventionText));
  said.push(
    ...doing.filter((text) => !done.includes(text)),
    ...done.filter((text) => !doing.includes(text)).map((text) => `no ${text}`),
  );
  return said.join(', ');
}

/** Another variant; what was changed stays changed, but for the parameters that the new variant itself sets. */
export function withVariant(scenario: Scenario, experiment: Experiment, variant: string): Experiment {
  const own = scenario.variants[variant];
  const kept = Object.entries(experiment.changed).filter(([name]) => !Object.hasOwn(own, name));
  return normalised(scenario, { ...experiment, variant, changed: Object.fromEntries(kept) });
}

export function withParameter(
  scenario: Scenario,
  experiment: Experiment,
  name: string,
  value: ParameterValue,
): Experiment {
  return normalised(scenario, { ...experiment, changed: { ...experiment.changed, [name]: value } });
}

export function withoutChange(experiment: Experiment, name: string): Experiment {
  const { [name]: _, ...changed } = experiment.changed;
  return { ...experiment, changed };
}

/** Every parameter's value. */
export function valuesOf(scenario: Scenario, { variant, changed }: Experiment): ParameterValues {
  return resolveParameters(scenario, variant, changed);
}

/** A seed as somebody typed it: whole numbers are numbers, anything else is a code word; undefined if empty. */
export function parseSeed(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return /^\d{1,15}$/.test(trimmed) ? Number(trimmed) : trimmed;
}

function normalised(scenario: Scenario, experiment: Experiment): Experiment {
  const own = resolveParameters(scenario, experiment.variant, {});
  const changed = Object.entries(experiment.changed).filter(([name, value]) => value !== own[name]);
  return { ...experiment, changed: Object.fromEntries(changed) };
}
