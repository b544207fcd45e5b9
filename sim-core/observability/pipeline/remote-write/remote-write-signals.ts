/** What Prometheus tells of its remote write: https://github.com/prometheus/prometheus/blob/main/storage/remote/queue_manager.go */
import { defineFact, defineReading } from '../../../kernel/fact.ts';
import { toSeconds } from '../../../kernel/time.ts';
import { defineSignal } from '../../../statistics/signal.ts';

export const samplesSent = defineFact('remote_write.sent', 'A store has answered a request of remote write', {
  writer: 'text',
  request: 'request',
  samples: 'number',
  rejected: 'number',
});

export const samplesRetried = defineFact('remote_write.retried', 'Remote write sends a request again', {
  writer: 'text',
  request: 'request',
  samples: 'number',
});

/** `reason`: `wal_truncated`, `permanent_error`, `rate_limited`, `restart`, `not_scraped`. */
export const samplesLost = defineFact('remote_write.lost', 'Samples were dropped by remote write', {
  writer: 'text',
  samples: 'number',
  reason: 'text',
});

export const remoteWriteLoad = defineReading('remote_write.load', 'What remote write has before it changed', {
  writer: 'text',
  shards: 'number',
  desired: 'number',
  pending: 'number',
  lag: 'duration',
});

export const remoteWriteSignals = [
  defineSignal({
    name: 'remote_write.retries',
    kind: 'rate',
    unit: '1/s',
    help: 'Samples that remote write sends again after a failure, a second: prometheus_remote_storage_samples_retried_total',
    fact: samplesRetried,
    amount: ({ samples }) => samples,
  }),
  defineSignal({
    name: 'remote_write.shards',
    kind: 'gauge',
    unit: '{shard}',
    help: 'Requests that remote write sends at once: prometheus_remote_storage_shards',
    fact: remoteWriteLoad,
    value: ({ shards }) => shards,
    of: ({ writer }) => writer,
  }),
  defineSignal({
    name: 'remote_write.shards.desired',
    kind: 'gauge',
    unit: '{shard}',
    help: 'Shards that would keep up and catch up: prometheus_remote_storage_shards_desired',
    fact: remoteWriteLoad,
    value: ({ desired }) => desired,
    of: ({ writer }) => writer,
  }),
  defineSignal({
    name: 'remote_write.pending',
    kind: 'gauge',
    unit: '{sample}',
    help: 'Samples that are in the log or the shards and not sent: prometheus_remote_storage_samples_pending and what the log has besides',
    fact: remoteWriteLoad,
    value: ({ pending }) => pending,
    of: ({ writer }) => writer,
  }),
  defineSignal({
    name: 'remote_write.lag',
    kind: 'gauge',
    unit: 's',
    help: 'Age of the newest sample less that of the oldest that is not sent: highest_timestamp_in_seconds less queue_highest_sent_timestamp_seconds',
    fact: remoteWriteLoad,
    value: ({ lag }) => toSeconds(lag),
    of: ({ writer }) => writer,
  }),
  defineSignal({
    name: 'remote_write.lost',
    kind: 'counter',
    unit: '{sample}',
    help: 'Samples that were dropped: no longer in the log, refused for good, over a rate limit, skipped by a restart, or not scraped while it was down',
    fact: samplesLost,
    amount: ({ samples }) => samples,
  }),
];
