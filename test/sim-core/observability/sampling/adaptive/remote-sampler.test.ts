/** Adaptive sampling at both ends: a process that begins traces, and what sees them and tells it by which probability. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../../sim-core/kernel/distributions/constant.ts';
import { Simulation } from '../../../../../sim-core/kernel/simulation.ts';
import { ms, s, SECOND } from '../../../../../sim-core/kernel/time.ts';
import { Link } from '../../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../../sim-core/network/request-context.ts';
import { ADAPTIVE_SAMPLING_DEFAULTS } from '../../../../../sim-core/observability/sampling/adaptive/adaptive-options.ts';
import { AdaptiveSampling } from '../../../../../sim-core/observability/sampling/adaptive/adaptive-sampling.ts';
import { LeastRate } from '../../../../../sim-core/observability/sampling/adaptive/least-rate.ts';
import { RemoteSampler } from '../../../../../sim-core/observability/sampling/adaptive/remote-sampler.ts';
import {
  SAMPLER_PARAM,
  SAMPLER_TYPE,
} from '../../../../../sim-core/observability/sampling/adaptive/sampler-attributes.ts';
import type { SpanData } from '../../../../../sim-core/observability/signals/telemetry.ts';
import { Tracer } from '../../../../../sim-core/observability/tracing/tracer.ts';
import { processOf } from '../../processes.ts';

const ROOT = 'HTTP GET /orders';
const OPTIONS = {
  ...ADAPTIVE_SAMPLING_DEFAULTS,
  targetSamplesPerSecond: 5,
  calculationInterval: s(5),
  initialSamplingProbability: 1,
  minSamplesPerSecond: 0,
};

/** A process that begins traces at equal distances, so many a second, whose spans are seen at once. */
function lab(options: typeof OPTIONS, perSecond: number) {
  const sim = new Simulation();
  const adaptive = new AdaptiveSampling(sim, 'strategies', options);
  const process = processOf(sim, 'app-1');
  const link = new Link(sim, adaptive, { from: 'app', delay: constant(ms(1)), timeout: s(1) });
  const sampler = new RemoteSampler(process, { ...options, link, pollInterval: s(1) });
  const seen: SpanData[] = [];
  const tracer = new Tracer(process, {
    sampler,
    processor: {
      add: (span) => {
        seen.push(span);
        adaptive.observe(span);
      },
    },
  });
  let number = 0;
  const begin = (): void => {
    const request = new RequestContext(number++, sim.now);
    const root = tracer.startSpan(ROOT, request);
    sampler.note(root);
    tracer.startSpan('DB SELECT orders', request, { parent: root.context }).end();
    root.end();
    sim.schedule(Math.round(SECOND / perSecond), begin, undefined);
  };
  sim.schedule(0, begin, undefined);
  const rootsFrom = (from: number): SpanData[] =>
    seen.filter(({ parentSpanId, start }) => parentSpanId === '' && start >= from);
  return { sim, adaptive, link, seen, rootsFrom };
}

describe('a remote sampler', () => {
  it('comes from any probability to the target, whole traces, each of which says by which it was sampled', () => {
    const { sim, adaptive, seen, rootsFrom } = lab(OPTIONS, 100);
    sim.runUntil(s(40));
    const settled = rootsFrom(s(10));
    // 150 in 30 s, within the tolerance of the target and five deviations of what is sampled by chance.
    expect(settled.length).toBeGreaterThan(0.7 * 150 - 5 * Math.sqrt(0.7 * 150));
    expect(settled.length).toBeLessThan(1.3 * 150 + 5 * Math.sqrt(1.3 * 150));
    expect(seen).toHaveLength(2 * rootsFrom(0).length);
    expect(rootsFrom(0)[0].attributes).toEqual({ [SAMPLER_TYPE]: 'probabilistic', [SAMPLER_PARAM]: 1 });
    const last = settled.at(-1)!.attributes[SAMPLER_PARAM] as number;
    expect(last).toBeGreaterThan(0);
    expect(last).toBeLessThan(0.2);
    expect(adaptive.state()[ROOT]).toBeGreaterThan(0);
    expect(adaptive.violations()).toEqual([]);
  });

  it('samples a least rate of what chance leaves out, which does not count as that', () => {
    const { sim, adaptive, rootsFrom } = lab(
      { ...OPTIONS, initialSamplingProbability: 1e-5, minSamplingProbability: 1e-5, minSamplesPerSecond: 0.5 },
      10,
    );
    sim.runUntil(s(4.9));
    expect(rootsFrom(0).map(({ attributes }) => attributes[SAMPLER_TYPE])).toEqual(Array(3).fill('lowerbound'));
    sim.runUntil(s(5.1));
    // Nothing was sampled by chance, so the probability doubles.
    expect(adaptive.state()[ROOT]).toBeCloseTo(2e-5, 12);
  });

  it('goes on by what it knows while nobody answers', () => {
    const { sim, link, rootsFrom } = lab(OPTIONS, 20);
    link.cut();
    sim.runUntil(s(20));
    expect(rootsFrom(0)).toHaveLength(400);
  });
});

it('the least rate is never exceeded but by what fits in, and whoever comes late enough after the last gets his', () => {
  const pauses = fc.array(fc.nat(s(3)), { maxLength: 50 });
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 5, noNaN: true }), pauses, (perSecond, gaps) => {
      const rate = new LeastRate(perSecond);
      let [now, taken, last] = [0, 0, -Infinity];
      for (const gap of gaps) {
        now += gap;
        const isTaken = rate.take(now);
        // Sums of many small credits differ from one of them all by rounding.
        if (((now - last) * perSecond) / SECOND > 1 + 1e-6) expect(isTaken).toBe(true);
        if (isTaken) [taken, last] = [taken + 1, now];
        expect(taken).toBeLessThanOrEqual(Math.max(1, perSecond) + (perSecond * now) / SECOND + 1e-6);
      }
    }),
  );
});
