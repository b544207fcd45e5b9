/**
 * The notebook's experiments agree with theory, and would not with another one; what it says of intervals is so.
 */
import { describe, expect, it } from 'vitest';
import { estimatesOf, LEVEL, plausibleRange, tally } from '../../../notebooks/calibration/estimates.ts';
import { COVERAGE, coverageStudy, EXPERIMENTS } from '../../../notebooks/calibration/experiments.ts';
import { mm1 } from '../../../notebooks/calibration/queueing.ts';
import { confidenceInterval } from '../../../sim-core/index.ts';

/** 41 points are looked at: all of these intervals together hold with a probability of 0.99 if the simulator is right. */
const STRICT = 0.9998;
const REPLICATIONS = 8;

const experiments = Object.entries(EXPERIMENTS);

/** Che's is an approximation: the largest error found by an independent simulation, as in `test/theory`. */
const APPROXIMATION: Readonly<Record<string, number>> = { lru: 0.001 };

describe.each(experiments)('%s', (name, experiment) => {
  const observed = experiment.points.map((point, place) =>
    Array.from({ length: REPLICATIONS }, (_, i) => experiment.replicate(point, `test/${name}/${place}/${i}`)),
  );
  const within = (theory: (point: number) => number): number =>
    experiment.points.filter((_, point) => {
      const { low, high } = confidenceInterval(observed[point], STRICT);
      const error = APPROXIMATION[name] ?? 0;
      return low - error <= theory(point) && theory(point) <= high + error;
    }).length;

  it('is measured as theory says, at every point', () => {
    expect(within((point) => experiment.points[point].theory)).toBe(experiment.points.length);
  });

  it('is told from another theory', () => {
    const wrong = within((point) => experiment.points[point].theory ** 0.7);
    expect(wrong).toBeLessThan(experiment.points.length / 2);
  });

  it('is the same for the same seed, and another for another', () => {
    expect(experiment.replicate(experiment.points[0], `test/${name}/0/0`)).toBe(observed[0][0]);
    expect(new Set(observed[0]).size).toBeGreaterThan(1);
  });

  it('has its points on the curves that are drawn', () => {
    for (const { series, x, theory } of experiment.points) {
      const own = experiment.curves.filter((point) => point.series === series);
      const left = own.findLast((point) => point.x <= x + 1e-9);
      const right = own.find((point) => point.x >= x - 1e-9);
      if (!left || !right) throw new Error(`${name} has no curve at ${x}`);
      expect(theory).toBeGreaterThanOrEqual(Math.min(left.theory, right.theory) - 1e-9);
      expect(theory).toBeLessThanOrEqual(Math.max(left.theory, right.theory) + 1e-9);
    }
  });
});

describe('an estimate', () => {
  const points = [
    { series: 'a', x: 1, theory: 2 },
    { series: 'a', x: 2, theory: 9 },
  ];

  it('has an interval from two replications on, and says whether it holds theory’s value', () => {
    expect(estimatesOf(points, [[1], []])).toEqual([
      { ...points[0], n: 1, mean: 1, low: NaN, high: NaN, holds: false },
    ]);
    const two = estimatesOf(points, [
      [1, 3],
      [1, 3],
    ]);
    expect(two.map(({ mean, holds }) => [mean, holds])).toEqual([
      [2, true],
      [2, true],
    ]);
    const many = estimatesOf(
      points,
      points.map(() => Array.from({ length: 10 }, (_, i) => 1.5 + i / 9)),
    );
    expect(many.map(({ holds }) => holds)).toEqual([true, false]);
    expect(tally(many)).toEqual({ holding: 1, told: 2, expected: 2 * LEVEL });
  });

  it('a plausible number of holding intervals is that of the binomial distribution', () => {
    // P(at most 88 of 100) = 0.0043, P(at most 89) = 0.0115; P(100) = 0.0059.
    expect(plausibleRange(100)).toEqual([89, 99]);
    expect(plausibleRange(1)).toEqual([0, 1]);
  });
});

it('a study of coverage comes out as the level of its intervals says, with a fixed seed', () => {
  const truth = mm1(COVERAGE.load).W;
  const repetitions = 40;
  let holding = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const { low, high } = confidenceInterval(coverageStudy(repetition, 'test'), LEVEL);
    if (low <= truth && truth <= high) holding++;
  }
  const [least] = plausibleRange(repetitions);
  expect(holding).toBeGreaterThanOrEqual(least);
});
