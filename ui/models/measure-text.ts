/**
 * How measured values are written on the page: three significant digits, the unit beside the number, an en dash for
 * what could not be measured. The raw doubles stay in the recording; what is rounded here is never computed with.
 */
import { isShare, type RecordedSignal } from '../../sim-core/index.ts';

/** What decides how a value is written. */
export type Measured = Pick<RecordedSignal, 'kind' | 'unit'>;

const NOTHING = '–';
/** A no-break space: a number never leaves its unit behind at a line's end. */
const GAP = '\u00a0';

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A signal's value with its unit: `93.2 %`, `12.4 ms`, `1,012/s`, `20`. NaN is written as an en dash. */
export function measureText({ kind, unit }: Measured, value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  if (isShare({ kind, unit })) return `${numberText(value * 100)}${GAP}%`;
  if (unit === 's') return secondsText(value);
  if (unit.endsWith('/s')) return `${measureText(ofWhat(unit), value)}/s`;
  if (unit === 'By') return bytesText(value);
  return numberText(value);
}

/** What a rate is one of, a second: of bytes, of requests. */
const ofWhat = (unit: string): Measured => ({ kind: 'rate', unit: unit.slice(0, -'/s'.length) });

const SI = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
] as const;

/**
 * A value beside an axis, where there is little room: without `/s`, which the unit says, millions and more as `3 G`, bytes with two
 * digits.
 */
export function axisText({ kind, unit }: Measured, value: number): string {
  if (unit.startsWith('By') && Number.isFinite(value)) return bytesText(value, 2);
  const scale = SI.find(([least]) => Math.abs(value) >= least);
  if (scale && !isShare({ kind, unit }) && unit !== 's') return `${numberText(value / scale[0])}${GAP}${scale[1]}`;
  return measureText({ kind, unit }, value).replace('/s', '');
}

/** How far one value lies from another, with its sign: `+12.4 ms`, `−3 points` of a ratio, `±0`. */
export function differenceText({ kind, unit }: Measured, value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  if (value === 0) return '±0';
  const sign = value > 0 ? '+' : '−';
  const size = Math.abs(value);
  if (isShare({ kind, unit })) return `${sign}${numberText(size * 100)}${GAP}points`;
  return sign + measureText({ kind, unit }, size);
}

/** What a chart's axis counts, in words; empty where the numbers say it themselves. */
export function unitText({ kind, unit }: Measured): string {
  if (isShare({ kind, unit })) return 'per cent';
  if (unit === 's') return '';
  if (unit === '1/s') return 'per second';
  if (unit.endsWith('/s')) return `${unitText(ofWhat(unit))} per second`;
  if (unit === 'By') return 'bytes';
  const annotation = /^\{(.+)\}$/.exec(unit);
  const noun = annotation ? plural(annotation[1]) : '';
  return kind === 'counter' ? `${noun || 'count'} an interval` : noun;
}

/** Seconds of a minute and more, longest first; from two hours on times are told by them. */
const CLOCK = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;
const LONG_SECONDS = 2 * 3600;

/** The unit of an axis so many seconds long: `s`, of hours and of days where it has two of them or more. */
export function axisUnit(seconds: number): { readonly unit: string; readonly seconds: number } {
  const longer = CLOCK.find(([unit, one]) => unit !== 'min' && seconds >= 2 * one);
  return longer ? { unit: longer[0], seconds: longer[1] } : { unit: 's', seconds: 1 };
}

/** A duration given in seconds, in the unit that reads best: `840 µs`, `12.4 ms`, `3.1 s`, `2.53 h`, `30 d`. */
export function secondsText(seconds: number): string {
  if (!Number.isFinite(seconds)) return NOTHING;
  const size = Math.abs(seconds);
  if (size === 0) return `0${GAP}s`;
  if (size >= LONG_SECONDS) {
    const { unit, seconds: one } = axisUnit(size);
    return `${numberText(seconds / one)}${GAP}${unit}`;
  }
  if (size < 0.9995e-3) return `${numberText(seconds * 1e6)}${GAP}µs`;
  if (size < 0.9995) return `${numberText(seconds * 1e3)}${GAP}ms`;
  return `${numberText(seconds)}${GAP}s`;
}

/**
 * An instant of the run, given in nanoseconds, with as many digits as `resolution` (in nanoseconds) tells apart: `10.30 s`; from
 * two hours on `6 d 5 h 12 min`, without the parts at its end that are 0.
 */
export function instantText(time: number, resolution = 1e8): string {
  const digits = Math.min(9, Math.max(0, Math.ceil(-Math.log10(resolution / 1e9))));
  const seconds = (time / 1e9).toFixed(digits);
  let rest = Number(seconds);
  if (rest < LONG_SECONDS) return `${seconds}${GAP}s`;
  const parts = CLOCK.map(([unit, one]) => {
    const count = Math.floor(rest / one);
    rest -= count * one;
    return `${count}${GAP}${unit}`;
  });
  parts.push(`${Number(rest.toFixed(digits))}${GAP}s`);
  const said = parts.map((part) => Number.parseFloat(part) > 0);
  return parts.slice(said.indexOf(true), said.lastIndexOf(true) + 1).join(GAP);
}

/** A number with three significant digits, whole from 100 on, thousands apart. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  const size = Math.abs(value);
  if (size >= 99.95) return grouped.format(value);
  if (size !== 0 && size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** A whole number, thousands apart. */
export const countText = (value: number): string => grouped.format(value);

function bytesText(value: number, digits = 3): string {
  let scaled = value;
  let step = 0;
  while (Math.abs(scaled) >= 1024 && step < BINARY.length - 1) {
    scaled /= 1024;
    step += 1;
  }
  const shown = Math.abs(scaled) < 99.95 ? Number(scaled.toPrecision(digits)) : scaled;
  return `${numberText(shown)}${GAP}${BINARY[step]}`;
}

/** More than one of what a unit counts. */
export const plural = (noun: string): string => {
  if (noun.endsWith('series')) return noun;
  if (/(?:ch|sh|s|x)$/.test(noun)) return `${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
};
