/**
 * XFetch reloads with probability exp(-gap / (beta delta)), not the 63 % at gap = delta that circulates. With Poisson
 * readers of rate lambda, none reloads before the expiry with probability exp(-lambda beta delta).
 */
import { describe, expect, it } from 'vitest';
import { noReloadChance, reloadChance } from '../../notebooks/calibration/early-reload.ts';
import { xfetch } from '../../sim-core/cache/stampede/xfetch.ts';
import { confidenceInterval, exponential, RandomStreams, RequestContext, s } from '../../sim-core/index.ts';
import { sharedVectors } from '../shared-vectors.ts';

const TTL = s(1000);

/** Whether one reader, so long before the expiry of an entry that took `delta` to load, reloads it. All in seconds. */
function reader(beta: number, delta: number): (request: number, gap: number) => boolean {
  const rule = xfetch(TTL, beta, new RandomStreams(11).keyed('readers'));
  const entry = { key: 1, value: 0, storedAt: 0, expiresAt: TTL, softExpiresAt: TTL, loadDuration: s(delta) };
  return (request, gap) => rule.judge(entry, TTL - s(gap), new RequestContext(request, 0)) === 'reload';
}

/** Whether a count of successes is within 4.5 standard deviations of what is expected: 1 in 150,000 by chance. */
function plausible(count: number, trials: number, probability: number): boolean {
  const deviation = Math.sqrt(trials * probability * (1 - probability));
  return Math.abs(count - trials * probability) <= 4.5 * deviation + 1;
}

function shareReloading(beta: number, delta: number, gap: number, trials: number): number {
  const reloads = reader(beta, delta);
  let count = 0;
  for (let request = 0; request < trials; request++) if (reloads(request, gap)) count++;
  return count;
}

const TRIALS = 20_000;
const grid = [0.5, 1, 2].flatMap((beta) =>
  [0.05, 0.4].flatMap((delta) => [0.01, 0.1, 0.4, 2].map((gap) => [beta, delta, gap])),
);

describe('one reader reloads with probability exp(-gap / (beta delta))', () => {
  it.each(grid)('beta %d, delta %d s, gap %d s', (beta, delta, gap) => {
    const count = shareReloading(beta, delta, gap, TRIALS);
    expect(plausible(count, TRIALS, reloadChance(gap, beta, delta))).toBe(true);
  });

  it('which is 36.8 % and not 63.2 % at gap = delta', () => {
    const count = shareReloading(1, 0.4, 0.4, TRIALS);
    expect(plausible(count, TRIALS, Math.exp(-1))).toBe(true);
    expect(plausible(count, TRIALS, 1 - Math.exp(-1))).toBe(false);
  });
});

/**
 * Readers come by a Poisson process, from so long before the expiry on that one reloads before that in 1 of 30,000 cycles; how long
 * before it does the first reload, in each cycle? 0: none does.
 */
function leadTimes(lambda: number, beta: number, delta: number, cycles: number): number[] {
  const reloads = reader(beta, delta);
  const arrivals = new RandomStreams(5).stream('arrivals');
  const gapBetween = exponential(1 / lambda);
  let request = 0;
  return Array.from({ length: cycles }, () => {
    let left = beta * delta * (10.4 + Math.max(0, Math.log(lambda * beta * delta)));
    for (;;) {
      left -= gapBetween.sample(arrivals);
      if (left <= 0) return 0;
      if (reloads(request++, left)) return left;
    }
  });
}

const cyclesWithout = (lambda: number, beta: number, delta: number, cycles: number): number =>
  leadTimes(lambda, beta, delta, cycles).filter((lead) => lead === 0).length;

describe('a cycle without an early reload has probability exp(-lambda beta delta)', () => {
  it.each([
    [1, 1, 1],
    [1, 2, 1],
    [10, 1, 0.1],
    [10, 2, 0.2],
  ])('lambda %d, beta %d, delta %d s', (lambda, beta, delta) => {
    const cycles = 4000;
    expect(plausible(cyclesWithout(lambda, beta, delta, cycles), cycles, noReloadChance(lambda, beta, delta))).toBe(
      true,
    );
  });
});

const vectors = sharedVectors<{ readonly per_request: readonly RequestRow[]; readonly per_cycle: readonly CycleRow[] }>(
  'xfetch.json',
);

interface RequestRow {
  readonly beta: number;
  readonly delta: number;
  readonly gap_to_expiry: number;
  readonly p_refresh_single_request: number;
}

interface CycleRow {
  readonly lambda: number;
  readonly beta: number;
  readonly delta: number;
  readonly P_no_early_refresh_before_expiry: number;
  /** Of cycles without an early reload it is 0. */
  readonly mean_lead_time_before_expiry: number;
}

describe.skipIf(vectors.isLeftOut)('the worked values', () => {
  const { per_request: requests, per_cycle: cycles } = vectors.isLeftOut
    ? { per_request: [], per_cycle: [] }
    : vectors.read();

  it('of single requests are met', () => {
    expect(requests.length).toBeGreaterThan(0);
    for (const { beta, delta, gap_to_expiry: gap, p_refresh_single_request: probability } of requests) {
      expect(plausible(shareReloading(beta, delta, gap, 5000), 5000, probability), `${beta} ${delta} ${gap}`).toBe(
        true,
      );
    }
  });

  it('of cycles without an early reload are those of the closed form, in every row', () => {
    expect(cycles.length).toBeGreaterThanOrEqual(8);
    for (const { lambda, beta, delta, P_no_early_refresh_before_expiry: probability } of cycles) {
      const ours = noReloadChance(lambda, beta, delta);
      // Given to ten digits.
      expect(Math.abs(ours - probability), `${lambda} ${beta} ${delta}`).toBeLessThanOrEqual(1e-9 * probability);
    }
  });

  it('of cycles are met by readers: how many have no early reload, and how early it is in the mean', () => {
    for (const row of cycles) {
      const { lambda, beta, delta, P_no_early_refresh_before_expiry: probability } = row;
      const name = `${lambda} ${beta} ${delta}`;
      // As many as can be told in the time: more readers come in a cycle the larger the product is.
      const leads = leadTimes(lambda, beta, delta, Math.max(100, Math.round(2000 / (lambda * beta * delta))));
      const without = leads.filter((lead) => lead === 0).length;
      expect(plausible(without, leads.length, probability), name).toBe(true);
      const { mean, halfWidth } = confidenceInterval(leads, 0.9999);
      expect(Math.abs(mean - row.mean_lead_time_before_expiry), name).toBeLessThanOrEqual(halfWidth);
    }
  });
});
