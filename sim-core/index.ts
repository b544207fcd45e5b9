/**
 * The door: what scenarios, the page, notebooks and programs of others may use. Nobody enters sim-core elsewhere, and
 * this is the one file that only forwards.
 */
// kernel: time, events, processes, what they wait for and draw from
export * from './kernel/time.ts';
export { BudgetExceeded, DEFAULT_BUDGET, type Budget } from './kernel/budget.ts';
export { Channel, channelChanged, type ChannelOptions, type WhenFull } from './kernel/channel.ts';
export { all, race, sleep, timeout, TIMED_OUT } from './kernel/combine.ts';
export { EventQueue } from './kernel/event-queue.ts';
export type { EventCallback, EventHandle } from './kernel/event-table.ts';
export * from './kernel/fact.ts';
export { exp, ln, pow } from './kernel/maths.ts';
export { Cancelled, fork, Interrupted, Process, spawn, type Behaviour } from './kernel/process.ts';
export { ProcessorSharing } from './kernel/processor-sharing.ts';
export { RandomStreams } from './kernel/random-streams.ts';
export type { KeyedStream, RandomStream } from './kernel/random-stream.ts';
export { QueueFull, Resource, resourceChanged, resourceGranted, resourceRefused } from './kernel/resource.ts';
export { Completion, Gate, Signal } from './kernel/signal.ts';
export { NO_EVENT, Simulation, type EventObserver, type SimulationOptions } from './kernel/simulation.ts';
export { Wait, type Waiter } from './kernel/wait.ts';
export { worked } from './kernel/worked.ts';

// kernel/distributions
export { bernoulli } from './kernel/distributions/bernoulli.ts';
export { constant } from './kernel/distributions/constant.ts';
export { discrete } from './kernel/distributions/discrete.ts';
export type { Distribution } from './kernel/distributions/distribution.ts';
export { empirical, quantiles } from './kernel/distributions/empirical.ts';
export { exponential } from './kernel/distributions/exponential.ts';
export { erlang, gamma } from './kernel/distributions/gamma.ts';
export { hyperexponential } from './kernel/distributions/hyperexponential.ts';
export { logNormal, logNormalFromMeanAndP99 } from './kernel/distributions/log-normal.ts';
export { normal } from './kernel/distributions/normal.ts';
export { pareto } from './kernel/distributions/pareto.ts';
export { poissonCount } from './kernel/distributions/poisson-count.ts';
export { uniform } from './kernel/distributions/uniform.ts';
export { weibull } from './kernel/distributions/weibull.ts';
export { zipf } from './kernel/distributions/zipf.ts';

// statistics: what is worked out from facts and replications
export { BatchMeans, batchMeans } from './statistics/batch-means.ts';
export { confidenceInterval } from './statistics/confidence.ts';
export { CounterSeries } from './statistics/counter-series.ts';
export { DurationSeries } from './statistics/duration-series.ts';
export { GaugeSeries } from './statistics/gauge-series.ts';
export { LogLinearHistogram } from './statistics/histogram.ts';
export { pairedDifference } from './statistics/paired.ts';
export { grouped } from './statistics/figures.ts';
export * from './statistics/first-after.ts';
export { quantity, readable } from './statistics/quantity.ts';
export * from './statistics/signal.ts';
export { studentQuantile } from './statistics/student.ts';
export { Tally } from './statistics/tally.ts';
export { TimeWeighted } from './statistics/time-weighted.ts';
export { dropBefore, mser } from './statistics/warm-up.ts';

// network: components, links and calls
export { BackgroundRequests } from './network/background-requests.ts';
export * from './network/balancing/balancing-signals.ts';
export { noEarlierAttempts } from './network/balancing/balanced-call.ts';
export { LoadBalancer } from './network/balancing/load-balancer.ts';
export * from './network/balancing/outlier-detection/outlier-options.ts';
export * from './network/balancing/policies/balancing-policies.ts';
export { roundRobin, type Balancer } from './network/balancing/by-request-number.ts';
export { Call, CallFailed, NOT_AGAIN, type CallFailure, type Endpoint } from './network/call.ts';
export * from './network/component.ts';
export { Link, messageSent, type LinkOptions } from './network/link.ts';
export { BACKGROUND, BACKGROUND_BLOCK, RequestContext } from './network/request-context.ts';
export { Wan, type Parcel } from './network/wan.ts';

// network/resilience: backoff, budgets, callers that ask again, bulkheads, circuit breakers, limits, shedding
export type { Backoff, BackoffFactory, BackoffOptions } from './network/resilience/backoff/backoff.ts';
export { backoffs, type BackoffName } from './network/resilience/backoff/backoffs.ts';
export { Bulkhead, bulkheadSignals } from './network/resilience/bulkhead.ts';
export { ThreadPoolBulkhead, threadPoolSignals } from './network/resilience/thread-pool-bulkhead.ts';
export * from './network/resilience/circuit-breaker/breaker-options.ts';
export { breakerSignals } from './network/resilience/circuit-breaker/breaker-signals.ts';
export type { BreakerState } from './network/resilience/circuit-breaker/circuit-breaker.ts';
export { CircuitBreaking } from './network/resilience/circuit-breaker/circuit-breaking.ts';
export * from './network/resilience/circuit-breaker/interval-function.ts';
export * from './network/resilience/concurrency-limits/concurrency-limits.ts';
export { WindowedLimit } from './network/resilience/concurrency-limits/windowed.ts';
export { Hedging } from './network/resilience/hedging/hedging.ts';
export { RetryThrottle } from './network/resilience/hedging/retry-throttle.ts';
export * from './network/resilience/hedging/hedging-signals.ts';
export { loadShedders, type LoadShedderName } from './network/resilience/load-shedding/load-shedders.ts';
export { LoadShedding, loadShedSignals } from './network/resilience/load-shedding/load-shedding.ts';
export { rateLimiters, type RateLimiterName } from './network/resilience/rate-limiting/rate-limiters.ts';
export { rateLimitDecided, RateLimiting } from './network/resilience/rate-limiting/rate-limiting.ts';
export { RetryBudget, type RetryBudgetOptions } from './network/resilience/retry-budget.ts';
export * from './network/resilience/retrying.ts';

// workload: who asks for what, and when
export type { ArrivalProcess } from './workload/arrivals/arrivals.ts';
export { bursty, type BurstyOptions } from './workload/arrivals/bursty.ts';
export { during } from './workload/arrivals/during.ts';
export { thinned } from './workload/arrivals/thinned.ts';
export { poisson } from './workload/arrivals/poisson.ts';
export { pulses } from './workload/arrivals/pulses.ts';
export { arrivalProcesses, type ArrivalProcessEntry } from './workload/arrivals/processes.ts';
export { arrivalsFromText, recorded } from './workload/arrivals/recorded.ts';
export { startingAt } from './workload/arrivals/starting-at.ts';
export { uniformArrivals } from './workload/arrivals/uniform.ts';
export * from './workload/client.ts';
export { behind } from './workload/popularity/behind.ts';
export { SessionClient, type SessionQuery } from './workload/session-client.ts';
export { hotKey } from './workload/popularity/hot-key.ts';
export { inTurn } from './workload/popularity/in-turn.ts';
export { mixture } from './workload/popularity/mixture.ts';
export { loop } from './workload/popularity/loop.ts';
export type { Popularity } from './workload/popularity/popularity.ts';
export { popularities, type PopularityEntry, type PopularityOptions } from './workload/popularity/popularities.ts';
export { scans, type ScanOptions } from './workload/popularity/scan.ts';
export { moved, shifting } from './workload/popularity/shift.ts';
export { zipfPopularity } from './workload/popularity/zipf.ts';
export { KEY_COLUMNS, SIZE_COLUMNS } from './workload/traces/csv.ts';
export { estimatedHits, KeySampler } from './workload/traces/key-sampler.ts';
export { KeyTable } from './workload/traces/key-table.ts';
export { formatOfFileName, traceFormats, type TraceFormat, type TraceFormatName } from './workload/traces/readers.ts';
export { countOfGood, KeyBatch, TraceError, withThousands, type TraceReader } from './workload/traces/trace-reader.ts';

// storage
export { Database, type DatabaseOptions } from './storage/database.ts';
export { databaseAnswered, databaseQueried } from './storage/database-signals.ts';
export type { DatabaseBatch, DatabaseOperation, DatabaseQuery, Row } from './storage/queries.ts';
export { RegionalStore, RegionBook, regionSignals, regionWritten } from './storage/regional-store.ts';
export { changeApplied, Replica, replicationSignals, type Change, type VersionedQuery } from './storage/replication.ts';
export { rowReturned, StalenessMeter, stalenessSignals } from './storage/staleness.ts';
export { Table, type StoredRow, type TableCommand } from './storage/table.ts';
export { Transactions, type Statement, type TransactionOptions } from './storage/transactions.ts';
export { VersionHistory } from './storage/version-history.ts';
export { RelationalDatabase } from './storage/relational/relational-database.ts';
export type { SqlReply, SqlRequest, SqlSession, Statement as SqlStatement } from './storage/relational/statements.ts';

// cache: entries, eviction, the patterns around them and protection from stampedes
export * from './cache/hit-ratio-alert.ts';
export * from './cache/hit-ratio-dips.ts';
export { cacheInMemory } from './cache/cache-in-memory.ts';
export { Cache, cacheDeleted, cacheLookup, cacheSignals, cacheStored, type CacheOptions } from './cache/cache.ts';
export { CacheServer, type CacheCommand, type CacheReply, type CacheServerOptions } from './cache/cache-server.ts';
export { entryOf, lasting, type CacheEntry, type Lifetime } from './cache/entry.ts';
export * from './cache/eviction/eviction-policy.ts';
export { KnownFuture, nextUses } from './cache/eviction/known-future.ts';
export * from './cache/eviction/policies.ts';
export { optionsHelp, UnknownName } from './cache/eviction/policy-options.ts';
export { WTinyLfu, type WTinyLfuOptions } from './cache/eviction/w-tinylfu.ts';
export * from './cache/membership/filtered-reader.ts';
export { FilterServer, type FilterCommand } from './cache/membership/filter-server.ts';
export { membershipFilters, type MembershipFilterName } from './cache/membership/filters.ts';
export type { FilterOptions, ForgettingFilter, MembershipFilter } from './cache/membership/membership-filter.ts';
export { MISS_RATIO_CURVE, type BankedCache } from './cache/miss-ratio/bank-signals.ts';
export { CacheBank, type CacheBankOptions } from './cache/miss-ratio/cache-bank.ts';
export * from './cache/miss-ratio/che.ts';
export { LocalCache, type LocalCacheOptions } from './cache/local-cache.ts';
export { HotKeyMonitor, hotKeySignals, type HotKeyMonitorOptions } from './cache/hot-keys/hot-key-monitor.ts';
export { baseOf, KeySpray, nameOf } from './cache/hot-keys/key-spray.ts';
export { KnownHotKeys, type HotKeyNews } from './cache/hot-keys/known-hot-keys.ts';
export { SpaceSaving, type KeyCount } from './cache/hot-keys/space-saving.ts';
export { BatchedIncrements, batchedIncrementSignals } from './cache/hot-keys/batched-increments.ts';
export type { Reader } from './cache/reader.ts';
export type { ShardMap } from './cache/sharding/shard-map.ts';
export { shardMaps, type ShardMapName } from './cache/sharding/shard-maps.ts';
export { setIfNewer } from './cache/set-if-newer.ts';
export { ShardRouter, type CacheAccess, type CacheLink, type CopyAccess } from './cache/sharding/shard-router.ts';
export { movesBetween, shardMapSignals, ShardTopology } from './cache/sharding/shard-topology.ts';
export { handOf, ShuffleRouter } from './cache/sharding/shuffle-router.ts';
export { LruCurve } from './cache/miss-ratio/lru-curve.ts';
export { OptCurve } from './cache/miss-ratio/opt-curve.ts';
export { lease, type LeaseOptions } from './cache/consistency/lease.ts';
export { Steps, type StepsOptions } from './cache/patterns/steps.ts';
export { versionCheck } from './cache/consistency/version-check.ts';
export * from './cache/consistency/protocols.ts';
export { cacheRoomSignals, entriesHeldSignals, readEntriesHeld } from './cache/entries-held.ts';
export type { InvalidationChannel, InvalidationOptions, Member, Membership } from './cache/invalidation/channel.ts';
export { channelOf, invalidationChannels, type ChannelEntry, type ChannelName } from './cache/invalidation/channels.ts';
export { MESSAGE_BYTES } from './cache/invalidation/invalidation-bus.ts';
export { changeFollows, pushChannel, pushSignals } from './cache/invalidation/push-channel.ts';
export { staleEntryGone, StaleEntryMeter, staleEntrySignals } from './cache/consistency/stale-entries.ts';
export type { CacheControl, HttpResponse } from './cache/placement/freshness.ts';
export { HttpCache, type HttpCacheOptions, type HttpGet, type Purge } from './cache/placement/http-cache.ts';
export * from './cache/placement/layers.ts';
export { PagedDatabase, type PagedDatabaseOptions, type PagedRow } from './cache/placement/paged-database.ts';
export { TieredReader, type TieredReaderOptions } from './cache/placement/tiered-reader.ts';
export { softTtl } from './cache/stampede/soft-ttl.ts';
export { keyLoaders, type KeyLoaderEntry, type KeyLoaderName } from './cache/loading/loaders.ts';
export { PageReader, pageRead, pageSignals } from './cache/loading/page-reader.ts';
export { CacheAside, type CacheAsideOptions, type OnWrite } from './cache/patterns/cache-aside.ts';
export { perform, type CachePattern, type PatternOptions } from './cache/patterns/cache-pattern.ts';
export { LoadLedger } from './cache/patterns/load-ledger.ts';
export { cacheLoaded, loadSignals } from './cache/patterns/loads.ts';
export { patterns, type PatternChoices, type PatternEntry, type PatternName } from './cache/patterns/patterns.ts';
export { SwrCache, type SwrCacheOptions } from './cache/patterns/swr-cache.ts';
export { WriteBehind, type WriteBehindOptions } from './cache/patterns/write-behind.ts';
export { CoalescingProxy } from './cache/stampede/coalescing-proxy.ts';
export type { ExpiryRule, Verdict } from './cache/stampede/expiry-rule.ts';
export { hardTtl } from './cache/stampede/hard-ttl.ts';
export { jittered } from './cache/stampede/jittered.ts';
export { loadCap } from './cache/stampede/load-cap.ts';
export type { GuardContext, LoadGuard, LoadGuardFactory, LoadTerms } from './cache/stampede/load-guard.ts';
export { noGuard } from './cache/stampede/no-guard.ts';
export { singleFlight } from './cache/stampede/single-flight.ts';
export * from './cache/stampede/protections.ts';
export { Journal, type CrashKind } from './cache/write-behind/journal.ts';
export { WriteBook, writeStored, type Write } from './cache/write-behind/write-book.ts';

export { CacheWarmer, type CacheWarmerOptions } from './cache/warming/cache-warmer.ts';

// messaging: queues, exchanges, streams, the rules of a log and its groups
export { FATES, Fates, type Fate } from './messaging/fates.ts';
export type { OverflowName } from './messaging/backpressure/bounded-buffer.ts';
export type { Handover } from './messaging/backpressure/outlets/outlet.ts';
export { outlets, type OutletName } from './messaging/backpressure/outlets/outlets.ts';
export { parcelEnded, ParcelBook } from './messaging/backpressure/parcel.ts';
export { Spool } from './messaging/backpressure/spool.ts';
export { stageLoad } from './messaging/backpressure/stage-readings.ts';
export { Stage } from './messaging/backpressure/stage.ts';
export { Consumer as QueueConsumer, type ConsumerOptions, type Holder } from './messaging/channels/consumers.ts';
export type { Copy } from './messaging/channels/copy.ts';
export { DeduplicationWindow } from './messaging/channels/deduplication-window.ts';
export { exchangeTypes, type ExchangeTypeName } from './messaging/channels/exchanges/exchange-types.ts';
export { Exchanges, type ExchangeOptions } from './messaging/channels/exchanges/exchanges.ts';
export { headersMatch, type HeadersMode } from './messaging/channels/exchanges/headers.ts';
export { topicMatches, wordsOf } from './messaging/channels/exchanges/topic.ts';
export * from './messaging/channels/facts.ts';
export { makeMessage, type Headers, type HeaderValue, type Message } from './messaging/channels/message.ts';
export { queueKinds, type QueueKindName } from './messaging/channels/queue-kinds/queue-kinds.ts';
export { QUEUE_DEFAULTS, type Death, type QueueOptions, type QueuePolicy } from './messaging/channels/queue-options.ts';
export { Queue } from './messaging/channels/queue.ts';
export {
  VisibilityQueue,
  type Received as VisibilityQueueReceived,
  type VisibilityQueueOptions,
} from './messaging/channels/visibility-queue.ts';
export { BlockedReads } from './messaging/channels/stream/blocked-reads.ts';
export * from './messaging/channels/stream/claim.ts';
export {
  ConsumerGroup as StreamGroup,
  type Consumer as StreamConsumer,
  type HistoryEntry,
  type ReadableStream,
} from './messaging/channels/stream/consumer-group.ts';
export {
  compareIds as compareEntryIds,
  formatId as formatEntryId,
  idAfter,
  idBefore,
  LAST_ID,
  ZERO_ID,
  type EntryId,
} from './messaging/channels/stream/entry-id.ts';
export { type StreamEntry, type Trim as StreamTrim } from './messaging/channels/stream/entry-log.ts';
export { type PendingEntry } from './messaging/channels/stream/pending-list.ts';
export { EntryStream, StreamError, type NewEntryId, type StreamRefusal } from './messaging/channels/stream/stream.ts';
export * from './messaging/consuming/effect-store.ts';
export * from './messaging/consuming/facts.ts';
export type { FailureOptions } from './messaging/consuming/failures.ts';
export * from './messaging/consuming/idempotence/guards.ts';
export type { GuardContext as IdempotenceContext, IdempotenceGuard } from './messaging/consuming/idempotence/guard.ts';
export * from './messaging/consuming/ledger.ts';
export { OutsideEffects, type OutsideOptions, type OutsideRequest } from './messaging/consuming/outside-effects.ts';
export { Processing, type ProcessingOptions } from './messaging/consuming/processing.ts';
export { QueueLedger } from './messaging/consuming/queue-ledger.ts';
export * from './messaging/consuming/received.ts';
export { deathsOf, type DeathNotice } from './messaging/dead-letter/deaths.ts';
export { dlqSignals } from './messaging/dead-letter/signals.ts';
export { DeadLetterWatch, type AlertOptions } from './messaging/dead-letter/watch.ts';
export { avroDecoder } from './messaging/schema/avro/avro-decoder.ts';
export { encodeAvro } from './messaging/schema/avro/avro-encoder.ts';
export { parseAvro, type AvroType, type AvroValue } from './messaging/schema/avro/avro-schema.ts';
export { DecodeFailed, EncodeFailed } from './messaging/schema/bytes.ts';
export { decodeJson, encodeJson, type JsonSchema, type JsonValue } from './messaging/schema/json/json-schema.ts';
export { breakingChanges, type BufCategory } from './messaging/schema/protobuf/breaking-rules.ts';
export { decodeProto } from './messaging/schema/protobuf/proto-decoder.ts';
export { encodeProto } from './messaging/schema/protobuf/proto-encoder.ts';
export { type ProtoDatum, type ProtoFile } from './messaging/schema/protobuf/proto-schema.ts';
export * from './messaging/schema/registry/levels.ts';
export { type Registration } from './messaging/schema/registry/schema-store.ts';
export * from './messaging/schema/registry/wire-format.ts';
export { partitionOf } from './messaging/log/partitioner.ts';
export { offsetOf } from './messaging/log/record-batch.ts';
export { decodeThrift, encodeThrift, type ThriftStruct } from './messaging/schema/thrift/thrift.ts';
export * from './messaging/streams/foreign-key-joins.ts';
export * from './messaging/streams/joins.ts';
export * from './messaging/streams/stream-joins.ts';
export * from './messaging/streams/table-joins.ts';
export * from './messaging/streams/stream-record.ts';
export * from './messaging/streams/tables.ts';
export * from './messaging/streams/topology.ts';
export { compileQuery, type StreamSchema } from './messaging/streams/query/compile.ts';
export { QueryError } from './messaging/streams/query/query-error.ts';
export { assignors as kafkaAssignors } from './messaging/groups/assignors.ts';

// systems: products composed of the parts above
export { AmqpError } from './systems/rabbitmq/amqp-error.ts';
export { Broker, type Published } from './systems/rabbitmq/broker.ts';
export type { Channel as AmqpChannel, ConsumeOptions, Delivery } from './systems/rabbitmq/channel.ts';
export { Connection as AmqpConnection } from './systems/rabbitmq/connection.ts';
export {
  RabbitConsumer,
  type RabbitConsumerOptions,
  type Verdict as ConsumerVerdict,
} from './systems/rabbitmq/consumer.ts';
export { messageSent as messagePublished, producerSignals } from './systems/rabbitmq/facts.ts';
export { Producer } from './systems/rabbitmq/producer.ts';
export type { QueueArgument, QueueDeclaration } from './systems/rabbitmq/queue-arguments.ts';
export { RabbitMq, type Confirm, type Publish } from './systems/rabbitmq/rabbitmq.ts';
export { RedisStreamConsumer, type StreamConsumerOptions } from './systems/redis/stream-consumer.ts';
export { streamChanged } from './systems/redis/stream-signals.ts';
export { RedisStreamServer, type StreamCommand, type StreamReply } from './systems/redis/stream-server.ts';
export { Redriver, type RedriverOptions } from './systems/rabbitmq/redriver.ts';
export * from './systems/sns-sqs/sns.ts';
export * from './systems/sns-sqs/sqs.ts';
export * from './systems/sns-sqs/sqs-consumer.ts';
export type { SqsReply, SqsRequest } from './systems/sns-sqs/sqs-requests.ts';
export {
  Connection as NatsConnection,
  CoreServer as NatsCore,
  type Subscription as NatsSubscription,
} from './systems/nats/core.ts';
export * from './systems/nats/server.ts';
export * from './systems/nats/subscriber.ts';
export * from './systems/nats/jetstream/subscriber.ts';
export { isPattern, isSubject, subjectMatches } from './systems/nats/subject.ts';
export * from './systems/nats/jetstream/configuration.ts';
export { DeliverGroup } from './systems/nats/jetstream/deliver-group.ts';
export { JetStreamConsumer, type Advisory, type JetStreamDelivery } from './systems/nats/jetstream/consumer.ts';
export {
  JetStream,
  type PublishAck,
  type Published as JetStreamPublished,
} from './systems/nats/jetstream/jet-stream.ts';
export {
  Cluster as KafkaCluster,
  type BrokerClient as KafkaClient,
  type ClusterOptions as KafkaClusterOptions,
} from './systems/kafka/cluster.ts';
export {
  ConsumerGroup as KafkaConsumerGroup,
  type ConsumerGroupOptions as KafkaConsumerGroupOptions,
} from './systems/kafka/consumer-group.ts';
export {
  PlainOutput as KafkaPlainOutput,
  TransactionalOutput as KafkaTransactionalOutput,
  type Output as KafkaOutput,
} from './systems/kafka/transactions/output.ts';
export { ProducerPool as KafkaProducerPool } from './systems/kafka/transactions/producer-pool.ts';
export type { ProducerOptions as KafkaProducerOptions } from './systems/kafka/producer-options.ts';
export { recordProcessed } from './systems/kafka/consumer-signals.ts';
export { groupLag as kafkaGroupLag } from './systems/kafka/groups/group-lag.ts';
export { DeadLetterTopic } from './systems/kafka/listening/dead-letter-topic.ts';
export type { RecordListener, RecordVerdict } from './systems/kafka/listening/record-listener.ts';
export { redriving } from './systems/kafka/listening/redriving.ts';
export { Republisher } from './systems/kafka/listening/republisher.ts';
export { dueOf } from './systems/kafka/listening/retry-headers.ts';
export { RetryForwarder, RetryTopics } from './systems/kafka/listening/retry-topics.ts';
export { TopicLedger } from './systems/kafka/listening/topic-ledger.ts';
export type { Fetched as FetchedRecord } from './systems/kafka/consumer-fetches.ts';
export { Producer as KafkaProducer } from './systems/kafka/producer.ts';
export type { ProducerQuery as KafkaProducerQuery } from './systems/kafka/producer-batch.ts';
export { ValuedRecord, type Outgoing } from './systems/kafka/valued-record.ts';
export { changelogOf, changelogTopics, type Guarantee } from './systems/kafka/streams/streams-app.ts';
export { streamsSignals, taskRestored as kafkaTaskRestored } from './systems/kafka/streams/signals.ts';
export { StreamsGroup } from './systems/kafka/streams/streams-group.ts';
export { AvroConverter } from './systems/kafka/connect/avro-converter.ts';
export { sinkOf, type InsertMode } from './systems/kafka/connect/sink.ts';
export { SourceTask } from './systems/kafka/connect/source-task.ts';
export { retentionSignals as kafkaRetentionSignals } from './systems/kafka/log-upkeep.ts';
export { recordSignals as kafkaRecordSignals } from './systems/kafka/record-book.ts';
export { RegistryClient } from './systems/schema-registry/registry-client.ts';
export { SchemaRegistry } from './systems/schema-registry/schema-registry.ts';

// services
export { Batcher } from './services/batching/batcher.ts';
export { batchLimits, type BatchLimitName } from './services/batching/batch-limits.ts';
export { batchDone } from './services/batching/batch-signals.ts';
export { BatchStore } from './services/batching/batch-store.ts';
export { CODEL_INTERVAL, CODEL_TARGET } from './services/lines/codel.ts';
export { lineDisciplines, type LineDisciplineName } from './services/lines/line-disciplines.ts';
export * from './services/event-sourcing/aggregate.ts';
export * from './services/event-sourcing/event-codec.ts';
export * from './services/event-sourcing/event-log.ts';
export * from './services/event-sourcing/event-store.ts';
export * from './services/event-sourcing/facts.ts';
export * from './services/event-sourcing/projection.ts';
export * from './services/event-sourcing/read-model.ts';
export * from './services/event-sourcing/read-store.ts';
export * from './services/event-sourcing/repository.ts';
export { AuditLog } from './services/saga/audit-log.ts';
export { Auditor } from './services/saga/auditor.ts';
export { SagaBook } from './services/saga/book.ts';
export { REQUESTED } from './services/saga/choreography.ts';
export type { Answer as SagaAnswer, Saga, SagaCommand, SagaDefinition, SagaStep } from './services/saga/definition.ts';
export { auditorSignals, sagaSignals } from './services/saga/facts.ts';
export { EventExchange } from './services/saga/event-exchange.ts';
export { EarlyReads } from './services/saga/early-reads.ts';
export { Holdings, type HoldingsOptions } from './services/saga/holdings.ts';
export { Orchestrator } from './services/saga/orchestrator.ts';
export { Participant } from './services/saga/participant.ts';
export type { BookStatement, BookQuery } from './services/saga/participation.ts';
export { Watchdog } from './services/saga/watchdog.ts';
export { EventBook } from './services/outbox/event-book.ts';
export { LogTailing } from './services/outbox/log-tailing.ts';
export { OutboxDepth } from './services/outbox/outbox-depth.ts';
export { deleteEvents, insertEvent, outboxTables } from './services/outbox/outbox-table.ts';
export { CLAIMS, Polling, type Claims } from './services/outbox/polling.ts';
export { pollingRules, type PollingRuleName } from './services/outbox/polling-rules.ts';
export { Relay, type EventPublisher, type RelayWork } from './services/outbox/relay.ts';
export { outboxSignals } from './services/outbox/signals.ts';
export { GRACE_PERIOD, terminate, type TerminationOptions } from './services/termination.ts';
export { Service, serviceActive, serviceRequest, type ServiceOptions } from './services/service.ts';

// observability: the instruments that a real team has
export * from './observability/context/propagator.ts';
export * from './observability/context/propagators.ts';
export * from './observability/context/traceparent.ts';
export * from './observability/context/tracestate.ts';
export { itemBytes, streamBytes } from './observability/signals/instrument-memory.ts';
export { arrivalsOf, type Arrived } from './observability/pipeline/arrivals.ts';
export * from './observability/pipeline/batch-processor.ts';
export * from './observability/pipeline/batch-signals.ts';
export * from './observability/pipeline/simple-processor.ts';
export * from './observability/metrics/dashboard.ts';
export * from './observability/metrics/hdr-histogram.ts';
export * from './observability/metrics/instruments/attribute-sets.ts';
export * from './observability/metrics/instruments/bucket-layouts.ts';
export { PERCENTILE_PRECISION } from './observability/metrics/instruments/client-percentiles.ts';
export * from './observability/metrics/instruments/exemplar-reservoirs.ts';
export * from './observability/metrics/instruments/exponential-histogram.ts';
export * from './observability/metrics/instruments/meter.ts';
export * from './observability/metrics/prometheus.ts';
export { SCRAPE_SERIES, type ScrapedTarget } from './observability/metrics/target-scraper.ts';
export * from './observability/metrics/prometheus-signals.ts';
export * from './observability/metrics/recording-rule.ts';
export * from './observability/metrics/scrape-target.ts';
export * from './observability/metrics/series/exemplar-store.ts';
export * from './observability/metrics/series/head.ts';
export * from './observability/metrics/series/histogram-quantile.ts';
export * from './observability/metrics/series/native-histogram.ts';
export * from './observability/metrics/series/prometheus-names.ts';
export * from './observability/metrics/series/rates.ts';
export * from './observability/metrics/series/series-store.ts';
export * from './observability/metrics/series/vector.ts';
export * from './observability/logging/log-agent.ts';
export * from './observability/logging/log-book.ts';
export * from './observability/logging/log-facts.ts';
export * from './observability/logging/log-file.ts';
export * from './observability/logging/log-levels.ts';
export * from './observability/logging/log-line.ts';
export * from './observability/logging/log-reader.ts';
export * from './observability/logging/log-samplers.ts';
export * from './observability/logging/log-store.ts';
export * from './observability/logging/logger.ts';
export * from './observability/logging/pii/detection-score.ts';
export * from './observability/logging/pii/detectors.ts';
export { passesLuhn } from './observability/logging/pii/luhn.ts';
export * from './observability/logging/pii/redactor.ts';
export * from './observability/logging/severity.ts';
export type { Tier } from './observability/cost/metric-archive.ts';
export {
  TelemetryArchive,
  type ArchiveAnswer,
  type ArchiveQuestion,
  type ArchiveWrite,
} from './observability/cost/telemetry-archive.ts';
export * from './observability/export/prometheus-rules.ts';
export { ruleFile, type RuleGroup } from './observability/export/rule-file.ts';
export type { Checklist, ChecklistRow, ChecklistVerdict } from './observability/health/checklist.ts';
export { cacheChecklist } from './observability/health/cache-checklist.ts';
export { checklistsOf } from './observability/health/checklists.ts';
export { kafkaChecklist } from './observability/health/kafka-checklist.ts';
export type { RunEvidence } from './observability/health/run-evidence.ts';
export type { Stretch } from './observability/health/windows.ts';
export type { Keeper, StoreQuery } from './observability/pipeline/backends/keeper.ts';
export * from './observability/pipeline/backends/log-streams.ts';
export * from './observability/pipeline/backends/series-head.ts';
export * from './observability/pipeline/backends/store-signals.ts';
export * from './observability/pipeline/backends/telemetry-store.ts';
export { TraceBlocks } from './observability/pipeline/backends/trace-blocks.ts';
export { BATCHING } from './observability/pipeline/batching.ts';
export { Collector } from './observability/pipeline/collector.ts';
export * from './observability/pipeline/collector-signals.ts';
export { methodsText, NO_USE, type MethodsText } from './observability/methods/methods-text.ts';
export { methodsOf, type MethodsRow } from './observability/methods/component-methods.ts';
export { detectedBy, METHODS, type Detection, type Method } from './observability/methods/detection.ts';
export { methodSignals, type WatchedComponent } from './observability/methods/method-signals.ts';
export * from './observability/pipeline/export-request.ts';
export * from './observability/pipeline/fleet-signals.ts';
export * from './observability/pipeline/otlp-exporter.ts';
export * from './observability/pipeline/otlp-size.ts';
export type { TelemetryProcessor } from './observability/pipeline/processor.ts';
export * from './observability/pipeline/queries/query-frontend.ts';
export * from './observability/pipeline/remote-write/remote-write-signals.ts';
export * from './observability/pipeline/remote-write/remote-writer.ts';
export { RETRY_ON_FAILURE } from './observability/pipeline/retry-on-failure.ts';
export { TelemetryFleet } from './observability/pipeline/telemetry-fleet.ts';
export * from './observability/sampling/adaptive/adaptive-options.ts';
export * from './observability/sampling/adaptive/adaptive-probabilities.ts';
export * from './observability/sampling/adaptive/adaptive-sampling.ts';
export { RemoteSampler, type RemoteSamplerOptions } from './observability/sampling/adaptive/remote-sampler.ts';
export * from './observability/sampling/adaptive/sampler-attributes.ts';
export { AdjustedCount } from './observability/sampling/adjusted-count.ts';
export * from './observability/sampling/policies/policy-set.ts';
export * from './observability/sampling/policies/sampling-policies.ts';
export type { SamplingPolicy } from './observability/sampling/policies/sampling-policy.ts';
export { TailSampler, type TailSamplerOptions } from './observability/sampling/tail-sampler.ts';
export * from './observability/sampling/tail-sampling-options.ts';
export * from './observability/sampling/tail-sampling-signals.ts';
export { TraceRouter } from './observability/sampling/trace-router.ts';
export * from './observability/changes/change-log.ts';
export type { Profile } from './observability/profiles/profile.ts';
export { ProfileStore } from './observability/profiles/profile-store.ts';
export { Profiler } from './observability/profiles/profiler.ts';
export * from './observability/signals/instrument-costs.ts';
export * from './observability/signals/instrumented-process.ts';
export * from './observability/signals/labels.ts';
export * from './observability/signals/telemetry.ts';
export { linksBased } from './observability/tracing/links-based.ts';
export type { Sampler } from './observability/tracing/sampler.ts';
export { samplers, type SamplerName } from './observability/tracing/samplers.ts';
export { SPAN_LIMITS, type Span } from './observability/tracing/span.ts';
export { TraceBackend, type TraceTruths } from './observability/tracing/trace-backend.ts';
export type { TraceIndex } from './observability/tracing/trace-index.ts';
export * from './observability/tracing/trace-tree.ts';
export * from './observability/tracing/tracer.ts';
export { within } from './observability/tracing/within.ts';
export * from './observability/slo/alert-group.ts';
export * from './observability/slo/alerting-rule.ts';
export * from './observability/slo/alertmanager.ts';
export * from './observability/slo/burn-rate-alerts.ts';
export * from './observability/slo/error-windows.ts';
export { Heartbeat } from './observability/slo/heartbeat.ts';
export * from './observability/slo/indicator.ts';
export * from './observability/slo/objective.ts';
export * from './observability/slo/pager.ts';
export * from './observability/slo/received-alert.ts';
export type { Silence } from './observability/slo/silence.ts';
export * from './observability/slo/rule-evaluator.ts';
export * from './observability/slo/signals.ts';

// lab: scenarios, their parameters, runs and what is kept of them
export { firstDifference, type Difference } from './lab/compare-recordings.ts';
export { canonicalJson } from './lab/digest.ts';
export * from './lab/expectation.ts';
export * from './lab/claims-verdict.ts';
export { NEVER_NEGATIVE, type NaturalRange } from './lab/natural-range.ts';
export * from './lab/exercises/attempt.ts';
export {
  AttemptError,
  isCount,
  isFields,
  noOthers,
  wrong as wrongField,
  type Fields,
} from './lab/exercises/attempt-fields.ts';
export { CODE_WORD_MAX, codeWordOf, seedOfWord } from './lab/exercises/code-word.ts';
export { breachOf, type Breach } from './lab/exercises/breach.ts';
export * from './lab/exercises/deeds.ts';
export * from './lab/exercises/exercise.ts';
export type { Foretelling } from './lab/exercises/foretelling.ts';
export * from './lab/exercises/further-seeds.ts';
export * from './lab/exercises/goals.ts';
export { judgeWords, readCodeWords } from './lab/exercises/given-words.ts';
export { csvOf } from './lab/exercises/grade-csv.ts';
export * from './lab/exercises/grade-sheet.ts';
export * from './lab/exercises/judge-attempt.ts';
export * from './lab/own-policy/judge-claims.ts';
export * from './lab/own-policy/play.ts';
export * from './lab/own-policy/steps.ts';
export type { Try } from './lab/exercises/read-try.ts';
export { ExportedRun } from './lab/export/exported-run.ts';
export * from './lab/export/exports.ts';
export * from './lab/measures-since.ts';
export { healthOf, type HealthCheck, type HealthStatus } from './lab/health.ts';
export { formatIntervention, InterventionError, parseIntervention, type InterventionData } from './lab/intervention.ts';
export * from './lab/parameters.ts';
export * from './lab/recording.ts';
export { decodeRecording, encodeRecording, RecordingFileError } from './lab/recording-file.ts';
export * from './lab/run-document.ts';
export { run, Run, type RunOptions } from './lab/run.ts';
export * from './lab/scenario.ts';
export * from './lab/thresholds.ts';
export * from './lab/traces/event-component.ts';
export * from './lab/traces/event-index.ts';
export * from './lab/traces/event-kinds.ts';
export * from './lab/traces/fact-component.ts';
export * from './lab/traces/fact-places.ts';
export * from './lab/traces/outcome-roles.ts';
export * from './lab/traces/request-events.ts';
export * from './lab/traces/request-trace.ts';
export * from './lab/traces/requests.ts';
export { leavesTrail, trailOf } from './lab/trail.ts';
export { judge, Trial, type Trialled, type TrialOptions } from './lab/trial.ts';
export { ENGINE_VERSION } from './lab/version.ts';
