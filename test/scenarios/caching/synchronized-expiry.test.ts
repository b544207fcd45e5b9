/** Synchronized expiry beside its closed forms: keys asked for again after an expiry, and expiries by the second. */
import { describe, expect, it } from 'vitest';
import synchronizedExpiry from '../../../scenarios/caching/synchronized-expiry.ts';
import { expiryDensity, keysAskedFor } from '../../../scenarios/caching/synchronized-expiry/limits.ts';
import type { Values } from '../../../scenarios/caching/synchronized-expiry/params.ts';
import {
  confidenceInterval,
  ms,
  resolveParameters,
  run,
  s,
  toSeconds,
  type ParameterValues,
} from '../../../sim-core/index.ts';

const valuesOf = (given: ParameterValues): Values => resolveParameters(synchronizedExpiry, 'same-ttl', given) as Values;

it('loads of a herd are the keys that have been asked for again: the sum of 1 - exp(-r t)', () => {
  // Loads of no time by one instance: no load is redundant, and none is late.
  const params = { instances: 1, loadTime: ms(1), cores: 128, keys: 200, exponent: 0.9, rate: 400, length: s(12) };
  const window = 0.5;
  const counts = Array.from({ length: 20 }, (_, seed) => {
    const { facts } = run(synchronizedExpiry, { variant: 'same-ttl', params, seed: seed + 1 });
    const { times, rows } = facts.tables.find(({ kind }) => kind === 'db.queried')!;
    return times.subarray(0, rows).filter((time) => time >= s(10) && time < s(10) + s(window)).length;
  });
  const { mean, halfWidth } = confidenceInterval(counts, 0.999);
  const weights = Array.from({ length: params.keys }, (_, i) => (i + 1) ** -params.exponent);
  const sum = weights.reduce((a, b) => a + b);
  // A request takes 1 ms from the users to an instance, and 0.75 ms over the cache to the store, in the mean.
  const late = 0.00177;
  const asked = weights.reduce((keys, w) => keys + 1 - Math.exp((-w / sum) * params.rate * (window - late)), 0);
  expect(Math.abs(mean - asked)).toBeLessThan(halfWidth);
  expect(keysAskedFor(valuesOf(params), 0, window)).toBeLessThan(Math.min(...counts) + 1);
});

describe('expiries of one key by the second', () => {
  it.each([0.1, 0.2, 0.35, 0.5])('with a spread of %d are nowhere denser than claimed', (spread) => {
    const values = valuesOf({ spread, ttl: s(10) });
    const ttl = toSeconds(values.ttl);
    let state = 1;
    const uniform = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const bins = Array.from({ length: 120 }, () => 0);
    const keys = 200_000;
    for (let key = 0; key < keys; key++) {
      for (let at = 0; ;) {
        at += ttl * (1 - spread + 2 * spread * uniform());
        if (at >= 30) break;
        bins[Math.floor(at * 4)]++;
      }
    }
    const densest = Math.max(...bins) / keys / 0.25;
    const claimed = expiryDensity(values);
    expect(densest).toBeLessThan(claimed * 1.02);
    // While rounds do not overlap, the claim is not only a bound.
    if (spread <= 1 / 3) expect(densest).toBeGreaterThan(claimed * 0.98);
  });

  it('are those of a cache that draws its times to live: all within their range, and spread over it', () => {
    const params = { rate: 200, keys: 300, length: s(9) };
    const { facts } = run(synchronizedExpiry, { variant: 'jittered-ttl', params, seed: 3 });
    const { columns, rows } = facts.tables.find(({ kind }) => kind === 'cache.stored')!;
    const lives = columns['ttl'].subarray(0, rows);
    expect(rows).toBeGreaterThan(300);
    expect(Math.min(...lives)).toBeGreaterThanOrEqual(s(8));
    expect(Math.max(...lives)).toBeLessThanOrEqual(s(12));
    const lower = lives.filter((life) => life < s(10)).length;
    expect(Math.abs(lower - rows / 2)).toBeLessThan(2.5 * Math.sqrt(rows));
  });
});
