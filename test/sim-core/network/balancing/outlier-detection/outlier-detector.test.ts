/** Outlier detection against a table of what Envoy does, and against a naive one that keeps all that ever happened. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../../../sim-core/kernel/random-streams.ts';
import { s, SECOND } from '../../../../../sim-core/kernel/time.ts';
import {
  OutlierDetector,
  type OutlierListener,
} from '../../../../../sim-core/network/balancing/outlier-detection/outlier-detector.ts';
import {
  OUTLIER_DEFAULTS,
  type OutlierOptions,
} from '../../../../../sim-core/network/balancing/outlier-detection/outlier-options.ts';

const DEAF: OutlierListener = { ejected: () => {}, returned: () => {} };
const detectorOf = (hosts: number, options: Partial<OutlierOptions>, listener = DEAF): OutlierDetector =>
  new OutlierDetector(hosts, { ...OUTLIER_DEFAULTS, ...options }, new RandomStreams(1).stream('enforced'), listener);
const ejectedOf = (detector: { isEjected(host: number): boolean }, hosts: number): number[] =>
  Array.from({ length: hosts }, (_, host) => host).filter((host) => detector.isEjected(host));

interface Step {
  readonly at: number;
  readonly host?: number;
  readonly status?: number | readonly number[];
  readonly times?: number;
  readonly sweep?: true;
  readonly passed?: number;
  readonly ejected: readonly number[];
}
interface Row {
  readonly name: string;
  readonly hosts: number;
  readonly options: Partial<OutlierOptions>;
  readonly steps: readonly Step[];
}
const { rows } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../../vectors/envoy-outlier-detection.json'), 'utf8'),
) as { rows: readonly Row[] };

const TIMES = ['interval', 'baseEjectionTime', 'maxEjectionTime'];
const inNanoseconds = (options: Row['options']): Partial<OutlierOptions> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, TIMES.includes(name) ? Number(value) * SECOND : value]),
  );

describe('Envoy', () => {
  it.each(rows)('$name', ({ hosts, options, steps }) => {
    const detector = detectorOf(hosts, inNanoseconds(options));
    for (const step of steps) {
      const now = Math.round(step.at * SECOND);
      if (step.sweep) detector.sweep(now);
      else if (step.passed !== undefined) detector.passedHealthCheck(step.passed, now);
      else {
        for (let i = 0; i < step.times!; i++) {
          for (const status of [step.status!].flat()) detector.record(step.host!, status, now);
        }
      }
      expect(ejectedOf(detector, hosts), JSON.stringify(step)).toEqual(step.ejected);
    }
  });
});

/** The same rules told otherwise: rows and success rates are counted from lists of statuses when they are asked for. */
class NaiveDetector {
  /** Statuses of each host since its row was last begun anew, for each kind of row. */
  private readonly rows: Record<'all' | 'gateway', number[]>[];
  private readonly intervals: number[][];
  private readonly out: (number | undefined)[];
  private readonly back: number[];
  private readonly inARow: number[];
  private readonly options: OutlierOptions;

  constructor(hosts: number, options: OutlierOptions) {
    const each = <T>(of: () => T): T[] => Array.from({ length: hosts }, of);
    this.options = options;
    this.rows = each(() => ({ all: [], gateway: [] }));
    this.intervals = each(() => []);
    this.out = each(() => undefined);
    this.back = each(() => Infinity);
    this.inARow = each(() => 0);
  }

  isEjected(host: number): boolean {
    return this.out[host] !== undefined;
  }

  record(host: number, status: number, now: number): void {
    const { consecutive5xx, consecutiveGatewayFailure, enforcingConsecutiveGatewayFailure } = this.options;
    this.intervals[host].push(status);
    const trailing = (row: readonly number[], counts: (status: number) => boolean): number =>
      row.length - 1 - row.findLastIndex((one) => !counts(one));
    const row = this.rows[host];
    row.all.push(status);
    row.gateway.push(status);
    if (status > 501 && trailing(row.gateway, (one) => one > 501) === consecutiveGatewayFailure) {
      if (!this.isEjected(host)) {
        if (enforcingConsecutiveGatewayFailure > 0) this.eject(host, now);
        row.gateway = [];
      }
    }
    if (status >= 500 && trailing(row.all, (one) => one >= 500) === consecutive5xx && !this.isEjected(host)) {
      this.eject(host, now);
      row.all = [];
    }
  }

  sweep(now: number): void {
    const { baseEjectionTime, maxEjectionTime, interval } = this.options;
    this.out.forEach((since, host) => {
      if (since === undefined) return;
      if (now >= since + Math.min(this.inARow[host] * baseEjectionTime, maxEjectionTime)) this.return(host, now);
    });
    this.compare(now);
    this.out.forEach((since, host) => {
      if (since === undefined && now - this.back[host] >= interval)
        this.inARow[host] = Math.max(0, this.inARow[host] - 1);
    });
    this.intervals.forEach((interval) => interval.splice(0));
  }

  private compare(now: number): void {
    const { options } = this;
    const ratesOf = (volume: number): { host: number; rate: number }[] =>
      this.intervals
        .map((calls, host) => ({ host, calls: calls.length, successes: calls.filter((one) => one < 500).length }))
        .filter(({ host, calls }) => !this.isEjected(host) && calls >= volume)
        .map(({ host, calls, successes }) => ({ host, rate: (100 * successes) / calls }));
    const [rates, byThemselves] = [
      ratesOf(options.successRateRequestVolume),
      ratesOf(options.failurePercentageRequestVolume),
    ];
    const mean = rates.reduce((sum, { rate }) => sum + rate, 0) / rates.length;
    const deviation = Math.sqrt(rates.reduce((sum, { rate }) => sum + (rate - mean) * (rate - mean), 0) / rates.length);
    // Rounded as the detector's is: where a rate is the threshold, it is so in both or in neither.
    const threshold = mean - (options.successRateStdevFactor / 1000) * deviation;
    for (const { host, rate } of rates) {
      if (rates.length >= options.successRateMinimumHosts && rate < threshold) this.eject(host, now);
    }
    if (options.enforcingFailurePercentage === 0) return;
    if (byThemselves.length < options.failurePercentageMinimumHosts) return;
    for (const { host, rate } of byThemselves) {
      if (100 - rate >= options.failurePercentageThreshold && !this.isEjected(host)) this.eject(host, now);
    }
  }

  private eject(host: number, now: number): void {
    const { maxEjectionPercent, alwaysEjectOneHost, baseEjectionTime, maxEjectionTime } = this.options;
    const out = this.out.filter((since) => since !== undefined).length;
    const isWithin = (100 * (out + 1)) / this.out.length <= maxEjectionPercent;
    if (!isWithin && !(alwaysEjectOneHost && out === 0)) return;
    this.out[host] = now;
    if (this.inARow[host] * baseEjectionTime < maxEjectionTime + baseEjectionTime) this.inARow[host]++;
  }

  private return(host: number, now: number): void {
    this.out[host] = undefined;
    this.back[host] = now;
    this.rows[host] = { all: [], gateway: [] };
  }
}

const options = fc.record({
  consecutive5xx: fc.integer({ min: 1, max: 6 }),
  consecutiveGatewayFailure: fc.integer({ min: 1, max: 6 }),
  interval: fc.constant(s(10)),
  baseEjectionTime: fc.constantFrom(s(5), s(10), s(25)),
  maxEjectionTime: fc.constantFrom(s(25), s(60)),
  maxEjectionPercent: fc.constantFrom(0, 20, 50, 100),
  alwaysEjectOneHost: fc.boolean(),
  successRateMinimumHosts: fc.integer({ min: 1, max: 4 }),
  successRateRequestVolume: fc.integer({ min: 1, max: 8 }),
  successRateStdevFactor: fc.constantFrom(500, 1000, 1900),
  failurePercentageThreshold: fc.constantFrom(30, 50, 85),
  failurePercentageMinimumHosts: fc.integer({ min: 1, max: 4 }),
  failurePercentageRequestVolume: fc.integer({ min: 1, max: 8 }),
  enforcingConsecutive5xx: fc.constant(100),
  enforcingConsecutiveGatewayFailure: fc.constantFrom(0, 100),
  enforcingSuccessRate: fc.constant(100),
  enforcingFailurePercentage: fc.constantFrom(0, 100),
  successfulActiveHealthCheckUnejectHost: fc.constant(true),
}) satisfies fc.Arbitrary<OutlierOptions>;
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        host: fc.nat(5),
        status: fc.constantFrom(200, 404, 500, 500, 502, 503, 504),
        times: fc.integer({ min: 1, max: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant('sweep' as const) },
  ),
  { maxLength: 120 },
);

describe('a naive detector', () => {
  it('ejects the same hosts at the same times, and never more than may be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), options, steps, (hosts, drawn, script) => {
        const detector = detectorOf(hosts, drawn);
        const naive = new NaiveDetector(hosts, drawn);
        let now = 0;
        for (const step of script) {
          if (step === 'sweep') {
            now += s(10);
            detector.sweep(now);
            naive.sweep(now);
          } else {
            for (let i = 0; i < step.times; i++) {
              detector.record(step.host % hosts, step.status, now);
              naive.record(step.host % hosts, step.status, now);
            }
          }
          expect(ejectedOf(detector, hosts)).toEqual(ejectedOf(naive, hosts));
          const most = Math.max(Math.floor((drawn.maxEjectionPercent * hosts) / 100), drawn.alwaysEjectOneHost ? 1 : 0);
          expect(detector.ejected).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});

/**
 * One host at x and n - 1 at 100 have the mean 100 - (100 - x) / n and the deviation (100 - x) sqrt(n - 1) / n: it is below the mean
 * by sqrt(n - 1) deviations whatever x is.
 */
it('finds a single outlier by success rate, however small, if sqrt(n - 1) is more than the factor, and not else', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 100, max: 6000 }),
      fc.integer({ min: 1, max: 100 }),
      (hosts, factor, failures) => {
        fc.pre(Math.abs(Math.sqrt(hosts - 1) - factor / 1000) > 1e-6);
        const detector = detectorOf(hosts, {
          maxEjectionPercent: 100,
          successRateMinimumHosts: 1,
          successRateStdevFactor: factor,
          consecutive5xx: 1000,
        });
        for (let host = 0; host < hosts; host++) {
          for (let i = 0; i < 100; i++) detector.record(host, host === 0 && i < failures ? 500 : 200, 0);
        }
        detector.sweep(s(10));
        expect(detector.isEjected(0)).toBe(Math.sqrt(hosts - 1) > factor / 1000);
      },
    ),
  );
});

it('enforces with the chance that it is told', () => {
  const hosts = 4000;
  const detector = detectorOf(hosts, { maxEjectionPercent: 100, enforcingConsecutive5xx: 30 });
  for (let host = 0; host < hosts; host++) for (let i = 0; i < 5; i++) detector.record(host, 500, 0);
  // Five standard deviations of a binomial number; the stream of draws is always the same.
  expect(Math.abs(detector.ejected - 0.3 * hosts)).toBeLessThan(5 * Math.sqrt(hosts * 0.3 * 0.7));
});

it.each([
  [{ consecutive5xx: 0 }, 'consecutive5xx is 0; it must be an integer of at least 1'],
  [{ maxEjectionPercent: 101 }, 'maxEjectionPercent is 101; it must be an integer from 0 to 100'],
  [{ maxEjectionTime: 1 }, 'maxEjectionTime is 1; it must be at least baseEjectionTime'],
  [{ interval: 0 }, 'interval is 0; it must be a whole number of nanoseconds above 0'],
  [{ successRateStdevFactor: -1 }, 'successRateStdevFactor is -1; it must be 0 or more'],
])('refuses %o', (wrong, message) => {
  expect(() => detectorOf(3, wrong)).toThrow(message);
});
