/** What `run` is asked to compute: the words of its options read, checked and named in every complaint. */
import {
  formatValue,
  InterventionError,
  ParameterError,
  parseDuration,
  parseIntervention,
  parseValue,
  Run,
  ScenarioError,
  type Budget,
  type InterventionData,
  type ParameterValue,
  type ParameterValues,
  type RunOptions,
  type Scenario,
  type Time,
} from '../../../sim-core/index.ts';
import { UsageError } from '../command.ts';
import type { LoadedScenario } from '../load-scenario.ts';
import { noSuch } from '../nearest.ts';

const SEEDS_MAX = 100_000;

/** The words as they stand on the command line. */
export interface PlanWords {
  readonly variant?: string;
  readonly seed?: string;
  readonly set?: readonly string[];
  readonly at?: readonly string[];
  readonly eventsMax?: string;
  readonly pendingMax?: string;
  readonly timeMax?: string;
}

export interface PlannedRun extends RunOptions {
  readonly seed: number;
}

/** Every run asked for, variant by variant, seed by seed; throws `UsageError`. */
export function planRuns({ scenario, definition }: LoadedScenario, words: PlanWords): PlannedRun[] {
  const all = Object.keys(scenario.variants);
  const { variant = 'all' } = words;
  if (variant !== 'all' && !all.includes(variant)) {
    throw new UsageError(`--variant: ${noSuch('variant', variant, all)}`);
  }
  const variants = variant === 'all' ? all : [variant];
  const seeds = words.seed === undefined ? [scenario.seed] : parseSeeds(words.seed);
  const shared = {
    params: parseSettings(scenario.params, words.set ?? []),
    interventions: (words.at ?? []).map(parseAt),
    definition,
    budget: budgetOf(words),
  };
  for (const name of variants) refuseWhatMakesAVariant(scenario, name, shared.params);
  // Before the first run, so that wrong input is not found between finished ones.
  for (const name of variants) probe(scenario, { ...shared, variant: name });
  return variants.flatMap((name) => seeds.map((seed) => ({ ...shared, variant: name, seed })));
}

/**
 * What a variant sets is what makes it that variant, and what its expectations are about: a run with another value
 * would be judged under a wrong name.
 */
function refuseWhatMakesAVariant(scenario: Scenario, variant: string, given: ParameterValues): void {
  const own = scenario.variants[variant] as ParameterValues;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(own, name) || own[name] === value) continue;
    const right = Object.keys(scenario.variants).filter((other) => scenario.variants[other][name] === value);
    const advice = right.length > 0 ? `; choose ${right.map((other) => `--variant ${other}`).join(' or ')}` : '';
    throw new UsageError(
      `--set ${name}=${formatValue(scenario.params[name], value)}: the variant ${variant} is the one with ` +
        `${name}=${formatValue(scenario.params[name], own[name])}${advice}`,
    );
  }
}

/** `7` or `1..20`. */
export function parseSeeds(text: string): number[] {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  const [from, to] = match === null ? [NaN, NaN] : [Number(match[1]), Number(match[2] ?? match[1])];
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) {
    throw new UsageError(`--seed: '${text}' is neither a whole number nor a range; expected 7 or 1..20`);
  }
  if (to < from) throw new UsageError(`--seed: the range ${text} runs backwards; expected ${to}..${from}`);
  if (to - from >= SEEDS_MAX) throw new UsageError(`--seed: ${text} is more than ${SEEDS_MAX} seeds`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** `['ttl=500ms', 'rate=2000']` as values of these parameters. */
export function parseSettings(params: Scenario['params'], settings: readonly string[]): ParameterValues {
  const values = new Map<string, ParameterValue>();
  for (const setting of settings) {
    const split = setting.indexOf('=');
    if (split < 1) throw new UsageError(`--set: '${setting}' is not NAME=VALUE; expected something like ttl=500ms`);
    const name = setting.slice(0, split);
    if (!Object.hasOwn(params, name)) {
      throw new UsageError(`--set ${setting}: ${noSuch('parameter', name, Object.keys(params))}`);
    }
    if (values.has(name)) throw new UsageError(`--set ${setting}: ${name} is set twice`);
    try {
      values.set(name, parseValue(name, params[name], setting.slice(split + 1)));
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      throw new UsageError(`--set ${setting}: ${error.message.replace(/^parameter [^:]*: /, '')}`);
    }
  }
  return Object.fromEntries(values);
}

function parseAt(text: string): InterventionData {
  try {
    return parseIntervention(text);
  } catch (error) {
    if (!(error instanceof InterventionError)) throw error;
    throw new UsageError(`--at: ${error.message}`);
  }
}

function budgetOf({ eventsMax, pendingMax, timeMax }: PlanWords): Partial<Budget> {
  return {
    ...(eventsMax !== undefined && { eventsMax: parseCount('--events-max', eventsMax) }),
    ...(pendingMax !== undefined && { pendingMax: parseCount('--pending-max', pendingMax) }),
    ...(timeMax !== undefined && { timeMax: parseTime('--time-max', timeMax) }),
  };
}

function parseTime(option: string, text: string): Time {
  const time = parseDuration(text);
  if (time !== undefined && time > 0) return time;
  throw new UsageError(`${option}: '${text}' is not a duration above 0, such as 90s or 10m`);
}

function parseCount(option: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count > 0 && Number.isSafeInteger(count)) return count;
  throw new UsageError(`${option}: '${text}' is not a whole number from 1 up`);
}

/** Builds a system once for what only a built one can tell, such as the target of an intervention. */
function probe(scenario: Scenario, options: RunOptions): void {
  try {
    void new Run(scenario, options);
  } catch (error) {
    if (error instanceof InterventionError) throw new UsageError(`--at: ${error.message}`);
    if (error instanceof ParameterError || error instanceof ScenarioError) throw new UsageError(error.message);
    // Anything else is an error of the system's own, which its run will meet again and report.
  }
}
