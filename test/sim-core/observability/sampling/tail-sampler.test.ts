/** The tail sampler against what its README says of time, memory and late spans, and in what must hold whatever comes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s, type Time } from '../../../../sim-core/kernel/time.ts';
import { samplingPolicies } from '../../../../sim-core/observability/sampling/policies/sampling-policies.ts';
import { TailSampler } from '../../../../sim-core/observability/sampling/tail-sampler.ts';
import {
  TAIL_SAMPLING_DEFAULTS,
  type TailSamplingOptions,
} from '../../../../sim-core/observability/sampling/tail-sampling-options.ts';
import { samplerHolds, spansDiscarded } from '../../../../sim-core/observability/sampling/tail-sampling-signals.ts';
import type { SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { idOf, SPAN_BYTES, spanOf } from './spans.ts';

interface Arrival {
  readonly at: Time;
  readonly trace: number;
  readonly isError: boolean;
}

const ERRORS = [{ name: 'errors', policy: samplingPolicies.status_code({ statusCodes: ['error'] }) }];

interface Run {
  readonly sampler: TailSampler;
  /** Each span that was handed on, by its number, and when. */
  readonly released: Map<number, Time>;
  /** Spans thrown away, by reason. */
  readonly discarded: Map<string, number>;
  /** Most traces and bytes in memory at once. */
  readonly peak: { traces: number; bytes: number };
  readonly sim: Simulation;
}

function run(arrivals: readonly Arrival[], options: Partial<TailSamplingOptions>, until: Time = s(100)): Run {
  const sim = new Simulation();
  const released: Run['released'] = new Map();
  const discarded: Run['discarded'] = new Map();
  const peak = { traces: 0, bytes: 0 };
  sim.facts.channel(spansDiscarded).listen(({ reason, spans }) => {
    discarded.set(reason, (discarded.get(reason) ?? 0) + spans);
  });
  sim.facts.channel(samplerHolds).listen(({ traces, bytes }) => {
    peak.traces = Math.max(peak.traces, traces);
    peak.bytes = Math.max(peak.bytes, bytes);
  });
  const sampler = new TailSampler(sim, {
    name: 'collector',
    policies: ERRORS,
    release(spans) {
      for (const { context } of spans) {
        const number = Number.parseInt(context.spanId, 16);
        expect(released.has(number)).toBe(false);
        released.set(number, sim.now);
      }
    },
    ...TAIL_SAMPLING_DEFAULTS,
    ...options,
  });
  const spanAt = ({ trace, isError }: Arrival, i: number): SpanData =>
    spanOf({ trace, span: i + 1, status: isError ? 'error' : 'unset' });
  arrivals.forEach((arrival, i) => sim.scheduleAt(arrival.at, () => sampler.consume([spanAt(arrival, i)]), undefined));
  sim.runUntil(until);
  return { sampler, released, discarded, peak, sim };
}

const at = (seconds: number, trace: number, isError = false): Arrival => ({ at: s(seconds), trace, isError });
const keptOf = ({ released }: Run): number[] => [...released.keys()].toSorted((a, b) => a - b);

describe('time', () => {
  it('decides at the full second after its wait, from the first span of the trace on', () => {
    const arrivals = [at(0.5, 1, true), at(1.5, 1), at(2.4, 2, true)];
    const { released } = run(arrivals, { decisionWait: s(3) });
    expect([...released]).toEqual([
      [1, s(4)],
      [2, s(4)],
      [3, s(6)],
    ]);
  });

  it('waits for a second at least', () => {
    expect(run([at(0.5, 1, true)], { decisionWait: ms(100) }).released.get(1)).toBe(s(2));
  });

  it('has late spans follow the decision, whatever they hold', () => {
    const kept = run([at(0.5, 1, true), at(7.5, 1)], { decisionWait: s(3) });
    expect([...kept.released]).toEqual([
      [1, s(4)],
      [2, s(7.5)],
    ]);
    const lost = run([at(0.5, 1), at(7.5, 1, true)], { decisionWait: s(3) });
    expect(lost.released.size).toBe(0);
    expect([...lost.discarded]).toEqual([
      ['not-sampled', 1],
      ['late', 1],
    ]);
  });
});

describe('memory', () => {
  it('pushes out the oldest trace, and what still comes of that is another trace', () => {
    const arrivals = [at(0.1, 1, true), at(0.2, 2, true), at(0.3, 3, true), at(0.4, 1, true)];
    const cut = run(arrivals, { decisionWait: s(1), numTraces: 2 });
    // The third pushes out the first, and the rest of the first the second.
    expect(keptOf(cut)).toEqual([3, 4]);
    expect(cut.discarded.get('dropped too early')).toBe(2);
    expect(cut.peak.traces).toBe(2);
  });

  it('keeps nothing of a steady flow that passes through it in less than the wait', () => {
    const arrivals = Array.from({ length: 200 }, (_, i) => at(0.05 + i / 10, i, true));
    expect(run(arrivals, { decisionWait: s(4), numTraces: 39 }, s(19)).released.size).toBe(0);
    expect(run(arrivals, { decisionWait: s(4), numTraces: 51 }, s(40)).released.size).toBe(200);
  });

  it('remembers a decision for as long as the trace has its place, and with a cache for longer', () => {
    const arrivals = [at(0.1, 1, true), at(5, 2), at(5, 3), at(6, 1)];
    // Forgotten, the late span is a trace without an error.
    expect(keptOf(run(arrivals, { decisionWait: s(1), numTraces: 2 }))).toEqual([1]);
    const decisionCache = { sampledCacheSize: 1, nonSampledCacheSize: 0 };
    expect(keptOf(run(arrivals, { decisionWait: s(1), numTraces: 2, decisionCache }))).toEqual([1, 4]);
  });

  it('forgets of cached decisions the one asked for the longest ago', () => {
    const decisionCache = { sampledCacheSize: 0, nonSampledCacheSize: 2 };
    const three = [at(0.1, 1), at(0.2, 2), at(3, 1), at(3.1, 3)];
    const later = [at(6, 1, true), at(6.1, 2, true), at(6.2, 3, true)];
    const { released, discarded } = run([...three, ...later], { decisionWait: s(1), numTraces: 50, decisionCache });
    expect([...released.keys()]).toEqual([6]);
    expect(discarded.get('late')).toBe(3);
  });

  it('is as many bytes as wait for a decision', () => {
    const arrivals = Array.from({ length: 100 }, (_, i) => at(0.05 + i / 10, i));
    // 4 s and up to one more of 10 a second.
    expect(run(arrivals, { decisionWait: s(4) }).peak.bytes).toBe(50 * SPAN_BYTES);
  });

  it('is gone with its process', () => {
    const lost = run([at(0.1, 1, true), at(0.2, 2)], { decisionWait: s(3) }, s(1));
    lost.sampler.crash();
    lost.sim.runUntil(s(20));
    expect(lost.released.size).toBe(0);
    expect([...lost.discarded]).toEqual([['crashed', 2]]);
    expect(lost.sampler.violations()).toEqual([]);
    expect(lost.sampler.state()).toEqual({ 'traces in memory': 0, 'spans waiting': 0 });
  });
});

/** Not at a full second, where the order of what happens at one instant would matter. */
const arrivals = fc.array(
  fc.record({ at: fc.nat(200).map((tenths) => ms(100 * tenths + 50)), trace: fc.nat(6), isError: fc.boolean() }),
  { maxLength: 40 },
);
const options = fc.record({
  decisionWait: fc.integer({ min: 1, max: 5 }).map((seconds) => s(seconds)),
  numTraces: fc.integer({ min: 1, max: 9 }),
  decisionCache: fc.record({ sampledCacheSize: fc.nat(3), nonSampledCacheSize: fc.nat(3) }),
});

describe('without room, by block_on_overflow', () => {
  const remembers = { sampledCacheSize: 100, nonSampledCacheSize: 100 };
  const blocking = { decisionWait: s(1), numTraces: 2, blockOnOverflow: true, decisionCache: remembers };

  it('a new trace waits until one is decided, and what comes behind it waits with it', () => {
    const arrivals = [at(0.1, 1, true), at(0.2, 2), at(0.3, 3, true), at(0.4, 1), at(0.5, 4)];
    const { released, discarded, peak } = run(arrivals, blocking);
    // The late span of the first finds it decided, at 2 s; what waited begins its wait then.
    expect([...released]).toEqual([
      [1, s(2)],
      [4, s(2)],
      [3, s(4)],
    ]);
    expect([...discarded]).toEqual([['not-sampled', 2]]);
    expect(peak.traces).toBe(2);
  });

  it('waits for ever if no cache remembers what was decided', () => {
    const forgets = { ...blocking, decisionCache: { sampledCacheSize: 0, nonSampledCacheSize: 0 } };
    const stuck = run([at(0.1, 1, true), at(0.2, 2), at(0.3, 3, true)], forgets);
    const { sampler } = stuck;
    expect(keptOf(stuck)).toEqual([1]);
    expect(sampler.unblocked.open).toBe(false);
    expect(sampler.state()['spans waiting']).toBe(1);
    sampler.crash();
    expect(sampler.unblocked.open).toBe(true);
    expect(sampler.violations()).toEqual([]);
  });

  it('pushes nothing out, whatever comes, and in the end has decided on all of it', () => {
    fc.assert(
      fc.property(arrivals, options, (came, settings) => {
        const { sampler, discarded, peak } = run(came, {
          ...settings,
          blockOnOverflow: true,
          decisionCache: remembers,
        });
        expect(discarded.has('dropped too early')).toBe(false);
        expect(peak.traces).toBeLessThanOrEqual(settings.numTraces);
        expect(sampler.state()).toEqual({ 'traces in memory': 0, 'spans waiting': 0 });
        expect(sampler.violations()).toEqual([]);
      }),
    );
  });
});

describe('whatever comes', () => {
  it('every span is handed on once, or thrown away for a reason, or waits', () => {
    fc.assert(
      fc.property(arrivals, options, fc.integer({ min: 0, max: 40 }), (came, settings, until) => {
        const { sampler, released, discarded, peak } = run(came, settings, s(until));
        expect(sampler.violations()).toEqual([]);
        const gone = [...discarded.values()].reduce((sum, spans) => sum + spans, 0);
        const received = came.filter((one) => one.at <= s(until)).length;
        expect(released.size + gone + Number(sampler.state()['spans waiting'])).toBe(received);
        expect(peak.traces).toBeLessThanOrEqual(settings.numTraces);
        if (until === 40) expect(sampler.state()['spans waiting']).toBe(0);
      }),
    );
  });

  it('with room for all, a trace is kept whole if what came by its decision has an error, and else is not', () => {
    fc.assert(
      fc.property(arrivals, options, (came, settings) => {
        const { released } = run(came, { ...settings, numTraces: 7 }, s(40));
        for (let trace = 0; trace < 7; trace++) {
          const numbered = came.map((one, i) => ({ ...one, span: i + 1 })).filter((one) => one.trace === trace);
          const first = Math.min(...numbered.map((one) => one.at));
          const decidedAt = Math.ceil(first / s(1)) * s(1) + settings.decisionWait;
          const isKept = numbered.some((one) => one.isError && one.at < decidedAt);
          // Memory or a cache of the other kind may forget a decision that went to a cache too small for it.
          const kept = numbered.filter(({ span }) => released.has(span)).length;
          if (settings.decisionCache.sampledCacheSize + settings.decisionCache.nonSampledCacheSize === 0) {
            expect(kept, `trace ${idOf(trace)}`).toBe(isKept ? numbered.length : 0);
          } else if (numbered.every((one) => one.at < decidedAt)) {
            expect(kept).toBe(isKept ? numbered.length : 0);
          }
        }
      }),
    );
  });

  it('a trace of which a part is kept is told of: something of it was forgotten before all of it had come', () => {
    fc.assert(
      fc.property(arrivals, options, (came, settings) => {
        const { released, discarded } = run(came, settings, s(40));
        const parts = (trace: number): boolean[] =>
          came.flatMap((one, i) => (one.trace === trace ? [released.has(i + 1)] : []));
        const cut = Array.from({ length: 7 }, (_, trace) => parts(trace)).filter(
          (kept) => kept.includes(true) && kept.includes(false),
        ).length;
        const lost = [...discarded.values()].reduce((sum, spans) => sum + spans, 0);
        expect(lost).toBeGreaterThanOrEqual(cut);
        const isWhole = settings.numTraces >= 7 && settings.decisionCache.sampledCacheSize === 0;
        if (isWhole && settings.decisionCache.nonSampledCacheSize === 0) expect(cut).toBe(0);
      }),
    );
  });

  it.each([
    [{ decisionWait: 0 }, 'decisionWait is 0'],
    [{ numTraces: 0 }, 'numTraces is 0'],
    [{ decisionCache: { sampledCacheSize: -1, nonSampledCacheSize: 0 } }, 'sampledCacheSize is -1'],
  ])('refuses %j', (wrong, message) => {
    expect(() => run([], wrong)).toThrow(message);
  });
});
