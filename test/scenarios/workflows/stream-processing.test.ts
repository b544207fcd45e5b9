/** The claims about stream processing away from their defaults, what can be done to it, and what the guide says of other settings. */
import { describe, expect, it } from 'vitest';
import streamProcessing from '../../../scenarios/workflows/stream-processing.ts';
import { ms, parseIntervention, s, type ParameterValues, type Trialled } from '../../../sim-core/index.ts';
import { failed, summaryOf, totalOf, trialled } from '../trials.ts';

const COUNTED_TWICE = 'orders.counts.doubled';
const UNMATCHED = 'join.payments.unmatched';
const COUNTED_NOT = 'orders.counts.missing';
const RESTORED = 'kafka.streams.restored.records';

const after = (variant: string, params: ParameterValues, ...done: string[]): Trialled =>
  trialled(streamProcessing, { variant, params, interventions: done.map(parseIntervention) });

/** The value of a gauge when the run ends. */
const last = ({ signals }: Trialled, name: string): number =>
  signals.find((one) => one.name === name)!.columns['last'].at(-1)!;

type Variant = keyof typeof streamProcessing.variants;
const CRASHES: readonly Variant[] = ['restore-from-changelog', 'exactly-once-v2', 'stateless', 'ktable'];
const CONNECTORS: readonly Variant[] = ['connect-source-sink', 'connect-upsert'];
const JOINS: readonly Variant[] = ['join', 'join-left', 'join-long-window', 'join-tables', 'join-foreign-key'];
const FAILOVERS: readonly Variant[] = ['failover', 'standby-replica'];
const QUERIES: readonly Variant[] = [
  'continuous-query',
  'query-long-grace',
  'query-emit-changes',
  'query-hopping',
  'query-unpaid',
];

/** Crashes come so long after a commit that something is claimed to be done twice. */
const SHORT_INTERVALS = { commitInterval: s(3), crashAt: s(11.7), downtime: s(4), length: s(60) };

it.each<Variant>(['restore-from-changelog', 'stateless', 'ktable', 'connect-source-sink'])(
  '%s has claims that can fail where intervals are short',
  (variant) => {
    const least = after(variant, SHORT_INTERVALS).expectations.filter(({ text }) => text.includes('at least'));
    expect(least.length).toBeGreaterThan(0);
    for (const { limit } of least) expect(limit).toBeGreaterThan(0);
  },
);

describe.each<[string, ParameterValues, readonly Variant[]]>([
  [
    'few orders of few customers',
    { rate: 20, customers: 10 },
    [...CRASHES, ...FAILOVERS, ...QUERIES, ...JOINS, ...CONNECTORS],
  ],
  ['many orders, soon done', { rate: 300, processTime: ms(0.2) }, ['exactly-once-v2', 'compacted-changelog']],
  ['short intervals, long restarts', SHORT_INTERVALS, [...CRASHES, ...CONNECTORS]],
  ['slow stores', { restoreTime: ms(1), cancelled: 0.5 }, ['restore-from-changelog', 'compacted-changelog', 'ktable']],
  [
    'small windows and many late orders',
    { windowSize: s(2), lateShare: 0.4 },
    ['exactly-once-v2', ...QUERIES, ...JOINS],
  ],
  ['payments that come late', { paymentMost: s(20), cancelled: 0.4 }, JOINS],
])('with %s', (_name, params, variants) => {
  it.each(variants)('%s holds its claims', (variant) => {
    expect(failed(after(variant, params))).toEqual([]);
  });
});

describe('what can be done to it', () => {
  it('a broker that dies has nothing counted twice exactly once, and nothing missing', () => {
    const run = after('exactly-once-v2', {}, '10s:kill:broker-1:seconds=5');
    expect(failed(run)).toEqual([]);
  });

  it('a worker whose disk is lost restores from changelogs what it would have had', () => {
    const kept = totalOf(after('restore-from-changelog', {}), RESTORED);
    const lost = totalOf(after('restore-from-changelog', {}, '17.9s:wipe:worker-1'), RESTORED);
    const whole = totalOf(after('disk-lost', {}), RESTORED);
    expect(lost).toBeGreaterThan(kept);
    expect(whole).toBeGreaterThan(lost);
    // As the guide says of what Kafka Streams has: in this run no task ever writes a checkpoint.
    expect(totalOf(after('restore-from-changelog', { checkpointDelta: 10_000 }), RESTORED)).toBe(whole);
  });
});

describe('connectors', () => {
  it('a slow sink has orders wait in the log, and loses none', () => {
    const [slow, usual] = [after('connect-upsert', {}, '12s:slow:warehouse:factor=12'), after('connect-upsert', {})];
    const waiting = (run: Trialled): number => summaryOf(run, 'orders.rows.missing', 'max');
    expect(waiting(slow)).toBeGreaterThan(1.5 * waiting(usual));
    expect(last(slow, 'orders.rows.missing')).toBe(0);
  });

  it('a schema that the registry takes goes through, and one that it refuses fails the source', () => {
    const [taken, refused] = [2, 3].map((version) =>
      after('connect-upsert', {}, `20s:deploy:source:version=${version}`),
    );
    expect(failed(taken)).toEqual([]);
    expect(last(taken, 'kafka.connect.tasks.failed')).toBe(0);
    expect(last(refused, 'kafka.connect.tasks.failed')).toBe(1);
    // Some twenty seconds of orders.
    expect(last(refused, 'orders.rows.missing')).toBeGreaterThan(1000);
  });
});

describe('the watermark', () => {
  const WATERMARK_DELAY = 'kafka.streams.stream_time.delay';
  const claimed = (run: Trialled): Trialled['expectations'] =>
    run.expectations.filter(({ text }) => text.includes(WATERMARK_DELAY));

  it('follows the clock, by limits between what an order lingers and a fraction of what it is late', () => {
    const claims = claimed(after('continuous-query', {}));
    expect(claims.map(({ pass }) => pass)).toEqual([true, true]);
    for (const { limit } of claims) {
      expect(limit).toBeGreaterThan(0.02);
      expect(limit).toBeLessThan(0.5);
    }
  });

  it.each([
    ['a worker that is slow', '10s:slow:worker-1:factor=40'],
    ['all tills offline', '10s:offline:tills:share=1,seconds=8'],
  ])('stands where there is %s, and the claim is refuted', (_name, deed) => {
    const claims = claimed(after('continuous-query', {}, deed));
    expect(claims.map(({ pass }) => pass)).toEqual([true, false]);
  });
});

it('tills that go offline have orders left out that were in time before', () => {
  const offline = '15s:offline:tills:share=0.5,seconds=30';
  expect(totalOf(after('query-long-grace', {}, offline), 'kafka.streams.dropped.records')).toBeGreaterThan(20);
});

describe('as the guide says', () => {
  it('a result of what meets nothing waits for window and grace', () => {
    const delay = (grace: number): number =>
      summaryOf(after('join-left', { grace }), 'join.results.alone.delay', 'p50');
    expect(delay(s(5)) - delay(ms(500))).toBeGreaterThan(4);
  });

  it('a longer window has more payments meet their orders', () => {
    const unmatched = [s(1), s(4), s(5)].map((windowSize) => last(after('join', { windowSize }), UNMATCHED));
    expect(unmatched[0]).toBeGreaterThan(unmatched[1]);
    expect(unmatched[1]).toBeGreaterThan(0);
    expect(unmatched[2]).toBe(0);
  });

  it('workers that crash have orders meet their payments twice, and exactly once not', () => {
    const twice = (params: ParameterValues): number => {
      const run = after('join-long-window', { crashAt: s(18), ...params });
      const [joined, paid] = [totalOf(run, 'join.results'), totalOf(after('join-long-window', {}), 'join.results')];
      return joined - paid;
    };
    expect(twice({})).toBeGreaterThan(0);
    expect(twice({ guarantee: 'exactly-once', commitInterval: s(0.5) })).toBe(0);
  });

  it('a longer grace leaves fewer orders out, and has every result wait for it', () => {
    const runs = [0, s(4), s(9)].map((grace) => after('continuous-query', { grace }));
    const dropped = runs.map((run) => totalOf(run, 'kafka.streams.dropped.records'));
    expect(dropped[0]).toBeGreaterThan(dropped[1]);
    expect(dropped[1]).toBeGreaterThan(dropped[2]);
    expect(dropped[2]).toBe(0);
    const delays = runs.map((run) => summaryOf(run, 'query.result.delay', 'p50'));
    // By as much as the grace is longer, but for what is on its way and the histogram's buckets.
    expect(delays[1] - delays[0]).toBeCloseTo(4, 0);
    expect(delays[2] - delays[1]).toBeCloseTo(5, 0);
  });

  it('a table goes back in time for a while, and is right in the end', () => {
    const run = after('ktable', {});
    expect(summaryOf(run, 'orders.state.differing', 'max')).toBeGreaterThan(0);
    expect(last(run, 'orders.state.differing')).toBe(0);
  });

  it('shorter intervals count fewer orders twice', () => {
    const twice = (commitInterval: number): number =>
      last(after('restore-from-changelog', { commitInterval }), COUNTED_TWICE);
    expect(twice(ms(500))).toBeLessThan(twice(s(5)));
  });

  it('a worker that stands still for longer than its session has orders missing from counts, and not exactly once', () => {
    const settings = { length: s(100), crashAt: s(600) };
    // What it holds back when it stops is chance: at one of several moments there is something.
    const missing = (variant: Variant): number[] =>
      [16, 17, 18].map((at) => last(after(variant, settings, `${at}s:pause:worker-1:seconds=50`), COUNTED_NOT));
    expect(Math.max(...missing('restore-from-changelog'))).toBeGreaterThan(0);
    expect(missing('exactly-once-v2')).toEqual([0, 0, 0]);
  });

  it('a changelog that nobody compacts makes the second restore longer than the first', () => {
    const run = after('disk-lost', {});
    const restores = run.signals.find(({ name }) => name === 'kafka.streams.restore.duration')!;
    expect(summaryOf(run, restores.name, 'max')).toBeGreaterThan(
      1.5 * summaryOf(after('disk-lost', { length: s(30) }), restores.name, 'max'),
    );
  });
});
