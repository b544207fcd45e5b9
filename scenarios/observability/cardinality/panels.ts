/** What the team's dashboard shows, and how it finds out who is slow, each with what it has. */
import {
  arrivalsOf,
  counterRate,
  divide,
  histogramQuantile,
  instant,
  panelSignals,
  prometheusName,
  sumBy,
  type Arrived,
  type Head,
  type Labels,
  type Panel,
  type RecordingRule,
  type Simulation,
  type SpanData,
  type TelemetryProcessor,
  type Time,
  type Vector,
} from '../../../sim-core/index.ts';
import { DURATION, USER } from './instance.ts';
import type { Values } from './params.ts';

const METRIC = prometheusName({ ...DURATION, kind: 'histogram' });
const USER_LABEL = 'user_id';
export const RATE_PANEL = 'dashboard.http.server.request.rate';
const LATENCY_PANEL = 'dashboard.http.server.request.duration.p99';

const PANELS = [
  {
    name: RATE_PANEL,
    unit: '1/s',
    truth: { signal: 'http.server.request.rate' },
    help: 'What the panel of the request rate shows',
  },
  {
    name: LATENCY_PANEL,
    unit: 's',
    help: 'What the latency panel shows: the 99th percentile by the histogram of all users',
  },
];
export const dashboardSignals = panelSignals(PANELS);

/** sum(rate(…_count[w])) and sum by (le) (rate(…_bucket[w])), of all users and instances. */
const SUMS = {
  rate: { record: `all:${METRIC}_count:rate`, suffix: 'count', by: [] },
  buckets: { record: `all:${METRIC}_bucket:rate`, suffix: 'bucket', by: ['le'] },
};

const sumOf = (p: Values, name: keyof typeof SUMS, head: Head, at: Time): Vector =>
  sumBy(counterRate(head.floats, { name: `${METRIC}_${SUMS[name].suffix}` }, p.window, at), SUMS[name].by);

/** Rules that work the sums out once for all viewers. */
export const rules = (p: Values): RecordingRule[] =>
  (['rate', 'buckets'] as const).map((name) => ({
    record: SUMS[name].record,
    expression: (head, at) => sumOf(p, name, head, at),
  }));

/** `shown` is called when a panel had something to show. */
export function panels(p: Values, shown: () => void): Panel[] {
  const [rate, latency] = PANELS;
  const read = (name: keyof typeof SUMS, head: Head, at: Time): Vector =>
    p.recorded ? instant(head.floats, { name: SUMS[name].record }, at) : sumOf(p, name, head, at);
  return [
    {
      ...rate,
      show: (head, at) => {
        const [total] = read('rate', head, at);
        if (total !== undefined) shown();
        return total?.value;
      },
    },
    // histogram_quantile(0.99, …)
    { ...latency, show: (head, at) => histogramQuantile(0.99, read('buckets', head, at))[0]?.value },
  ];
}

/** Traces that were sampled, by their ids. Kept as long as the run is: nothing is lost on the way or forgotten. */
export class TraceStore implements TelemetryProcessor<SpanData> {
  private readonly users = new Map<string, string>();
  private readonly arrived: Arrived<'traces'> | undefined;

  constructor(sim: Simulation) {
    this.arrived = arrivalsOf(sim, 'traces');
  }

  add(span: SpanData): void {
    this.users.set(span.context.traceId, String(span.attributes[USER]));
    this.arrived?.([span]);
  }

  /** Whose request it was, if the trace is there. */
  userOf(traceId: string): string | undefined {
    return this.users.get(traceId);
  }
}

/** Which user has been slowest lately, as far as the team can tell. */
export function slowest(p: Values, traces: TraceStore): (head: Head, at: Time) => string | undefined {
  return p.label === 'user-id' ? bySeries(p) : byExemplars(p, traces);
}

/** topk(1, rate(…_sum[w]) / rate(…_count[w]) by user) */
const bySeries = (p: Values) => (head: Head, at: Time) => {
  const byUser = (suffix: string) =>
    sumBy(counterRate(head.floats, { name: `${METRIC}_${suffix}` }, p.window, at), [USER_LABEL]);
  let [user, most]: [string | undefined, number] = [undefined, 0];
  for (const { labels, value } of divide(byUser('sum'), byUser('count'))) {
    // What overflowed has no user.
    if (value > most) [user, most] = [labels[USER_LABEL], value];
  }
  return user;
};

/** The exemplars of the last bucket lead to traces; whose most of them are. */
const byExemplars = (p: Values, traces: TraceStore) => (head: Head, at: Time) => {
  const last = { name: `${METRIC}_bucket`, labels: { le: '+Inf' } satisfies Labels };
  const votes = new Map<string, number>();
  for (const { exemplar } of head.exemplars.select(last, at - p.window, at)) {
    const user = traces.userOf(exemplar.traceId);
    if (user !== undefined) votes.set(user, (votes.get(user) ?? 0) + 1);
  }
  let [found, most]: [string | undefined, number] = [undefined, 0];
  for (const [user, count] of votes) if (count > most) [found, most] = [user, count];
  return found;
};
