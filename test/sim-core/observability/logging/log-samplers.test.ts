/** Sampling of log records: what is severe is always there, counts that are set right are right, and by trace a request's lines stay together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RandomStream } from '../../../../sim-core/kernel/random-stream.ts';
import {
  logSamplers,
  type LogSamplerName,
  type LogSamplerOptions,
} from '../../../../sim-core/observability/logging/log-samplers.ts';
import { isAtLeast } from '../../../../sim-core/observability/logging/severity.ts';
import { SEVERITIES, type Severity } from '../../../../sim-core/observability/signals/telemetry.ts';

const names = Object.keys(logSamplers) as LogSamplerName[];
const severities = Object.keys(SEVERITIES) as Severity[];

/** A stream that goes through [0, 1) in so many equal steps, in the middle of each. */
function evenly(steps: number): RandomStream {
  let count = 0;
  return { next: () => ((count++ % steps) + 0.5) / steps, integer: () => 0 };
}
/** The id of a trace whose random bits are this share of all that there are. */
const traceOf = (share: number): string =>
  `${Math.floor(share * 2 ** 52)
    .toString(16)
    .padStart(13, '0')}0`.padStart(32, '0');
const samplerOf = (
  name: LogSamplerName,
  options: Partial<LogSamplerOptions> = {},
): ReturnType<(typeof logSamplers)[LogSamplerName]> =>
  logSamplers[name]({ oneIn: 50, keepFrom: 'WARN', draws: evenly(1000), ...options });

describe.each(names)('%s', (name) => {
  it('keeps all that is severe enough, whatever else it does', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.constantFrom(...severities),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (oneIn, keepFrom, share) => {
          const sampler = samplerOf(name, { oneIn, keepFrom });
          for (const severity of severities.filter((one) => isAtLeast(one, keepFrom))) {
            expect(sampler({ severity, traceId: traceOf(share) })).toBe(1);
          }
        },
      ),
    );
  });

  it('counts right when each record counts for as many as it stands for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (oneIn, times) => {
        const records = oneIn * times;
        const sampler = samplerOf(name, { oneIn, draws: evenly(records) });
        let sum = 0;
        for (let i = 0; i < records; i++) sum += sampler({ severity: 'INFO', traceId: traceOf((i + 0.5) / records) });
        expect(sum).toBeCloseTo(records, 6);
      }),
    );
  });

  it('keeps one in one', () => {
    expect(samplerOf(name, { oneIn: 1 })({ severity: 'TRACE', traceId: traceOf(0) })).toBe(1);
  });

  it.each([0, 0.5, Number.NaN, Infinity])('keeps no one in %s', (oneIn) => {
    expect(() => samplerOf(name, { oneIn })).toThrow(`oneIn is ${oneIn}; it must be at least 1`);
  });
});

it('by trace a request has all of its lines or none, in every process; by line it has some of them', () => {
  const traces = Array.from({ length: 200 }, (_, i) => traceOf((i + 0.5) / 200));
  const kept = (name: LogSamplerName, draws: RandomStream, traceId: string): number =>
    Array.from({ length: 10 }, () => samplerOf(name, { oneIn: 4, draws })({ severity: 'INFO', traceId })).filter(
      (count) => count > 0,
    ).length;
  for (const traceId of traces) expect([0, 10]).toContain(kept('by-trace', evenly(7), traceId));
  expect(traces.filter((traceId) => kept('by-trace', evenly(7), traceId) === 10)).toHaveLength(50);
  const draws = evenly(7);
  expect(traces.some((traceId) => ![0, 10].includes(kept('by-line', draws, traceId)))).toBe(true);
});

it('by trace a line that belongs to none is drawn by itself', () => {
  const sampler = samplerOf('by-trace', { oneIn: 2, draws: evenly(2) });
  expect([1, 2, 3, 4].map(() => sampler({ severity: 'INFO', traceId: '' }))).toEqual([2, 0, 2, 0]);
});
