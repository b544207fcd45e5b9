/**
 * Values of OTTL, how they are compared and reckoned with.
 *
 * - Numbers are integers or floats; of different kinds they are compared as floats, but not reckoned with.
 * - What is of different types is not equal, and neither less nor greater; `nil` is equal to itself alone.
 * - Integers are divided as integers. A division by zero is an error, and so is reckoning with what is no number.
 *
 * Comparison Rules and Math Expressions of
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/main/pkg/ottl/LANGUAGE.md, and `compare.go` beside it.
 * Leaves out bytes, times, durations, maps and lists. Integers are exact up to 2^53.
 */
import type { AttributeValue } from '../../signals/telemetry.ts';

export type Value =
  | { readonly type: 'int' | 'float'; readonly of: number }
  | { readonly type: 'string'; readonly of: string }
  | { readonly type: 'bool'; readonly of: boolean }
  | { readonly type: 'nil' };

export const NIL: Value = { type: 'nil' };
export const int = (of: number): Value => ({ type: 'int', of });
export const text = (of: string): Value => ({ type: 'string', of });

/** An attribute's value; a whole number is sent as an integer. */
export function valueOf(attribute: AttributeValue | undefined): Value {
  if (attribute === undefined) return NIL;
  if (typeof attribute === 'string') return text(attribute);
  if (typeof attribute === 'boolean') return { type: 'bool', of: attribute };
  return { type: Number.isInteger(attribute) ? 'int' : 'float', of: attribute };
}

export const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof COMPARISONS)[number];

export function compare(left: Value, operator: Comparison, right: Value): boolean {
  if (left.type === 'nil' && right.type === 'nil') return ['==', '<=', '>='].includes(operator);
  const order = orderOf(left, right);
  if (order === undefined) return operator === '!=';
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

/** Less than, equal to or greater than 0; undefined where the two have no order. */
function orderOf(left: Value, right: Value): number | undefined {
  if (left.type === 'nil' || right.type === 'nil') return undefined;
  if (isNumber(left) !== isNumber(right) || (!isNumber(left) && left.type !== right.type)) return undefined;
  return left.of < right.of ? -1 : left.of > right.of ? 1 : 0;
}

type NumberValue = Extract<Value, { readonly of: number }>;
const isNumber = (value: Value): value is NumberValue => value.type === 'int' || value.type === 'float';

export type Operation = '+' | '-' | '*' | '/';

/** A condition that cannot be worked out for some span. */
export class OttlError extends Error {}

/** Throws an `OttlError` for what cannot be reckoned with. */
export function reckon(left: Value, operation: Operation, right: Value): Value {
  if (!isNumber(left) || !isNumber(right) || left.type !== right.type) {
    throw new OttlError(`${left.type} ${operation} ${right.type} cannot be worked out`);
  }
  const { type } = left;
  switch (operation) {
    case '+':
      return { type, of: left.of + right.of };
    case '-':
      return { type, of: left.of - right.of };
    case '*':
      return { type, of: left.of * right.of };
    default:
      if (right.of === 0) throw new OttlError('division by zero');
      return { type, of: type === 'int' ? Math.trunc(left.of / right.of) : left.of / right.of };
  }
}
