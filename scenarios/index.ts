/**
 * The catalogue: every scenario. A new one is a line here, beside its two files, the definition and the guide.
 */
import { definitions } from 'virtual:brownout/definitions';
import type { Scenario } from '../sim-core/index.ts';
import cacheFlush from './caching/cache-flush.ts';
import cachePatterns from './caching/cache-patterns.ts';
import evictionDynamics from './caching/eviction-dynamics.ts';
import eviction from './caching/eviction.ts';
import hotKey from './caching/hot-key.ts';
import invalidation from './caching/invalidation.ts';
import multiRegion from './caching/multi-region.ts';
import nPlusOne from './caching/n-plus-one.ts';
import negativeCaching from './caching/negative-caching.ts';
import placement from './caching/placement.ts';
import readAfterWrite from './caching/read-after-write.ts';
import staleSetRace from './caching/stale-set-race.ts';
import stampede from './caching/stampede.ts';
import synchronizedExpiry from './caching/synchronized-expiry.ts';
import writeBehindCrash from './caching/write-behind-crash.ts';
import brokerModels from './messaging/broker-models.ts';
import consumerLag from './messaging/consumer-lag.ts';
import deliverySemantics from './messaging/delivery-semantics.ts';
import dlqGrowth from './messaging/dlq-growth.ts';
import exactlyOnce from './messaging/exactly-once.ts';
import exchangeRouting from './messaging/exchange-routing.ts';
import kafkaReplication from './messaging/kafka-replication.ts';
import poisonMessage from './messaging/poison-message.ts';
import producerBatching from './messaging/producer-batching.ts';
import rebalance from './messaging/rebalance.ts';
import retryStorm from './messaging/retry-storm.ts';
import burnRate from './observability/burn-rate.ts';
import cardinality from './observability/cardinality.ts';
import fivePillars from './observability/five-pillars.ts';
import latencyBudget from './observability/latency-budget.ts';
import latencyPercentiles from './observability/latency-percentiles.ts';
import logPipeline from './observability/log-pipeline.ts';
import redUseGolden from './observability/red-use-golden.ts';
import retentionTiers from './observability/retention-tiers.ts';
import telemetryPipeline from './observability/telemetry-pipeline.ts';
import tracePropagation from './observability/trace-propagation.ts';
import traceSampling from './observability/trace-sampling.ts';
import backpressure from './overload/backpressure.ts';
import circuitBreaker from './overload/circuit-breaker.ts';
import doomedWork from './overload/doomed-work.ts';
import dynamicBatching from './overload/dynamic-batching.ts';
import grayFailure from './overload/gray-failure.ts';
import loadShedding from './overload/load-shedding.ts';
import rateLimiting from './overload/rate-limiting.ts';
import cacheDashboard from './whole-systems/cache-dashboard.ts';
import kafkaHealth from './whole-systems/kafka-health.ts';
import sloTable from './whole-systems/slo-table.ts';
import cqrs from './workflows/cqrs.ts';
import eventSourcing from './workflows/event-sourcing.ts';
import orphanCompensation from './workflows/orphan-compensation.ts';
import outbox from './workflows/outbox.ts';
import saga from './workflows/saga.ts';
import schemaEvolution from './workflows/schema-evolution.ts';
import streamProcessing from './workflows/stream-processing.ts';

export interface CatalogueEntry {
  readonly scenario: Scenario;
  /** `sha256:` over the source of the definition. */
  readonly definition: string;
}

const scenarios: readonly Scenario[] = [
  // 1.1 Patterns
  cachePatterns,
  writeBehindCrash,
  nPlusOne,
  // 1.2 Placement
  placement,
  // 1.3 Eviction
  eviction,
  evictionDynamics,
  // 1.4 Invalidation
  invalidation,
  // 1.5 Consistency
  staleSetRace,
  readAfterWrite,
  multiRegion,
  // 1.7 Stampedes
  stampede,
  synchronizedExpiry,
  negativeCaching,
  // 1.8 Hot keys
  hotKey,
  // 2.1 Broker models
  brokerModels,
  exchangeRouting,
  // 2.2 Kafka
  kafkaReplication,
  consumerLag,
  rebalance,
  producerBatching,
  exactlyOnce,
  streamProcessing,
  // 2.3 Delivery semantics
  deliverySemantics,
  // 2.4 Retries and dead letters
  poisonMessage,
  dlqGrowth,
  retryStorm,
  // 2.7 Workflows
  eventSourcing,
  cqrs,
  saga,
  orphanCompensation,
  outbox,
  // 2.8 Schemas
  schemaEvolution,
  // 2.9 Backpressure and overload
  backpressure,
  rateLimiting,
  circuitBreaker,
  loadShedding,
  dynamicBatching,
  grayFailure,
  doomedWork,
  // 3.1 Pillars
  fivePillars,
  // 3.2 Metrics
  latencyPercentiles,
  latencyBudget,
  redUseGolden,
  // 3.3 Tracing
  tracePropagation,
  traceSampling,
  // 3.4 Logging
  logPipeline,
  // 3.5 Alerting and SLOs
  burnRate,
  sloTable,
  // 3.6 Cost
  cardinality,
  retentionTiers,
  // 3.7 Scaling the observability stack
  telemetryPipeline,
  // Appendix
  cacheFlush,
  // Quick tables
  cacheDashboard,
  kafkaHealth,
];

/** In the handbook's order. */
export const catalogue: readonly CatalogueEntry[] = scenarios.map((scenario) => ({
  scenario,
  definition: definitions[scenario.id],
}));
