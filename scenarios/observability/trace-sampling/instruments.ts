/**
 * Instruments of a service of the shop: server and client spans with the context in the headers of each call, as libraries
 * for OpenTelemetry write them, named as the handbook's table has it. Spans go to a collector in batches.
 */
import {
  BATCH_LIMITS,
  BatchProcessor,
  INSTRUMENT_COSTS,
  InstrumentedProcess,
  OtlpExporter,
  propagators,
  Tracer,
  within,
  type Attributes,
  type Behaviour,
  type Call,
  type CallFailure,
  type Duration,
  type ExportRequest,
  type ExportResponse,
  type Link,
  type RequestContext,
  type Sampler,
  type Simulation,
  type Span,
  type SpanData,
  type Wait,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';

/** What a service is asked for. */
export interface Route {
  readonly method: string;
  readonly route: string;
  /** What the service calls it. */
  readonly endpoint: string;
}

/** What one service asks another, and on whose behalf by its headers. */
export interface Ask extends Route {
  readonly key: number;
  readonly headers: Readonly<Record<string, string>>;
}

export type CollectorLink = Link<ExportRequest<'traces'>, ExportResponse>;

/** HTTP's status for what a service answers when somebody behind it failed. */
const STATUS: Readonly<Record<CallFailure, number>> = {
  timeout: 504,
  refused: 502,
  unavailable: 503,
  overloaded: 503,
  error: 500,
};
const OK = 200;
/** The first of those that are the server's fault. */
export const SERVER_ERROR = 500;
export const STATUS_CODE = 'http.response.status_code';

interface Serving {
  readonly work: (span: Span) => Behaviour;
  /** Told as the span begins. */
  readonly begun?: (span: Span) => void;
  /** Told of HTTP's status as it ends. */
  readonly ended?: (span: Span, status: number) => void;
}

export interface InstrumentsOptions {
  readonly service: string;
  readonly collector: CollectorLink;
  readonly sampler: (process: InstrumentedProcess) => Sampler;
  /** Told of every span that is recorded, at no cost. */
  readonly recorded: (span: SpanData) => void;
}

export class Instruments {
  readonly process: InstrumentedProcess;
  readonly sampler: Sampler;
  private readonly tracer: Tracer;
  readonly exporter: BatchProcessor<'traces'>;

  constructor(sim: Simulation, { cores, exportDelay }: Values, options: InstrumentsOptions) {
    const { service, collector, recorded } = options;
    const resource = { 'service.name': service, 'service.instance.id': service };
    this.process = new InstrumentedProcess(sim, { resource, cores, costs: INSTRUMENT_COSTS });
    const limits = { ...BATCH_LIMITS.traces, delay: exportDelay };
    this.exporter = new BatchProcessor(this.process, {
      kind: 'traces',
      exporter: new OtlpExporter({ link: collector }),
      limits,
    });
    this.sampler = options.sampler(this.process);
    this.tracer = new Tracer(this.process, {
      sampler: this.sampler,
      processor: {
        add: (span) => {
          recorded(span);
          this.exporter.add(span);
        },
      },
    });
  }

  /** Waits for a piece of the application's own work. */
  work(demand: Duration): Wait<void> {
    return this.process.work(demand, 'handle');
  }

  /** Handles a call within a server's span. */
  *serve({ query, request }: Call<Ask, void>, { work, begun, ended }: Serving): Behaviour {
    const parent = propagators.tracecontext.extract(query.headers);
    const span = this.tracer.startSpan(spanNameOf(query), request, {
      kind: 'server',
      ...(parent === undefined ? {} : { parent }),
      attributes: { 'http.request.method': query.method, 'http.route': query.route, 'url.scheme': 'http' },
    });
    begun?.(span);
    yield* within(span, work(span), (failure) => {
      const status = failure === undefined ? OK : STATUS[failure];
      span.setAttribute(STATUS_CODE, status);
      ended?.(span, status);
    });
  }

  /** Asks another service, within a client's span. */
  *ask<Reply>(
    link: Link<Ask, Reply>,
    route: Route,
    parent: Span,
    { query, request }: Call<Ask, void>,
  ): Behaviour<Reply> {
    const name = `CALL ${link.to}.${route.endpoint}`;
    const attributes = { 'http.request.method': route.method, 'server.address': link.to };
    const span = this.client(name, parent, request, attributes);
    const headers = propagators.tracecontext.inject(span.context, {});
    const { sim } = this.process;
    const givesUpAt = sim.now + link.timeout;
    return yield* within(span, link.call({ ...query, ...route, headers }, request), (failure) => {
      // Who gives up, or finds nobody there, has no response; who is told that somebody behind gave up has one.
      const hasResponse = failure !== 'unavailable' && !(failure === 'timeout' && sim.now >= givesUpAt);
      if (hasResponse) span.setAttribute(STATUS_CODE, failure === undefined ? OK : STATUS[failure]);
    });
  }

  /** Asks something that has no instruments and does not speak HTTP, within a client's span. */
  query<Reply>(name: string, attributes: Attributes, parent: Span, call: Call<never, Reply>): Behaviour<Reply> {
    return within(this.client(name, parent, call.request, attributes), call);
  }

  private client(name: string, { context }: Span, request: RequestContext, attributes: Attributes): Span {
    return this.tracer.startSpan(name, request, { kind: 'client', parent: context, attributes });
  }
}

/** By the handbook's table. */
export const spanNameOf = ({ method, route }: Route): string => `HTTP ${method} ${route}`;
