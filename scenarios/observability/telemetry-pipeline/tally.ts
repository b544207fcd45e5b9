/**
 * What is true of the telemetry pipeline, and when which warning was first given: the handbook's three indicators of backpressure, how
 * full stores are, and the first loss.
 */
import {
  collectorDropped,
  collectorQueue,
  collectorRetried,
  defineFact,
  defineReading,
  defineSignal,
  requestCompleted,
  s,
  samplesLost,
  samplesRetried,
  samplesSent,
  sdkDropped,
  storeSize,
  storeWritten,
  telemetryEmitted,
  toSeconds,
  type Simulation,
  type TelemetryKind,
  type Time,
} from '../../../sim-core/index.ts';
import type { Values } from './params.ts';
import { megabytes, type Stack } from './stack.ts';

export const KINDS = ['traces', 'logs', 'metrics'] as const;
export const VIEWERS = ['dashboards', 'log-searches', 'trace-searches'] as const;
export const WARNINGS = ['queue', 'retries', 'queries', 'series', 'disk'] as const;
type Warning = (typeof WARNINGS)[number];

export const lostOf = (kind: TelemetryKind): string => `telemetry.lost.${kind}`;
export const keptShareOf = (kind: TelemetryKind): string => `telemetry.kept_share.${kind}`;
export const warnedAt = (warning: Warning): string => `warning.${warning}.at`;
export const LOST = 'telemetry.lost';
export const leadOf = (warning: Warning): string => `warning.${warning}.lead`;
export const LOSS_AT = 'loss.at';
export const SERIES = 'store.metrics.series';
export const durationOf = (viewer: (typeof VIEWERS)[number]): string => `query.${viewer}.duration`;
export const overBudgetOf = (viewer: (typeof VIEWERS)[number]): string => `query.${viewer}.over_budget`;

/** How often it is looked at what share is kept. */
const LOOK_EVERY = s(10);
/** Answers of which a twentieth may be late. */
const TAIL = 20;

const telemetryLost = defineFact('telemetry.lost', 'Telemetry is lost for good, wherever that was', {
  kind: 'text',
  items: 'number',
  reason: 'text',
});

const telemetryKept = defineReading('telemetry.kept', 'What stores have taken of what was emitted was looked at', {
  kind: 'text',
  share: 'number',
});

/** `at`: when it was given first; the end of the run while it has not been. */
const warningGiven = defineReading(
  'warning.given',
  'A warning was given for the first time, or there was a first loss',
  {
    warning: 'text',
    at: 'duration',
  },
);

/** At the first loss: how long before it a warning was given; 0 if it was not. */
const warningLed = defineReading(
  'warning.led',
  'There was a first loss, and it is known which warning came before it',
  {
    warning: 'text',
    lead: 'duration',
  },
);

const queryAnswered = defineFact('query.answered', 'Somebody has the answer to a query, or gave up', {
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

/** Watches a stack: tells of losses, of shares kept, of late answers and of the first of each warning. */
export function watch(sim: Simulation, p: Values, { head }: Stack): void {
  const given = sim.facts.channel(warningGiven);
  const led = sim.facts.channel(warningLed);
  const warned = new Map<string, Time>();
  const warn = (warning: Warning | 'loss'): void => {
    if (warned.has(warning)) return;
    warned.set(warning, sim.now);
    if (given.heard) given.emit({ warning, at: sim.now });
    if (warning !== 'loss' || !led.heard) return;
    for (const one of WARNINGS) led.emit({ warning: one, lead: sim.now - (warned.get(one) ?? sim.now) });
  };
  const begin = (): void => {
    if (given.heard) for (const warning of [...WARNINGS, 'loss']) given.emit({ warning, at: p.length });
  };
  // Who records listens from the start of the run on.
  sim.schedule(0, begin, undefined, sim.eventKind('no warning is given yet'));
  watchLosses(sim, warn);
  watchShares(sim);
  watchQueries(sim, p, warn);
  sim.facts.channel(collectorRetried).listen(() => warn('retries'));
  sim.facts.channel(samplesRetried).listen(() => warn('retries'));
  sim.facts.channel(collectorQueue).listen(({ waiting }) => {
    if (waiting >= p.queueAlert) warn('queue');
  });
  sim.facts.channel(storeSize).listen(({ store, bytes, series }) => {
    if (store === 'metrics' && series >= p.fullAlert * head.seriesMax) warn('series');
    if (store === 'traces' && bytes >= p.fullAlert * megabytes(p.disk)) warn('disk');
  });
}

function watchLosses(sim: Simulation, warn: (warning: 'loss') => void): void {
  const lost = sim.facts.channel(telemetryLost);
  const lose = (kind: string, items: number, reason: string): void => {
    if (items === 0) return;
    warn('loss');
    if (lost.heard) lost.emit({ kind, items, reason });
  };
  sim.facts.channel(sdkDropped).listen(({ kind, items, reason }) => lose(kind, items, reason));
  sim.facts.channel(collectorDropped).listen(({ kind, items, reason }) => lose(kind, items, reason));
  sim.facts.channel(samplesLost).listen(({ samples, reason }) => lose('metrics', samples, reason));
  sim.facts.channel(samplesSent).listen(({ rejected }) => lose('metrics', rejected, 'rejected'));
}

function watchShares(sim: Simulation): void {
  const kept = sim.facts.channel(telemetryKept);
  const emitted = { traces: 0, logs: 0, metrics: 0 };
  const stored = { traces: 0, logs: 0, metrics: 0 };
  sim.facts.channel(telemetryEmitted).listen(({ kind, items }) => (emitted[kind as TelemetryKind] += items));
  sim.facts.channel(storeWritten).listen(({ kind, items, rejected, outcome }) => {
    if (outcome === 'ok') stored[kind as TelemetryKind] += items - rejected;
  });
  const event = sim.eventKind('it is looked at what is kept');
  const look = (): void => {
    for (const kind of KINDS) {
      if (kept.heard && emitted[kind] > 0) kept.emit({ kind, share: stored[kind] / emitted[kind] });
    }
    sim.schedule(LOOK_EVERY, look, undefined, event);
  };
  sim.schedule(LOOK_EVERY, look, undefined, event);
}

function watchQueries(sim: Simulation, { budget }: Values, warn: (warning: 'queries') => void): void {
  const answered = sim.facts.channel(queryAnswered);
  const lately = new Map<string, boolean[]>();
  sim.facts.channel(requestCompleted).listen(({ client: viewer, request, duration, outcome }) => {
    const isLate = duration > budget || outcome !== 'ok';
    const last = lately.get(viewer) ?? [];
    lately.set(viewer, last);
    last.push(isLate);
    if (last.length > TAIL) last.shift();
    if (last.length === TAIL && last.filter((late) => late).length > 1) warn('queries');
    if (answered.heard) answered.emit({ viewer, request, duration, isLate });
  });
}
