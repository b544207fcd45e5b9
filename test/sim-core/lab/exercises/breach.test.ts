/** Evidence: when a claim is broken is recomputed from the facts one by one, and by what from nothing but them. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../../scenarios/index.ts';
import {
  atLeast,
  atMost,
  breachOf,
  difference,
  exercisesOf,
  mean,
  peak,
  quantile,
  ratio,
  run,
  total,
  waysOf,
} from '../../../../sim-core/index.ts';
import { runningMeasure } from '../../../../sim-core/lab/exercises/running-measure.ts';
import { small } from './small-exercise.ts';

const recording = run(small, { variant: 'unbounded' });
const { interval, duration } = recording.header;
const completed = recording.facts.tables.find(({ kind }) => kind === 'request.completed')!;
const seconds = (row: number): number => completed.columns.duration[row] / 1e9;
const rowOf = (time: number): number => Math.min(Math.floor(time / interval), Math.ceil(duration / interval) - 1);

describe('when', () => {
  it('is the row of the fact by which a total is more than it may be', () => {
    const queried = recording.facts.tables.find(({ kind }) => kind === 'db.queried')!;
    const breach = breachOf(small, recording, atMost(total('db.client.operations'), 1000), 1000)!;
    expect(breach).toMatchObject({ place: 'turn', from: rowOf(queried.times[1000]) * interval });
    expect(breach.against!.count).toBe(
      Array.from(queried.times).filter((time) => rowOf(time) * interval === breach.from).length,
    );
  });

  it('is the row from which on a mean stays broken, however often it was kept before', () => {
    const limit = 0.3;
    const breach = breachOf(small, recording, atMost(mean('http.client.request.duration'), limit), limit)!;
    let sum = 0;
    let broken = -1;
    for (let row = 0; row < completed.rows; row++) {
      sum += seconds(row);
      if (row + 1 < completed.rows && rowOf(completed.times[row + 1]) === rowOf(completed.times[row])) continue;
      if (sum / (row + 1) <= limit) broken = -1;
      else if (broken < 0) broken = rowOf(completed.times[row]);
    }
    expect(broken).toBeGreaterThan(0);
    expect(breach).toMatchObject({ place: 'turn', from: broken * interval });
  });

  it('is that of a measure of two others, of a peak, of a quantile, and the end of what never came', () => {
    const most = peak('db.client.connection.pending_requests');
    const { columns } = recording.signals.find(({ name }) => name === most.subject!.signal)!;
    expect(breachOf(small, recording, atMost(most, 100), 100)!.from).toBe(
      columns.max.findIndex((value) => value > 100) * interval,
    );
    const share = ratio(total('db.client.operations'), total('db.client.operations'));
    expect(breachOf(small, recording, atMost(share, 0.5), 0.5)).toMatchObject({ place: 'worst' });
    const none = difference(total('db.client.operations'), total('db.client.operations'));
    expect(breachOf(small, recording, atLeast(none, 1), 1)).toMatchObject({ place: 'end', to: duration });
    const slow = breachOf(small, recording, atMost(quantile('http.client.request.duration', 'p99'), 0.2), 0.2)!;
    expect(slow).toMatchObject({ place: 'turn', signal: 'http.client.request.duration' });
  });
});

describe('of a measure of two others', () => {
  const loads = total('db.client.operations');
  const asked = total('http.client.requests');

  it('is shown by what is divided, in whatever order the run has its signals', () => {
    for (const signals of [recording.signals, recording.signals.toReversed()]) {
      const breach = breachOf(small, { ...recording, signals }, atMost(ratio(loads, asked), 0.1), 0.1)!;
      expect(breach).toMatchObject({ signal: 'db.client.operations', against: { kind: 'db.queried' } });
    }
  });

  it('is shown by the other side where too little of the first is to be seen in no fact', () => {
    expect(breachOf(small, recording, atLeast(ratio(loads, asked), 5), 5)).toMatchObject({
      signal: 'http.client.requests',
      against: { kind: 'request.started' },
    });
  });
});

it('says so where by row it is kept in the end, though it is not over the whole run', () => {
  const p99 = quantile('http.client.request.duration', 'p99');
  const whole = p99.of(recording);
  const row = runningMeasure(p99, recording)!.values.at(-1)!;
  expect(row).not.toBe(whole);
  const limit = (row + whole) / 2;
  const claim = row < whole ? atMost(p99, limit) : atLeast(p99, limit);
  expect(breachOf(small, recording, claim, limit)).toMatchObject({ place: 'close' });
});

it('names no values of a gauge that are none too high', () => {
  const most = peak('db.client.connection.pending_requests');
  const breach = breachOf(small, recording, atMost(most, 100), 100)!;
  const table = recording.facts.tables.find(({ kind }) => kind === breach.against?.kind);
  const waiting = Array.from(table?.columns.waiting ?? []).filter((value, i) => {
    const time = table!.times[i];
    return value > 100 && time >= breach.from && time < breach.to;
  });
  expect(breach.against?.count ?? 0).toBe(waiting.length);
});

describe('by what', () => {
  it('is told by the facts of that row that go against the claim, and what they have in common', () => {
    const breach = breachOf(small, recording, atMost(quantile('http.client.request.duration', 'p99'), 0.2), 0.2)!;
    const slow = Array.from({ length: completed.rows }, (_, row) => row).filter(
      (row) => seconds(row) > 0.2 && completed.times[row] >= breach.from && completed.times[row] < breach.to,
    );
    expect(breach.against).toMatchObject({ kind: 'request.completed', count: slow.length });
    expect(breach.against!.requests).toEqual(slow.slice(0, 3).map((row) => completed.columns.request[row]));
    expect(breach.against!.shared).toContainEqual({ field: 'client', value: 'users', count: slow.length });
  });

  it('is the hot key where one key is behind it', () => {
    const { scenario } = catalogue.find((entry) => entry.scenario.id === 'hot-key')!;
    const [exercise] = exercisesOf(scenario);
    const hot = run(scenario, { variant: exercise.pitfall });
    const ways = waysOf(scenario, exercise, hot);
    const { remedy, goals } = ways.find((way) =>
      way.goals.some(({ text }) => text.startsWith('total of hot_key.reads')),
    )!;
    const place = goals.findIndex(({ text }) => text.startsWith('total of hot_key.reads'));
    const breach = breachOf(scenario, hot, scenario.expect[remedy][place], goals[place].limit)!;
    expect(breach.against!.shared).toContainEqual({ field: 'key', value: 0, count: breach.against!.count });
  });
});
