/** How far chance may carry what a scenario claims: limits are an expected value and room for so many deviations. */
import { type Limit, type NotClaimed } from '../../sim-core/index.ts';

/**
 * Room for chance: a normal variable is so many deviations above its mean once in three million draws, and the skewed
 * ones here once in some thousand.
 */
export const DEVIATIONS = 5;

/** A Poisson number of this mean, at most. Sums of independent events with a chance each vary less. */
export const poissonMost = (expected: number): number => expected + DEVIATIONS * Math.sqrt(expected);

/** A Poisson number of this mean, at least; never less than one: what is claimed of events does not hold without any. */
export const poissonLeast = (expected: number): number => Math.max(1, expected - DEVIATIONS * Math.sqrt(expected));

/** Some at all, where there may be none for want of occasions; of a mean of ten there is none once in twenty thousand times. */
export const some = (expected: number): number => Math.max(expected >= 10 ? 1 : 0, poissonLow(expected));

/** The same where there may be none, as a part of a larger sum. */
export const poissonLow = (expected: number): number => Math.max(0, expected - DEVIATIONS * Math.sqrt(expected));

/** A limit that is worked out from a scenario's own parameters. */
export function limitOf<Values>(of: (p: Values) => number | NotClaimed): Limit {
  return (values) => of(values as Values);
}

/** Theory that several claims of a run need, worked out once for its parameters. */
export function oncePerRun<Values extends object, Result>(of: (p: Values) => Result): (p: Values) => Result {
  const known = new WeakMap<Values, Result>();
  return (p) => {
    if (!known.has(p)) known.set(p, of(p));
    return known.get(p)!;
  };
}
