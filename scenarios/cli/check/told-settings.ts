/**
 * Settings that a guide tells in words: "raise `loadTime` to 150 ms", "`ttl` and `lease` to 1 s and to 1 min", "`baselines` at 2 and
 * at 14.4", "`workload` to `zipf`". Read is what can be nothing else: a parameter with numbers after it, their units in symbols or
 * in words, or with code after a "to". Words without code or number, such as "raise it until it fails", are left alone.
 */
import type { Scenario } from '../../../sim-core/index.ts';

/** In the guide's words, and as `--set` takes it. */
export interface ToldSetting {
  readonly words: string;
  readonly setting: string;
}

const NUMBER = String.raw`(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?!\d|[.,]\d)`;
const UNIT = String.raw`%|(?:ns|us|ms|s|min|h|(?:second|minute|hour|day)s?)\b`;
const COUNT = 'a|an|one|two|three|four|five|six|ten';
const AMOUNT = String.raw`(?:${NUMBER}(?: ?(?:${UNIT})| MB \(\d+\))?|(?:${COUNT}) (?:second|minute|hour|day)s?\b)`;
const PREPOSITION = '(?:to|at|of|is) ';
const IN_A_VARIANT = '(?: in `[\\w-]+`(?= to ))?';
const AND = `(?:,? and |, )`;
const CODE = '`[^`]+`';
const NAMES = '`\\w+`(?: and `\\w+`)*';

const OF_AMOUNTS = `(?:${PREPOSITION})?${AMOUNT}(?:${AND}(?:${PREPOSITION})?${AMOUNT})*`;
const OF_CODE = `to ${CODE}(?:${AND}to ${CODE})*`;
const TOLD = new RegExp(`(?<names>${NAMES})${IN_A_VARIANT} (?<values>${OF_AMOUNTS}|${OF_CODE})`, 'g');

/**
 * All that a paragraph tells. What is set "to" a number and is no parameter is among them, for it may be one that is misspelt;
 * other names with numbers after them may be anything.
 */
export function toldSettings(paragraph: string, params: Scenario['params']): ToldSetting[] {
  const told = paragraph.replaceAll(/\s+/g, ' ').matchAll(TOLD);
  return [...told].flatMap(({ 0: words, groups }) => {
    const { names, values } = groups as Readonly<Record<'names' | 'values', string>>;
    const all = codesIn(names);
    const isSetTo = new RegExp(`^to ${AMOUNT}`).test(values);
    const settable = all.filter((name, i) => Object.hasOwn(params, name) || (isSetTo && i === all.length - 1));
    return settable.flatMap((name) =>
      valuesOf(values, params[name]?.type === 'duration').map((value) => ({ words, setting: `${name}=${value}` })),
    );
  });
}

const codesIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

function valuesOf(text: string, isDuration: boolean): string[] {
  if (text.includes('`')) return codesIn(text);
  const values = (text.match(new RegExp(AMOUNT, 'g')) ?? []).map(valueOf);
  // "5 and 500 ms": the unit is that of the next one that has one.
  return values.map((value, i) => {
    const later = values.slice(i).find((other) => /\D$/.test(other));
    return isDuration && /\d$/.test(value) && later !== undefined ? value + /\D+$/.exec(later)![0] : value;
  });
}

const COUNTS: Readonly<Record<string, number>> = { one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, ten: 10 };

/** `1,000` as 1000, `20 %` as 20%, "three days" as 72h, `8 MB (8388608)` as 8388608. */
function valueOf(amount: string): string {
  const bytes = /\((\d+)\)$/.exec(amount)?.[1];
  if (bytes !== undefined) return bytes;
  const [, count, unit] = /^([\d,.]+|[a-z]+) ?(.*)$/.exec(amount)!;
  const number = /\d/.test(count) ? Number(count.replaceAll(',', '')) : (COUNTS[count] ?? 1);
  switch (unit.replace(/(?<=second|minute|hour|day)s$/, '')) {
    case 'second':
      return `${number}s`;
    case 'minute':
      return `${number}min`;
    case 'hour':
      return `${number}h`;
    case 'day':
      return `${24 * number}h`;
    default:
      return `${number}${unit}`;
  }
}
