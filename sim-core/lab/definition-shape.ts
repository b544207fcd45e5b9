/**
 * Is a definition of a scenario what its type says? Users write theirs in JavaScript too, where nobody checks, and a
 * wrong field should be named here rather than break something deep inside a run. What only a run can tell (whether a
 * chart's signal exists) is `brownout check`'s to find.
 */
import { inWords } from './value-in-words.ts';

type Fields = Readonly<Record<string, unknown>>;

const SIGNAL_KINDS: readonly unknown[] = ['counter', 'rate', 'gauge', 'ratio', 'histogram'];

/** The first thing that is wrong, as `field: what it is; what is expected`; undefined if the shape is right. */
export function shapeProblem(definition: Fields, roles: readonly string[]): string | undefined {
  const { id } = definition;
  if (typeof id !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) {
    return 'id: expected lower case words with hyphens, such as cache-flush';
  }
  return (
    plainProblem(definition) ??
    nameProblem(definition) ??
    variantProblem(definition, roles) ??
    remedyProblem(definition) ??
    settingProblem(definition) ??
    exerciseProblem(definition)
  );
}

/** Fields that can be judged alone. */
function plainProblem(definition: Fields): string | undefined {
  for (const field of ['section', 'title', 'question']) {
    if (!isText(definition[field])) return unlike(definition, field, 'a text');
  }
  if (definition['pitfall'] !== undefined && !isText(definition['pitfall'])) {
    return unlike(definition, 'pitfall', 'a text, or to be left out');
  }
  for (const field of ['params', 'variants', 'roles', 'expect']) {
    if (!isRecord(definition[field])) return unlike(definition, field, 'an object');
  }
  if (!Number.isSafeInteger(definition['seed'])) return unlike(definition, 'seed', 'a whole number');
  const { duration, interval } = definition;
  if (typeof duration !== 'number' && typeof duration !== 'function') {
    return unlike(definition, 'duration', 'a length such as s(30), or a function of the parameters');
  }
  if (interval !== undefined && !(Number.isSafeInteger(interval) && (interval as number) > 0)) {
    return unlike(definition, 'interval', 'a length such as ms(100), or to be left out');
  }
  if (definition['alerts'] !== undefined && typeof definition['alerts'] !== 'function') {
    return unlike(definition, 'alerts', 'a function of the parameters, or to be left out');
  }
  if (typeof definition['system'] !== 'function') return unlike(definition, 'system', 'a function (sim, params)');
  return listProblem(definition);
}

/** Of the charts of a run. */
export function chartsProblem(charts: unknown): string | undefined {
  if (!Array.isArray(charts)) return unlike({ charts }, 'charts', 'a list of names of signals');
  const odd = charts.findIndex((name) => !isText(name));
  if (odd >= 0) return `charts: number ${odd + 1} is ${inWords(charts[odd])}; expected the name of a signal`;
  return undefined;
}

function listProblem(definition: Fields): string | undefined {
  const { charts, signals, places } = definition;
  if (typeof charts !== 'function') {
    if (!Array.isArray(charts))
      return unlike(definition, 'charts', 'a list of names of signals, or a function of the parameters');
    const odd = chartsProblem(charts);
    if (odd !== undefined) return odd;
  }
  if (signals !== undefined) {
    if (!Array.isArray(signals)) return unlike(definition, 'signals', 'a list, or to be left out');
    const bad = signals.findIndex((signal) => !isSignal(signal));
    if (bad >= 0) return `signals: number ${bad + 1} is ${inWords(signals[bad])}; expected defineSignal({ … })`;
  }
  if (places === undefined) return undefined;
  if (!isRecord(places)) return unlike(definition, 'places', 'an object, or to be left out');
  const lost = Object.keys(places).find((name) => !isPlace(places[name]));
  return lost === undefined ? undefined : `places: ${lost} has none; expected { x, y }`;
}

/** Names that a command line can carry; digits alone would be put before all others. */
function nameProblem(definition: Fields): string | undefined {
  for (const field of ['params', 'variants']) {
    const odd = Object.keys(definition[field] as Fields).find((name) => !/^(?!\d+$)[a-zA-Z\d][\w-]*$/.test(name));
    if (odd !== undefined)
      return `${field}: '${odd}' is no name; expected a letter or digit, then letters, digits, _ or -, not digits alone`;
  }
  return undefined;
}

/** What can be set while it runs is a parameter, and says what that does. */
function settingProblem(definition: Fields): string | undefined {
  const { whileRunning, params } = definition;
  if (whileRunning === undefined) return undefined;
  if (!isRecord(whileRunning)) return unlike(definition, 'whileRunning', 'an object, or to be left out');
  for (const [name, deeds] of Object.entries(whileRunning)) {
    if (!Object.hasOwn(params as Fields, name)) return `whileRunning: there is no parameter ${name}`;
    if (typeof deeds !== 'function') return `whileRunning: ${name} is ${inWords(deeds)}; expected a function`;
  }
  return undefined;
}

/** What an exercise offers is said of a pitfall; whether its system takes it is `brownout check`'s to find. */
function exerciseProblem(definition: Fields): string | undefined {
  const { exercises, roles } = definition;
  if (exercises === undefined) return undefined;
  if (!isRecord(exercises)) return unlike(definition, 'exercises', 'an object, or to be left out');
  for (const [name, offer] of Object.entries(exercises)) {
    if ((roles as Fields)[name] !== 'pitfall') return `exercises: ${name} is no pitfall`;
    if (!isRecord(offer)) return `exercises: ${name} is ${inWords(offer)}; expected { deeds, deedsMax }`;
    const { deeds, deedsMax } = offer;
    if (deedsMax !== undefined && !(Number.isSafeInteger(deedsMax) && (deedsMax as number) >= 0)) {
      return `exercises: deedsMax of ${name} is ${inWords(deedsMax)}; expected a whole number, or to be left out`;
    }
    const isDeed = (deed: unknown): boolean => isRecord(deed) && isText(deed['action']) && isText(deed['target']);
    if (deeds !== undefined && !(Array.isArray(deeds) && deeds.every(isDeed))) {
      return `exercises: deeds of ${name}: expected a list of { action, target }, or to be left out`;
    }
  }
  return undefined;
}

/** Each variant has settings, a role and expectations, and there are no others. */
function variantProblem(definition: Fields, known: readonly string[]): string | undefined {
  const [variants, roles, expected] = ['variants', 'roles', 'expect'].map((field) => definition[field] as Fields);
  const names = Object.keys(variants);
  if (names.length === 0) return 'variants: expected at least one';
  for (const name of names) {
    if (!isRecord(variants[name])) return `variants: ${name} is ${inWords(variants[name])}; expected an object`;
    if (!Object.hasOwn(roles, name)) return `roles: the variant ${name} has none; expected one of ${known.join(', ')}`;
    const role = roles[name];
    if (!known.includes(role as string)) {
      return `roles: ${name} is ${inWords(role)}; expected one of ${known.join(', ')}`;
    }
    const claims = Object.hasOwn(expected, name) ? expected[name] : [];
    if (!Array.isArray(claims)) return `expect: ${name} is ${inWords(claims)}; expected a list`;
    if (claims.length === 0) return `expect: the variant ${name} has no expectation`;
    const odd = claims.findIndex((claim) => !isRecord(claim) || typeof claim['judge'] !== 'function');
    if (odd >= 0) {
      return `expect: number ${odd + 1} of ${name} is ${inWords(claims[odd])}; expected atMost(…) or atLeast(…)`;
    }
  }
  for (const field of ['roles', 'expect']) {
    const extra = Object.keys(definition[field] as Fields).find((name) => !Object.hasOwn(variants, name));
    if (extra !== undefined) return `${field}: there is no variant ${extra}; there are ${names.join(', ')}`;
  }
  return undefined;
}

/** Each remedy repairs a pitfall: the one that `repairs` names, or the only one there is. */
function remedyProblem({ roles, repairs = {}, expect }: Fields): string | undefined {
  if (!isRecord(repairs)) return `repairs: it is ${inWords(repairs)}; expected an object, or to be left out`;
  const roleOf = roles as Readonly<Record<string, string>>;
  const withRole = (role: string): string[] => Object.keys(roleOf).filter((name) => roleOf[name] === role);
  const [pitfalls, remedies] = [withRole('pitfall'), withRole('remedy')];
  if (remedies.length > 0 && pitfalls.length === 0) {
    return `roles: ${remedies[0]} is a remedy, but no variant is the pitfall that it repairs`;
  }
  for (const [remedy, repaired] of Object.entries(repairs)) {
    if (!remedies.includes(remedy)) {
      return `repairs: ${remedy} is no remedy; ${remedies.length === 0 ? 'there is none' : `there are ${remedies.join(', ')}`}`;
    }
    if (!pitfalls.includes(repaired as string)) {
      return `repairs: ${remedy} repairs ${inWords(repaired)}; expected a pitfall: ${pitfalls.join(', ')}`;
    }
  }
  const marked = Object.keys(roleOf).find(
    (name) => !remedies.includes(name) && claimsOf(expect, name).some(isGuardrail),
  );
  if (marked !== undefined) return `expect: ${marked} has a guardrail, but is no remedy`;
  const silent = remedies.find((remedy) => pitfalls.length > 1 && !Object.hasOwn(repairs, remedy));
  return silent && `repairs: the remedy ${silent} names no pitfall; expected one of ${pitfalls.join(', ')}`;
}

const claimsOf = (expect: unknown, variant: string): readonly Fields[] =>
  (expect as Readonly<Record<string, readonly Fields[]>>)[variant];
const isGuardrail = (claim: Fields): boolean => claim['guardrail'] !== undefined;

const unlike = (definition: Fields, field: string, expected: string): string =>
  `${field}: it is ${inWords(definition[field])}; expected ${expected}`;

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSignal = (value: unknown): boolean =>
  isRecord(value) && isText(value['name']) && SIGNAL_KINDS.includes(value['kind']) && isRecord(value['fact']);

const isPlace = (value: unknown): boolean =>
  isRecord(value) && Number.isFinite(value['x']) && Number.isFinite(value['y']);
