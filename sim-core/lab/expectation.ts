/**
 * Expectations: claims about a run that a run can refute. `atMost(peak('db.client.operation.rate'), 100)` measures one
 * number of a recording and holds it against a limit; the limit may depend on the parameters, so that a claim stays
 * true when a slider moves.
 */
import type { ParameterValues } from './parameters.ts';
import {
  ANY_NUMBER,
  rangeOfColumn,
  rangeOfDifference,
  rangeOfRatio,
  SHARE,
  type NaturalRange,
} from './natural-range.ts';
import { quantity } from '../statistics/quantity.ts';
import { inWords } from './value-in-words.ts';
import type { ExpectationResult, RecordedSignal, RecordingHeader } from './recording.ts';

/** What a measure may look at. */
export interface Evidence {
  readonly header: RecordingHeader | Omit<RecordingHeader, 'digest'>;
  readonly signals: readonly RecordedSignal[];
}

/** One number read from a run. */
export interface Measure {
  readonly text: string;
  /** What it reads, if that is one field of one signal's summary, or `last`, what a gauge said when the run ended. */
  readonly subject?: { readonly signal: string; readonly field: string };
  /** What it is worked out of, if it is of two others. */
  readonly composed?: { readonly operator: '/' | '-'; readonly left: Measure; readonly right: Measure };
  of(evidence: Evidence): number;
  /** The UCUM unit of that number, as signals have them; without it a bare number. */
  unit?(evidence: Evidence): string;
  /** What that number can be at all; any without it. */
  range?(evidence: Evidence): NaturalRange;
}

/** What a limit gives where nothing is claimed for the run's parameters, and why. */
export class NotClaimed {
  readonly why: string;

  /** `why`: goes on from "not claimed: ". */
  constructor(why: string) {
    this.why = why;
  }
}

/** A number, or one worked out from the run's parameters, for which there may be no claim. */
export type Limit = number | ((params: ParameterValues) => number | NotClaimed);

export interface Expectation {
  judge(evidence: Evidence): ExpectationResult;
  /** The same claim as data, for a chart to draw: which side of which limit the measure has to stay on. */
  readonly claim?: {
    readonly measure: Measure;
    readonly bound: 'at most' | 'at least';
    /** NaN where nothing is claimed. */
    limit(params: ParameterValues): number;
  };
  /** Of a guardrail: why it holds for the pitfall as well as for the remedy that claims it. */
  readonly guardrail?: string;
}

/** The measure is at most the limit. */
export const atMost = (measure: Measure, limit: Limit): Expectation =>
  compare(measure, 'at most', limit, (actual, bound) => actual <= bound);

/** The measure is at least the limit. */
export const atLeast = (measure: Measure, limit: Limit): Expectation =>
  compare(measure, 'at least', limit, (actual, bound) => actual >= bound);

/**
 * A claim that a remedy shares with the pitfall that it repairs, or that only the remedy has anything to measure by: what
 * the remedy must not spoil, or what it costs. A guardrail says nothing of what the remedy mends; the reason says what
 * it is there for.
 */
export function guardrail(expectation: Expectation, reason: string): Expectation {
  if (typeof reason !== 'string' || reason.trim() === '') {
    throw new TypeError(`guardrail: the reason is ${inWords(reason)}; expected why the claim holds for both`);
  }
  return { ...expectation, guardrail: reason };
}

/** A field of a signal's summary, such as `p99` of a histogram. */
export function summary(signal: string, field: string, words = `${field} of ${signal}`): Measure {
  return {
    text: words,
    subject: { signal, field },
    unit: (evidence) => unitOfColumn(signalOf(evidence, signal), field),
    range: (evidence) => rangeOfColumn(signalOf(evidence, signal), field),
    of(evidence) {
      const found = signalOf(evidence, signal).summary;
      if (Object.hasOwn(found, field)) return found[field];
      throw new Error(`${signal} has no ${field}; it has ${Object.keys(found).join(', ')}`);
    },
  };
}

/** The highest value that a gauge or rate reached after the warm-up. */
export const peak = (signal: string): Measure => summary(signal, 'max', `peak of ${signal}`);
/** The mean of a gauge, rate, ratio or histogram. */
export const mean = (signal: string): Measure => summary(signal, 'mean', `mean of ${signal}`);
/** What a counter counted. */
export const total = (signal: string): Measure => summary(signal, 'total', `total of ${signal}`);
/** A quantile of a histogram in its unit: `p50`, `p90`, `p95`, `p99`, `p999`. */
export const quantile = (signal: string, field: 'p50' | 'p90' | 'p95' | 'p99' | 'p999'): Measure =>
  summary(signal, field);

/** The value of a gauge when the run ends. */
export const atEnd = (signal: string): Measure => ({
  text: `${signal} at the end`,
  subject: { signal, field: 'last' },
  unit: (evidence) => signalOf(evidence, signal).unit,
  of(evidence) {
    const { last } = signalOf(evidence, signal).columns;
    if (last === undefined) throw new Error(`${signal} is no gauge: it has no value at the end`);
    return last[last.length - 1];
  },
});

/** One measure over another: how many loads a refresh, say. */
export function ratio(numerator: Measure, denominator: Measure): Measure {
  return {
    text: `${numerator.text} over ${denominator.text}`,
    composed: { operator: '/', left: numerator, right: denominator },
    unit(evidence) {
      const [over, under] = [unitOf(numerator, evidence), unitOf(denominator, evidence)];
      if (over === under) return '1';
      return isCount(under) ? over : `${over}/${under}`;
    },
    range: (evidence) => rangeOfRatio(rangeOf(numerator, evidence), rangeOf(denominator, evidence)),
    of: (evidence) => numerator.of(evidence) / denominator.of(evidence),
  };
}

/** By how much one measure is more than another of the same run: two policies asked for the same requests, say. */
export function difference(minuend: Measure, subtrahend: Measure): Measure {
  return {
    text: `${minuend.text} less ${subtrahend.text.includes(' less ') ? `(${subtrahend.text})` : subtrahend.text}`,
    composed: { operator: '-', left: minuend, right: subtrahend },
    unit: (evidence) => unitOf(minuend, evidence),
    range: (evidence) => rangeOfDifference(rangeOf(minuend, evidence), rangeOf(subtrahend, evidence)),
    of: (evidence) => minuend.of(evidence) - subtrahend.of(evidence),
  };
}

/** The run has no such signal: nothing of the system emits what it is made of. */
export class NoSuchSignal extends Error {
  constructor(name: string, evidence: Evidence) {
    const names = evidence.signals.map((candidate) => candidate.name).join(', ');
    super(`there is no signal ${name}; ${names === '' ? 'the run has none at all' : `there are ${names}`}`);
    this.name = 'NoSuchSignal';
  }
}

/** A signal by its name; throws `NoSuchSignal`. */
export function signalOf(evidence: Evidence, name: string): RecordedSignal {
  const signal = evidence.signals.find((candidate) => candidate.name === name);
  if (signal !== undefined) return signal;
  throw new NoSuchSignal(name, evidence);
}

/**
 * Why a limit is none, if no run could miss it: limits depend on parameters, and where theory says nothing of those they come to what
 * holds of any run.
 */
function vacuity(
  measure: Measure,
  words: 'at most' | 'at least',
  limit: number,
  evidence: Evidence,
): string | undefined {
  if (limit === (words === 'at most' ? Infinity : -Infinity)) return 'with these parameters there is no limit';
  const range = rangeOf(measure, evidence);
  const may = (value: number): string =>
    `with these parameters it may be ${quantity(value, unitOf(measure, evidence))}`;
  if (words === 'at least' && limit <= range.least) {
    return `${range.least === 0 ? 'with these parameters it may be none' : may(range.least)}, and is never less`;
  }
  if (words === 'at most' && limit >= range.most) {
    return `${range === SHARE ? 'with these parameters it may be all' : may(range.most)}, and is never more`;
  }
  return undefined;
}

function compare(
  measure: Measure,
  words: 'at most' | 'at least',
  limit: Limit,
  holds: (actual: number, bound: number) => boolean,
): Expectation {
  if (typeof measure?.of !== 'function') {
    throw new TypeError(`${words}: the measure is ${inWords(measure)}; expected total('…'), mean('…') or the like`);
  }
  if (typeof limit !== 'number' && typeof limit !== 'function') {
    throw new TypeError(
      `${measure.text} is ${words}: the limit is ${inWords(limit)}; expected a number or a function of the parameters`,
    );
  }
  const limitOf = (params: ParameterValues): number | NotClaimed => (typeof limit === 'number' ? limit : limit(params));
  return {
    claim: {
      measure,
      bound: words,
      limit(params) {
        const bound = limitOf(params);
        return bound instanceof NotClaimed ? NaN : bound;
      },
    },
    judge(evidence) {
      const bound = limitOf(evidence.header.params);
      const actual = measure.of(evidence);
      const unit = unitOf(measure, evidence);
      if (bound instanceof NotClaimed) {
        const text = `${measure.text} is ${words} a limit`;
        return { text, pass: true, actual, limit: NaN, unit, notClaimed: bound.why };
      }
      const pass = holds(actual, bound);
      // What no run could miss and this one does is no claim that is void, but a number that cannot be.
      const why = pass ? vacuity(measure, words, bound, evidence) : undefined;
      return {
        text: `${measure.text} is ${words} ${quantity(bound, unit)}`,
        pass,
        actual,
        limit: bound,
        unit,
        ...(why !== undefined && { notClaimed: why }),
      };
    },
  };
}

/** How many were counted has no unit of its own; everything else that is read of a signal has the signal's. */
export const unitOfColumn = ({ unit, kind }: RecordedSignal, column: string): string =>
  column === 'samples' || (column === 'count' && kind === 'histogram') ? '1' : unit;

const unitOf = (measure: Measure, evidence: Evidence): string => measure.unit?.(evidence) ?? '1';

const rangeOf = (measure: Measure, evidence: Evidence): NaturalRange => measure.range?.(evidence) ?? ANY_NUMBER;

/** `1`, and what is counted in braces, such as `{request}`. */
const isCount = (unit: string): boolean => unit === '1' || /^\{[^}]*\}$/.test(unit);
