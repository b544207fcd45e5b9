/** What is told of batches, and the signals made of it. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** A batch is done, or has failed: `duration` from its beginning. */
export const batchDone = defineFact('batch.done', 'A batch is done, or has failed with all that is in it', {
  batcher: 'text',
  items: 'number',
  outcome: 'text',
  duration: 'duration',
});

/** Requests that wait for a batch, and how large the next may be. */
export const batchQueued = defineReading('batch.state', 'Requests that wait for a batch, or its limit, changed', {
  batcher: 'text',
  queued: 'number',
  limit: 'number',
});

export const batchSignals = [
  defineSignal({
    name: 'batch.limit',
    kind: 'gauge',
    unit: '{request}',
    help: 'How large the next batch may be',
    fact: batchQueued,
    value: (fact) => fact.limit,
    of: (fact) => fact.batcher,
  }),
  defineSignal({
    name: 'batch.queued',
    kind: 'gauge',
    unit: '{request}',
    help: 'Requests that wait for a batch to begin',
    fact: batchQueued,
    value: (fact) => fact.queued,
    of: (fact) => fact.batcher,
  }),
  defineSignal({
    name: 'batch.size',
    kind: 'histogram',
    unit: '{request}',
    help: 'Requests in a batch',
    fact: batchDone,
    value: (fact) => fact.items,
  }),
  defineSignal({
    name: 'batch.duration',
    kind: 'histogram',
    unit: 's',
    help: 'Time from the beginning of a batch to its end',
    fact: batchDone,
    value: (fact) => fact.duration,
  }),
  defineSignal({
    name: 'batch.failed',
    kind: 'counter',
    unit: '{batch}',
    help: 'Batches that failed, with all that was in them',
    fact: batchDone,
    where: ({ outcome }) => outcome !== 'ok',
  }),
];
