/**
 * What instruments cost a loaded service, by the same requests with and without them: its p99 falls when they are switched off, and
 * its mean by as much as their processor time explains.
 */
import { expect, it } from 'vitest';
import { constant } from '../../../sim-core/kernel/distributions/constant.ts';
import { exponential } from '../../../sim-core/kernel/distributions/exponential.ts';
import { Simulation } from '../../../sim-core/kernel/simulation.ts';
import { ms, s, SECOND } from '../../../sim-core/kernel/time.ts';
import { Link } from '../../../sim-core/network/link.ts';
import { BatchProcessor } from '../../../sim-core/observability/pipeline/batch-processor.ts';
import type { ExportRequest, ExportResponse } from '../../../sim-core/observability/pipeline/export-request.ts';
import { OtlpExporter } from '../../../sim-core/observability/pipeline/otlp-exporter.ts';
import { INSTRUMENT_COSTS, NO_COSTS } from '../../../sim-core/observability/signals/instrument-costs.ts';
import { processWorked } from '../../../sim-core/observability/signals/instrumented-process.ts';
import { samplers, type SamplerName } from '../../../sim-core/observability/tracing/samplers.ts';
import { TraceBackend } from '../../../sim-core/observability/tracing/trace-backend.ts';
import { Tracer } from '../../../sim-core/observability/tracing/tracer.ts';
import { Service } from '../../../sim-core/services/service.ts';
import { pairedDifference } from '../../../sim-core/statistics/paired.ts';
import { poisson } from '../../../sim-core/workload/arrivals/poisson.ts';
import { OpenLoopClient, requestCompleted } from '../../../sim-core/workload/client.ts';
import { zipfPopularity } from '../../../sim-core/workload/popularity/zipf.ts';
import { processOf } from './processes.ts';

const RATE = 850;
const DEMAND = ms(1);
const LENGTH = s(6);
const SEEDS = [1, 2, 3, 4, 5, 6];

/** A service on one core that is busy for 85 % of the time, with three spans a request, or with nothing. */
function served(seed: number, instruments: SamplerName | 'off') {
  const sim = new Simulation({ seed });
  const process = processOf(sim, 'app-1', instruments === 'off' ? NO_COSTS : INSTRUMENT_COSTS);
  const traces = new TraceBackend(sim, { name: 'traces', idle: s(10), retention: s(10) });
  const link = new Link<ExportRequest<'traces'>, ExportResponse>(sim, traces, { from: 'app', delay: constant(0) });
  const tracer = new Tracer(process, {
    sampler: samplers[instruments === 'off' ? 'always_off' : instruments]({ ratio: 1 }),
    processor: new BatchProcessor(process, { kind: 'traces', exporter: new OtlpExporter({ link }) }),
  });
  const demand = exponential(DEMAND);
  const demands = sim.keyedRandom('demand');
  const service = new Service<number, void>(sim, {
    name: 'app',
    help: '',
    concurrency: 100_000,
    queueMax: 0,
    *handle({ request }) {
      const server = tracer.startSpan('HTTP GET /items/{id}', request, {
        kind: 'server',
        attributes: { 'http.route': '/items/{id}', 'http.request.method': 'GET', 'url.scheme': 'https' },
      });
      for (const name of ['CALL prices.read', 'DB SELECT items']) {
        tracer.startSpan(name, request, { kind: 'client', parent: server.context }).end();
      }
      yield* process.work(Math.round(demand.sample(demands.of(request.id))), 'read');
      server.end();
    },
  });
  const way = new Link<number, void>(sim, service, { from: 'users', delay: constant(0) });
  new OpenLoopClient<void>(sim, {
    name: 'users',
    arrivals: poisson(RATE),
    popularity: zipfPopularity(10, 0),
    target: () => way,
  });
  const durations: number[] = [];
  let taken = 0;
  sim.facts.channel(requestCompleted).listen(({ duration }) => void durations.push(duration));
  sim.facts.channel(processWorked).listen((fact) => (taken += fact.instruments));
  sim.runUntil(LENGTH);
  durations.sort((a, b) => a - b);
  return {
    p99: durations[Math.floor(0.99 * durations.length)],
    mean: durations.reduce((sum, one) => sum + one, 0) / durations.length,
    /** Share of the processor. */
    taken: taken / LENGTH,
    each: taken / durations.length,
  };
}

const on = SEEDS.map((seed) => served(seed, 'always_on'));
const off = SEEDS.map((seed) => served(seed, 'off'));
const field = (runs: typeof on, name: keyof (typeof on)[number]): number[] => runs.map((run) => run[name]);

it('with its instruments off the p99 of a loaded service falls, seed by seed', () => {
  const { low } = pairedDifference(field(on, 'p99'), field(off, 'p99'), 0.99);
  expect(low).toBeGreaterThan(0);
  for (const [i, { p99 }] of on.entries()) expect(p99).toBeGreaterThan(off[i].p99);
  expect(field(off, 'taken')).toEqual(SEEDS.map(() => 0));
});

/**
 * By Kleinrock's E[S] / (1 - rho), with E[S] longer by what each request's instruments take, what they do in the background
 * included.
 */
function expectSlowed(runs: typeof on): void {
  const each = field(runs, 'each').reduce((sum, one) => sum + one, 0) / SEEDS.length;
  const sojourn = (demand: number): number => demand / (1 - (RATE * demand) / SECOND);
  const expected = sojourn(DEMAND + each) - sojourn(DEMAND);
  const { mean, low, high } = pairedDifference(field(runs, 'mean'), field(off, 'mean'), 0.99);
  expect(expected, `measured ${mean}`).toBeGreaterThan(low);
  expect(expected, `measured ${mean}`).toBeLessThan(high);
}

it('what they do to the mean is what a processor that is shared makes of their time', () => {
  expectSlowed(on);
});

it('spans that are not sampled slow it less than those that are, and by what a processor that is shared makes of their time', () => {
  const unsampled = SEEDS.map((seed) => served(seed, 'always_off'));
  for (const [i, { p99 }] of unsampled.entries()) expect(p99).toBeLessThan(on[i].p99);
  expectSlowed(unsampled);
});
