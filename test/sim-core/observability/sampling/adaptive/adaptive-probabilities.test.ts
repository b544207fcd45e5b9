/** Jaeger's rule by the cases that its source's comments give, and as a control loop on a flow that does not change. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { s } from '../../../../../sim-core/kernel/time.ts';
import {
  ADAPTIVE_SAMPLING_DEFAULTS,
  type AdaptiveSamplingOptions,
} from '../../../../../sim-core/observability/sampling/adaptive/adaptive-options.ts';
import {
  AdaptiveProbabilities,
  type Throughput,
} from '../../../../../sim-core/observability/sampling/adaptive/adaptive-probabilities.ts';

const INTERVAL = 10;
const SETTINGS: AdaptiveSamplingOptions = {
  ...ADAPTIVE_SAMPLING_DEFAULTS,
  calculationInterval: s(INTERVAL),
  initialSamplingProbability: 0.1,
};

/** An interval in which one operation was sampled so often a second, by these probabilities. */
const seen = (perSecond: number, ...by: number[]): Map<string, Throughput> =>
  new Map([['GET /', { count: perSecond * INTERVAL, probabilities: new Set(by) }]]);

/** The probability after each of some intervals. */
function after(
  intervals: readonly Map<string, Throughput>[],
  options: Partial<AdaptiveSamplingOptions> = {},
): number[] {
  const probabilities = new AdaptiveProbabilities({ ...SETTINGS, ...options });
  return intervals.map((interval) => {
    probabilities.update(interval);
    return probabilities.of('GET /');
  });
}

describe('the next probability', () => {
  it.each([
    ['falls at once', 5, 0.02],
    ['rises by its own at most', 0.1, 0.2],
    ['rises to what is wanted if that is less', 0.625, 0.16],
    ['stays within the tolerance', 1.29, 0.1],
    ['moves beyond it', 1.6, 0.0625],
    ['doubles where nothing was sampled by it', 0, 0.2],
    ['is not less than the least', 1e6, 1e-5],
  ])('%s', (_, perSecond, expected) => {
    expect(after([seen(perSecond, 0.1)])[0]).toBeCloseTo(expected, 12);
  });

  it('is not more than 1', () => {
    expect(after([seen(0.5, 0.8)], { initialSamplingProbability: 0.8 })).toEqual([1]);
  });

  it('waits for the clients to use what they were given', () => {
    const known = after([seen(5, 0.1), seen(5, 0.1), seen(5, 0.1, 0.02)]);
    expect(known[0]).toBeCloseTo(0.02, 12);
    expect(known[1]).toBeCloseTo(0.02, 12);
    expect(known[2]).toBeCloseTo(0.004, 12);
  });

  it('goes on by older intervals where an operation is silent, unless it never used what it was given', () => {
    const [, , silent] = after([seen(5, 0.1), seen(0.5, 0.02), new Map()]);
    expect(silent).toBeCloseTo(0.08, 12);
    expect(after([seen(5, 0.1), seen(5, 0.5), new Map()])[2]).toBeCloseTo(0.02, 12);
  });

  it('weighs several intervals by the fourth power of how late they were', () => {
    // (16 x 2 + 1 x 19) / 17 = 3 a second.
    const [, second] = after([seen(19, 0.1), seen(2, 19 ** -1 * 0.1)], { bucketsForCalculation: 2 });
    expect(second).toBeCloseTo(0.1 / 19 / 3, 12);
  });

  it('of an operation that is not known is the initial one', () => {
    expect(new AdaptiveProbabilities(SETTINGS).of('GET /')).toBe(0.1);
  });

  it.each([
    [{ targetSamplesPerSecond: 0 }, 'targetSamplesPerSecond is 0'],
    [{ initialSamplingProbability: 2 }, 'initialSamplingProbability is 2'],
    [{ bucketsForCalculation: 0 }, 'bucketsForCalculation is 0'],
    [{ minSamplesPerSecond: -1 }, 'minSamplesPerSecond is -1'],
  ])('refuses %j', (wrong, message) => {
    expect(() => new AdaptiveProbabilities({ ...SETTINGS, ...wrong })).toThrow(message);
  });
});

it('on a steady flow it comes to within the tolerance of the target, or to the end of its range, and stays there', () => {
  const flows = fc.record({
    perSecond: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
    target: fc.double({ min: 0.1, max: 100, noNaN: true }),
    initial: fc.double({ min: 1e-4, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(flows, ({ perSecond, target, initial }) => {
      const probabilities = new AdaptiveProbabilities({
        ...SETTINGS,
        targetSamplesPerSecond: target,
        initialSamplingProbability: initial,
      });
      const step = (): number => {
        const now = probabilities.of('GET /');
        probabilities.update(
          new Map([['GET /', { count: now * perSecond * INTERVAL, probabilities: new Set([now]) }]]),
        );
        return now;
      };
      // From 1e-5, the least that it can be, it doubles to 1 in 17 steps.
      for (let i = 0; i < 18; i++) step();
      const settled = step();
      expect(step()).toBe(settled);
      const rate = settled * perSecond;
      if (settled > 1e-5 && settled < 1) expect(Math.abs(rate - target)).toBeLessThanOrEqual(0.3 * target * (1 + 1e-9));
      else if (settled === 1) expect(rate).toBeLessThanOrEqual(1.3 * target);
      else expect(rate).toBeGreaterThanOrEqual(0.7 * target);
    }),
  );
});
