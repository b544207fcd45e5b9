/** What Prometheus saw of the shop and what fired, and the signals made of it. */
import { defineFact, defineReading, defineSignal } from '../../../sim-core/index.ts';
import { ROWS } from './objectives.ts';

export const tableLooked = defineReading('slo_table.looked', 'Rules were evaluated', {
  burn: 'number',
  latencyBurn: 'number',
  p99: 'number',
  lag: 'number',
  slope: 'number',
  hitRatio: 'number',
  replicaLag: 'number',
  /** Seconds for which one of the objectives was missed and no alert fired. */
  silent: 'number',
  /** Seconds for which that of the hit rate was, and its own alert did not fire. */
  hitRatioSilent: 'number',
});

export const rowFired = defineFact('slo_table.fired', 'An alert of the table began to fire', {
  row: 'text',
  /** Whether that was before anything went wrong. */
  isEarly: 'flag',
  /** Whether it is the first time since then of the row whose fault it is. */
  isDetection: 'flag',
  /** Since the fault began, if it has. */
  after: 'duration',
});

/** At an evaluation: the alert of the fault's row has not fired yet. */
export const faultUnheard = defineReading('slo_table.unheard', 'A fault went on and its alert had not fired', {
  /** Seconds of it since the evaluation before. */
  time: 'number',
});

export const FIRED = 'slo_table.fired';
export const EARLY = 'slo_table.fired.early';
export const UNHEARD = 'slo_table.unheard.time';
export const DETECTION = 'slo_table.detection.time';
export const SILENT = 'slo_table.silent.time';
export const HIT_RATIO_SILENT = 'slo_table.hit_ratio.silent.time';
export const BURN = 'dashboard.slo.burn_rate';
export const LATENCY_BURN = 'dashboard.slo.latency.burn_rate';
export const P99 = 'dashboard.http.client.request.duration.p99';
export const LAG = 'dashboard.redis.stream.lag';
export const SLOPE = 'dashboard.redis.stream.lag.slope';
export const HIT_RATIO = 'dashboard.cache.hit_ratio';
export const REPLICA_LAG = 'dashboard.db.replication.lag';

/** How often a row's alert began to fire once something had gone wrong. */
export const firedOf = (alert: string): string => `slo_table.${inSnakeCase(alert)}.fired`;

/** `HitRate` is `hit_rate`, as metrics are named. */
const inSnakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter, place: number) => `${place === 0 ? '' : '_'}${letter.toLowerCase()}`);

const of = (): string => 'prometheus';

export const tableSignals = [
  ...Object.values(ROWS).map((alert) =>
    defineSignal({
      name: firedOf(alert),
      kind: 'counter',
      unit: '{alert}',
      help: `Times that the alert ${alert} began to fire once something had gone wrong`,
      fact: rowFired,
      where: ({ row, isEarly }) => row === alert && !isEarly,
    }),
  ),
  defineSignal({
    name: FIRED,
    kind: 'counter',
    unit: '{alert}',
    help: 'Times that an alert of the table began to fire',
    fact: rowFired,
  }),
  defineSignal({
    name: EARLY,
    kind: 'counter',
    unit: '{alert}',
    help: 'Times of these that nothing had gone wrong yet',
    fact: rowFired,
    where: ({ isEarly }) => isEarly,
  }),
  defineSignal({
    name: UNHEARD,
    kind: 'counter',
    unit: 's',
    help: 'Time of the fault until the alert of its row fired, or all of it',
    fact: faultUnheard,
    amount: ({ time }) => time,
  }),
  defineSignal({
    name: DETECTION,
    kind: 'histogram',
    unit: 's',
    help: 'Time from the beginning of the fault until the alert of its row began to fire',
    fact: rowFired,
    where: ({ isDetection }) => isDetection,
    value: ({ after }) => after,
  }),
  defineSignal({
    name: SILENT,
    kind: 'counter',
    unit: 's',
    help: 'Time in which an objective of latency, lag, hit rate or replica lag was missed and no alert fired',
    fact: tableLooked,
    amount: ({ silent }) => silent,
  }),
  defineSignal({
    name: HIT_RATIO_SILENT,
    kind: 'counter',
    unit: 's',
    help: 'Time in which the hit rate missed its objective and its alert did not fire',
    fact: tableLooked,
    amount: ({ hitRatioSilent }) => hitRatioSilent,
  }),
  defineSignal({
    name: BURN,
    kind: 'gauge',
    unit: '{budget}',
    help: 'Burn rate of the availability’s error budget in the last five minutes',
    fact: tableLooked,
    value: ({ burn }) => burn,
    of,
  }),
  defineSignal({
    name: LATENCY_BURN,
    kind: 'gauge',
    unit: '{budget}',
    help: 'Burn rate of the budget of requests over 400 ms in the last five minutes',
    fact: tableLooked,
    value: ({ latencyBurn }) => latencyBurn,
    of,
  }),
  defineSignal({
    name: P99,
    kind: 'gauge',
    unit: 's',
    truth: { signal: 'http.client.request.duration', column: 'p99' },
    isIndicator: true,
    help: '99th percentile of users’ requests in the last five minutes, by the buckets of a histogram',
    fact: tableLooked,
    value: ({ p99 }) => p99,
    of,
  }),
  defineSignal({
    name: LAG,
    kind: 'gauge',
    unit: '{entry}',
    truth: { signal: 'redis.stream.lag' },
    isIndicator: true,
    help: 'Entries that the consumer was not given yet, as they are at an evaluation',
    fact: tableLooked,
    value: ({ lag }) => lag,
    of,
  }),
  defineSignal({
    name: SLOPE,
    kind: 'gauge',
    unit: '{entry}/s',
    help: 'By how many entries a second the stream’s lag has grown in the last five minutes',
    fact: tableLooked,
    value: ({ slope }) => slope,
    of,
  }),
  defineSignal({
    name: HIT_RATIO,
    kind: 'gauge',
    unit: '1',
    truth: { signal: 'cache.hit_ratio' },
    isIndicator: true,
    help: 'Share of the lookups of the last five minutes that were hits',
    fact: tableLooked,
    value: ({ hitRatio }) => hitRatio,
    of,
  }),
  defineSignal({
    name: REPLICA_LAG,
    kind: 'gauge',
    unit: 's',
    truth: { signal: 'db.replication.lag', column: 'mean' },
    isIndicator: true,
    help: 'Lag of the change that the replica applied last',
    fact: tableLooked,
    value: ({ replicaLag }) => replicaLag,
    of,
  }),
];
