/**
 * A scenario: one experiment, as data. A question, typed parameters, variants of the same system, and for each variant
 * expectations that can fail. `system` wires components and does nothing else; the same definition runs in a worker of
 * the page, in Node and in a test.
 */
import type { Simulation } from '../kernel/simulation.ts';
import { END_OF_TIME, MILLISECOND, type Duration, type Time } from '../kernel/time.ts';
import type { RuleGroup } from '../observability/export/rule-file.ts';
import type { SignalDefinition } from '../statistics/signal.ts';
import { chartsProblem, shapeProblem } from './definition-shape.ts';
import type { Expectation } from './expectation.ts';
import type { InterventionData } from './intervention.ts';
import {
  checkParameter,
  checkValue,
  formatDuration,
  ParameterError,
  type Parameters,
  type ParameterValue,
  type ParameterValues,
  type ValuesOf,
} from './parameters.ts';
import { inWords } from './value-in-words.ts';

/** Rows of a series at most: a longer run has wider rows, so that its recording takes no more memory. */
const ROWS_MAX = 1200;

/**
 * What a variant is for: `pitfall` and its `remedy`, a `fault` (the same system under another failure), an
 * `alternative` (neither right nor wrong), a `control` (nothing should change, and that is shown).
 */
export type Role = (typeof ROLES)[number];

const ROLES = ['pitfall', 'remedy', 'fault', 'alternative', 'control'] as const;

/** A place on the topology's canvas, in units of one node card. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface ScenarioDefinition<P extends Parameters, Variant extends string> {
  /** Lower case words with hyphens; also the name of its files. */
  readonly id: string;
  /** The handbook's section: `1.7`. */
  readonly section: string;
  readonly title: string;
  /** The row of the handbook's index of pitfalls that it shows, where it shows one: `Synchronized expirations`. */
  readonly pitfall?: string;
  /** The question that the learner answers before running it. */
  readonly question: string;
  readonly params: P;
  /** What each variant sets: a part of the parameters. */
  readonly variants: Readonly<Record<Variant, Partial<ValuesOf<P>>>>;
  readonly roles: Readonly<Record<Variant, Role>>;
  /** Which pitfall each remedy repairs, by their variants; where there is one pitfall, that one without saying so. */
  readonly repairs?: { readonly [Remedy in NoInfer<Variant>]?: NoInfer<Variant> };
  readonly seed: number;
  readonly duration: Duration | ((params: ValuesOf<P>) => Duration);
  /** What summaries leave out at the start. */
  readonly warmUp: Duration;
  /** Width of a row of the series; a 300th of the duration without it. Much longer runs have wider rows. */
  readonly interval?: Duration;
  /** Where the page opens: the interesting moment. */
  readonly openAt: Time;
  /** Builds the system in a fresh simulation. */
  readonly system: (sim: Simulation, params: ValuesOf<P>) => void;
  /**
   * Parameters that can be set while the system runs as well, each by what is then done to whom: of a value, and of the
   * values that the run began with. What is not here holds for a whole run.
   */
  readonly whileRunning?: {
    readonly [Name in keyof P]?: (value: ValuesOf<P>[Name], began: ValuesOf<P>) => readonly Deed[];
  };
  /**
   * What may be done to a pitfall's system while it runs where it is an exercise, and how often, if that is otherwise than it
   * follows (`exercises/deeds.ts`): by action and component, or fleet of them (`cache` for `cache-1` …).
   */
  readonly exercises?: {
    readonly [Pitfall in NoInfer<Variant>]?: {
      readonly deeds?: readonly Pick<InterventionData, 'action' | 'target'>[];
      readonly deedsMax?: number;
    };
  };
  /** Signals of the scenario's own, beside those of its components. */
  readonly signals?: readonly SignalDefinition[];
  /** The alerts that its team has, as rules of Prometheus over what is exported of a run (`export/alert-rules.ts`). */
  readonly alerts?: (params: ValuesOf<P>) => readonly RuleGroup[];
  /** Signals that tell the story, in the order in which the page charts them; or those of a run with these values. */
  readonly charts: readonly string[] | ((params: ValuesOf<P>) => readonly string[]);
  /** Places of the components on the canvas, or of fleets (`broker` for `broker-1` …); laid out by layers without it. */
  readonly places?: Readonly<Record<string, Place>>;
  readonly expect: Readonly<Record<Variant, readonly Expectation[]>>;
}

/** Something done to a component, whenever it is. */
export type Deed = Omit<InterventionData, 'at'>;

/** A definition with the types of its parameters forgotten: what the catalogue holds. */
export type Scenario = ScenarioDefinition<Parameters, string>;

/** A definition that contradicts itself; the message names the field. */
export class ScenarioError extends Error {
  constructor(id: string, message: string) {
    super(`scenario ${id}: ${message}`);
    this.name = 'ScenarioError';
  }
}

/** Checks a definition and types its parameters; throws `ScenarioError`. */
export function defineScenario<const P extends Parameters, const Variant extends string>(
  definition: ScenarioDefinition<P, Variant>,
): Scenario {
  const scenario = (definition ?? {}) as unknown as Scenario;
  const id = typeof scenario.id === 'string' ? scenario.id : inWords(scenario.id);
  const problem = shapeProblem({ ...scenario }, ROLES);
  if (problem !== undefined) throw new ScenarioError(id, problem);
  try {
    for (const [name, parameter] of Object.entries(scenario.params)) checkParameter(name, parameter);
  } catch (error) {
    throw error instanceof ParameterError ? new ScenarioError(id, error.message) : error;
  }
  for (const name of Object.keys(scenario.variants)) {
    const values = resolveVariant(scenario, name);
    const duration = durationOf(scenario, values);
    const odd = chartsProblem(chartsOf(scenario, values));
    if (odd !== undefined) throw new ScenarioError(id, odd);
    const { openAt } = scenario;
    if (!(Number.isInteger(openAt) && openAt >= 0 && openAt < duration)) {
      throw new ScenarioError(
        id,
        `openAt: ${momentOf(openAt)} is not within the run, 0s to ${formatDuration(duration)}`,
      );
    }
  }
  return scenario;
}

/** The pitfall that a remedy repairs; undefined of any other variant. */
export function pitfallOf(
  { roles, repairs }: Pick<Scenario, 'roles' | 'repairs'>,
  variant: string,
): string | undefined {
  if (roles[variant] !== 'remedy') return undefined;
  const named = repairs !== undefined && Object.hasOwn(repairs, variant) ? repairs[variant] : undefined;
  return named ?? Object.keys(roles).find((other) => roles[other] === 'pitfall');
}

function resolveVariant(scenario: Scenario, variant: string): ParameterValues {
  try {
    return resolveParameters(scenario, variant, {});
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    throw new ScenarioError(scenario.id, `variants: ${variant}: ${error.message}`);
  }
}

/** What setting a parameter at an instant does to the system; undefined where it holds for a whole run. */
export function settingAt(
  { whileRunning }: Scenario,
  name: string,
  value: ParameterValue,
  began: ParameterValues,
  at: Time,
): InterventionData[] | undefined {
  const deeds = whileRunning && Object.hasOwn(whileRunning, name) ? whileRunning[name] : undefined;
  return deeds?.(value as never, began as never).map((deed) => ({ at, ...deed }));
}

/** All parameters' values: the defaults, over them the variant's, over them the given ones. */
export function resolveParameters(scenario: Scenario, variant: string, given: ParameterValues): ParameterValues {
  const values: Record<string, number | string | boolean> = {};
  const set = scenario.variants[variant];
  if (set === undefined || !Object.hasOwn(scenario.variants, variant)) {
    const names = Object.keys(scenario.variants).join(', ');
    throw new ScenarioError(scenario.id, `there is no variant ${variant}; there are ${names}`);
  }
  for (const [source, label] of [
    [set, `variant ${variant}`],
    [given, 'parameters'],
  ] as const) {
    for (const name of Object.keys(source)) {
      if (Object.hasOwn(scenario.params, name)) continue;
      const names = Object.keys(scenario.params).join(', ');
      throw new ScenarioError(scenario.id, `${label}: there is no parameter ${name}; there are ${names}`);
    }
  }
  for (const [name, parameter] of Object.entries(scenario.params)) {
    const source = [given, set].find((values) => Object.hasOwn(values, name) && values[name] !== undefined);
    values[name] = checkValue(name, parameter, source === undefined ? parameter.default : source[name]);
  }
  return values;
}

/** The signals that tell the story of a run with these values, in order. */
export const chartsOf = ({ charts }: Pick<Scenario, 'charts'>, params: ParameterValues): readonly string[] =>
  typeof charts === 'function' ? charts(params as never) : charts;

/** How long a run with these values takes, in simulated time; an error if that is not more than its warm-up. */
export function durationOf(scenario: Scenario, params: ParameterValues): Duration {
  const { duration, warmUp } = scenario;
  const length: unknown = typeof duration === 'function' ? duration(params as never) : duration;
  if (!isLength(length)) {
    const most = formatDuration(END_OF_TIME);
    throw new ScenarioError(
      scenario.id,
      `duration: ${momentOf(length)} is no length of a run; expected whole nanoseconds, 1ns to ${most}`,
    );
  }
  if (Number.isInteger(warmUp) && warmUp >= 0 && warmUp < length) return length;
  throw new ScenarioError(
    scenario.id,
    `warmUp: ${momentOf(warmUp)} is not within the run, 0s to ${formatDuration(length)}`,
  );
}

/**
 * The width of a row of the series: the scenario's own, or a 300th of the duration in whole milliseconds; doubled until
 * there are no more than 1,200 rows.
 */
export function intervalOf(scenario: Pick<Scenario, 'interval'>, duration: Duration): Duration {
  let interval = scenario.interval ?? Math.ceil(duration / 300 / MILLISECOND) * MILLISECOND;
  while (duration / interval > ROWS_MAX) interval *= 2;
  return interval;
}

const isLength = (value: unknown): value is Duration =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) <= END_OF_TIME;

const momentOf = (value: unknown): string =>
  Number.isFinite(value) ? formatDuration(value as number) : inWords(value);
