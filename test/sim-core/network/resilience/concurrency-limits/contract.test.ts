/**
 * What every concurrency limit keeps, whatever it is told; and where each settles before a server of so many cores that slows down
 * in proportion to what is inside, which can be worked out.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../../sim-core/kernel/time.ts';
import type { ConcurrencyLimit } from '../../../../../sim-core/network/resilience/concurrency-limits/concurrency-limit.ts';
import {
  concurrencyLimits,
  type ConcurrencyLimitName,
} from '../../../../../sim-core/network/resilience/concurrency-limits/concurrency-limits.ts';
import { WindowedLimit } from '../../../../../sim-core/network/resilience/concurrency-limits/windowed.ts';

const make = (name: ConcurrencyLimitName, initial: number, max = 200, timeout = s(1)): ConcurrencyLimit =>
  concurrencyLimits[name]({ initial, min: 1, max, timeout, random: new Simulation({ seed: 1 }).random('probes') });

const samples = fc.array(
  fc.record({
    rtt: fc.integer({ min: 1, max: s(2) }),
    inFlight: fc.integer({ min: 1, max: 250 }),
    dropped: fc.boolean(),
  }),
  { maxLength: 200 },
);

describe.each(Object.keys(concurrencyLimits) as ConcurrencyLimitName[])('%s', (name) => {
  it('stays a whole number between its bounds, and does not rise while it is hardly used', () => {
    fc.assert(
      fc.property(
        samples,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 150 }),
        (samples, initial, more) => {
          const limit = make(name, initial, initial + more);
          for (const { rtt, inFlight, dropped } of samples) {
            const before = limit.limit;
            limit.sample(rtt, inFlight, dropped);
            expect(Number.isInteger(limit.limit)).toBe(true);
            expect(limit.limit).toBeGreaterThanOrEqual(1);
            expect(limit.limit).toBeLessThanOrEqual(initial + more);
            if (inFlight * 2 < before) expect(limit.limit).toBeLessThanOrEqual(before);
          }
        },
      ),
    );
  });

  it('refuses bounds in the wrong order', () => {
    expect(() => make(name, 10, 5)).toThrow('min 1, initial 10, max 5');
    expect(() => make(name, 1.5)).toThrow('whole numbers');
  });
});

it.each<ConcurrencyLimitName>(['aimd', 'vegas'])('%s does not rise when something was dropped', (name) => {
  fc.assert(
    fc.property(samples, (samples) => {
      const limit = make(name, 50);
      for (const { rtt, inFlight } of samples) {
        const before = limit.limit;
        limit.sample(rtt, inFlight, true);
        expect(limit.limit).toBeLessThanOrEqual(before);
      }
    }),
  );
});

const BASE = ms(10);
/** The time of a request before a server of so many cores, with so many inside. */
const timeOf = (cores: number, inside: number): number => Math.round(BASE * Math.max(1, inside / cores));

/** As many inside as the limit lets in, for so many samples; the times that they took. */
function saturate(limit: ConcurrencyLimit, cores: number, count: number): number[] {
  return Array.from({ length: count }, () => {
    const inside = limit.limit;
    const time = timeOf(cores, inside);
    limit.sample(time, inside, false);
    return time;
  });
}

const servers = fc
  .integer({ min: 5, max: 60 })
  .chain((cores) => fc.record({ cores: fc.constant(cores), initial: fc.integer({ min: cores, max: 90 }) }));

it('vegas settles with three to six waiting', () => {
  fc.assert(
    fc.property(servers, ({ cores, initial }) => {
      const limit = make('vegas', initial, 99);
      limit.sample(BASE, 1, false);
      // Enough to come down one by one, and so few that it does not look for the shortest time anew: that takes 15 times the limit.
      saturate(limit, cores, 90);
      // One less where the estimate is a little more than a whole number, and counts as the next.
      expect(limit.limit).toBeGreaterThanOrEqual(cores + 2);
      expect(limit.limit).toBeLessThanOrEqual(cores + 6);
    }),
  );
});

it('vegas takes a queue for none if it looks again under load', () => {
  const limit = make('vegas', 20, 99);
  limit.sample(BASE, 1, false);
  saturate(limit, 10, 60);
  const settled = limit.limit;
  // Between 15 and 30 times the limit it looks again, and finds the time with a queue.
  saturate(limit, 10, 31 * settled);
  expect(limit.limit).toBeGreaterThan(settled);
});

it('aimd goes to and fro between what is just in time and nine tenths of the first that is not', () => {
  fc.assert(
    fc.property(servers, fc.integer({ min: 11, max: 15 }), ({ cores, initial }, tenths) => {
      const timeout = ms(tenths);
      const limit = make('aimd', initial, 200, timeout);
      saturate(limit, cores, 200);
      let first = 1;
      while (timeOf(cores, first) <= timeout) first++;
      for (let i = 0; i < 50; i++) {
        saturate(limit, cores, 1);
        expect(limit.limit).toBeGreaterThanOrEqual(Math.floor(first * 0.9));
        expect(limit.limit).toBeLessThanOrEqual(first);
      }
    }),
  );
});

/** The decimal logarithm's whole part, at least 1, and from 1,000 on the square root, as `Log10RootFunction` looks it up. */
const log10Root = (limit: number): number =>
  limit >= 1000 ? Math.trunc(Math.sqrt(limit)) : Math.max(1, String(limit).length - 1);

interface Told {
  readonly rtt: number;
  readonly inFlight: number;
  readonly dropped: boolean;
}

/** What VegasLimit says of its queue, and what of `alpha`, `beta` and `threshold`, put down one by one: the limit after each sample. */
function vegasStepByStep(initial: number, max: number, told: readonly Told[], jitters: () => number): number[] {
  let [limit, rttNoLoad, sinceProbe, jitter] = [initial, 0, 0, jitters()];
  return told.map(({ rtt, inFlight, dropped }) => {
    sinceProbe += 1;
    if (jitter * 30 * limit <= sinceProbe) {
      [rttNoLoad, sinceProbe, jitter] = [rtt, 0, jitters()];
      return limit;
    }
    if (rttNoLoad === 0 || rtt < rttNoLoad) {
      rttNoLoad = rtt;
      return limit;
    }
    const queue = Math.ceil(limit * (1 - rttNoLoad / rtt));
    const [alpha, beta, threshold] = [3, 6, 1].map((times) => times * log10Root(limit));
    const isHardlyUsed = !dropped && inFlight * 2 < limit;
    const next = [
      { when: dropped, limit: limit - log10Root(limit) },
      { when: isHardlyUsed, limit },
      { when: queue <= threshold, limit: limit + beta },
      { when: queue < alpha, limit: limit + log10Root(limit) },
      { when: queue > beta, limit: limit - log10Root(limit) },
    ].find(({ when }) => when);
    limit = Math.max(1, Math.min(max, next?.limit ?? limit));
    return limit;
  });
}

/** AIMDLimit's `_update`, with what follows from all samples so far: the limit after each. */
function aimdStepByStep(initial: number, max: number, told: readonly Told[], timeout: number): number[] {
  let limit = initial;
  return told.map(({ rtt, inFlight, dropped }) => {
    const isBad = dropped || rtt > timeout;
    const isUsed = inFlight * 2 >= limit;
    limit = Math.min(max, Math.max(1, isBad ? Math.trunc(limit * 0.9) : isUsed ? limit + 1 : limit));
    return limit;
  });
}

/** Samples whose times are near each other, as of a service, or far, and often as many inside as there may be. */
const toldOf = (most: number, count = 20) =>
  fc.array(
    fc.record({
      rtt: fc.oneof(fc.integer({ min: ms(8), max: ms(12) }), fc.integer({ min: 1, max: ms(200) })),
      inFlight: fc.oneof(fc.constant(most), fc.integer({ min: 1, max: most })),
      dropped: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
    }),
    { minLength: count, maxLength: count + 180 },
  );

function limitsOf(limit: ConcurrencyLimit, told: readonly Told[]): number[] {
  return told.map(({ rtt, inFlight, dropped }) => {
    limit.sample(rtt, inFlight, dropped);
    return limit.limit;
  });
}

it.each([
  ['dozens', 10, 90],
  ['hundreds', 90, 900],
  ['thousands', 900, 5000],
])('vegas does step by step as its text says, with %s inside', (_name, least, max) => {
  fc.assert(
    fc.property(toldOf(max), fc.integer({ min: least, max }), (told, initial) => {
      const random = new Simulation({ seed: 1 }).random('probes');
      const expected = vegasStepByStep(initial, max, told, () => 0.5 + random.next() / 2);
      expect(limitsOf(make('vegas', initial, max), told)).toEqual(expected);
    }),
  );
});

it('vegas looks for the shortest time anew when its text says', () => {
  fc.assert(
    // Of so few inside after 15 to 30 times as many samples.
    fc.property(toldOf(12, 300), fc.integer({ min: 1, max: 12 }), (told, initial) => {
      const random = new Simulation({ seed: 1 }).random('probes');
      const expected = vegasStepByStep(initial, 12, told, () => 0.5 + random.next() / 2);
      expect(limitsOf(make('vegas', initial, 12), told)).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});

it('aimd does step by step as its text says', () => {
  fc.assert(
    fc.property(
      toldOf(120),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: ms(8), max: ms(150) }),
      (told, initial, timeout) => {
        expect(limitsOf(make('aimd', initial, 100, timeout), told)).toEqual(
          aimdStepByStep(initial, 100, told, timeout),
        );
      },
    ),
  );
});

/**
 * Gradient2Limit's `_update` and ExpAvgMeasurement's `add`, line by line in the order of their text, over all samples so far: the limit
 * after each.
 */
function gradient2StepByStep(
  initial: number,
  max: number,
  told: readonly { rtt: number; inFlight: number }[],
): number[] {
  let [estimatedLimit, value, sum, count] = [initial, 0, 0, 0];
  return told.map(({ rtt: shortRtt, inFlight }) => {
    if (count < 10) {
      count += 1;
      sum += shortRtt;
      value = sum / count;
    } else {
      const factor = 2.0 / (600 + 1);
      value = value * (1 - factor) + shortRtt * factor;
    }
    const longRtt = value;
    if (longRtt / shortRtt > 2) value = value * 0.95;
    if (inFlight < estimatedLimit / 2) return Math.trunc(estimatedLimit);
    const gradient = Math.max(0.5, Math.min(1.0, (1.5 * longRtt) / shortRtt));
    let newLimit = estimatedLimit * gradient + 4;
    newLimit = estimatedLimit * (1 - 0.2) + newLimit * 0.2;
    newLimit = Math.max(1, Math.min(max, newLimit));
    estimatedLimit = newLimit;
    return Math.trunc(estimatedLimit);
  });
}

it('gradient2 does step by step as its text says', () => {
  const told = fc.array(
    fc.record({
      // Within what is borne, beyond it, and far from what was usual.
      rtt: fc.oneof(fc.integer({ min: ms(8), max: ms(20) }), fc.integer({ min: 1, max: ms(200) })),
      inFlight: fc.integer({ min: 1, max: 120 }),
    }),
    { minLength: 15, maxLength: 200 },
  );
  fc.assert(
    fc.property(told, fc.integer({ min: 1, max: 100 }), (told, initial) => {
      const limit = make('gradient2', initial);
      const limits = told.map(({ rtt, inFlight }) => {
        limit.sample(rtt, inFlight, false);
        return limit.limit;
      });
      const expected = gradient2StepByStep(initial, 200, told);
      // Both add up in another order: where one is just below a whole number the other may have reached it.
      for (const [i, limit] of limits.entries()) expect(Math.abs(limit - expected[i])).toBeLessThanOrEqual(1);
      expect(limits.filter((limit, i) => limit !== expected[i]).length).toBeLessThanOrEqual(1);
    }),
  );
});

/** The average of a list as Gradient2 has it: a plain one of ten, and then 600 samples' worth. */
const longAverage = (times: readonly number[]): number =>
  times.reduce((average, time, i) => average + (time - average) * (i < 10 ? 1 / (i + 1) : 2 / 601), 0);

it('gradient2 settles a few above half as many again as the cores, as far as its long average knows the time without a queue', () => {
  fc.assert(
    fc.property(servers, ({ cores, initial }) => {
      const limit = make('gradient2', initial);
      const calm = Array.from({ length: 600 }, () => BASE);
      for (const time of calm) limit.sample(time, 1, false);
      const rush = saturate(limit, cores, 100);
      // Of a limit L the next is L x 1.5 x usual / (BASE x L / cores) + 4, a fifth of the way.
      const usual = longAverage([...calm, ...rush]) / BASE;
      expect(limit.limit).toBeGreaterThanOrEqual(Math.floor(1.5 * cores + 3));
      expect(limit.limit).toBeLessThanOrEqual(Math.ceil(1.5 * usual * cores + 5));
    }),
  );
});

it('gradient2 takes slow for usual where it lasts, and rises to its maximum', () => {
  const limit = make('gradient2', 20, 100);
  for (let i = 0; i < 600; i++) limit.sample(BASE, 1, false);
  saturate(limit, 8, 50);
  expect(limit.limit).toBeLessThan(20);
  saturate(limit, 8, 2000);
  expect(limit.limit).toBe(100);
});

it('takes the samples of a window together, if there are ten of them', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.nat(ms(30)),
          samples.filter(({ length }) => length > 0),
        ),
        { maxLength: 30 },
      ),
      (steps) => {
        let now = 0;
        const told: [number, number, boolean][] = [];
        const inner: ConcurrencyLimit = { limit: 7, sample: (...sample) => void told.push(sample) };
        const limit = new WindowedLimit(inner, ms(50), () => now);
        const expected: [number, number, boolean][] = [];
        let window: { rtt: number; inFlight: number; dropped: boolean }[] = [];
        let ends = 0;
        for (const [pause, batch] of steps) {
          now += pause;
          for (const sample of batch) {
            limit.sample(sample.rtt, sample.inFlight, sample.dropped);
            window.push(sample);
            if (now <= ends) continue;
            ends = now + ms(50);
            const mean = Math.round(window.reduce((sum, { rtt }) => sum + rtt, 0) / window.length);
            const most = Math.max(...window.map(({ inFlight }) => inFlight));
            if (window.length >= 10) expected.push([mean, most, window.some(({ dropped }) => dropped)]);
            window = [];
          }
        }
        expect(told).toEqual(expected);
        expect(limit.limit).toBe(7);
      },
    ),
  );
});
