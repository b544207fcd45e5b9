/**
 * What a collector tells of itself: facts and the signals made of them. Each signal's help names the metric of the real
 * collector that it stands for: https://opentelemetry.io/docs/collector/internal-telemetry/
 */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** Why a collector dropped what it had accepted. */
export type CollectorLoss = 'queue_full' | 'retries_exhausted' | 'permanent_error' | 'rejected' | 'sampling' | 'crash';

/** `outcome`: `accepted`, or `refused`, which asks the sender to try again. */
export const collectorReceived = defineFact('collector.received', 'A collector answered whoever sent it something', {
  collector: 'text',
  request: 'request',
  kind: 'text',
  items: 'number',
  outcome: 'text',
});

export const collectorSent = defineFact('collector.sent', 'A backend has taken a batch from a collector', {
  collector: 'text',
  request: 'request',
  kind: 'text',
  items: 'number',
});

export const collectorDropped = defineFact('collector.dropped', 'A collector dropped what it had accepted', {
  collector: 'text',
  kind: 'text',
  items: 'number',
  reason: 'text',
});

export const collectorRetried = defineFact('collector.retried', 'A collector asks a backend again after a wait', {
  collector: 'text',
  request: 'request',
  kind: 'text',
  waited: 'duration',
});

/** One exporter's queue, and all items of its kind that the collector answers for. */
export const collectorQueue = defineReading('collector.queue', "An exporter's queue changed", {
  exporter: 'text',
  waiting: 'number',
  sending: 'number',
  held: 'number',
});

export const collectorMemory = defineReading('collector.memory', "A collector's memory changed", {
  collector: 'text',
  bytes: 'number',
});

export const collectorDied = defineFact('collector.died', "A collector's process died", { collector: 'text' });

const DROPS: readonly [CollectorLoss, string, string][] = [
  ['queue_full', 'the queue of the exporter was full', 'otelcol_exporter_enqueue_failed_spans and the like'],
  [
    'retries_exhausted',
    'the backend had not taken them after max_elapsed_time',
    'otelcol_exporter_send_failed_spans and the like',
  ],
  [
    'permanent_error',
    'the backend had answered that it never will take them',
    'otelcol_exporter_send_failed_spans and the like',
  ],
  ['rejected', 'the backend had taken the batch and thrown them away', 'the partial success of an OTLP response'],
  [
    'sampling',
    'a tail sampler did not keep their trace',
    'otelcol_processor_tail_sampling_count_spans_sampled whose `sampled` is false',
  ],
  ['crash', 'the process that had them in its memory died', 'no metric: whoever would count them has died'],
];

export const collectorSignals = [
  defineSignal({
    name: 'collector.receiver.accepted',
    kind: 'counter',
    unit: '{item}',
    help: 'Spans, log records and data points that collectors took over: otelcol_receiver_accepted_spans and the like',
    fact: collectorReceived,
    where: ({ outcome }) => outcome === 'accepted',
    amount: ({ items }) => items,
  }),
  defineSignal({
    name: 'collector.receiver.refused',
    kind: 'counter',
    unit: '{item}',
    help: 'Items that collectors refused for want of memory, to be sent again: otelcol_receiver_refused_spans and the like',
    fact: collectorReceived,
    where: ({ outcome }) => outcome === 'refused',
    amount: ({ items }) => items,
  }),
  defineSignal({
    name: 'collector.exporter.sent',
    kind: 'counter',
    unit: '{item}',
    help: 'Items that backends took from collectors: otelcol_exporter_sent_spans and the like',
    fact: collectorSent,
    amount: ({ items }) => items,
  }),
  defineSignal({
    name: 'collector.exporter.queue.size',
    kind: 'gauge',
    unit: '{batch}',
    help: 'Batches that wait in the queues of exporters: otelcol_exporter_queue_size',
    fact: collectorQueue,
    value: ({ waiting }) => waiting,
    of: ({ exporter }) => exporter,
  }),
  defineSignal({
    name: 'collector.exporter.sending',
    kind: 'gauge',
    unit: '{batch}',
    help: 'Batches that consumers of these queues are sending, or hold until they try again',
    fact: collectorQueue,
    value: ({ sending }) => sending,
    of: ({ exporter }) => exporter,
  }),
  defineSignal({
    name: 'collector.held',
    kind: 'gauge',
    unit: '{item}',
    help: 'Items that collectors have accepted and that are neither exported nor dropped yet',
    fact: collectorQueue,
    value: ({ held }) => held,
    of: ({ exporter }) => exporter,
  }),
  defineSignal({
    name: 'collector.exporter.retries',
    kind: 'counter',
    unit: '{attempt}',
    help: 'Attempts to send a batch again after a failure',
    fact: collectorRetried,
  }),
  defineSignal({
    name: 'collector.exporter.retry.wait',
    kind: 'histogram',
    unit: 's',
    help: 'How long exporters waited before they tried again',
    fact: collectorRetried,
    value: ({ waited }) => waited,
  }),
  ...DROPS.map(([reason, why, real]) =>
    defineSignal({
      name: `collector.dropped.${reason}`,
      kind: 'counter',
      unit: '{item}',
      help: `Items that collectors dropped because ${why}: ${real}`,
      fact: collectorDropped,
      where: (fact) => fact.reason === reason,
      amount: ({ items }) => items,
    }),
  ),
  defineSignal({
    name: 'collector.memory.usage',
    kind: 'gauge',
    unit: 'By',
    help: 'Bytes of telemetry that collectors hold in memory: otelcol_process_memory_rss, less what the process takes by itself',
    fact: collectorMemory,
    value: ({ bytes }) => bytes,
    of: ({ collector }) => collector,
  }),
  defineSignal({
    name: 'collector.deaths',
    kind: 'counter',
    unit: '{death}',
    help: "How often the process of a collector died, for want of memory or by somebody's hand",
    fact: collectorDied,
  }),
];
