/**
 * `rate`, `increase`, `sum by` and `histogram_quantile` against Prometheus itself: `promtool test rules` evaluates the same
 * expressions on the same random series, with gaps and restarts, and says what it got in place of an answer that nobody gives.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { executable } from '../../../../../scenarios/cli/twin/executable.ts';
import { RandomStreams } from '../../../../../sim-core/kernel/random-streams.ts';
import { s } from '../../../../../sim-core/kernel/time.ts';
import { histogramQuantile } from '../../../../../sim-core/observability/metrics/series/histogram-quantile.ts';
import { counterIncrease, counterRate } from '../../../../../sim-core/observability/metrics/series/rates.ts';
import { SeriesStore } from '../../../../../sim-core/observability/metrics/series/series-store.ts';
import type { Labels } from '../../../../../sim-core/observability/signals/labels.ts';
import { averageBy, instant, sumBy, type Vector } from '../../../../../sim-core/observability/metrics/series/vector.ts';

const promtool = executable('promtool');
const INTERVAL = 15;
const LENGTH = 60;
const BOUNDS = ['0.1', '0.2', '0.4', '+Inf'];

interface Recorded {
  readonly labels: Labels;
  /** One an interval; none where the scrape failed. */
  readonly values: readonly (number | undefined)[];
}

/** Counters that grow by chance, fall back to zero now and then, and miss scrapes. */
function randomSeries(): Recorded[] {
  const random = new RandomStreams('promtool').stream('series');
  const series: Recorded[] = [];
  for (const instance of ['a', 'b', 'c']) {
    const [restarts, gaps] = [random.next() * 0.1, random.next() * 0.4];
    const missed = Array.from({ length: LENGTH }, () => random.next() < gaps);
    const restarted = Array.from({ length: LENGTH }, () => random.next() < restarts);
    const first = random.integer(4);
    let below = Array.from({ length: LENGTH }, () => 0);
    for (const le of BOUNDS) {
      let count = first * 50;
      const counts = below.map((_, i) => (count = (restarted[i] ? 0 : count) + random.integer(20)));
      // A restart is one for all buckets: what is below counts in each above.
      below = counts.map((own, i) => own + below[i]);
      const labels = { __name__: 'duration_bucket', instance, le };
      series.push({ labels, values: below.map((value, i) => (missed[i] ? undefined : value)) });
    }
  }
  return series;
}

const series = randomSeries();
const INSTANTS = [0, 15, 40, 61, 150, 300, 301, 422, 600, 733, 885, 900, 1100];

interface Question {
  readonly expr: string;
  readonly answer: (store: SeriesStore<number>, at: number) => Vector;
}

const selector = { name: 'duration_bucket' };
const QUESTIONS: readonly Question[] = [
  ...[30, 60, 100, 300].flatMap((range): Question[] => [
    { expr: `rate(duration_bucket[${range}s])`, answer: (store, at) => counterRate(store, selector, s(range), at) },
    {
      expr: `increase(duration_bucket[${range}s])`,
      answer: (store, at) => counterIncrease(store, selector, s(range), at),
    },
    ...[0.5, 0.99].map((q): Question => ({
      expr: `histogram_quantile(${q}, sum by (le) (rate(duration_bucket[${range}s])))`,
      answer: (store, at) => histogramQuantile(q, sumBy(counterRate(store, selector, s(range), at), ['le'])),
    })),
  ]),
  {
    expr: 'histogram_quantile(0.9, rate(duration_bucket[2m]))',
    answer: (store, at) => histogramQuantile(0.9, counterRate(store, selector, s(120), at)),
  },
  {
    expr: 'avg by (instance) (duration_bucket)',
    answer: (store, at) => averageBy(instant(store, selector, at), ['instance']),
  },
];

describe.skipIf(promtool === undefined && process.env.CI === undefined)('as promtool evaluates', () => {
  test(`${QUESTIONS.length} expressions at ${INSTANTS.length} instants of ${series.length} series`, async () => {
    const store = new SeriesStore<number>();
    for (const { labels, values } of series) {
      const own = store.series(labels);
      values.forEach((value, i) => value !== undefined && own.append(s(i * INTERVAL), value));
    }
    const asked = QUESTIONS.flatMap((question) => INSTANTS.map((at) => ({ ...question, at })));
    const answers = await promtoolAnswers(asked.map(({ expr, at }) => ({ expr, at })));
    expect(answers).toHaveLength(asked.length);
    asked.forEach(({ expr, at, answer }, place) => {
      const ours = sorted(answer(store, s(at)).map(({ labels, value }) => [textOf(labels), value]));
      const theirs = sorted(answers[place]);
      expect(
        ours.map(([labels]) => labels),
        `${expr} at ${at} s`,
      ).toEqual(theirs.map(([labels]) => labels));
      ours.forEach(([labels, value], i) => {
        const other = theirs[i][1];
        const isClose = Object.is(value, other) || Math.abs(value - other) <= 1e-12 * Math.abs(other);
        expect(isClose, `${expr} at ${at} s of ${labels}: ${value} here, ${other} there`).toBe(true);
      });
    });
  });
});

const textOf = (labels: Labels): string =>
  Object.keys(labels)
    .sort()
    .map((name) => `${name}="${labels[name]}"`)
    .join(', ');

const sorted = (answer: readonly [string, number][]): [string, number][] =>
  [...answer].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));

/** What promtool got for each question, as it says when it is told to expect something else. */
async function promtoolAnswers(asked: readonly { expr: string; at: number }[]): Promise<[string, number][][]> {
  const nobodys = { labels: 'nobody', value: -1 };
  const file = {
    evaluation_interval: '15s',
    tests: [
      {
        interval: `${INTERVAL}s`,
        input_series: series.map(({ labels: { __name__: name, ...labels }, values }) => ({
          series: `${name}{${textOf(labels)}}`,
          values: values.map((value) => value ?? '_').join(' '),
        })),
        promql_expr_test: asked.map(({ expr, at }) => ({ expr, eval_time: `${at}s`, exp_samples: [nobodys] })),
      },
    ],
  };
  const folder = mkdtempSync(join(tmpdir(), 'brownout-promtool-'));
  try {
    // JSON is YAML.
    writeFileSync(join(folder, 'test.yml'), JSON.stringify(file));
    const options = { cwd: folder, maxBuffer: 1 << 26 };
    const output = await promisify(execFile)(promtool ?? 'promtool', ['test', 'rules', 'test.yml'], options).then(
      ({ stdout }) => stdout,
      (failed: { stdout: string; stderr: string }) => failed.stderr + failed.stdout,
    );
    return [...output.matchAll(/^\s*got:(.*)$/gm)].map(([, got]) => samplesOf(got));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `"{le=\"0.1\"} 1.5E+00", "…"`, or nil. */
function samplesOf(got: string): [string, number][] {
  return [...got.matchAll(/\{([^}]*)\}\s([^\s",]+)/g)].map(([, labels, value]) => [
    labels.replaceAll('\\', ''),
    value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value),
  ]);
}
