/** One try of an attempt's file: what it sets and does is of the exercise's design, within its budgets, or it is refused. */
import { InterventionError, type InterventionData } from '../intervention.ts';
import { checkValue, formatValue, ParameterError, type ParameterValue, type ParameterValues } from '../parameters.ts';
import { resolveParameters, type Scenario } from '../scenario.ts';
import { AttemptError, isCount, isFields, noOthers, readDigest, wrong, type Fields } from './attempt-fields.ts';
import { checkDeeds, DeedError } from './deeds.ts';
import type { Exercise } from './exercise.ts';
import { FORETOLD, type Foretold } from './goals.ts';

/** A design that was run, on the attempt's seed. */
export interface Try {
  /** What differs from the pitfall's own values. */
  readonly params: ParameterValues;
  /** What was done to the system while it ran, in order of time; absent where nothing was. */
  readonly interventions?: readonly InterventionData[];
  readonly foretold?: Foretold;
  readonly digest: string;
}

/** Reads a try; throws `AttemptError`. */
export function readTry(value: unknown, field: string, scenario: Scenario, exercise: Exercise): Try {
  if (!isFields(value)) throw wrong(field, value, 'an object with params and digest');
  noOthers(value, ['params', 'interventions', 'foretold', 'digest'], `${field}.`);
  const { params, interventions = [], foretold, digest } = value;
  if (!isFields(params)) throw wrong(`${field}.params`, params, 'an object of parameters');
  if (foretold !== undefined && !FORETOLD.includes(foretold as Foretold)) {
    throw wrong(`${field}.foretold`, foretold, `one of ${FORETOLD.join(', ')}, or to be left out`);
  }
  const changed = readDesign(params, `${field}.params`, scenario, exercise);
  if (!Array.isArray(interventions)) {
    throw wrong(`${field}.interventions`, interventions, 'a list of what was done, or to be left out');
  }
  const done = interventions.map((one: unknown, place) => readDeed(one, `${field}.interventions[${place}]`));
  try {
    checkDeeds(scenario, exercise, changed, done);
  } catch (error) {
    if (!(error instanceof DeedError || error instanceof InterventionError)) throw error;
    throw new AttemptError(`${field}.interventions: ${error.message}`);
  }
  return {
    params: changed,
    ...(done.length > 0 && { interventions: done }),
    ...(foretold !== undefined && { foretold: foretold as Foretold }),
    digest: readDigest(digest, `${field}.digest`),
  };
}

/** What was done, as data; whether the system takes it is asked of the system. */
function readDeed(value: unknown, field: string): InterventionData {
  if (!isFields(value)) throw wrong(field, value, 'an object with at, action, target and args');
  noOthers(value, ['at', 'action', 'target', 'args'], `${field}.`);
  const { at, action, target, args = {} } = value;
  if (!isCount(at, Number.MAX_SAFE_INTEGER)) throw wrong(`${field}.at`, at, 'whole nanoseconds from the start');
  if (typeof action !== 'string') throw wrong(`${field}.action`, action, 'what was done');
  if (typeof target !== 'string') throw wrong(`${field}.target`, target, 'the name of a component');
  const numbers = isFields(args) && Object.values(args).every((one) => typeof one === 'number');
  if (!numbers) throw wrong(`${field}.args`, args, 'numbers by name, or to be left out');
  return { at, action, target, ...(Object.keys(args).length > 0 && { args: args as Record<string, number> }) };
}

/** What is set: of the design alone, by values that are there, and no more of them than are allowed. */
function readDesign(given: Fields, field: string, scenario: Scenario, exercise: Exercise): ParameterValues {
  const { pitfall, design, view, changesMax } = exercise;
  const own = resolveParameters(scenario, pitfall, view);
  const names = Object.keys(design).join(', ');
  const changed: Record<string, ParameterValue> = {};
  for (const [name, value] of Object.entries(given)) {
    const where = `${field}.${name}`;
    if (!Object.hasOwn(scenario.params, name)) {
      throw new AttemptError(`${where}: there is no parameter ${name}; expected one of ${names}`);
    }
    if (!Object.hasOwn(design, name)) {
      const locked = formatValue(scenario.params[name], own[name]);
      throw new AttemptError(
        `${where}: ${name} is of the world, which is locked at ${locked}; expected one of ${names}`,
      );
    }
    try {
      const checked = checkValue(name, design[name], value);
      if (checked !== own[name]) changed[name] = checked;
    } catch (error) {
      throw error instanceof ParameterError ? new AttemptError(`${where}: ${error.message}`) : error;
    }
  }
  const count = Object.keys(changed).length;
  if (count <= changesMax) return changed;
  throw new AttemptError(`${field}: ${count} settings differ from the pitfall's; expected at most ${changesMax}`);
}
