/**
 * How long requests take, in closed form: a mixture of gamma distributions of whole shapes, whose tails are those of Poisson
 * numbers (a gamma time of shape k is later than x if fewer than k events of a Poisson process came before x).
 */
import { exp, toSeconds } from '../../../sim-core/index.ts';
import { FAR_MAX, FAR_MIN } from '../../application/distances.ts';
import { HIT_SHAPE, LONG_SHAPE } from './instance.ts';
import { testRateOf, type Values } from './params.ts';

interface Kind {
  readonly share: number;
  /** Seconds. */
  readonly mean: number;
  readonly shape: number;
}

const kindsOf = (p: Values): readonly Kind[] => {
  const slow = p.slowShare;
  const miss = Math.min(p.missShare, 1 - slow);
  return [
    { share: 1 - slow - miss, mean: toSeconds(p.hitTime), shape: HIT_SHAPE },
    { share: miss, mean: toSeconds(p.missTime), shape: LONG_SHAPE },
    { share: slow, mean: toSeconds(p.slowTime), shape: LONG_SHAPE },
  ];
};

/** The chance that a gamma variable is above x: the sum of the first `shape` terms of a Poisson distribution. */
function gammaTail(mean: number, shape: number, x: number): number {
  if (x <= 0) return 1;
  const expected = (x * shape) / mean;
  let term = exp(-expected);
  let sum = term;
  for (let i = 1; i < shape; i++) sum += term *= expected / i;
  return Math.min(1, sum);
}

/** How much longer the instances take that serve. */
const factorsOf = (p: Values): readonly number[] =>
  Array.from({ length: p.instances }, (_, i) => (i === 0 ? p.slowdown : 1));
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The chance that a request takes longer than so many seconds, at an instance that takes so many times as long. */
export const tailAtInstance = (p: Values, factor: number, x: number): number =>
  kindsOf(p).reduce((sum, { share, mean, shape }) => sum + share * gammaTail(mean * factor, shape, x), 0);

/** The same wherever it comes to. */
export const tailOf = (p: Values, x: number): number =>
  meanOf(factorsOf(p).map((factor) => tailAtInstance(p, factor, x)));

/** Mean and standard deviation of the seconds that a request takes. */
export function momentsOf(p: Values): { readonly mean: number; readonly deviation: number } {
  const stretch = meanOf(factorsOf(p));
  const squares = meanOf(factorsOf(p).map((factor) => factor * factor));
  const mean = stretch * kindsOf(p).reduce((sum, kind) => sum + kind.share * kind.mean, 0);
  const square =
    squares * kindsOf(p).reduce((sum, { share, mean: m, shape }) => sum + share * m * m * (1 + 1 / shape), 0);
  return { mean, deviation: Math.sqrt(square - mean * mean) };
}

/** Seconds between two requests of a connection, as the load generator means it. */
export const intendedOf = (p: Values): number => p.connections / testRateOf(p);
/** And what it thinks between an answer and the next request: what is left of that, usually, when the answer is there. */
export const thinkTimeOf = (p: Values): number =>
  Math.max(0, intendedOf(p) - momentsOf(p).mean - toSeconds(FAR_MIN + FAR_MAX));

/** Requests that the busiest instance has under way, in the mean: Little's law. */
export const busiest = (p: Values, perSecond: number): number =>
  (perSecond / p.instances) * p.slowdown * kindsOf(p).reduce((sum, { share, mean }) => sum + share * mean, 0);
