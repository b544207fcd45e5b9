/**
 * A subscription's filter policy over message attributes (Amazon SNS Developer Guide, "Subscription filter policies", "String
 * value matching", "Numeric value matching", "Key matching"): every name in it must match (AND), by one of its conditions (OR).
 * Of an attribute that is a list one value that matches is enough, and for `anything-but` one that is not listed.
 *
 * Does not model `$or`, `equals-ignore-case`, `cidr`, filters of the message's body, or the fifteen minutes that a changed
 * policy may take to be in force.
 */
import type { Headers, HeaderValue } from '../../messaging/channels/message.ts';

type Value = string | number | boolean | null;
type Comparison = '=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | Value
  | { readonly 'anything-but': readonly Value[] }
  | { readonly prefix: string }
  | { readonly suffix: string }
  /** Comparisons one after the other, all of which must hold: `['>', 0, '<=', 150]`. */
  | { readonly numeric: readonly (Comparison | number)[] }
  | { readonly exists: boolean };

export type FilterPolicy = Readonly<Record<string, readonly Condition[]>>;

/** Whether a subscription with this policy gets a message with these attributes. */
export function accepts(policy: FilterPolicy, attributes: Headers): boolean {
  return Object.entries(policy).every(([name, conditions]) => {
    const values = valuesOf(attributes[name]);
    return conditions.some((condition) => holds(condition, values));
  });
}

/** The values of an attribute; undefined if the message has none of that name. */
function valuesOf(attribute: HeaderValue | undefined): readonly HeaderValue[] | undefined {
  if (attribute === undefined) return undefined;
  return Array.isArray(attribute) ? attribute : [attribute];
}

function holds(condition: Condition, values: readonly HeaderValue[] | undefined): boolean {
  if (condition !== null && typeof condition === 'object' && 'exists' in condition) {
    return condition.exists === (values !== undefined);
  }
  return values !== undefined && values.some((value) => matches(condition, value));
}

function matches(condition: Exclude<Condition, { readonly exists: boolean }>, value: HeaderValue): boolean {
  if (condition === null || typeof condition !== 'object') return condition === value;
  if ('anything-but' in condition) return !condition['anything-but'].includes(value as Value);
  if ('prefix' in condition) return typeof value === 'string' && value.startsWith(condition.prefix);
  if ('suffix' in condition) return typeof value === 'string' && value.endsWith(condition.suffix);
  return typeof value === 'number' && isWithin(condition.numeric, value);
}

function isWithin(numeric: readonly (Comparison | number)[], value: number): boolean {
  for (let i = 0; i < numeric.length; i += 2) {
    if (!COMPARISONS[numeric[i] as Comparison](value, numeric[i + 1] as number)) return false;
  }
  return true;
}

const COMPARISONS: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
