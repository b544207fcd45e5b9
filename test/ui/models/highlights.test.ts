/** Interesting moments and steps between them. */
import { describe, expect, it } from 'vitest';
import doomedWork from '../../../scenarios/overload/doomed-work.ts';
import consumerLag from '../../../scenarios/messaging/consumer-lag.ts';
import dlqGrowth from '../../../scenarios/messaging/dlq-growth.ts';
import scenario from '../../../scenarios/caching/stampede.ts';
import saga from '../../../scenarios/workflows/saga.ts';
import writeBehind from '../../../scenarios/caching/write-behind-crash.ts';
import { run, s, type RecordedSignal, type Recording } from '../../../sim-core/index.ts';
import { burstsOf, highlightsOf, highlightText, latestOf } from '../../../ui/models/highlights.ts';
import { stepFrom, stepInstants } from '../../../ui/models/steps.ts';
import { fixtureRecording } from '../../../ui/specimens/fixture-recording.ts';
import { timeMarks } from '../../../ui/models/time-marks.ts';

const INTERVAL = 100;
const every = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step);
const bursts = (...times: number[]): [number, number][] =>
  burstsOf(Float64Array.from(times.toSorted((a, b) => a - b)), INTERVAL).map(({ time, count }) => [time, count]);

describe('a burst', () => {
  it('is whatever happens rarely, told once until an interval without it', () => {
    expect(bursts(1000, 1005, 1060, 5000)).toEqual([
      [1000, 3],
      [5000, 1],
    ]);
  });

  it('of what happens all the time is where there is four times as much', () => {
    expect(bursts(...every(0, 10_000, 5))).toEqual([]);
    expect(bursts(...every(0, 10_000, 5), ...every(4003, 4013, 0.5))).toEqual([[4000, 24]]);
  });

  it('of nothing is nothing', () => {
    expect(bursts()).toEqual([]);
  });
});

describe('the highlights of a stampede', () => {
  const recording = run(scenario, {
    variant: 'none',
    params: { length: s(9), ttl: s(5), timeout: s(1) },
    interventions: [{ at: 7e9, action: 'flush', target: 'cache' }],
  });
  const highlights = highlightsOf(recording, timeMarks(recording, 5.2e9));
  const first = (kind: string): number => highlights.find((one) => one.kind === kind)?.time ?? NaN;

  it('are in order: the herd misses, waits, and some of it gives up', () => {
    expect(highlights.map(({ time }) => time)).toEqual(highlights.map(({ time }) => time).toSorted((a, b) => a - b));
    expect(first('miss')).toBeGreaterThanOrEqual(5e9);
    expect(first('miss')).toBeLessThan(5.03e9);
    expect(first('queue')).toBeGreaterThanOrEqual(5e9);
    expect(first('failure')).toBeGreaterThan(first('miss') + 1e9 - 1e8);
    expect(first('intervention')).toBe(7e9);
  });

  it('tell each failure once, as those who asked saw it', () => {
    const told = recording.facts.tables.find(({ kind }) => kind === 'request.completed')!;
    const failed = [...told.columns.outcome].filter((text) => recording.facts.texts[text] !== 'ok').length;
    const counted = highlights
      .filter(({ kind }) => kind === 'failure')
      .map(({ label }) => Number(label.replace(/\D/g, '')))
      .reduce((sum, count) => sum + count, 0);
    expect(failed).toBeGreaterThan(0);
    expect(counted).toBeLessThanOrEqual(failed);
    expect(counted).toBeGreaterThan(failed / 2);
  });

  it('are said with their instant', () => {
    expect(highlightText({ time: 5.004e9, kind: 'miss', label: '12 misses' })).toBe('5.004\u00a0s: 12 misses');
  });

  it('are summed up by what happened last, and what belongs to it', () => {
    const story = [
      { time: 1e9, kind: 'eviction', label: '3 evictions' },
      { time: 5e9, kind: 'queue', label: 'up to 9 queries waiting' },
      { time: 5.1e9, kind: 'miss', label: '12 lookups miss' },
      { time: 5.2e9, kind: 'moment', label: 'the moment to look at' },
    ] as const;
    expect(latestOf(story)).toBe('5.00\u00a0s: 12 lookups miss · up to 9 queries waiting');
    expect(latestOf(story.slice(0, 1))).toBe('1.00\u00a0s: 3 evictions');
    expect(latestOf(story.slice(3))).toBe('');
  });

  it('are summed up without saying anything twice', () => {
    const noun = (count: number): string => (count === 1 ? 'request fails' : 'requests fail');
    const burst = (time: number, count: number) =>
      ({ time, kind: 'failure', label: `${count} ${noun(count)}`, burst: { count, noun, sampled: 1 } }) as const;
    const mark = { kind: 'planned', label: 'the workers change' } as const;
    expect(latestOf([burst(5e9, 1), burst(5.2e9, 2396)])).toBe('5.00\u00a0s: 2,397 requests fail');
    expect(
      latestOf([
        { ...mark, time: 8e9 },
        { ...mark, time: 8e9 },
      ]),
    ).toBe('8.00\u00a0s: the workers change');
  });

  it('can be stepped through, both ways, as events and requests can', () => {
    const instants = stepInstants(recording, highlights);
    const state = { time: 0, duration: 9e9, speed: 1, playing: false };
    let time = 0;
    for (const expected of new Set(highlights.map((one) => one.time))) {
      time = stepFrom({ ...state, time }, 'interesting', 1, instants);
      expect(time).toBe(expected);
    }
    expect(stepFrom({ ...state, time }, 'interesting', 1, instants)).toBe(9e9);
    const request = stepFrom({ ...state, time: 5e9 }, 'request', 1, instants);
    expect(stepFrom({ ...state, time: request }, 'request', -1, instants)).toBeLessThanOrEqual(5e9);
    expect(stepFrom({ ...state, time: 5e9 }, 'event', 1, instants)).toBeLessThanOrEqual(request);
    expect(stepFrom({ ...state, time: 5e9 }, 'clock', -1, instants)).toBe(4.9e9);
  });
});

it('what is lost without anybody failing is a highlight, from its first on', () => {
  const recording = run(writeBehind, { variant: 'offer-and-forget' });
  const lost = recording.signals.find(({ name }) => name === 'cache.writes.lost')!;
  const row = lost.columns.count.findIndex((count) => count > 0);
  const told = highlightsOf(recording, []).filter(({ label }) => label.includes('never stored'));
  expect(lost.summary.total).toBeGreaterThan(1);
  expect(told).toEqual([
    {
      time: row * recording.header.interval,
      kind: 'failure',
      label: `the first of ${lost.summary.total.toLocaleString('en')} ${lost.help.charAt(0).toLowerCase()}${lost.help.slice(1)}`,
    },
  ]);
});

it('what is lost and stays so is a highlight where that begins, and what is made good is none', () => {
  const [any] = fixtureRecording().signals;
  const gauge = (name: string, last: readonly number[]): RecordedSignal => ({
    ...any,
    name,
    kind: 'gauge',
    unit: '{message}',
    help: 'Bookings lost: nobody has them any more',
    columns: { last: Float64Array.from(last) },
  });
  const signals = [gauge('effects.bookings.lost', [0, 2, 0, 3, 3, 5]), gauge('effects.payments.lost', [0, 2, 1, 0])];
  const recording = { ...fixtureRecording(), signals, facts: { ...fixtureRecording().facts, tables: [] } };
  expect(highlightsOf(recording, []).map(({ time, label }) => [time, label])).toEqual([
    [3 * recording.header.interval, 'the first of 5 bookings lost'],
  ]);
});

it('a lag is told of where it passes 1,000, 2,000, 5,000 for the first time', () => {
  const recording = run(consumerLag, { variant: 'under-provisioned', params: { length: s(40) } });
  const lag = recording.signals.find(({ name }) => name === 'kafka.consumer_group.lag')!;
  const told = highlightsOf(recording, []).filter(({ label }) => label.includes('passes'));
  expect(told.map(({ label }) => label)).toEqual(['lag passes 1,000', 'lag passes 2,000', 'lag passes 5,000']);
  told.forEach(({ time }, index) => {
    const row = time / recording.header.interval;
    const limit = [1000, 2000, 5000][index];
    expect(lag.columns['max'][row]).toBeGreaterThanOrEqual(limit);
    expect(Math.max(...lag.columns['max'].slice(0, row))).toBeLessThan(limit);
  });
  expect(latestOf(highlightsOf(recording, timeMarks(recording, s(11.5))))).toMatch(/lag passes/);
});

describe('what changes the course of a run is a highlight from its first on', () => {
  const cases = [
    [
      'rebalance',
      consumerLag,
      { variant: 'scaled-out', params: { length: s(20) } },
      'kafka.group.rebalanced',
      undefined,
    ],
    ['compensation', saga, { variant: 'orchestrated', params: { length: s(20) } }, 'saga.effect_undone', undefined],
    [
      'dead letter',
      dlqGrowth,
      { variant: 'unmonitored', params: { length: s(90) } },
      'message.settled',
      'dead-lettered',
    ],
  ] as const;

  it.each(cases)('a %s', (kind, scenario, options, fact, fate) => {
    const recording = run(scenario, options);
    const { tables, texts } = recording.facts;
    const { times, columns } = tables.find((table) => table.kind === fact)!;
    const happened = times.filter((_, row) => fate === undefined || texts[columns.fate[row]] === fate);
    const told = highlightsOf(recording, []).filter((one) => one.kind === kind);
    expect(told[0].time).toBe(happened[0]);
    expect(told.every(({ time }) => happened.includes(time))).toBe(true);
    const stepped = stepFrom(
      { time: happened[0] - 1, duration: recording.header.duration, speed: 1, playing: false },
      'interesting',
      1,
      stepInstants(recording, told),
    );
    expect(stepped).toBe(happened[0]);
  });

  it('the rebalance of a group that is scaled is one of them', () => {
    const [, scenario, options] = cases[0];
    const told = highlightsOf(run(scenario, options), []).filter(({ kind }) => kind === 'rebalance');
    expect(told.some(({ time }) => time > s(12) && time < s(16))).toBe(true);
  });
});

describe('what is told of a run whose calls fail and are made again', () => {
  const recording = run(doomedWork, { variant: 'retry-at-one-tier', params: { length: s(9) } });
  const told = (kind: string): Recording['facts']['tables'][number] =>
    recording.facts.tables.find((table) => table.kind === kind)!;
  const counted = (kind: string): number =>
    highlightsOf(recording, [])
      .filter((one) => one.kind === kind)
      .reduce((sum, { label }) => sum + Number(label.replace(/\D/g, '')), 0);

  it('counts as retries the attempts after the first', () => {
    const again = told('retry.attempt').columns.attempt.filter((attempt) => attempt > 1).length;
    expect(again).toBeGreaterThan(0);
    expect(counted('retry')).toBe(again * recording.facts.sampledOneIn);
  });

  it('counts who finds nobody there', () => {
    const { columns, rows } = told('request.completed');
    const texts = [...recording.facts.texts, 'unavailable'];
    const nobody = { ...columns, outcome: new Float64Array(rows).fill(texts.length - 1) };
    const tables = [{ ...told('request.completed'), columns: nobody }];
    const highlights = highlightsOf({ ...recording, signals: [], facts: { ...recording.facts, texts, tables } }, []);
    expect(highlights.map(({ kind }) => kind)).toEqual(['failure']);
  });
});
