/** An instance that measures how long requests take, and traces some of them: with the user's id where there is room for it. */
import {
  exponential,
  HANDBOOK_BOUNDS,
  INSTRUMENT_COSTS,
  InstrumentedProcess,
  Meter,
  ms,
  processSignals,
  s,
  samplers,
  ScrapeTarget,
  Service,
  targetLabels,
  toSeconds,
  Tracer,
  type Attributes,
  type Labels,
  type Simulation,
  type TelemetryProcessor,
  type SpanData,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

export const DURATION = { name: 'http.server.request.duration', unit: 's', description: 'Duration of requests' };
/** The attributes that all requests have alike. */
export const ROUTE = { 'http.request.method': 'GET', 'http.route': '/orders', 'http.response.status_code': 200 };
/** OpenTelemetry's attribute of a user. https://opentelemetry.io/docs/specs/semconv/registry/attributes/user/ */
export const USER = 'user.id';
/** Series of a histogram with these buckets: one each, one above them, the count and the sum. */
export const SERIES_EACH = HANDBOOK_BOUNDS.length + 3;

/** Processors of an instance, and what a request takes of them. */
const CORES = 2;
const WORK = ms(1);
const CONCURRENCY = 10_000;
/** Until an instance that was killed is up again. */
const RESTART = s(2);

export const userName = (key: number): string => `u-${key}`;

export const resourceOf = (name: string) => ({ 'service.name': 'orders', 'service.instance.id': name });

export interface Instance {
  readonly service: Service<number, void>;
  readonly meter: Meter;
  readonly target: ScrapeTarget;
  readonly labels: Labels;
}

export function instance(sim: Simulation, p: Values, name: string, traces: TelemetryProcessor<SpanData>): Instance {
  const resource = resourceOf(name);
  const process = new InstrumentedProcess(sim, {
    resource,
    cores: CORES,
    costs: INSTRUMENT_COSTS,
    ...(p.appMemory > 0 && { outOfMemory: { limit: p.appMemory * 1e6, kill: () => service.crash(RESTART) } }),
  });
  const limit = p.cardinalityLimit === 0 ? Number.MAX_SAFE_INTEGER : p.cardinalityLimit;
  const meter = new Meter(process, { cardinalityLimit: limit, exemplars: p.exemplars });
  const duration = meter.histogram({
    ...DURATION,
    bounds: HANDBOOK_BOUNDS,
    // A view: what is recorded with the user's id is kept without it.
    ...(p.label === 'none' && { keep: Object.keys(ROUTE) }),
  });
  const tracer = new Tracer(process, { sampler: samplers.traceidratio({ ratio: p.sampling }), processor: traces });
  const waits = sim.keyedRandom('instances/waits');
  const usual = exponential(p.loadTime);
  const known = new Map<number, Attributes>();
  const attributesOf = (key: number): Attributes => {
    let attributes = known.get(key);
    if (attributes === undefined) known.set(key, (attributes = { ...ROUTE, [USER]: userName(key) }));
    return attributes;
  };
  const service: Service<number, void> = new Service<number, void>(sim, {
    name,
    help: `One of the instances: ${CORES} processors, a histogram of durations, and a tracer`,
    concurrency: CONCURRENCY,
    queueMax: 0,
    inside: {
      signals: processSignals,
      state: () => ({ 'bytes of instruments': process.held }),
      violations: () => [],
    },
    onCrash: () => process.crash(),
    *handle({ query: key, request }) {
      const since = sim.now;
      const attributes = attributesOf(key);
      const span = tracer.startSpan('HTTP GET /orders', request, {
        kind: 'server',
        attributes: { ...attributes, 'url.scheme': 'http' },
      });
      yield* process.work(WORK, 'GET /orders');
      yield key === accountOf(p) ? p.slowTime : Math.round(usual.sample(waits.of(request.nextWorkKey())));
      span.end();
      duration.record(toSeconds(sim.now - since), attributes, span.context);
    },
  });
  return {
    service,
    meter,
    target: new ScrapeTarget({ name, meter, isUp: () => service.isUp }),
    labels: targetLabels(resource),
  };
}

/** The account that is slow: one more than there are users. */
export const accountOf = (p: Values): number => p.users;
