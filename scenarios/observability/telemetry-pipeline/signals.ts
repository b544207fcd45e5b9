/**
 * The signals of the telemetry pipeline: what is lost and kept of what was emitted, when which warning was first given and how long
 * before the first loss, and how long queries take.
 */
import {
  defineFact,
  defineReading,
  defineSignal,
  storeSize,
  toSeconds,
  type TelemetryKind,
} from '../../../sim-core/index.ts';

export const KINDS = ['traces', 'logs', 'metrics'] as const;
export const VIEWERS = ['dashboards', 'log-searches', 'trace-searches'] as const;
export const WARNINGS = ['queue', 'retries', 'queries', 'series', 'disk'] as const;
export type Warning = (typeof WARNINGS)[number];

export const lostOf = (kind: TelemetryKind): string => `telemetry.lost.${kind}`;
export const keptShareOf = (kind: TelemetryKind): string => `telemetry.kept_share.${kind}`;
export const warnedAt = (warning: Warning): string => `warning.${warning}.at`;
export const LOST = 'telemetry.lost';
export const leadOf = (warning: Warning): string => `warning.${warning}.lead`;
export const LOSS_AT = 'loss.at';
export const SERIES = 'store.metrics.series';
export const durationOf = (viewer: (typeof VIEWERS)[number]): string => `query.${viewer}.duration`;
export const overBudgetOf = (viewer: (typeof VIEWERS)[number]): string => `query.${viewer}.over_budget`;

export const telemetryLost = defineFact('telemetry.lost', 'Telemetry is lost for good, wherever that was', {
  kind: 'text',
  items: 'number',
  reason: 'text',
});

export const telemetryKept = defineReading(
  'telemetry.kept',
  'What stores have taken of what was emitted was looked at',
  {
    kind: 'text',
    share: 'number',
  },
);

/** `at`: when it was given first; the end of the run while it has not been. */
export const warningGiven = defineReading(
  'warning.given',
  'A warning was given for the first time, or there was a first loss',
  {
    warning: 'text',
    at: 'duration',
  },
);

/** At the first loss: how long before it a warning was given; 0 if it was not. */
export const warningLed = defineReading(
  'warning.led',
  'There was a first loss, and it is known which warning came before it',
  {
    warning: 'text',
    lead: 'duration',
  },
);

export const queryAnswered = defineFact('query.answered', 'Somebody has the answer to a query, or gave up', {
  viewer: 'text',
  request: 'request',
  duration: 'duration',
  isLate: 'flag',
});

const NAMES: Readonly<Record<Warning | 'loss', string>> = {
  queue: 'as many batches as the alert says waited in a queue of an exporter',
  retries: 'a collector or remote write had to send something again',
  queries: 'more than a twentieth of the last queries of one kind were over their budget',
  series: 'as many of the series that there may be as the alert says were there',
  disk: 'as much of the disk for traces as the alert says was used',
  loss: 'something was lost for good',
};

export const tallySignals = [
  defineSignal({
    name: LOST,
    kind: 'counter',
    unit: '{item}',
    help: 'Spans, log records and samples that are lost for good, wherever that was',
    fact: telemetryLost,
    amount: ({ items }) => items,
  }),
  ...KINDS.flatMap((kind) => [
    defineSignal({
      name: lostOf(kind),
      kind: 'counter',
      unit: '{item}',
      help: `Items of ${kind} that are lost for good: in SDKs, in collectors, in remote write, or rejected by their store`,
      fact: telemetryLost,
      where: (fact) => fact.kind === kind,
      amount: ({ items }) => items,
    }),
    defineSignal({
      name: keptShareOf(kind),
      kind: 'gauge',
      unit: '1',
      help: `Share of all ${kind} emitted so far that their store has taken: what is under way is missing for a while`,
      fact: telemetryKept,
      where: (fact) => fact.kind === kind,
      value: ({ share }) => share,
      of: (fact) => fact.kind,
    }),
  ]),
  ...[...WARNINGS, 'loss' as const].map((warning) =>
    defineSignal({
      name: warning === 'loss' ? LOSS_AT : warnedAt(warning),
      kind: 'gauge',
      unit: 's',
      help: `When for the first time ${NAMES[warning]}; the end of the run if it never was so`,
      fact: warningGiven,
      where: (fact) => fact.warning === warning,
      value: ({ at }) => toSeconds(at),
      of: (fact) => fact.warning,
    }),
  ),
  ...WARNINGS.map((warning) =>
    defineSignal({
      name: leadOf(warning),
      kind: 'gauge',
      unit: 's',
      help: `How long before the first loss it was that ${NAMES[warning]}; 0 without such a warning, and while nothing is lost`,
      fact: warningLed,
      where: (fact) => fact.warning === warning,
      value: ({ lead }) => toSeconds(lead),
      of: (fact) => fact.warning,
    }),
  ),
  defineSignal({
    name: SERIES,
    kind: 'gauge',
    unit: '{series}',
    help: 'Series in the memory of the metric store: cortex_ingester_memory_series, or prometheus_tsdb_head_series',
    fact: storeSize,
    where: ({ store }) => store === 'metrics',
    value: ({ series }) => series,
    of: ({ store }) => store,
  }),
  ...VIEWERS.flatMap((viewer) => [
    defineSignal({
      name: durationOf(viewer),
      kind: 'histogram',
      unit: 's',
      help: `Time until the ${viewer} have an answer, or give up`,
      fact: queryAnswered,
      where: (fact) => fact.viewer === viewer,
      value: ({ duration }) => duration,
    }),
    defineSignal({
      name: overBudgetOf(viewer),
      kind: 'ratio',
      unit: '1',
      help: `Share of the queries of ${viewer} that took longer than their budget`,
      fact: queryAnswered,
      where: (fact) => fact.viewer === viewer,
      counts: ({ isLate }) => isLate,
    }),
  ]),
];
