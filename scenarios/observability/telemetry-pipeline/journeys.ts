/**
 * Single requests whose traces are told from each other, beside the volume that is not: an order goes through three services, each of
 * which has a span of it, and its payment fails now and then. Their collectors look at whole traces, and keep those with an error.
 *
 *     buyers --> shop --> sampling-router --> sampler-1 … n --> sampled
 *
 * What the services do takes time and nothing else: what instruments cost is a subject of other scenarios. Each service exports on its
 * own, so that the parts of a trace come to the collector at different times.
 */
import {
  BATCHING,
  BatchProcessor,
  Collector,
  exponential,
  InstrumentedProcess,
  Link,
  ms,
  NO_COSTS,
  OpenLoopClient,
  OtlpExporter,
  poisson,
  RETRY_ON_FAILURE,
  s,
  samplers,
  samplingPolicies,
  Service,
  TAIL_SAMPLING_DEFAULTS,
  TelemetryStore,
  TraceBlocks,
  Tracer,
  TraceRouter,
  uniform,
  us,
  zipfPopularity,
  type ExportRequest,
  type ExportResponse,
  type Keeper,
  type Simulation,
  type SpanData,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { TraceBook } from '../application/trace-book.ts';
import type { Values } from './params.ts';

const TIERS = ['gateway', 'orders', 'payments'] as const;
/** Work of each service on the way there and on the way back, in the mean; all of a request is over within seconds. */
const STEP = ms(20);
/** Spans wait in their process for so long at most: the SDKs' default. */
export const EXPORT_DELAY = s(5);
/** Within a second and a half all of a request is over, or nearly always. */
export const JOURNEY = s(1.5);
const AMPLE = 1e9;
const CORES = 4;

export interface Journeys {
  readonly samplers: readonly Collector[];
  surge(factor: number): void;
}

/** Wires them; undefined where no tails are sampled. */
export function journeysOf(sim: Simulation, p: Values): Journeys | undefined {
  if (p.tailSamplers === 0) return undefined;
  const settled = 2 * EXPORT_DELAY + p.decisionWait + s(2);
  const book = new TraceBook(sim, settled);
  const store = new TelemetryStore(sim, {
    name: 'sampled',
    help: 'Tempo: the traces that tail samplers keep',
    keeper: seenBy(book, new TraceBlocks({ ttl: Infinity, blockSpan: s(60), diskMax: AMPLE })),
    cores: CORES,
    writing: us(2),
    readRate: AMPLE,
  });
  const collectors = Array.from({ length: p.tailSamplers }, (_, i) => samplerOf(sim, p, `sampler-${i + 1}`, store));
  const links = collectors.map(
    (to) => new Link<ExportRequest<'traces'>, ExportResponse>(sim, to, { from: 'sampling-router', delay: nearby }),
  );
  const router = new TraceRouter(sim, 'sampling-router', links);
  const shop = shopOf(sim, p, router, book);
  const buyers = new OpenLoopClient<void, void>(sim, {
    name: 'buyers',
    arrivals: poisson(p.orderRate),
    popularity: zipfPopularity(1, 0),
    asks: () => undefined,
    target: () => toShop,
  });
  const toShop = new Link<void, void>(sim, shop, { from: 'buyers', delay: uniform(us(500), us(1500)), timeout: s(30) });
  return { samplers: collectors, surge: (factor) => buyers.interventions['surge'].apply([factor]) };
}

function samplerOf(sim: Simulation, p: Values, name: string, store: TelemetryStore): Collector {
  const link = new Link<ExportRequest, ExportResponse>(sim, store, { from: name, delay: nearby, timeout: s(5) });
  const { decisionWait, numTraces } = p;
  return new Collector(sim, {
    name,
    cores: CORES,
    receiving: { item: p.receiveTime, byte: 0 },
    sending: { item: p.sendTime, byte: 0 },
    memoryLimiter: { limit: AMPLE, spikeLimit: AMPLE / 5, checkInterval: s(1) },
    memoryMax: 2 * AMPLE,
    restart: s(5),
    batching: BATCHING,
    tailSampling: {
      ...TAIL_SAMPLING_DEFAULTS,
      decisionWait,
      numTraces,
      policies: [{ name: 'error', policy: samplingPolicies.status_code({ statusCodes: ['error'] }) }],
    },
    exporters: {
      traces: {
        link,
        numConsumers: 10,
        queue: { queueSize: 1000, isPersistent: false },
        blocksWhenFull: false,
        retry: RETRY_ON_FAILURE,
      },
    },
  });
}

function shopOf(sim: Simulation, p: Values, router: TraceRouter, book: TraceBook): Service<void, void> {
  const link = new Link<ExportRequest<'traces'>, ExportResponse>(sim, router, { from: 'shop', delay: nearby });
  const [gateway, orders, payments] = TIERS.map((tier) => {
    const resource = { 'service.name': tier, 'service.instance.id': `shop ${tier}` };
    const process = new InstrumentedProcess(sim, { resource, cores: CORES, costs: NO_COSTS });
    const processor = new BatchProcessor(process, { kind: 'traces', exporter: new OtlpExporter({ link }) });
    return new Tracer(process, {
      sampler: samplers.parentbased_always_on(),
      processor: {
        add: (span) => {
          book.recorded(span);
          processor.add(span);
        },
      },
    });
  });
  const step = exponential(STEP);
  const draws = sim.keyedRandom('shop/orders');
  return new Service<void, void>(sim, {
    name: 'shop',
    help: 'Orders are placed and paid: three services, told apart by their spans alone',
    concurrency: 1_000_000,
    queueMax: 0,
    *handle({ request }) {
      const own = draws.of(request.id);
      const hasFailed = own.next() < p.failures;
      const works = (): number => Math.round(step.sample(own));
      const root = gateway.startSpan('HTTP POST /orders', request, { kind: 'server' });
      book.began(root.context.traceId, request.id);
      yield works();
      const order = orders.startSpan('HTTP POST /orders', request, { kind: 'server', parent: root.context });
      yield works();
      const payment = payments.startSpan('HTTP POST /charge', request, { kind: 'server', parent: order.context });
      yield works();
      for (const span of [payment, order, root]) {
        if (hasFailed) span.setStatus('error');
        span.end();
        yield works();
      }
      book.answered(root.context.traceId, hasFailed ? 'error' : 'ordinary');
    },
  });
}

/** Has the experimenter's book hear of every span that a store has taken. */
function seenBy(book: TraceBook, keeper: Keeper): Keeper {
  return {
    get bytes() {
      return keeper.bytes;
    },
    write(request, now) {
      const written = keeper.write(request, now);
      if (typeof written !== 'string') for (const span of request.items as readonly SpanData[]) book.stored(span, 1);
      return written;
    },
    amountToRead: (query) => keeper.amountToRead(query),
    state: () => keeper.state(),
    violations: () => keeper.violations(),
  };
}
