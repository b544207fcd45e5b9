/** What the team's dashboard shows, each panel as one expression over the series that were scraped. */
import {
  addHistograms,
  averageBy,
  bucketShare,
  boundOf,
  counterRate,
  divide,
  histogramQuantile,
  instant,
  nativeIncrease,
  nativeQuantile,
  nativeShare,
  panelSignals,
  prometheusName,
  sumBy,
  toSeconds,
  type Head,
  type NativeHistogram,
  type Panel,
  type Time,
} from '../../../sim-core/index.ts';
import { DURATION, OWN_PERCENTILES } from './instance.ts';
import type { Values } from './params.ts';
import { P99, WITHIN } from './truth.ts';

export const LATENCY_PANEL = 'dashboard.http.server.request.duration';
export const WITHIN_PANEL = 'dashboard.http.server.request.within_target_ratio';

const METRIC = prometheusName({ ...DURATION, kind: 'histogram' });
const OWN = prometheusName({ ...OWN_PERCENTILES, kind: 'gauge' });

type Show = Panel['show'];

export function panels(p: Values): Panel[] {
  const shows = showing(p);
  return PANELS.map((panel) => ({ ...panel, show: shows[panel.name] ?? ((): undefined => undefined) }));
}

const PANELS: readonly Omit<Panel, 'show'>[] = [
  {
    name: LATENCY_PANEL,
    unit: 's',
    truth: { signal: P99 },
    help: 'What the latency panel shows: the mean, the 99th percentile by a histogram, or the mean of the instances’ own',
  },
  {
    name: WITHIN_PANEL,
    unit: '1',
    truth: { signal: WITHIN },
    isIndicator: true,
    help: 'What the panel of the target shows: the share of the requests within it, by a histogram; 0 where there is none',
  },
];

export const dashboardSignals = panelSignals(PANELS);

function showing(p: Values): Readonly<Record<string, Show>> {
  const buckets = (head: Head, at: Time) =>
    sumBy(counterRate(head.floats, { name: `${METRIC}_bucket` }, p.window, at), ['le']);
  const total = (head: Head, at: Time, suffix: string) =>
    sumBy(counterRate(head.floats, { name: `${METRIC}_${suffix}` }, p.window, at));
  const native = (head: Head, at: Time): NativeHistogram | undefined => {
    const [first, ...others] = nativeIncrease(head.natives, { name: METRIC }, p.window, at).map(({ value }) => value);
    return first === undefined ? undefined : others.reduce(addHistograms, first);
  };
  switch (p.panel) {
    case 'mean':
      // sum(rate(…_sum[w])) / sum(rate(…_count[w]))
      return { [LATENCY_PANEL]: (head, at) => divide(total(head, at, 'sum'), total(head, at, 'count'))[0]?.value };
    case 'averaged-percentiles':
      // avg(…_percentile{quantile="0.99"})
      return {
        [LATENCY_PANEL]: (head, at) =>
          averageBy(instant(head.floats, { name: OWN, labels: { quantile: '0.99' } }, at))[0]?.value,
      };
    case 'exponential':
      return {
        // histogram_quantile(0.99, sum(rate(…[w])))
        [LATENCY_PANEL]: (head, at) => {
          const seen = native(head, at);
          return seen && nativeQuantile(0.99, seen);
        },
        // histogram_fraction(0, target, sum(rate(…[w])))
        [WITHIN_PANEL]: (head, at) => {
          const seen = native(head, at);
          return seen && nativeShare(toSeconds(p.target), seen);
        },
      };
    case 'buckets':
      return {
        // histogram_quantile(0.99, sum by (le) (rate(…_bucket[w])))
        [LATENCY_PANEL]: (head, at) => histogramQuantile(0.99, buckets(head, at))[0]?.value,
        // …_bucket{le="0.3"} over …_count where there is such a bound, and the line between its neighbours where there is none
        [WITHIN_PANEL]: (head, at) => {
          const cumulative = buckets(head, at).map(({ labels, value }) => ({
            bound: boundOf(labels.le),
            count: value,
          }));
          return bucketShare(toSeconds(p.target), cumulative);
        },
      };
  }
}
