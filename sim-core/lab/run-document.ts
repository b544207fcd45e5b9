/**
 * A run as a document: its input, and the digest of what came of it. It is what a link and a `.run.json` file hold, so
 * that whoever opens one can compute the run again and know whether it is the same.
 *
 * ```json
 * { "brownout": 1, "engine": "0.1.0", "scenario": "stampede", "definition": "sha256:…", "variant": "none", "seed": 1,
 *   "params": { "rate": 2000 }, "interventions": [{ "at": 12000000000, "action": "slow", "target": "database" }],
 *   "digest": "sha256:…", "trail": "…" }
 * ```
 *
 * Names and units are those of a recording's header, but `params` holds only what differs from the variant's own values.
 * Documents come from strangers: whatever is wrong in one is left out, its default stands in, and a complaint says what
 * was ignored and what would be right. `brownout` is the version of this form; older ones are brought up to it, one
 * version after the other.
 */
import { Simulation } from '../kernel/simulation.ts';
import { bindInterventions, InterventionError, type InterventionData } from './intervention.ts';
import { checkValue, ParameterError, type ParameterValues } from './parameters.ts';
import { inWords } from './value-in-words.ts';
import { durationOf, resolveParameters, ScenarioError, type Scenario } from './scenario.ts';
import { isTrail } from './trail.ts';
import { ENGINE_VERSION } from './version.ts';

/** What a run is computed from, apart from the scenario. */
export interface RunInput {
  readonly variant: string;
  readonly seed: number | string;
  /** Over the variant's own values. */
  readonly params: ParameterValues;
  readonly interventions: readonly InterventionData[];
}

/** One of the runs of a document: its input, and what tells whether it was computed again. */
export interface DocumentedRun extends RunInput {
  /** Undefined where the document does not hold a sound one. */
  readonly digest: string | undefined;
  readonly trail: string | undefined;
}

export interface RunDocument extends DocumentedRun {
  readonly engine: string;
  readonly scenario: string;
  /** Empty where it was not known. */
  readonly definition: string;
}

/** Something in a document that was ignored. */
export interface Complaint {
  /** Where: `params.rate`, `interventions[2]`. */
  readonly field: string;
  /** What is wrong with it, and what would be right. */
  readonly message: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/** Brings a document of one version to the form of the next. */
export type Migration = (document: Fields) => Fields;

/** The first turns version 1 into version 2, and so on; there is only version 1 so far. */
const MIGRATIONS: readonly Migration[] = [];

/** The document is none at all, or of a version that this one cannot read. */
export class RunDocumentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RunDocumentError';
  }
}

/** The document as an object that can be written as JSON; `more` holds fields of whoever writes it. */
export function writeRunDocument(document: RunDocument, more: Fields = {}): Fields {
  const { engine, scenario, definition, ...run } = document;
  return { brownout: MIGRATIONS.length + 1, engine, scenario, definition, ...run, ...more };
}

/** A parsed document in the form of this version; throws `RunDocumentError`. Nothing but its version is judged. */
export function upgradeDocument(document: unknown, migrations = MIGRATIONS): Fields {
  if (!isFields(document)) throw new RunDocumentError(`it is ${inWords(document)}; expected a run of Brownout`);
  const newest = migrations.length + 1;
  const version = document.brownout;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new RunDocumentError(`its version, brownout, is ${inWords(version)}; expected a number from 1 to ${newest}`);
  }
  if (version > newest) {
    throw new RunDocumentError(`it has version ${version}, of a newer Brownout; this one reads up to ${newest}`);
  }
  const upgraded = migrations.slice(version - 1).reduce((fields, migrate) => migrate(fields), document);
  return { ...upgraded, brownout: newest };
}

const KNOWN = ['brownout', 'engine', 'scenario', 'definition'];
const KNOWN_OF_RUN = ['variant', 'seed', 'params', 'interventions', 'digest', 'trail'];

/** Reads an upgraded document of this scenario; `others` are fields that somebody else reads. */
export function readRunDocument(
  fields: Fields,
  scenario: Scenario,
  others: readonly string[] = [],
): { readonly document: RunDocument; readonly complaints: readonly Complaint[] } {
  const { run, complaints } = readRun(fields, scenario, '', [...KNOWN, ...others]);
  const text = (field: string, form: RegExp, expected: string, otherwise: string): string => {
    const value = fields[field];
    if (typeof value === 'string' && form.test(value)) return value;
    if (value !== undefined) complaints.push(complaint(field, value, expected));
    return otherwise;
  };
  const document = {
    engine: text('engine', /^.{1,40}$/, 'a version such as 0.1.0', ENGINE_VERSION),
    scenario: scenario.id,
    definition: text('definition', /^(sha256:[0-9a-f]{64})?$/, 'sha256: and 64 hexadecimal digits', ''),
    ...run,
  };
  return { document, complaints };
}

/** Reads one run's fields; `prefix` stands before the names of fields in complaints. */
export function readRun(
  fields: Fields,
  scenario: Scenario,
  prefix = '',
  others: readonly string[] = [],
): { readonly run: DocumentedRun; readonly complaints: Complaint[] } {
  const complaints: Complaint[] = [];
  const wrong = (field: string, value: unknown, expected: string): void => {
    complaints.push(complaint(prefix + field, value, expected));
  };
  for (const field of Object.keys(fields)) {
    if ([...KNOWN_OF_RUN, ...others].includes(field)) continue;
    complaints.push({ field: prefix + field, message: 'there is no such field' });
  }
  const variants = Object.keys(scenario.variants);
  const isVariant = typeof fields.variant === 'string' && variants.includes(fields.variant);
  if (!isVariant) wrong('variant', fields.variant, `one of ${variants.join(', ')}`);
  const variant = isVariant ? (fields.variant as string) : variants[0];
  const isSeed = isWholeNumber(fields.seed) || (typeof fields.seed === 'string' && /^.{1,100}$/.test(fields.seed));
  if (!isSeed) wrong('seed', fields.seed, 'a whole number or a word');
  const seed = isSeed ? (fields.seed as number | string) : scenario.seed;
  const params = readParams(fields.params ?? {}, scenario, variant, prefix, complaints);
  const input = { variant, seed, params };
  const interventions = readInterventions(fields.interventions ?? [], scenario, input, prefix, complaints);
  const isDigest = typeof fields.digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(fields.digest);
  if (!isDigest) wrong('digest', fields.digest, 'sha256: and 64 hexadecimal digits');
  if (fields.trail !== undefined && !isTrail(fields.trail)) wrong('trail', fields.trail, '96 hexadecimal digits');
  const digest = isDigest ? (fields.digest as string) : undefined;
  const trail = isTrail(fields.trail) ? fields.trail : undefined;
  return { run: { ...input, interventions, digest, trail }, complaints };
}

function readParams(
  given: unknown,
  scenario: Scenario,
  variant: string,
  prefix: string,
  complaints: Complaint[],
): ParameterValues {
  if (!isFields(given)) {
    complaints.push(complaint(`${prefix}params`, given, 'an object of parameters'));
    return {};
  }
  const own = resolveParameters(scenario, variant, {});
  const params: Record<string, number | string | boolean> = {};
  for (const [name, value] of Object.entries(given)) {
    const field = `${prefix}params.${name}`;
    if (!Object.hasOwn(scenario.params, name)) {
      const names = Object.keys(scenario.params).join(', ');
      complaints.push({ field, message: `there is no parameter ${name}; there are ${names}` });
      continue;
    }
    try {
      const checked = checkValue(name, scenario.params[name], value);
      if (checked !== own[name]) params[name] = checked;
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      complaints.push({ field, message: error.message });
    }
  }
  try {
    durationOf(scenario, { ...own, ...params });
    return params;
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    complaints.push({ field: `${prefix}params`, message: `together they make no run: ${error.message}` });
    return {};
  }
}

function readInterventions(
  given: unknown,
  scenario: Scenario,
  { variant, seed, params }: Omit<RunInput, 'interventions'>,
  prefix: string,
  complaints: Complaint[],
): InterventionData[] {
  if (!Array.isArray(given)) {
    complaints.push(complaint(`${prefix}interventions`, given, 'a list'));
    return [];
  }
  if (given.length === 0) return [];
  // Only the system itself knows what can be done to it.
  const sim = new Simulation({ seed });
  const values = resolveParameters(scenario, variant, params);
  scenario.system(sim, values as never);
  const end = durationOf(scenario, values);
  const read = given.flatMap((one: unknown, index) => {
    const field = `${prefix}interventions[${index}]`;
    if (!isIntervention(one)) {
      complaints.push(complaint(field, one, 'an object with at, action, target and perhaps args'));
      return [];
    }
    try {
      return bindInterventions(sim, [one], end).map(({ data }) => data);
    } catch (error) {
      if (!(error instanceof InterventionError)) throw error;
      complaints.push({ field, message: error.message });
      return [];
    }
  });
  return read.toSorted((a, b) => a.at - b.at);
}

function isIntervention(value: unknown): value is InterventionData {
  if (!isFields(value)) return false;
  const { at, action, target, args, ...rest } = value;
  const areArgs = args === undefined || (isFields(args) && Object.values(args).every(Number.isFinite));
  const areTexts = typeof action === 'string' && typeof target === 'string';
  return typeof at === 'number' && areTexts && areArgs && Object.keys(rest).length === 0;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWholeNumber = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function complaint(field: string, value: unknown, expected: string): Complaint {
  const text = inWords(value);
  return { field, message: `${text.length > 60 ? `${text.slice(0, 60)}…` : text} is not valid; expected ${expected}` };
}
