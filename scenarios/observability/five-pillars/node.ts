/** A service's process with the instruments that the team has: a histogram, a tracer, a logger, a profiler, and what sends what they write. */
import {
  InstrumentedProcess,
  INSTRUMENT_COSTS,
  Link,
  LogAgent,
  LogFile,
  Logger,
  LogLevels,
  Meter,
  ms,
  Profiler,
  s,
  samplers,
  ScrapeTarget,
  structuredReader,
  targetLabels,
  toSeconds,
  Tracer,
  type Attributes,
  type LogBook,
  type LogStatement,
  type LogStore,
  type Profile,
  type ProfileStore,
  type RequestContext,
  type ScrapedTarget,
  type Simulation,
  type Span,
  type Time,
  type TraceBackend,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { tracingOf } from '../application/tracing.ts';
import type { Values } from './params.ts';

/** What of the team's backends there is. */
export interface Backends {
  readonly traces: TraceBackend | undefined;
  readonly logs: LogStore | undefined;
  readonly profiles: ProfileStore | undefined;
  readonly book: LogBook;
}

export interface Node {
  readonly process: InstrumentedProcess;
  readonly tracer: Tracer;
  readonly target: ScrapedTarget;
  /** A request was answered that came at a time. */
  answered(route: string, since: Time): void;
  log(statement: LogStatement, attributes: Attributes, request: RequestContext, span: Span): void;
}

/** By OpenTelemetry's conventions, with the bounds that it advises, in seconds. */
export const DURATION = { name: 'http.server.request.duration', unit: 's', description: 'Duration of requests' };
export const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** How often profiles are sent. */
export const PROFILE_INTERVAL = s(5);
const AGENT = { batchMax: 500, pollInterval: ms(200), syncPeriod: s(10) };
const FILE = { bytesMax: 10_485_760, keeps: 4 };

export function nodeOf(sim: Simulation, name: string, p: Values, { traces, logs, profiles, book }: Backends): Node {
  const resource = { 'service.name': name, 'service.instance.id': `${name}-1` };
  const process = new InstrumentedProcess(sim, { resource, cores: 1, costs: INSTRUMENT_COSTS });
  const meter = new Meter(process);
  const histogram = meter.histogram({ ...DURATION, bounds: BOUNDS });
  const target = new ScrapeTarget({ name, meter, isUp: () => true });
  const logger = logs === undefined ? undefined : loggerOf(process, logs, book);
  if (profiles !== undefined) {
    const link = new Link<Profile, undefined>(sim, profiles, { from: name, delay: nearby });
    new Profiler(process, { rate: p.profileRate, interval: PROFILE_INTERVAL, link });
  }
  return {
    process,
    tracer: tracerOf(process, p, traces),
    target: { link: new Link(sim, target, { from: 'prometheus', delay: nearby }), labels: targetLabels(resource) },
    answered: (route, since) => histogram.record(toSeconds(sim.now - since), { 'http.route': route }),
    log: (statement, attributes, request, { context }) => {
      logger?.log(statement, attributes, { request: request.id, context });
    },
  };
}

function tracerOf(process: InstrumentedProcess, p: Values, traces: TraceBackend | undefined): Tracer {
  if (traces === undefined) {
    return new Tracer(process, { sampler: samplers.always_off(), processor: { add: () => {} } });
  }
  return tracingOf(process, traces, samplers.parentbased_traceidratio({ ratio: p.sampled })).tracer;
}

function loggerOf(process: InstrumentedProcess, logs: LogStore, book: LogBook): Logger {
  const { sim, resource } = process;
  const file = new LogFile(FILE);
  const name = `${resource['service.name']}-agent`;
  new LogAgent(sim, {
    name,
    process,
    file,
    reader: structuredReader({ book }),
    link: new Link(sim, logs, { from: name, delay: nearby, timeout: s(10) }),
    ...AGENT,
  });
  const levels = new LogLevels('INFO');
  return new Logger({ process, format: 'structured', levels, book, write: (line) => file.append(line) });
}
