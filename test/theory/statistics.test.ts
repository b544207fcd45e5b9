/**
 * Do the intervals keep their promise? Each experiment is repeated on hundreds of seeds where the truth is known, and
 * the share of 95 % intervals that cover it must lie within four standard deviations of 95 %. Beside each stands the
 * mistake it guards against, which must fall out of the same bounds: if it did not, the experiment would prove nothing.
 */
import { describe, expect, test } from 'vitest';
import { exponential } from '../../sim-core/kernel/distributions/exponential.ts';
import { normal } from '../../sim-core/kernel/distributions/normal.ts';
import { RandomStreams } from '../../sim-core/kernel/random-streams.ts';
import type { RandomStream } from '../../sim-core/kernel/random-stream.ts';
import { BatchMeans, batchMeans } from '../../sim-core/statistics/batch-means.ts';
import { confidenceInterval, intervalAround, tallyOf } from '../../sim-core/statistics/confidence.ts';
import { pairedDifference, welchDifference } from '../../sim-core/statistics/paired.ts';
import { studentQuantile } from '../../sim-core/statistics/student.ts';
import { dropBefore, mser } from '../../sim-core/statistics/warm-up.ts';

const LEVEL = 0.95;
const bell = normal(0, 1);

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The share of replications whose interval covers the truth. */
function coverage(replications: number, truth: number, experiment: (random: RandomStream) => Interval): number {
  let covered = 0;
  for (let seed = 1; seed <= replications; seed += 1) {
    const { low, high } = experiment(new RandomStreams(seed).stream('replication'));
    if (low <= truth && truth <= high) covered += 1;
  }
  return covered / replications;
}

function boundsOf(replications: number): [number, number] {
  const deviation = Math.sqrt((LEVEL * (1 - LEVEL)) / replications);
  return [LEVEL - 4 * deviation, Math.min(1, LEVEL + 4 * deviation)];
}

function expectKept(share: number, replications: number): void {
  const [low, high] = boundsOf(replications);
  expect(share).toBeGreaterThanOrEqual(low);
  expect(share).toBeLessThanOrEqual(high);
}

function expectBroken(share: number, replications: number): void {
  expect(share).toBeLessThan(boundsOf(replications)[0]);
}

function sample(random: RandomStream, n: number, mean = 0, deviation = 1): number[] {
  return Array.from({ length: n }, () => mean + deviation * bell.sample(random));
}

describe("Student's interval", () => {
  test.each([2, 5, 30])('of %i normal values covers their mean', (n) => {
    expectKept(
      coverage(2000, 7, (random) => confidenceInterval(sample(random, n, 7, 3))),
      2000,
    );
  });

  test('with the normal quantile instead of t fails at 5 values', () => {
    const z = studentQuantile(LEVEL, Infinity);
    const share = coverage(2000, 0, (random) => {
      const { mean, variance } = tallyOf(sample(random, 5));
      return intervalAround(mean, z * Math.sqrt(variance / 5), 5, LEVEL);
    });
    expectBroken(share, 2000);
  });
});

describe('the difference of two systems', () => {
  /** Two systems under the same load: what they share is three times what is their own. */
  function twins(random: RandomStream): [number[], number[]] {
    const load = sample(random, 10, 0, 3);
    return [load.map((one) => one + 2 + bell.sample(random)), load.map((one) => one + bell.sample(random))];
  }

  test('in pairs covers, and is narrower than without pairing', () => {
    let narrower = 0;
    const share = coverage(1000, 2, (random) => {
      const [a, b] = twins(random);
      const paired = pairedDifference(a, b);
      if (paired.halfWidth < welchDifference(a, b).halfWidth) narrower += 1;
      expect(paired.correlation).toBeGreaterThan(0);
      return paired;
    });
    expectKept(share, 1000);
    expect(narrower).toBeGreaterThan(990);
  });

  /** Few values of the system that varies most: where equal variances are the worst assumption. */
  function unequal(random: RandomStream): [number[], number[]] {
    return [sample(random, 5, 2, 6), sample(random, 30, 0, 1)];
  }

  test('by Welch covers when variances and sizes differ', () => {
    expectKept(
      coverage(2000, 2, (random) => welchDifference(...unequal(random))),
      2000,
    );
  });

  test('with one pooled variance fails there', () => {
    const share = coverage(2000, 2, (random) => {
      const [a, b] = unequal(random).map(tallyOf);
      const freedom = a.count + b.count - 2;
      const pooled = ((a.count - 1) * a.variance + (b.count - 1) * b.variance) / freedom;
      const halfWidth = studentQuantile(LEVEL, freedom) * Math.sqrt(pooled * (1 / a.count + 1 / b.count));
      return intervalAround(a.mean - b.mean, halfWidth, freedom + 2, LEVEL);
    });
    expectBroken(share, 2000);
  });
});

describe('batch means of an autoregression with coefficient 0.8', () => {
  /** Started in its stationary state, of mean 5. */
  function autoregression(random: RandomStream, n: number): number[] {
    let state = bell.sample(random) / Math.sqrt(1 - 0.8 * 0.8);
    return Array.from({ length: n }, () => {
      state = 0.8 * state + bell.sample(random);
      return 5 + state;
    });
  }

  test('cover the mean, whole and streaming, and long batches look independent', () => {
    let lag1 = 0;
    const whole = coverage(400, 5, (random) => {
      const interval = batchMeans(autoregression(random, 4000), 20);
      lag1 += interval.lag1 / 400;
      return interval;
    });
    expectKept(whole, 400);
    expect(Math.abs(lag1)).toBeLessThan(2 / Math.sqrt(20));
    const streaming = coverage(400, 5, (random) => {
      const stream = new BatchMeans(20);
      for (const value of autoregression(random, 4000)) stream.add(value);
      return stream.interval();
    });
    expectKept(streaming, 400);
  });

  test('taken for independent values fail', () => {
    expectBroken(
      coverage(400, 5, (random) => confidenceInterval(autoregression(random, 4000))),
      400,
    );
  });

  test('fail when batches are too short, and their autocorrelation says so', () => {
    let warned = 0;
    const share = coverage(400, 5, (random) => {
      const interval = batchMeans(autoregression(random, 4000), 2000);
      if (interval.lag1 > 2 / Math.sqrt(interval.n)) warned += 1;
      return interval;
    });
    expectBroken(share, 400);
    expect(warned).toBe(400);
  });
});

describe('waiting times in M/M/1 at half load, from an empty system', () => {
  const service = exponential(1);
  const between = exponential(2);

  /** Lindley's recurrence. The mean waiting time in the steady state is ρ / (μ (1 − ρ)) = 1 service time. */
  function waits(random: RandomStream, n: number): { waits: number[]; arrivals: number[] } {
    const result: { waits: number[]; arrivals: number[] } = { waits: [], arrivals: [] };
    let wait = 0;
    let now = 0;
    for (let i = 0; i < n; i += 1) {
      result.waits.push(wait);
      result.arrivals.push(now);
      const gap = between.sample(random);
      now += gap;
      wait = Math.max(0, wait + service.sample(random) - gap);
    }
    return result;
  }

  test('batch means after a fixed warm-up cover the closed form', () => {
    const share = coverage(200, 1, (random) => {
      const run = waits(random, 10_000);
      return batchMeans(run.waits.slice(dropBefore(200, run.arrivals)), 20);
    });
    expectKept(share, 200);
  });

  test('batch means after MSER-5 cover it too', () => {
    const share = coverage(200, 1, (random) => {
      const run = waits(random, 10_000).waits;
      const { drop, settled } = mser(run);
      expect(settled).toBe(true);
      return batchMeans(run.slice(drop), 20);
    });
    expectKept(share, 200);
  });
});

describe('a cold start towards a mean of 0', () => {
  const truncated = (run: number[]): number[] => run.slice(mser(run).drop);

  test('that ends abruptly spoils the interval when left in, and MSER-5 mends it', () => {
    const cold = (random: RandomStream): number[] => sample(random, 2000).map((one, i) => (i < 200 ? one + 5 : one));
    const leftIn = coverage(500, 0, (random) => confidenceInterval(cold(random)));
    expectBroken(leftIn, 500);
    const mended = coverage(500, 0, (random) => confidenceInterval(truncated(cold(random))));
    expectKept(mended, 500);
  });

  test('that fades slowly is cut where its bias equals the noise: a far smaller error, but not full coverage', () => {
    const cold = (random: RandomStream): number[] =>
      sample(random, 2000).map((one, i) => one + 10 * Math.exp(-i / 100));
    let leftIn = 0;
    let left = 0;
    const share = coverage(500, 0, (random) => {
      const run = cold(random);
      const interval = confidenceInterval(truncated(run));
      leftIn += tallyOf(run).mean ** 2;
      left += interval.mean ** 2;
      return interval;
    });
    expect(Math.sqrt(left)).toBeLessThan(Math.sqrt(leftIn) / 5);
    expectBroken(share, 500);
  });
});
