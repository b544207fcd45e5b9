/** Where spans go that are sent: through a collector, through several behind a router, and what is lost with one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constant } from '../../../../sim-core/kernel/distributions/constant.ts';
import { spawn, type Behaviour } from '../../../../sim-core/kernel/process.ts';
import { Simulation } from '../../../../sim-core/kernel/simulation.ts';
import { ms, s } from '../../../../sim-core/kernel/time.ts';
import { CallFailed, type Call, type Endpoint } from '../../../../sim-core/network/call.ts';
import { Link } from '../../../../sim-core/network/link.ts';
import { RequestContext } from '../../../../sim-core/network/request-context.ts';
import type { ExportRequest, ExportResponse } from '../../../../sim-core/observability/pipeline/export-request.ts';
import { BATCHING } from '../../../../sim-core/observability/pipeline/batching.ts';
import { Collector } from '../../../../sim-core/observability/pipeline/collector.ts';
import { RETRY_ON_FAILURE } from '../../../../sim-core/observability/pipeline/retry-on-failure.ts';
import { requestSize } from '../../../../sim-core/observability/pipeline/otlp-size.ts';
import { samplingPolicies } from '../../../../sim-core/observability/sampling/policies/sampling-policies.ts';
import {
  TAIL_SAMPLING_DEFAULTS,
  type TailSamplingOptions,
} from '../../../../sim-core/observability/sampling/tail-sampling-options.ts';
import { TraceRouter } from '../../../../sim-core/observability/sampling/trace-router.ts';
import type { SpanData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { idOf, SPAN_BYTES, spanOf } from './spans.ts';

type TraceEndpoint = Endpoint<ExportRequest<'traces'>, ExportResponse>;

/** Takes what comes, or refuses it. */
class Store implements TraceEndpoint {
  readonly name: string;
  readonly taken: SpanData[] = [];
  private readonly isDown: boolean;

  constructor(name: string, isDown = false) {
    this.name = name;
    this.isDown = isDown;
  }

  receive(call: Call<ExportRequest<'traces'>, ExportResponse>): void {
    if (this.isDown) return call.refuse('error');
    this.taken.push(...call.query.items);
    call.reply({ rejected: 0 });
  }
}

const linkTo = (sim: Simulation, to: TraceEndpoint, from: string): Link<ExportRequest<'traces'>, ExportResponse> =>
  new Link(sim, to, { from, delay: constant(ms(1)) });

/** Sends spans now; what was answered is put into `answers`. */
function send(sim: Simulation, to: TraceEndpoint, items: readonly SpanData[], answers: unknown[] = []): void {
  const link = linkTo(sim, to, 'app');
  function* sending(): Behaviour {
    try {
      const request = { kind: 'traces', items, bytes: requestSize('traces', items) } as const;
      answers.push((yield* link.call(request, new RequestContext(1, sim.now))).rejected);
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      answers.push(error.failure);
    }
  }
  spawn(sim, 'sends', sending());
}

const spans = (numbers: readonly number[]): SpanData[] =>
  numbers.map((trace, i) => spanOf({ trace: 7919 * trace, span: i + 1 }));

describe('a router', () => {
  it('sends each span to one collector, all of a trace to the same, and says what was not taken', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(20), { minLength: 1, maxLength: 20 }), { maxLength: 5 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
        (exports, down) => {
          const sim = new Simulation();
          const stores = down.map((isDown, i) => new Store(`collector-${i + 1}`, isDown));
          const router = new TraceRouter(
            sim,
            'router',
            stores.map((store) => linkTo(sim, store, 'router')),
          );
          const answers: number[] = [];
          for (const numbers of exports) send(sim, router, spans(numbers), answers);
          sim.runUntil(s(1));
          const taken = stores.map((store) => store.taken.length).reduce((sum, count) => sum + count, 0);
          const rejected = answers.reduce((sum, count) => sum + count, 0);
          expect(answers).toHaveLength(exports.length);
          expect(taken + rejected).toBe(exports.flat().length);
          if (!down.includes(true)) expect(rejected).toBe(0);
          const places = stores.map((store) => new Set(store.taken.map(({ context }) => context.traceId)));
          for (const number of new Set(exports.flat())) {
            expect(places.filter((ids) => ids.has(idOf(7919 * number))).length).toBeLessThanOrEqual(1);
          }
          expect(router.state()).toEqual({ 'spans routed': exports.flat().length, 'spans rejected': rejected });
          expect(router.violations()).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a collector that samples tails', () => {
  const errors: TailSamplingOptions = {
    ...TAIL_SAMPLING_DEFAULTS,
    decisionWait: s(2),
    policies: [{ name: 'errors', policy: samplingPolicies.status_code({ statusCodes: ['error'] }) }],
  };

  function lab(tailSampling?: TailSamplingOptions, memoryMax = 1e9) {
    const sim = new Simulation();
    const store = new Store('backend');
    const exporter = {
      link: linkTo(sim, store, 'collector') as Link<ExportRequest, ExportResponse>,
      numConsumers: 1,
      queue: { queueSize: 100, isPersistent: false },
      blocksWhenFull: false,
      retry: RETRY_ON_FAILURE,
    };
    const collector = new Collector(sim, {
      name: 'collector',
      cores: 1,
      receiving: { item: 0, byte: ms(0.1) },
      sending: { item: 0, byte: 0 },
      memoryLimiter: { limit: 1e9, spikeLimit: 0, checkInterval: s(1) },
      memoryMax,
      restart: s(1),
      batching: BATCHING,
      exporters: { traces: exporter },
      ...(tailSampling && { tailSampling }),
    });
    return { sim, store, collector };
  }

  it('would pass on all that comes without', () => {
    const { sim, store, collector } = lab();
    const answers: unknown[] = [];
    send(sim, collector, spans([1, 2]), answers);
    sim.runUntil(s(1));
    expect(answers).toEqual([0]);
    expect(store.taken).toHaveLength(2);
    expect(collector.violations()).toEqual([]);
  });

  it('answers as soon as it has decoded the spans, and passes on what its policies are for when they have decided', () => {
    const { sim, store, collector } = lab(errors);
    const answers: unknown[] = [];
    const sent = [spanOf({ trace: 1, status: 'error' }), spanOf({ trace: 1, span: 2 }), spanOf({ trace: 2 })];
    send(sim, collector, sent, answers);
    sim.runUntil(Math.round(requestSize('traces', sent) * ms(0.1)));
    expect(answers).toEqual([]);
    sim.runUntil(s(2.9));
    expect(answers).toEqual([0]);
    expect(store.taken).toEqual([]);
    sim.runUntil(s(5));
    expect(store.taken).toEqual(sent.slice(0, 2));
    const { ledger } = collector.pipeline('traces')!;
    expect([ledger.accepted, ledger.exported, ledger.droppedFor('sampling')]).toEqual([3, 2, 1]);
    expect(collector.violations()).toEqual([]);
  });

  it('loses in a crash what it holds, breaks off what it receives, and refuses until it is up again', () => {
    const { sim, store, collector } = lab(errors);
    const answers: unknown[] = [];
    const failing = [spanOf({ status: 'error' })];
    send(sim, collector, failing, answers);
    sim.runUntil(s(1.5));
    send(sim, collector, failing, answers);
    sim.runUntil(s(1.502));
    collector.interventions['crash'].apply([1]);
    sim.runUntil(s(2));
    send(sim, collector, failing, answers);
    sim.runUntil(s(2.6));
    send(sim, collector, failing, answers);
    sim.runUntil(s(10));
    expect(answers).toEqual([0, 'unavailable', 'unavailable', 0]);
    expect(store.taken).toHaveLength(1);
    expect(collector.violations()).toEqual([]);
  });

  it('is killed by what waits for a decision, if that is more than its memory', () => {
    const failing = Array.from({ length: 5 }, (_, span) => spanOf({ span, status: 'error' }));
    // Two wait when three more come.
    const { sim, store, collector } = lab(errors, requestSize('traces', failing.slice(2)) + 1.5 * SPAN_BYTES);
    send(sim, collector, failing.slice(0, 2));
    sim.runUntil(s(0.5));
    send(sim, collector, failing.slice(2));
    sim.runUntil(s(6));
    expect(store.taken).toEqual([]);
    expect(collector.pipeline('traces')!.ledger.droppedFor('crash')).toBe(2);
    expect(collector.violations()).toEqual([]);
  });

  it('does not answer what waits for room, nor what comes after it', () => {
    const decisionCache = { sampledCacheSize: 10, nonSampledCacheSize: 10 };
    const { sim, store, collector } = lab({ ...errors, numTraces: 1, blockOnOverflow: true, decisionCache });
    const failing = (trace: number): SpanData[] => [spanOf({ trace, status: 'error' })];
    const answers: unknown[] = [];
    // The second is taken over with the trace that waits; the third waits at the door until that has its place, at 3 s.
    for (const trace of [1, 2, 3]) send(sim, collector, failing(trace), answers);
    sim.runUntil(s(2.9));
    expect(answers).toHaveLength(2);
    expect(collector.pipeline('traces')!.sampler!.waiting.spans).toBe(2);
    sim.runUntil(s(3.5));
    expect(answers).toHaveLength(3);
    sim.runUntil(s(20));
    expect(store.taken).toHaveLength(3);
    expect(collector.violations()).toEqual([]);
  });
});
