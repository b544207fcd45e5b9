/** The stack of the telemetry pipeline: how its parts are made and wired. */
import {
  BATCHING,
  Collector,
  HEAD,
  Link,
  LogStreams,
  minutes,
  OpenLoopClient,
  poisson,
  QueryFrontend,
  REMOTE_WRITE,
  RemoteWriter,
  RETRY_ON_FAILURE,
  s,
  SeriesHead,
  STREAM_LIMIT,
  TelemetryFleet,
  TelemetryStore,
  TraceBlocks,
  uniform,
  us,
  zipfPopularity,
  type ExportRequest,
  type ExportResponse,
  type PanelQuery,
  type Simulation,
  type StoreAnswer,
  type StoreQuery,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { alertingOf, type Alerting } from './alerting.ts';
import { journeysOf, type Journeys } from './journeys.ts';
import type { Values } from './params.ts';

export const SERVICES = ['gateway', 'orders', 'payments'];
export const SPAN_BYTES = 400;
/** What SDKs hold, export by, and metrics are scraped by: OpenTelemetry's defaults for spans, and Prometheus' usual interval. */
export const SDK_QUEUE = 2048;
export const EXPORT_EVERY = s(5);
export const SCRAPE_EVERY = s(15);
export const CONSUMERS = 10;
/** A collector that is restarted is up again before an SDK gives up its export: five attempts take 6.5 s at least. */
export const RESTART = s(5);
/** What queries ask about: dashboards more, searches less. */
export const PANEL_RANGE = minutes(15);
export const SEARCH_RANGE = minutes(2);
export const PANELS = 30;
/** How long somebody waits for an answer. */
export const PATIENCE = s(30);
/** What one processor of a store reads through in a second: samples, or bytes. */
export const SAMPLES_READ = 100_000;
export const LOGS_READ = 100e6;
export const TRACES_READ = 100e6;
export const STORE_CORES = 4;
export const METRIC_CORES = 1;
export const SPLIT = minutes(1);
export const FRESHNESS = s(30);
/** Of time that a chunk of logs, and a block of traces, is of. */
export const CHUNK = minutes(1);
export const BLOCK = minutes(1);
/** Of the memory limiter's limit, what is for spikes. */
export const SPIKE = 0.2;
export const megabytes = (count: number): number => count * 1e6;

export interface Stack {
  readonly fleet: TelemetryFleet;
  readonly collectors: readonly Collector[];
  readonly stores: readonly TelemetryStore[];
  readonly writer: RemoteWriter;
  readonly head: SeriesHead;
  readonly blocks: TraceBlocks;
  readonly alerting: Alerting;
  readonly journeys: Journeys | undefined;
}

export function stackOf(sim: Simulation, p: Values): Stack {
  const head = new SeriesHead({
    ...HEAD,
    shards: p.shards,
    seriesMax: p.seriesMax,
    samples: { perSecond: Infinity, burst: 1 },
  });
  const blocks = new TraceBlocks({
    ttl: p.traceTtl >= p.length ? Infinity : p.traceTtl,
    blockSpan: BLOCK,
    diskMax: megabytes(p.disk),
  });
  const logStreams = new LogStreams({ partitioning: p.partitioning, chunkSpan: CHUNK, streamLimit: STREAM_LIMIT });
  const metrics = new TelemetryStore(sim, {
    name: 'metrics',
    help: `Mimir: ${p.shards} ingesters, each with room for ${p.seriesMax} series`,
    keeper: head,
    cores: METRIC_CORES,
    writing: us(1),
    readRate: SAMPLES_READ,
  });
  const traces = new TelemetryStore(sim, {
    name: 'traces',
    help: `Tempo: blocks on a disk of ${p.disk} MB`,
    keeper: blocks,
    cores: STORE_CORES,
    writing: us(2),
    readRate: TRACES_READ,
  });
  const logs = new TelemetryStore(sim, {
    name: 'logs',
    help: `Loki: streams partitioned by ${p.partitioning}`,
    keeper: logStreams,
    cores: STORE_CORES,
    writing: us(2),
    readRate: LOGS_READ,
  });
  const collectors = Array.from({ length: p.collectors }, (_, i) =>
    collectorOf(sim, p, `collector-${i + 1}`, { traces, logs }),
  );
  const writer = new RemoteWriter(sim, {
    ...REMOTE_WRITE,
    name: 'prometheus',
    link: new Link<ExportRequest, ExportResponse>(sim, metrics, { from: 'prometheus', delay: nearby, timeout: s(30) }),
  });
  const fleet = new TelemetryFleet(sim, {
    name: 'services',
    services: SERVICES,
    instances: p.instances,
    volumes: {
      traces: { perSecond: p.spanRate, bytes: SPAN_BYTES },
      logs: { perSecond: p.logRate, bytes: p.logSize },
    },
    exportEvery: EXPORT_EVERY,
    queueMax: SDK_QUEUE,
    collectors: collectors.map((collector) => new Link(sim, collector, { from: 'services', delay: nearby })),
    seriesPerInstance: p.series,
    scrapeEvery: SCRAPE_EVERY,
    scraper: new Link(sim, writer, { from: 'services', delay: nearby }),
  });
  viewers(sim, p, { metrics, traces, logs });
  const diskMax = megabytes(p.disk);
  const journeys = journeysOf(sim, p);
  const watched = [...collectors, ...(journeys?.samplers ?? [])];
  const alerting = alertingOf(sim, p, { collectors: watched, writer, head, blocks, diskMax });
  return { fleet, collectors, stores: [metrics, traces, logs], writer, head, blocks, alerting, journeys };
}

function collectorOf(
  sim: Simulation,
  p: Values,
  name: string,
  { traces, logs }: { readonly traces: TelemetryStore; readonly logs: TelemetryStore },
): Collector {
  const exporter = (store: TelemetryStore) => ({
    link: new Link<ExportRequest, ExportResponse>(sim, store, { from: name, delay: nearby, timeout: s(5) }),
    numConsumers: CONSUMERS,
    queue: { queueSize: p.queueSize, isPersistent: p.isPersistent },
    blocksWhenFull: p.blocksWhenFull,
    retry: { ...RETRY_ON_FAILURE, maxElapsedTime: p.retriesFor },
  });
  const limit = megabytes(p.memory);
  return new Collector(sim, {
    name,
    cores: p.cores,
    receiving: { item: p.receiveTime, byte: 0 },
    sending: { item: p.sendTime, byte: 0 },
    memoryLimiter: { limit, spikeLimit: SPIKE * limit, checkInterval: s(1) },
    memoryMax: 2 * limit,
    restart: RESTART,
    batching: BATCHING,
    exporters: { traces: exporter(traces), logs: exporter(logs) },
  });
}

/** Who looks at it: dashboards that are refreshed, and people who search. */
function viewers(
  sim: Simulation,
  p: Values,
  { metrics, traces, logs }: Record<'metrics' | 'traces' | 'logs', TelemetryStore>,
): void {
  const frontend = new QueryFrontend(sim, {
    name: 'frontend',
    link: new Link<StoreQuery, StoreAnswer>(sim, metrics.reads, { from: 'frontend', delay: nearby }),
    splitInterval: p.isCached ? SPLIT : Infinity,
    cachedMax: p.isCached ? 10_000 : 0,
    maxFreshness: FRESHNESS,
  });
  const past = (range: number) => ({ from: Math.max(0, sim.now - range), to: sim.now + 1 });
  const way = uniform(us(500), us(1500));
  const toFrontend = new Link<PanelQuery, StoreAnswer>(sim, frontend, {
    from: 'dashboards',
    delay: way,
    timeout: PATIENCE,
  });
  new OpenLoopClient(sim, {
    name: 'dashboards',
    arrivals: poisson(p.panelRate),
    popularity: zipfPopularity(PANELS, 0),
    asks: (panel) => ({ panel: `panel ${panel}`, ...past(PANEL_RANGE) }),
    target: () => toFrontend,
  });
  for (const [name, store] of [
    ['log-searches', logs],
    ['trace-searches', traces],
  ] as const) {
    const link = new Link<StoreQuery, StoreAnswer>(sim, store.reads, { from: name, delay: way, timeout: PATIENCE });
    new OpenLoopClient(sim, {
      name,
      arrivals: poisson(p.searchRate),
      popularity: zipfPopularity(SERVICES.length, 0),
      asks: (service) => ({ service: SERVICES[service], ...past(SEARCH_RANGE) }),
      target: () => link,
    });
  }
}
