/**
 * Every limiter against the same rule in the obvious way, over a list of what went on before, and within the bound that it is
 * there for; and against a table of what rules of that kind decide, the sequences of which were worked out elsewhere.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ms, s, SECOND } from '../../../../../sim-core/kernel/time.ts';
import {
  gapOf,
  limitOf,
  type RateLimiterOptions,
} from '../../../../../sim-core/network/resilience/rate-limiting/rate-limiter.ts';
import {
  rateLimiters,
  type RateLimiterName,
} from '../../../../../sim-core/network/resilience/rate-limiting/rate-limiters.ts';
import { sharedVectors } from '../../../../shared-vectors.ts';

/** A request that went on: when it came, and when it went. */
interface Passed {
  readonly came: number;
  readonly went: number;
}

interface Limiter {
  /** When a request that comes now goes on, by all that went on before; undefined if it does not. */
  readonly naive: (options: RateLimiterOptions, before: readonly Passed[], now: number) => number | undefined;
  /** How many go on at most within any stretch of so many nanoseconds; the stretch holds one of its two ends. */
  readonly most: (options: RateLimiterOptions, stretch: number) => number;
}

const windowOf = ({ window }: RateLimiterOptions, time: number): number => Math.floor(time / window);

const limiters: Readonly<Record<RateLimiterName, Limiter>> = {
  none: { naive: (_, _before, now) => now, most: () => Infinity },
  'fixed-window': {
    naive: (options, before, now) => {
      const inWindow = before.filter(({ went }) => windowOf(options, went) === windowOf(options, now)).length;
      return inWindow < limitOf(options) ? now : undefined;
    },
    most: (options, stretch) => limitOf(options) * (Math.ceil(stretch / options.window) + 1),
  },
  'sliding-window-log': {
    naive: (options, before, now) =>
      before.filter(({ went }) => now - went < options.window).length < limitOf(options) ? now : undefined,
    most: (options, stretch) => limitOf(options) * Math.ceil(stretch / options.window),
  },
  'sliding-window-counter': {
    naive: (options, before, now) => {
      const inWindow = (number: number): number =>
        before.filter(({ went }) => windowOf(options, went) === number).length;
      const number = windowOf(options, now);
      const covered = BigInt((number + 1) * options.window - now);
      const estimate = BigInt(inWindow(number - 1)) * covered + BigInt(inWindow(number) + 1) * BigInt(options.window);
      return estimate <= BigInt(limitOf(options)) * BigInt(options.window) ? now : undefined;
    },
    most: (options, stretch) => limitOf(options) * (Math.ceil(stretch / options.window) + 1),
  },
  // GCRA: `full` is the theoretical arrival time, when the bucket would be full again.
  'token-bucket': {
    naive: (options, before, now) => {
      const gap = gapOf(options);
      let full = 0;
      for (const { went } of before) full = Math.max(full, went) + gap;
      return full - now <= (options.burst - 1) * gap ? now : undefined;
    },
    most: (options, stretch) => options.burst + stretch / gapOf(options),
  },
  'leaky-bucket-queue': {
    naive: (options, before, now) => {
      const waiting = before.filter(({ went }) => went > now);
      if (waiting.length >= options.queueMax) return undefined;
      return Math.max(now, waiting.at(-1)?.went ?? now) + gapOf(options);
    },
    most: (options, stretch) => Math.ceil(stretch / gapOf(options)),
  },
};

const options = fc.record({
  perSecond: fc.integer({ min: 1, max: 50 }),
  burst: fc.integer({ min: 1, max: 12 }),
  queueMax: fc.integer({ min: 1, max: 12 }),
  window: fc.constantFrom(ms(100), ms(700), s(1), s(2)),
});
/** Pauses in units in which windows end and gaps are passed exactly, and some that meet neither. */
const pauses = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.nat(20).map((tens) => ms(10 * tens)),
    fc.nat(s(3)),
  ),
  {
    maxLength: 60,
  },
);

/** What went on of requests that come after these pauses; each decision is compared with the naive one. */
function passed(name: RateLimiterName, settings: RateLimiterOptions, gaps: readonly number[]): Passed[] {
  const limiter = rateLimiters[name](settings);
  const before: Passed[] = [];
  let now = 0;
  for (const gap of gaps) {
    now += gap;
    const wait = limiter.admit(now);
    const went = wait === undefined ? undefined : now + wait;
    expect(went, `at ${now} ns after ${before.length}`).toBe(limiters[name].naive(settings, before, now));
    if (went !== undefined) before.push({ came: now, went });
  }
  return before;
}

describe.each(Object.keys(rateLimiters) as RateLimiterName[])('%s', (name) => {
  it('decides as the naive one does, and never lets more through than its bound', () => {
    fc.assert(
      fc.property(options, pauses, fc.integer({ min: 1, max: s(4) }), (settings, gaps, stretch) => {
        const went = passed(name, settings, gaps).map((one) => one.went);
        for (const from of went) {
          const within = went.filter((time) => time >= from && time < from + stretch).length;
          expect(within).toBeLessThanOrEqual(limiters[name].most(settings, stretch));
        }
      }),
    );
  });

  if (name === 'none') return;

  it('lets a burst through as far as its rule goes, and refuses the rest', () => {
    const settings = { perSecond: 20, burst: 4, queueMax: 6, window: s(0.5) };
    const most = { 'token-bucket': 4, 'leaky-bucket-queue': 6 }[name as string] ?? 10;
    expect(
      passed(
        name,
        settings,
        Array.from({ length: 50 }, () => 0),
      ),
    ).toHaveLength(most);
  });

  it.each([
    [{ perSecond: 0 }, 'perSecond is 0'],
    [{ perSecond: NaN }, 'perSecond is NaN'],
    [{ burst: 0.5 }, 'burst is 0.5'],
    [{ queueMax: Infinity }, 'queueMax is Infinity'],
    [{ window: 0 }, 'window is 0 ns'],
  ])('refuses %j if it is any concern of its own', (wrong, message) => {
    const [field] = Object.keys(wrong);
    const concerns: Readonly<Record<string, readonly string[]>> = {
      'token-bucket': ['perSecond', 'burst'],
      'leaky-bucket-queue': ['perSecond', 'queueMax'],
    };
    const make = () => rateLimiters[name]({ perSecond: 5, burst: 5, queueMax: 5, window: SECOND, ...wrong });
    if ((concerns[name] ?? ['perSecond', 'window']).includes(field)) expect(make).toThrow(message);
    else expect(make).not.toThrow();
  });
});

it('lets twice the limit through around a fixed window’s edge, and a counter no more than a log and what has dripped since', () => {
  const settings = { perSecond: 5, burst: 5, queueMax: 5, window: s(1) };
  const times = [...Array.from({ length: 9 }, () => s(0.9)), ...Array.from({ length: 9 }, () => s(1.1))];
  const allowed = (name: RateLimiterName): number => {
    const limiter = rateLimiters[name](settings);
    return times.filter((time) => limiter.admit(time) !== undefined).length;
  };
  expect(allowed('fixed-window')).toBe(10);
  expect(allowed('sliding-window-log')).toBe(5);
  expect(allowed('sliding-window-counter')).toBe(5);
});

// The counter only estimates: see below.
it.each((Object.keys(rateLimiters) as RateLimiterName[]).filter((name) => name !== 'sliding-window-counter'))(
  '%s lets everybody through at once who keeps to the rate',
  (name) => {
    fc.assert(
      fc.property(options, fc.integer({ min: 1, max: 100 }), (settings, count) => {
        const step = Math.ceil(Math.max(settings.window / limitOf(settings), gapOf(settings)));
        const steps = Array.from({ length: count }, () => step);
        const all = passed(name, settings, steps);
        expect(all).toHaveLength(count);
        for (const { came, went } of all) expect(went - came).toBe(name === 'leaky-bucket-queue' ? gapOf(settings) : 0);
      }),
    );
  },
);

it('counts what a window takes without losing one to rounding', () => {
  expect(limitOf({ perSecond: 30, window: ms(700) })).toBe(21);
  expect(limitOf({ perSecond: 1, window: ms(700) })).toBe(1);
});

it('a counter may refuse whoever keeps to the rate, since it takes the window before for an even flow', () => {
  const limiter = rateLimiters['sliding-window-counter']({ perSecond: 1, burst: 1, queueMax: 1, window: s(1) });
  // One a second, late in its window: two fifths of the one before still count, though it is a whole second ago.
  expect([limiter.admit(s(0.6)), limiter.admit(s(1.6)), limiter.admit(s(2.6))]).toEqual([0, undefined, 0]);
});

interface Row {
  readonly sequence: string;
  readonly arrivals: readonly number[];
  readonly rate_per_s: number;
  readonly limit_or_capacity: number;
  readonly [column: string]: unknown;
}

const vectors = sharedVectors<{ rows: Row[] }>('rate_limiters.json');
const columns = {
  'fixed-window': 'fixed_window_1s_5',
  'sliding-window-log': 'sliding_log_1s_5',
  'sliding-window-counter': 'sliding_counter_1s_5',
  'token-bucket': 'token_bucket_b5',
  'leaky-bucket-queue': 'leaky_bucket_queue_cap5_departures',
} as const;

describe.skipIf(vectors.isLeftOut)('the table of rate limiters', () => {
  const { rows } = vectors.isLeftOut ? { rows: [] } : vectors.read();

  it.each(Object.entries(columns) as [keyof typeof columns, string][])('%s decides as it says', (name, column) => {
    expect(rows.length).toBeGreaterThan(2);
    for (const { sequence, arrivals, rate_per_s, limit_or_capacity, [column]: expected } of rows) {
      const limiter = rateLimiters[name]({
        perSecond: rate_per_s,
        burst: limit_or_capacity,
        queueMax: limit_or_capacity,
        window: s(1),
      });
      const decided = arrivals.map((at) => {
        const wait = limiter.admit(s(at));
        if (name !== 'leaky-bucket-queue') return wait === undefined ? 0 : 1;
        return wait === undefined ? null : (s(at) + wait) / SECOND;
      });
      expect(decided, sequence).toEqual(expected);
    }
  });
});
