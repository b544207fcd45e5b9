/** What an archive of telemetry tells: what it keeps, what that costs, and what was asked of it. */
import { defineFact, defineReading } from '../../kernel/fact.ts';
import { defineSignal } from '../../statistics/signal.ts';

/** `place`: `metrics`, `hot` or `cold`; `cost`: of keeping so much for a month of 30 days. */
export const archiveKept = defineReading('archive.kept', 'What an archive keeps was looked at', {
  place: 'text',
  bytes: 'number',
  cost: 'number',
});

export const archiveRestored = defineFact('archive.restored', 'Logs were restored to be read', {
  request: 'request',
  bytes: 'number',
  duration: 'duration',
});

const kept = (name: string, place: string, what: string) =>
  defineSignal({
    name,
    kind: 'gauge',
    unit: 'By',
    help: `Bytes of ${what}`,
    fact: archiveKept,
    where: (fact) => fact.place === place,
    value: ({ bytes }) => bytes,
    of: (fact) => fact.place,
  });

const cost = (name: string, what: string, where: (place: string) => boolean) =>
  defineSignal({
    name,
    kind: 'gauge',
    unit: '{dollar}',
    help: `What it costs to keep ${what} for a month, as much as there is now`,
    fact: archiveKept,
    where: (fact) => where(fact.place),
    value: (fact) => fact.cost,
    of: (fact) => fact.place,
  });

export const archiveSignals = [
  kept('archive.metrics.size', 'metrics', 'metrics that are kept, all resolutions of all series'),
  kept('archive.logs.hot.size', 'hot', 'logs that can be searched'),
  kept('archive.logs.cold.size', 'cold', 'logs that have to be restored before they can be read'),
  cost('archive.metrics.cost', 'the metrics', (place) => place === 'metrics'),
  cost('archive.logs.cost', 'the logs', (place) => place !== 'metrics'),
  defineSignal({
    name: 'archive.restored',
    kind: 'counter',
    unit: 'By',
    help: 'Bytes of logs that were restored to answer something',
    fact: archiveRestored,
    amount: ({ bytes }) => bytes,
  }),
];
