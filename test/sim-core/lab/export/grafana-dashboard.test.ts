/** A scenario's charts as a Grafana dashboard: what Grafana asks of its shape, and that Prometheus can parse what it queries. */
import { describe, expect, it, test } from 'vitest';
import stampede from '../../../../scenarios/caching/stampede.ts';
import { chartsOf, ExportedRun } from '../../../../sim-core/index.ts';
import { grafanaDashboard } from '../../../../sim-core/lab/export/grafana-dashboard.ts';
import { ruleFile } from '../../../../sim-core/observability/export/rule-file.ts';
import { SECOND } from '../../../../sim-core/kernel/time.ts';
import { exportedRun } from '../../../exported-runs.ts';
import { promtool, promtoolIsLeftOut } from '../../../promtool.ts';

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly time: { readonly from: string; readonly to: string };
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly fieldConfig?: { readonly defaults: { readonly unit: string } };
    readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
  }[];
}

const { recording } = exportedRun('none');
const [latency, reads] = ['http.client.request.duration', 'stampede.hot_key.reads'];

/** As if a team's own dashboard showed latency and reads, charted apart from what they show. */
const seen = [latency, reads].map((name) => {
  const signal = recording.signals.find((one) => one.name === name)!;
  return { ...signal, name: `dashboard.${name}` };
});
const told = new ExportedRun(
  { ...recording, signals: [...recording.signals, ...seen] },
  { ...stampede, charts: (params) => [seen[0].name, ...chartsOf(stampede, params), seen[1].name, reads] },
);
const dashboard = JSON.parse(grafanaDashboard(told)) as Dashboard;
const panels = dashboard.panels.filter(({ type }) => type === 'timeseries');

describe('the dashboard', () => {
  it('has an id that Grafana takes, and panels of their own ids that do not overlap', () => {
    expect(dashboard.uid).toMatch(/^[\w-]{1,40}$/);
    expect(new Date(dashboard.time.to).getTime() - new Date(dashboard.time.from).getTime()).toBe(
      recording.simulated / 1e6,
    );
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
    for (const { targets } of panels) {
      expect(new Set(targets!.map(({ refId }) => refId)).size).toBe(targets!.length);
    }
  });

  it('draws every chart of the scenario, what is seen beside what is true', () => {
    expect(panels.map(({ title }) => title).toSorted()).toEqual(
      [...chartsOf(told.scenario, recording.header.params)].toSorted(),
    );
    for (const name of [latency, reads]) {
      const [truth, shown] = [name, `dashboard.${name}`].map((title) => panels.find((one) => one.title === title)!);
      expect(shown.gridPos).toEqual({ ...truth.gridPos, x: 12 });
    }
  });

  it('has the units that Grafana knows', () => {
    const units = Object.fromEntries(panels.map(({ title, fieldConfig }) => [title, fieldConfig!.defaults.unit]));
    expect(units).toMatchObject({
      'cache.hit_ratio': 'percentunit',
      'db.client.operation.rate': 'cps',
      'db.client.connection.count': 'short',
      [latency]: 's',
    });
  });
});

test.skipIf(promtoolIsLeftOut)('Prometheus parses every query', async () => {
  const exprs = panels.flatMap(({ targets }) => targets!.map(({ expr }) => expr));
  const rules = exprs.map((expr, i) => ({ record: `query:${i}`, expr }));
  const file = ruleFile([{ name: 'queries', interval: SECOND, rules }]);
  const answer = await promtool(['check', 'rules', 'rules.yml'], { 'rules.yml': file });
  expect(answer).toEqual({ ok: true, output: expect.stringContaining(`${exprs.length} rules found`) });
});
