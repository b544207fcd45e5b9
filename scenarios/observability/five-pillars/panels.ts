/** What a dashboard of latencies tells whoever looks at its history: which panels have risen, and since when. */
import {
  counterRate,
  histogramQuantile,
  panelSignals,
  prometheusName,
  s,
  sumBy,
  type Head,
  type Panel,
  type Time,
} from '../../../sim-core/index.ts';
import { DURATION } from './node.ts';
import { ORDER_P95 } from './order-truth.ts';
import { ORDERS } from './shop.ts';

/** Of a panel: what it looks back on, and how often it has something new. */
export const WINDOW = s(10);
export const SCRAPE = s(5);
/** From then on there is something to look at. */
export const FILLED = s(15);
/** What is so many times what it was at its lowest has risen. */
export const RISEN = 1.5;

const METRIC = prometheusName({ ...DURATION, kind: 'histogram' });

/** `histogram_quantile(0.95, sum by (job, http_route, le) (rate(…_bucket[10s])))` */
const p95 = (head: Head, at: Time) =>
  histogramQuantile(
    0.95,
    sumBy(counterRate(head.floats, { name: `${METRIC}_bucket` }, WINDOW, at), ['job', 'http_route', 'le']),
  );

const SHOWN: Omit<Panel, 'show'> = {
  name: 'dashboard.http.server.request.duration.p95',
  unit: 's',
  truth: { signal: ORDER_P95 },
  help: "The gateway's orders on the team's dashboard: the 95th percentile of the last ten seconds",
};
export const DASHBOARD = SHOWN.name;
export const dashboardSignals = panelSignals([SHOWN]);
export const panels: readonly Panel[] = [
  {
    ...SHOWN,
    show: (head, at) =>
      p95(head, at).find(({ labels }) => labels.job === 'gateway' && labels.http_route === ORDERS)?.value,
  },
];

export interface RisenPanel {
  readonly service: string;
  readonly route: string;
  /** When it began: a window shows a rise once about half of it has risen. */
  readonly since: Time;
}

/** A panel a service and route: those that have risen, and have not come down again. */
export function risingPanels(head: Head, now: Time): readonly RisenPanel[] {
  const histories = new Map<string, { service: string; route: string; seen: (readonly [Time, number])[] }>();
  for (let at = FILLED; at <= now; at += SCRAPE) {
    for (const { labels, value } of p95(head, at)) {
      if (!Number.isFinite(value)) continue;
      const key = `${labels.job} ${labels.http_route}`;
      const history = histories.get(key) ?? { service: labels.job, route: labels.http_route, seen: [] };
      histories.set(key, history);
      history.seen.push([at, value]);
    }
  }
  return [...histories.values()].flatMap(({ service, route, seen }) => {
    const since = risenSince(seen);
    return since === undefined ? [] : [{ service, route, since: since - WINDOW / 2 }];
  });
}

/** Since when all values are above the lowest, by so much; undefined if the last is not. */
function risenSince(history: readonly (readonly [Time, number])[]): Time | undefined {
  const lowest = history.reduce((least, [, value]) => Math.min(least, value), Infinity);
  let since: Time | undefined;
  for (const [at, value] of history) since = value > RISEN * lowest ? (since ?? at) : undefined;
  return since;
}
