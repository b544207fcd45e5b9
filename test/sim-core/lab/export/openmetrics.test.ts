/**
 * A run as an OpenMetrics text: Python's client, which is strict, takes what is written of every instant; Prometheus makes blocks of it,
 * and reads back what the recording and its instruments hold.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import fivePillars from '../../../../scenarios/observability/five-pillars.ts';
import { executable } from '../../../../scenarios/cli/twin/executable.ts';
import { ExportedRun, exportForms, Run } from '../../../../sim-core/index.ts';
import {
  histogramLabels,
  prometheusName,
  seriesLabels,
  targetLabels,
} from '../../../../sim-core/observability/metrics/series/prometheus-names.ts';
import type { MetricData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { exportedRun } from '../../../exported-runs.ts';
import { clientIsLeftOut, instantsOf, readByClient, type ClientReading } from '../../../openmetrics-client.ts';
import { promtoolIsLeftOut } from '../../../promtool.ts';

const run = exportedRun('none');
/** Scraped by a Prometheus of its own: several targets, routes and histograms with exemplars. */
function instrumented(): ExportedRun {
  const begun = new Run(fivePillars, { variant: 'with-traces' });
  begun.advance(30_000);
  return new ExportedRun(begun.finish(), fivePillars);
}
const withInstruments = instrumented();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brownout-openmetrics-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.skipIf(clientIsLeftOut)(
  'Python’s client takes what is written, instant by instant, and nothing that is odd',
  () => {
    const text = exportForms.openmetrics.write(run);
    const instants = instantsOf(text);
    expect(instants.length).toBe(run.metrics[0].points.length);
    const odd = [
      [instants[1].replace('_bucket{', '_bucket{le="0",'), 'Invalid labels'],
      [instants[1].replace('# EOF\n', ''), 'Missing # EOF'],
      [
        instants[1].replace(
          '# UNIT http_client_request_duration_seconds seconds',
          '# UNIT http_client_request_duration_seconds s',
        ),
        'Unit',
      ],
    ] as const;
    const read = readByClient([...instants, ...odd.map(([wrong]) => wrong)]);
    odd.forEach(([, why], place) => expect(read[instants.length + place]).toContain(why));
    const taken = read.slice(0, instants.length).map((one) => {
      if (typeof one === 'string') throw new Error(one);
      return one;
    });
    const sum = (field: 'samples' | 'exemplars'): number =>
      taken.reduce((all, one: ClientReading) => all + one[field], 0);
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(sum('samples')).toBe(lines.length);
    expect(sum('exemplars')).toBe(lines.filter((line) => line.includes(' # {')).length);
    expect(sum('exemplars')).toBeGreaterThan(1);
    const byName = new Map(taken[0].families.map(([name, ...rest]) => [name, rest]));
    expect(byName.get('http_client_requests')).toEqual(['counter', '']);
    expect(byName.get('cache_hit_ratio')).toEqual(['gauge', 'ratio']);
    expect(byName.get('http_client_request_duration_seconds')).toEqual(['histogram', 'seconds']);
  },
);

const program = executable('promtool');
test.skipIf(promtoolIsLeftOut).each([
  ['the experimenter’s', run],
  ['those of instruments too', withInstruments],
])('Prometheus makes blocks of it and reads the same values back: %s', (whose, exported) => {
  const own = join(folder, String(exported === run));
  // It looks for the log that a running server would write.
  mkdirSync(join(own, 'wal'), { recursive: true });
  const file = join(own, 'run.om');
  writeFileSync(file, exportForms.openmetrics.write(exported));
  execFileSync(program!, ['tsdb', 'create-blocks-from', 'openmetrics', '-q', file, own], { stdio: 'pipe' });
  const dumped = execFileSync(program!, ['tsdb', 'dump', own], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const series = new Map<string, Samples>();
  const infos: string[] = [];
  for (const line of dumped.trim().split('\n')) {
    const [, labels, value, time] = /^\{(.*)\} (\S+) (\d+)$/.exec(line)!;
    // What else is known of a target stands there at every time, as `target_info`.
    if (labels.includes('__name__="target_info"')) infos.push(`${labels} ${value}`);
    else series.set(sorted(labels), [...(series.get(sorted(labels)) ?? []), [Number(time), Number(value)]]);
  }
  expect(infos.every((info) => info.endsWith(' 1'))).toBe(true);
  const times = new Map<MetricData['resource'], Set<number>>();
  for (const { resource, points } of exported.metrics) {
    const known = times.get(resource) ?? new Set();
    times.set(resource, known);
    for (const { time } of points) known.add(time);
  }
  expect(infos.length).toBe([...times.values()].reduce((all, known) => all + known.size, 0));
  expect(dumped).toContain(`brownout_variant="${exported.recording.header.variant}"`);
  expect(dumped.includes('brownout_observer="instruments"')).toBe(whose !== 'the experimenter’s');
  const expected = exported.metrics.flatMap(seriesOf).reduce(merged, new Map<string, Samples>());
  expect(new Set(series.keys())).toEqual(new Set(expected.keys()));
  for (const [name, values] of expected) expect([name, series.get(name)]).toEqual([name, values]);
});

type Samples = [time: number, value: number][];

const merged = (all: Map<string, Samples>, [name, samples]: [string, Samples]): Map<string, Samples> =>
  all.set(name, [...(all.get(name) ?? []), ...samples]);

const sorted = (labels: string): string => (labels.match(/\w+="(?:[^"\\]|\\.)*"/g) ?? []).toSorted().join(',');

const labelled = (labels: Readonly<Record<string, unknown>>): string =>
  sorted(
    Object.entries(labels)
      .map(([label, value]) => `${label}="${String(value)}"`)
      .join(','),
  );

/** What Prometheus calls a metric's series, with their samples in milliseconds. */
function seriesOf(metric: MetricData): [string, Samples][] {
  const name = prometheusName(metric);
  const target = targetLabels(metric.resource);
  const at = (time: number): number => Date.UTC(2025, 0, 1, 10) + Math.floor(time / 1e6);
  switch (metric.kind) {
    case 'gauge':
    case 'sum':
      return metric.points.map(({ attributes, time, value }) => [
        labelled(seriesLabels(name, target, attributes)),
        [[at(time), value]],
      ]);
    case 'histogram':
      return metric.points.flatMap(({ attributes, time, count, sum, bounds, counts }) => {
        const labels = histogramLabels(name, target, attributes);
        const one = (suffix: string, value: number, le = {}): [string, Samples] => [
          labelled({ ...labels, __name__: name + suffix, ...le }),
          [[at(time), value]],
        ];
        return [
          one('_count', count),
          one('_sum', sum),
          ...[...bounds, '+Inf'].map((le, bucket) =>
            one(
              '_bucket',
              counts.slice(0, bucket + 1).reduce((all, own) => all + own, 0),
              { le },
            ),
          ),
        ];
      });
    case 'exponential-histogram':
      return [];
  }
}
