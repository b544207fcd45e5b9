/**
 * A scenario's charts as a Grafana dashboard over what is exported of its runs, in the order in which they tell the story. What
 * a team's own dashboard shows (`dashboard.…`) stands beside what is true.
 * https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 *
 * Ranges of rates are four rows of the run: `$__rate_interval` follows how often a Prometheus scrapes, and nobody scraped it.
 */
import { isoTime } from '../../observability/export/wall-time.ts';
import type { RecordedSignal, Recording } from '../recording.ts';
import { chartsOf } from '../scenario.ts';
import { thresholdsOf } from '../thresholds.ts';
import type { ExportedRun } from './exported-run.ts';
import { RunQueries } from './promql.ts';
import { MEASURED } from './run-metrics.ts';

const COLUMNS = 24;
const PANEL = { h: 8, w: COLUMNS / 2 };
const HEADLINE = { h: 4, w: COLUMNS };
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
/** What a signal is called that shows another as a team sees it. */
const SEEN = 'dashboard.';

interface Place {
  readonly h: number;
  readonly w: number;
  readonly x: number;
  readonly y: number;
}

export function grafanaDashboard({ recording, scenario }: ExportedRun): string {
  const { header, simulated } = recording;
  const queries = new RunQueries(header);
  const limits = thresholdsOf(scenario, header.variant, header.params);
  const panels = placed(charted(recording, chartsOf(scenario, header.params))).map(({ signals, place }, i) =>
    panel(i + 2, place, signals, queries, limits.find(({ signal }) => signal === signals[0].name)?.value),
  );
  const measured = queries.series({ name: MEASURED, unit: 's', kind: 'gauge' });
  return JSON.stringify(
    {
      uid: `brownout-${scenario.id}`.slice(0, 40),
      title: `${scenario.title} (Brownout)`,
      description: scenario.question,
      tags: ['brownout', scenario.id],
      schemaVersion: 39,
      version: 1,
      editable: true,
      graphTooltip: 1,
      timezone: 'utc',
      refresh: '',
      time: { from: isoTime(0), to: isoTime(simulated) },
      templating: { list: variables(measured) },
      annotations: { list: [] },
      links: [],
      panels: [headline(recording, scenario.question), ...panels],
    },
    undefined,
    2,
  );
}

function variables(measured: string): object[] {
  return [
    { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', hide: 0, refresh: 1 },
    {
      name: 'instance',
      label: 'run',
      type: 'query',
      datasource: DATASOURCE,
      query: { query: `label_values(${measured}, instance)`, refId: 'instance' },
      refresh: 2,
      multi: true,
      includeAll: true,
      allValue: '.*',
      current: { text: 'All', value: '$__all' },
      hide: 0,
    },
  ];
}

function headline({ header }: Recording, question: string): object {
  const content = `**${question}**\n\nA simulated run of \`${header.scenario}\`; \`${header.digest}\``;
  const gridPos: Place = { ...HEADLINE, x: 0, y: 0 };
  return { id: 1, type: 'text', title: '', gridPos, options: { mode: 'markdown', content } };
}

/** The signals of each chart: one, or all points of a curve. What a dashboard shows comes after what it shows. */
function charted({ signals }: Recording, charts: readonly string[]): (readonly RecordedSignal[])[] {
  const named = charts.map((chart) => signals.filter(({ name, point }) => name === chart || point?.curve === chart));
  const found = named.filter((list) => list.length > 0);
  const seenOf = ([{ name }]: readonly RecordedSignal[]) => found.find(([other]) => other.name === `${SEEN}${name}`);
  return found.flatMap((list) => {
    const [{ name }] = list;
    const isBesideTruth = name.startsWith(SEEN) && found.some(([other]) => `${SEEN}${other.name}` === name);
    return isBesideTruth ? [] : [list, ...[seenOf(list)].filter((seen) => seen !== undefined)];
  });
}

/** Two in a row; what is true and what is seen share one. */
function placed(
  charts: readonly (readonly RecordedSignal[])[],
): { readonly signals: readonly RecordedSignal[]; readonly place: Place }[] {
  let [x, y] = [0, HEADLINE.h];
  const next = (): void => {
    x = (x + PANEL.w) % COLUMNS;
    if (x === 0) y += PANEL.h;
  };
  return charts.map((signals, i) => {
    const isPair = charts[i + 1]?.[0].name === `${SEEN}${signals[0].name}`;
    if (isPair && x > 0) next();
    const place = { ...PANEL, x, y };
    next();
    return { signals, place };
  });
}

function panel(
  id: number,
  gridPos: Place,
  signals: readonly RecordedSignal[],
  queries: RunQueries,
  limit: number | undefined,
): object {
  const [{ name, help, point }] = signals;
  const targets = signals
    .flatMap((signal) => queries.plotted(signal, ',instance=~"$instance"'))
    .map(({ expr, legend }, i) => ({
      refId: refIdOf(i),
      datasource: DATASOURCE,
      expr,
      legendFormat: `{{instance}}${legend === '' ? '' : ` ${legend}`}`,
    }));
  const steps = [{ color: 'green', value: null }, ...(limit === undefined ? [] : [{ color: 'red', value: limit }])];
  return {
    id,
    type: 'timeseries',
    title: point?.title ?? name,
    description: help,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: {
      defaults: {
        unit: unitOf(signals[0]),
        thresholds: { mode: 'absolute', steps },
        custom: { thresholdsStyle: { mode: limit === undefined ? 'off' : 'line' } },
      },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets,
  };
}

/** `A` to `Z`, then `A1` and so on. */
const refIdOf = (place: number): string => `${String.fromCharCode(65 + (place % 26))}${Math.floor(place / 26) || ''}`;

/** Grafana's own names of units: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
function unitOf({ kind, unit }: RecordedSignal): string {
  if (kind === 'counter' || kind === 'rate')
    return unit.startsWith('By') ? 'binBps' : kind === 'counter' && unit === 's' ? 'short' : 'cps';
  if (kind === 'ratio' || unit === '1') return 'percentunit';
  return { s: 's', ms: 'ms', By: 'bytes' }[unit] ?? 'short';
}
