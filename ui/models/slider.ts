/**
 * A slider's positions, whole numbers from 0 to `STEPS`, and a parameter's values. Logarithmic sliders give every
 * decade the same way to go; where they begin at 0 or below, values are shifted by a thousandth of the range first.
 * Values chosen by sliding are rounded to what the eye can choose, and always lie within the bounds.
 */
import type { DurationParameter, NumberParameter } from '../../sim-core/index.ts';

export type SliderParameter = NumberParameter | DurationParameter;

export const STEPS = 400;

export function positionOf(parameter: SliderParameter, value: number): number {
  const { min, max, logarithmic } = parameter;
  if (max === min) return 0;
  const share = logarithmic
    ? (Math.log(value + shift(parameter)) - logLow(parameter)) / logSpan(parameter)
    : (value - min) / (max - min);
  return Math.round(Math.min(1, Math.max(0, share)) * STEPS);
}

export function valueAt(parameter: SliderParameter, position: number): number {
  const { min, max, logarithmic } = parameter;
  if (position <= 0) return min;
  if (position >= STEPS) return max;
  const share = position / STEPS;
  const exact = logarithmic
    ? Math.exp(logLow(parameter) + share * logSpan(parameter)) - shift(parameter)
    : min + share * (max - min);
  return Math.min(max, Math.max(min, rounded(parameter, exact)));
}

/** To a hundredth of the decade that the value, or for linear sliders the range, lies in; whole where it must be. */
function rounded({ type, min, max, logarithmic }: SliderParameter, value: number): number {
  const size = logarithmic ? Math.abs(value) : max - min;
  const grain = size > 0 ? 10 ** (Math.floor(Math.log10(size)) - (logarithmic ? 1 : 2)) : 1;
  const whole = type === 'integer' || type === 'duration';
  const step = whole ? Math.max(1, grain) : grain;
  return Number((Math.round(value / step) * step).toPrecision(12));
}

const shift = ({ min, max }: SliderParameter): number => (min > 0 ? 0 : (max - min) / 1000 - min);
const logLow = (parameter: SliderParameter): number => Math.log(parameter.min + shift(parameter));
const logSpan = (parameter: SliderParameter): number => Math.log(parameter.max + shift(parameter)) - logLow(parameter);
