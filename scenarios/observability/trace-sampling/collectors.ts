/** What takes the services' exports: a collector, or several behind a balancer or a router, and which traces they keep. */
import {
  balancingPolicies,
  BATCHING,
  Collector,
  INSTRUMENT_COSTS,
  Link,
  LoadBalancer,
  RETRY_ON_FAILURE,
  s,
  samplingPolicies,
  Service,
  TAIL_SAMPLING_DEFAULTS,
  TraceRouter,
  us,
  type Endpoint,
  type ExportRequest,
  type ExportResponse,
  type Simulation,
  type TailSamplingOptions,
} from '../../../sim-core/index.ts';
import { nearby } from '../../application/distances.ts';
import { SERVER_ERROR } from './instruments.ts';
import type { Values } from './params.ts';
import type { TraceStore } from './trace-store.ts';

type TraceEndpoint = Endpoint<ExportRequest<'traces'>, ExportResponse>;

/** The collector's defaults, and memory enough for whatever comes. */
const HANDLING = { item: us(1), byte: INSTRUMENT_COSTS.byte };
const GIBIBYTE = 1_073_741_824;
const COLLECTOR = {
  cores: 1,
  receiving: HANDLING,
  sending: HANDLING,
  memoryLimiter: { limit: GIBIBYTE, spikeLimit: GIBIBYTE / 5, checkInterval: s(1) },
  memoryMax: 2 * GIBIBYTE,
  restart: s(5),
  batching: BATCHING,
};
const EXPORTER = {
  numConsumers: 10,
  queue: { queueSize: 1000, isPersistent: false },
  blocksWhenFull: false,
  retry: RETRY_ON_FAILURE,
};

/** Wires them; services send to what this gives. */
export function collectorsBefore(sim: Simulation, p: Values, store: TraceStore): TraceEndpoint {
  const sampling = tailSampling(p);
  const collectors = Array.from({ length: p.collectors }, (_, i) => {
    const name = p.collectors === 1 ? 'collector' : `collector-${i + 1}`;
    const link = new Link<ExportRequest, ExportResponse>(sim, store, { from: name, delay: nearby, timeout: s(5) });
    return new Collector(sim, {
      ...COLLECTOR,
      name,
      exporters: { traces: { ...EXPORTER, link } },
      ...(sampling === undefined ? {} : { tailSampling: sampling }),
    });
  });
  if (p.collectors === 1) return collectors[0];
  const name = 'router';
  const links = collectors.map(
    (collector) => new Link<ExportRequest<'traces'>, ExportResponse>(sim, collector, { from: name, delay: nearby }),
  );
  if (p.routing === 'trace-id') return new TraceRouter(sim, name, links);
  const balancer = new LoadBalancer<ExportRequest<'traces'>, ExportResponse>(sim, {
    name,
    links,
    policy: balancingPolicies['round-robin'](),
    panicThreshold: 0,
  });
  return new Service<ExportRequest<'traces'>, ExportResponse>(sim, {
    name,
    help: 'Sends each export to the next collector',
    concurrency: 1_000_000,
    queueMax: 0,
    inside: balancer,
    *handle({ query, request }) {
      return yield* balancer.call(query, request);
    },
  });
}

function tailSampling(p: Values): TailSamplingOptions | undefined {
  if (p.sampling !== 'tail') return undefined;
  const { decisionWait, numTraces, whenFull, decisionCache: size } = p;
  return {
    ...TAIL_SAMPLING_DEFAULTS,
    decisionWait,
    numTraces,
    blockOnOverflow: whenFull === 'wait',
    decisionCache: { sampledCacheSize: size, nonSampledCacheSize: size },
    policies: p.policies === 'ottl' ? conditionsOf(p) : policiesOf(p),
  };
}

function policiesOf({ errorBy, slow }: Values): TailSamplingOptions['policies'] {
  const errors =
    errorBy === 'status'
      ? samplingPolicies.status_code({ statusCodes: ['error'] })
      : samplingPolicies.numeric_attribute({ key: errorBy, minValue: SERVER_ERROR });
  return [
    { name: 'error', policy: errors },
    { name: 'slow', policy: samplingPolicies.latency({ threshold: slow }) },
  ];
}

/** The handbook's policy as near to its words as the collector takes it. */
function conditionsOf({ errorBy, slow }: Values): TailSamplingOptions['policies'] {
  const isError =
    errorBy === 'status' ? 'status.code == STATUS_CODE_ERROR' : `attributes["${errorBy}"] >= ${SERVER_ERROR}`;
  const isSlow = `end_time_unix_nano - start_time_unix_nano > ${slow}`;
  return [{ name: 'error-or-slow', policy: samplingPolicies.ottl_condition({ span: [isError, isSlow] }) }];
}
