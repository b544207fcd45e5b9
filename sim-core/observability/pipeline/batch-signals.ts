/**
 * What is told of batch processors and their exporters, and the signals of it, named as OpenTelemetry's SDKs name their own
 * (https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/). What has `error.type` there is a signal of its own here.
 */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** So many items were handed to the exporter, or dropped because of an `error`; `queue` of them wait now. */
export const itemsProcessed = defineReading('otel.sdk.processor', 'Items came to a batch processor, or left it', {
  process: 'text',
  /** `traces` or `logs`. */
  telemetry: 'text',
  processed: 'number',
  error: 'text',
  queue: 'number',
});

/** An export of a batch ended; `failed` of its items were not taken, because of an `error`. */
export const batchExported = defineFact('otel.sdk.export', 'An exporter sent a batch, or gave it up', {
  process: 'text',
  telemetry: 'text',
  items: 'number',
  failed: 'number',
  error: 'text',
  bytes: 'number',
  duration: 'duration',
});

/** Items that were in the memory of a process when it ended, in the queue or on their way. */
export const itemsLost = defineFact('otel.sdk.lost', 'A process ended with items that no receiver is known to have', {
  process: 'text',
  telemetry: 'text',
  items: 'number',
});

/** For scenarios in which processes end. What was given up before the end is told by their exporters, as `exported.failed`. */
export const spansLost = defineSignal({
  name: 'otel.sdk.processor.span.lost',
  kind: 'counter',
  unit: '{span}',
  help: 'Spans that had ended and were in the memory of a process when it ended',
  fact: itemsLost,
  where: ({ telemetry }) => telemetry === 'traces',
  amount: ({ items }) => items,
});

/** The same. */
export const spansAfterShutdown = defineSignal({
  name: 'otel.sdk.processor.span.processed.shutdown',
  kind: 'counter',
  unit: '{span}',
  help: 'Spans that ended after their processor had been shut down, and were dropped',
  fact: itemsProcessed,
  where: ({ telemetry, error }) => telemetry === 'traces' && error === 'shutdown',
  amount: ({ processed }) => processed,
});

const shared = [
  defineSignal({
    name: 'otel.sdk.exporter.operation.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time to encode and export a batch, further attempts included',
    fact: batchExported,
    value: ({ duration }) => duration,
  }),
  defineSignal({
    name: 'otel.sdk.exporter.bytes',
    kind: 'counter',
    unit: 'By',
    help: 'Encoded size of the batches that were exported or given up, each counted once',
    fact: batchExported,
    amount: ({ bytes }) => bytes,
  }),
];

const signalsOf = (telemetry: string, item: string, counted: string, items: string) => [
  defineSignal({
    name: `otel.sdk.processor.${item}.queue.size`,
    kind: 'gauge',
    unit: counted,
    help: `${items} that wait in batch processors`,
    fact: itemsProcessed,
    where: (fact) => fact.telemetry === telemetry,
    value: ({ queue }) => queue,
    of: ({ process }) => process,
  }),
  defineSignal({
    name: `otel.sdk.processor.${item}.processed`,
    kind: 'counter',
    unit: counted,
    help: `${items} that batch processors handed to their exporter, or dropped`,
    fact: itemsProcessed,
    where: (fact) => fact.telemetry === telemetry,
    amount: ({ processed }) => processed,
  }),
  defineSignal({
    name: `otel.sdk.processor.${item}.processed.queue_full`,
    kind: 'counter',
    unit: counted,
    help: `${items} of these that found the queue full and were dropped`,
    fact: itemsProcessed,
    where: (fact) => fact.telemetry === telemetry && fact.error === 'queue_full',
    amount: ({ processed }) => processed,
  }),
  defineSignal({
    name: `otel.sdk.exporter.${item}.exported`,
    kind: 'counter',
    unit: counted,
    help: `${items} whose export has ended, well or not`,
    fact: batchExported,
    where: (fact) => fact.telemetry === telemetry,
    amount: ({ items: count }) => count,
  }),
  defineSignal({
    name: `otel.sdk.exporter.${item}.exported.failed`,
    kind: 'counter',
    unit: counted,
    help: `${items} of these that no receiver has taken, as far as their exporter knows`,
    fact: batchExported,
    where: (fact) => fact.telemetry === telemetry,
    amount: ({ failed }) => failed,
  }),
  ...shared,
];

export const spanProcessorSignals = signalsOf('traces', 'span', '{span}', 'Spans');
export const logProcessorSignals = signalsOf('logs', 'log', '{log_record}', 'Log records');
