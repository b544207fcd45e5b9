/** The tests of fit are themselves tested: against tables, and by wrong laws that they must refuse. */
import { describe, expect, it } from 'vitest';
import {
  chiSquare,
  chiSquareUniform,
  kolmogorovSmirnov,
  logGamma,
  normalCdf,
  regularizedGamma,
} from './goodness-of-fit.ts';

describe('the tests of fit themselves, against tabulated values', () => {
  it('has the normal distribution function', () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 12);
    expect(normalCdf(-2.3263478740408408)).toBeCloseTo(0.01, 12);
  });

  it('has the gamma function and its integral', () => {
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 12);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(regularizedGamma(1, 2)).toBeCloseTo(1 - Math.exp(-2), 13);
    // The 95 % points of chi-square with 10 and 100 degrees of freedom.
    expect(regularizedGamma(5, 18.307038053275146 / 2)).toBeCloseTo(0.95, 12);
    expect(regularizedGamma(50, 124.34211340400407 / 2)).toBeCloseTo(0.95, 12);
  });

  it('gives Pearson 5 % at its 5 % point', () => {
    // Two cells: the statistic is (2d)^2 / n with d the difference from the half.
    const deviation = Math.sqrt(3.841458820694124 * 10_000) / 2;
    expect(chiSquare([5000 + deviation, 5000 - deviation], [5000, 5000])).toBeCloseTo(0.05, 10);
    expect(chiSquareUniform([100, 100, 100])).toBe(1);
  });

  it('gives Kolmogorov 5 % at its 5 % point', () => {
    const n = 10_000;
    const shift = 1.358 / Math.sqrt(n);
    const samples = Array.from({ length: n }, (_, i) => (i + 0.5) / n);
    expect(kolmogorovSmirnov(samples, (x) => Math.min(1, x + shift))).toBeGreaterThan(0.045);
    expect(kolmogorovSmirnov(samples, (x) => Math.min(1, x + shift))).toBeLessThan(0.055);
    expect(kolmogorovSmirnov(samples, (x) => x)).toBe(1);
  });
});
