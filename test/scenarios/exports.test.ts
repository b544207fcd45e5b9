/**
 * What every scenario of the catalogue is exported as: names by the conventions, and texts that real tools and published definitions
 * take. Metrics' names are those of every variant; texts, spans and logs are of each scenario's first variant, as far as a thousand
 * events, and of some variants with tracers as far as 15,000.
 */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../scenarios/index.ts';
import {
  ExportedRun,
  exportForms,
  resolveParameters,
  componentsOf,
  Run,
  Simulation,
  type Scenario,
  type SpanData,
} from '../../sim-core/index.ts';
import { exposition } from '../exposition.ts';
import { clientIsLeftOut, instantsOf, readByClient } from '../openmetrics-client.ts';
import { openMetricsProblem } from '../openmetrics-grammar.ts';
import { LogsData, MetricsData, throughProtobuf, TracesData } from '../otlp-definitions.ts';
import { promtool, promtoolIsLeftOut } from '../promtool.ts';
import {
  conventions,
  isListed,
  metricProblem,
  ownAttributes,
  ownMetrics,
  ownNamespaces,
  type NamedMetric,
} from '../telemetry-names.ts';
import { speedscopeProblem, traceEventProblem } from '../trace-formats.ts';

const EVENTS = 1000;

function begun(scenario: Scenario, variant: string, events = EVENTS): ExportedRun {
  const run = new Run(scenario, { variant });
  run.advance(events);
  return new ExportedRun(run.finish(), scenario);
}

const runs = catalogue.map(
  ({ scenario }) => [scenario.id, begun(scenario, Object.keys(scenario.variants)[0])] as const,
);
const problems = (problem: (run: ExportedRun) => string | undefined): string[] =>
  runs.flatMap(([id, run]) => {
    const found = problem(run);
    return found === undefined ? [] : [`${id}: ${found}`];
  });

/** Variants of scenarios with tracers; of the last of the first the names of spans are the pitfall. */
const traced = [
  ...['propagated', 'one-parent-of-many', 'mixed-formats'].map((variant) => ['trace-propagation', variant]),
  ...['keep-all', 'tail-error-or-slow'].map((variant) => ['trace-sampling', variant]),
  ['five-pillars', 'with-traces'],
].map(([id, variant]) => begun(catalogue.find(({ scenario }) => scenario.id === id)!.scenario, variant, 15_000));

/** Variants whose own metrics are scraped, one with exemplars. */
const scraped = [
  ['latency-percentiles', 'percentiles-histogram'],
  ['cardinality', 'aggregated-with-exemplars'],
].map(([id, variant]) => begun(catalogue.find(({ scenario }) => scenario.id === id)!.scenario, variant, 8000));

/** The handbook's table. */
const SPAN_NAME =
  /^(HTTP (GET|HEAD|POST|PUT|PATCH|DELETE) \/\S*|DB [\w-]+ [\w-]+|CALL [\w-]+\.[\w-]+|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+)$/;

const allSpans = (): SpanData[] => [...runs.map(([, run]) => run), ...traced].flatMap(({ spans }) => spans);

const isKnownAttribute = (name: string, resource: SpanData['resource']): boolean =>
  conventions.attributes.includes(name) ||
  ownAttributes.some((listed) => isListed(listed, name)) ||
  (resource['brownout.observer'] === 'instruments' && name in conventions.superseded);

it('logs have attributes of the conventions, or listed ones', () => {
  const logs = [...runs.map(([, run]) => run), ...traced].flatMap((run) => run.logs);
  const names = logs.flatMap(({ resource, attributes }) =>
    [...Object.keys(resource), ...Object.keys(attributes)].map((name) => ({ name, resource })),
  );
  expect(names.length).toBeGreaterThan(1000);
  expect([...new Set(names.flatMap((one) => (isKnownAttribute(one.name, one.resource) ? [] : one.name)))]).toEqual([]);
});

describe('spans', () => {
  const spans = allSpans();

  it('have names by the handbook’s table, each of its four patterns among them', () => {
    const names = new Set(spans.map(({ name }) => name));
    expect([...names].filter((name) => !SPAN_NAME.test(name))).toEqual([]);
    for (const pattern of [/^HTTP /, /^DB /, /^CALL /, /^[a-z_]+\.[a-z_]+$/]) {
      expect([...names].some((name) => pattern.test(name))).toBe(true);
    }
  });

  it('have names of as few kinds as there are things to do, whatever the number of requests', () => {
    for (const [, run] of runs) expect(new Set(run.spans.map(({ name }) => name)).size).toBeLessThan(40);
  });

  it('have attributes of the conventions, or listed ones', () => {
    const unknown = new Set<string>();
    for (const { resource, attributes, events, links } of spans) {
      const all = [
        resource,
        attributes,
        ...events.map((event) => event.attributes),
        ...links.map((link) => link.attributes),
      ];
      for (const name of all.flatMap((one) => Object.keys(one)))
        if (!isKnownAttribute(name, resource)) unknown.add(name);
    }
    expect([...unknown]).toEqual([]);
  });

  it('have those that the conventions require of their kind', () => {
    const missing = new Set<string>();
    const demand = (span: SpanData, ...names: string[]): void => {
      for (const name of names) if (!(name in span.attributes)) missing.add(`${span.name}: ${name}`);
    };
    for (const span of spans) {
      const { name, kind, status } = span;
      if (name.startsWith('HTTP ')) demand(span, 'http.request.method', 'http.route', 'url.scheme');
      if (name.startsWith('DB ')) demand(span, 'db.system.name', 'db.operation.name', 'db.collection.name');
      if (name.startsWith('CALL ')) demand(span, 'server.address');
      if (status === 'error') demand(span, 'error.type');
      if (kind === 'producer') demand(span, 'messaging.destination.name');
    }
    expect([...missing]).toEqual([]);
  });
});

describe('metrics', () => {
  const metrics = new Map<string, NamedMetric>();
  /** Signals of instruments with what they are said to stand for, and of those the ones for which no signal of their run is, in their unit. */
  const pairs = new Set<string>();
  const untold: string[] = [];
  for (const { scenario } of catalogue) {
    for (const variant of Object.keys(scenario.variants)) {
      const sim = new Simulation({ seed: scenario.seed });
      scenario.system(sim, resolveParameters(scenario, variant, {}) as never);
      const signals = [...componentsOf(sim).flatMap((component) => component.signals), ...(scenario.signals ?? [])];
      for (const { name, kind, unit, truth } of signals) {
        metrics.set(name, { name, kind, unit });
        if (truth === undefined) continue;
        pairs.add(`${name} of ${truth.signal}`);
        const isThere = signals.some((one) => one.name === truth.signal && one.unit === unit);
        if (!isThere) untold.push(`${scenario.id}, ${variant}: ${name} of ${truth.signal}`);
      }
    }
  }
  for (const run of [...runs.map(([, one]) => one), ...traced]) {
    for (const { name, unit, kind, resource } of run.metrics) {
      if (resource['brownout.observer'] !== 'instruments') continue;
      const own = kind === 'sum' ? 'counter' : kind === 'gauge' ? 'gauge' : 'histogram';
      metrics.set(`instrument ${name}`, { name, unit, kind: own });
    }
  }

  it('of every variant and instrument are in the conventions with their instrument and unit, or listed', () => {
    expect(metrics.size).toBeGreaterThan(400);
    expect([...metrics.values()].flatMap((metric) => metricProblem(metric) ?? [])).toEqual([]);
  });

  it('that are the truth of an instrument’s are there in each run that has it, in its unit', () => {
    expect(pairs.size).toBeGreaterThan(15);
    expect(untold).toEqual([]);
  });

  it('that are listed are all there', () => {
    const names = [...metrics.values()].map(({ name }) => name);
    expect(ownMetrics.filter((listed) => !names.some((name) => isListed(listed.name, name)))).toEqual([]);
    expect(
      ownNamespaces.filter((one) => one !== 'brownout' && !names.some((name) => name.startsWith(`${one}.`))),
    ).toEqual([]);
  });

  it('of other names, units and instruments are noticed', () => {
    const wrong: NamedMetric[] = [
      { name: 'http.server.request.duration', kind: 'histogram', unit: 'ms' },
      { name: 'http.server.request.duration', kind: 'gauge', unit: 's' },
      { name: 'http.server.requests_seen', kind: 'counter', unit: '{request}' },
      { name: 'db.wal.size', kind: 'gauge', unit: '{page}' },
      { name: 'unheard.of', kind: 'counter', unit: '1' },
      { name: 'cache.hitRatio', kind: 'ratio', unit: '1' },
      { name: 'cache.size', kind: 'gauge', unit: 'bytes' },
    ];
    expect(wrong.filter((metric) => metricProblem(metric) === undefined)).toEqual([]);
  });
});

/** Protobuf does not tell an empty list from none. */
function withoutEmpty(text: string): object {
  const file = JSON.parse(text) as Record<string, unknown[]>;
  return Object.fromEntries(Object.entries(file).filter(([, list]) => list.length > 0));
}

describe('every scenario’s export', () => {
  it('is OTLP by the published definitions', () => {
    const odd = problems((run) => {
      const texts = [
        [TracesData, exportForms.traces.write(run)],
        [MetricsData, exportForms.metrics.write(run)],
        [LogsData, exportForms.logs.write(run)],
      ] as const;
      const changed = texts.find(([type, text]) => !isDeepStrictEqual(throughProtobuf(type, text), withoutEmpty(text)));
      return changed && `${changed[1].slice(2, 15)} is not given back as it was`;
    });
    expect(odd).toEqual([]);
  });

  it('is OpenMetrics, and a Trace Event file, and one of speedscope', () => {
    expect(problems((run) => openMetricsProblem(exportForms.openmetrics.write(run)))).toEqual([]);
    expect(problems((run) => traceEventProblem(exportForms.perfetto.write(run)))).toEqual([]);
    expect(problems((run) => speedscopeProblem(exportForms.speedscope.write(run)))).toEqual([]);
  });

  it('would be refused with a member too many, too few or of another kind', () => {
    const [, run] = runs[0];
    const [events, profile] = [exportForms.perfetto.write(run), exportForms.speedscope.write(run)];
    for (const [from, to] of [
      ['"ph":"X"', '"ph":"Y"'],
      ['"dur":', '"duration":'],
      ['"pid":1', '"pid":"1"'],
      ['"bp":"e"', '"bp":"s"'],
    ] as const) {
      expect(traceEventProblem(events.replace(from, to))).toBeDefined();
    }
    for (const [from, to] of [
      ['"weights":[', '"weights":[1,'],
      ['"unit":"nanoseconds"', '"unit":"ns"'],
      ['"startValue"', '"start"'],
    ] as const) {
      expect(speedscopeProblem(profile.replace(from, to))).toBeDefined();
    }
  });
});

describe.each(clientIsLeftOut ? [] : ['Python’s client'])('%s', () => {
  it('takes every instant of every scenario’s text, and of those with metrics of their own, each sample and exemplar', () => {
    const texts = [...runs.map(([, run]) => run), ...traced, ...scraped].map(exportForms.openmetrics.write);
    const withOwn = texts.filter((text) => text.includes('brownout_observer="instruments"'));
    expect(withOwn.length).toBeGreaterThan(scraped.length);
    const instants = texts.flatMap(instantsOf);
    const wrong = readByClient(instants).flatMap((read, place) => {
      if (typeof read === 'string') return [read];
      const lines = instants[place].split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const led = lines.filter((line) => line.includes(' # {')).length;
      const isWhole = read.samples === lines.length && read.exemplars === led;
      return isWhole ? [] : [`${read.samples} samples and ${read.exemplars} exemplars of ${lines.length} and ${led}`];
    });
    expect(wrong).toEqual([]);
  });
});

/** What promtool would have otherwise, and why it is so. */
const OTHERWISE = [
  // The conventions' name.
  /^db_client_connection_count(_max|_last)? non-histogram and non-summary metrics should not have "_count" suffix$/,
  // A region, no microsecond.
  /_us_(ratio|samples|seconds) metric names should not contain abbreviated units$/,
  // A volume by the day is told by the day.
  /^log_stored_volume_gigabytes_per_day/,
];

describe.each(promtoolIsLeftOut ? [] : ['promtool'])('%s', () => {
  it('has nothing to say of any metric but for what is known', async () => {
    const text = exposition(runs.map(([, run]) => exportForms.openmetrics.write(run)));
    const { output } = await promtool(['check', 'metrics'], {}, text);
    const said = output.split('\n').filter((line) => line !== '');
    expect(said.filter((line) => !OTHERWISE.some((known) => known.test(line)))).toEqual([]);
    // It did read them: what is known is there.
    expect(said.length).toBeGreaterThan(0);
    const wrong = await promtool(['check', 'metrics'], {}, text.replace('# TYPE ', '# TYPE 1'));
    expect(wrong.ok).toBe(false);
  });

  it('takes the alerts of every scenario', async () => {
    const files = Object.fromEntries(runs.map(([id, run]) => [`${id}.yml`, exportForms.alerts.write(run)]));
    const { ok, output } = await promtool(['check', 'rules', ...Object.keys(files)], files);
    expect(output.match(/SUCCESS/g)).toHaveLength(catalogue.length);
    expect(ok).toBe(true);
  });
});
