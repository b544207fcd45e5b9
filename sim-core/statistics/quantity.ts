/** Numbers as a reader wants them: with their unit, as many digits as carry meaning, and a dash where there is none. */
import { grouped } from './figures.ts';

const UNTOLD = '–';
/** Longest first: a value is written in the first unit that it fills, as far as it is written. */
const DURATIONS: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['s', 1],
  ['ms', 1e-3],
  ['µs', 1e-6],
  ['ns', 1e-9],
];
const BYTES: readonly (readonly [string, number])[] = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
  ['B', 1],
];

/** A value in a UCUM unit as OpenTelemetry writes them: `12.3 ms`, `812/s`, `0.987`. */
export function quantity(value: number, unit: string): string {
  if (!Number.isFinite(value)) return readable(value);
  if (unit === 's') return scaled(value, DURATIONS);
  if (unit === 'By') return scaled(value, BYTES);
  if (unit === '1' || /^\{.*\}$/.test(unit)) return readable(value);
  const perSecond = /^(\{.*\}|1)?\/s$/.test(unit);
  return perSecond ? `${readable(value)}/s` : `${readable(value)} ${unit}`;
}

/** Four digits, or all of a larger whole part, in groups of three. */
export function readable(value: number): string {
  if (Number.isNaN(value)) return UNTOLD;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (Math.abs(value) >= 1000) return grouped(Math.round(value));
  return String(Number(value.toPrecision(4)));
}

function scaled(value: number, units: readonly (readonly [string, number])[]): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(3));
  const [name, size] = units.find(([, size]) => Math.abs(rounded) >= size) ?? units[units.length - 1];
  return `${Number((rounded / size).toPrecision(3))} ${name}`;
}
