/** The checks that the factories share. Each returns the value, or throws naming the field, the value and the range. */

export function finite(field: string, value: number): number {
  return check(field, value, Number.isFinite(value), 'a finite number');
}

export function positive(field: string, value: number): number {
  return check(field, value, value > 0 && Number.isFinite(value), 'a finite number above 0');
}

export function nonNegative(field: string, value: number): number {
  return check(field, value, value >= 0 && Number.isFinite(value), 'a finite number of at least 0');
}

export function probability(field: string, value: number): number {
  return check(field, value, value >= 0 && value <= 1, 'a probability from 0 to 1');
}

export function integerBetween(field: string, value: number, low: number, high: number): number {
  return check(
    field,
    value,
    Number.isInteger(value) && value >= low && value <= high,
    `an integer from ${low} to ${high}`,
  );
}

export function notEmpty(field: string, values: ArrayLike<unknown>): void {
  if (values.length === 0) throw new RangeError(`${field} must have at least one entry, got none`);
}

function check(field: string, value: number, holds: boolean, right: string): number {
  if (!holds) throw new RangeError(`${field} must be ${right}, got ${value}`);
  return value;
}
