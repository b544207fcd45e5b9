/**
 * A run as an OpenMetrics text: Python's client, which is strict, takes it; Prometheus makes blocks of it, and reads back what
 * the recording holds.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executable } from '../../../../scenarios/cli/twin/executable.ts';
import { openMetrics } from '../../../../sim-core/observability/export/openmetrics.ts';
import { prometheusName } from '../../../../sim-core/observability/metrics/series/prometheus-names.ts';
import type { MetricData } from '../../../../sim-core/observability/signals/telemetry.ts';
import { exportedRun } from '../../../exported-runs.ts';
import { promtoolIsLeftOut } from '../../../promtool.ts';

const run = exportedRun('none');
const text = openMetrics(run.metrics);
/** In CI the tools are always there. */
const inCI = process.env.CI !== undefined;

type Family = readonly [name: string, type: string, unit: string, exemplars: number];

/** What the client reads in each of several texts, or why it refuses it. */
const PARSER = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
def read(text):
    try:
        return [[family.name, family.type, family.unit, sum(1 for one in family.samples if one.exemplar)]
                for family in text_string_to_metric_families(text)]
    except ValueError as error:
        return str(error)
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

/**
 * The text with one point of each metric, as a scrape at the end of an interval would see it. The client (0.16, as Debian has
 * it) drops samples of a histogram that has several points, and takes an instant after a fraction of a second for an earlier one.
 */
function scrapeAt(row: number): string {
  const { time } = run.metrics[0].points[row];
  const at = run.metrics.map((metric) => ({ ...metric, points: metric.points.filter((point) => point.time === time) }));
  return openMetrics(at.filter(({ points }) => points.length > 0) as MetricData[]);
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brownout-openmetrics-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Debian's, which its packages are for. */
const python = '/usr/bin/python3';
test.skipIf(!inCI && !hasClient())('Python’s client takes every scrape, and not what a scrape must not be', () => {
  const rows = run.metrics[0].points.length;
  const scrapes = Array.from({ length: rows / 8 }, (_, place) => scrapeAt(place * 8 + 7));
  const odd = scrapes[1].replace('_bucket{', '_bucket{le="0",');
  const input = JSON.stringify([...scrapes, odd]);
  const read = JSON.parse(execFileSync(python, ['-c', PARSER], { input, encoding: 'utf8' })) as (Family[] | string)[];
  expect(read.pop()).toContain('Invalid labels');
  for (const families of read) {
    if (typeof families === 'string') throw new Error(families);
    const byName = new Map(families.map((family) => [family[0], family]));
    expect(byName.size).toBe(families.length);
    expect(byName.get('http_client_requests')?.[1]).toBe('counter');
    expect(byName.get('cache_hit_ratio')?.slice(1, 3)).toEqual(['gauge', 'ratio']);
    expect(byName.get('http_client_request_duration_seconds')?.slice(1, 3)).toEqual(['histogram', 'seconds']);
  }
  const exemplars = (read as Family[][]).flat().map(([, , , count]) => count);
  expect(Math.max(...exemplars)).toBeGreaterThan(1);
});

const program = executable('promtool');
test.skipIf(promtoolIsLeftOut)('Prometheus makes blocks of it and reads the same values back', () => {
  const file = join(folder, 'run.om');
  writeFileSync(file, text);
  execFileSync(program!, ['tsdb', 'create-blocks-from', 'openmetrics', '-q', file, folder], { stdio: 'pipe' });
  // It looks for the log that a running server would write.
  mkdirSync(join(folder, 'wal'));
  const dumped = execFileSync(program!, ['tsdb', 'dump', folder], { encoding: 'utf8', maxBuffer: 1e8 });
  const series = new Map<string, Samples>();
  for (const line of dumped.trim().split('\n')) {
    const [, labels, value, time] = /^\{(.*)\} (\S+) (\d+)$/.exec(line)!;
    const name = /__name__="([^"]+)"/.exec(labels)![1];
    const key = name + (/le="[^"]+"/.exec(labels)?.[0] ?? '');
    series.set(key, [...(series.get(key) ?? []), [Number(time), Number(value)]]);
  }
  // What else is known of the run stands there at every time, as `target_info`.
  const info = series.get('target_info')!;
  expect(new Set(info.map(([, value]) => value))).toEqual(new Set([1]));
  expect(info.length).toBe(new Set(run.metrics.flatMap(({ points }) => points.map(({ time }) => time))).size);
  expect(dumped).toContain(`brownout_variant="${run.recording.header.variant}"`);
  series.delete('target_info');
  const expected = new Map(run.metrics.flatMap(seriesOf));
  expect(new Set(series.keys())).toEqual(new Set(expected.keys()));
  for (const [name, values] of expected) expect([name, series.get(name)]).toEqual([name, values]);
});

type Samples = [time: number, value: number][];

/** What Prometheus calls a metric's series, with their samples in milliseconds. */
function seriesOf(metric: MetricData): [string, Samples][] {
  const name = prometheusName(metric);
  if (metric.kind === 'gauge' || metric.kind === 'sum') return [[name, samples(metric.points, ({ value }) => value)]];
  if (metric.kind !== 'histogram') throw new Error(`${name} is a ${metric.kind}`);
  const { points } = metric;
  return [
    [`${name}_count`, samples(points, ({ count }) => count)],
    [`${name}_sum`, samples(points, ({ sum }) => sum)],
    ...[...points[0].bounds, '+Inf'].map((bound, bucket): [string, Samples] => [
      `${name}_bucketle="${bound}"`,
      samples(points, ({ counts }) => counts.slice(0, bucket + 1).reduce((sum, count) => sum + count, 0)),
    ]),
  ];
}

const samples = <Point extends { readonly time: number }>(
  points: readonly Point[],
  value: (point: Point) => number,
): Samples => points.map((point) => [Date.UTC(2025, 0, 1, 10) + point.time / 1e6, value(point)]);

function hasClient(): boolean {
  try {
    execFileSync(python, ['-c', 'import prometheus_client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
