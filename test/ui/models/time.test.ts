/** Rows, the playhead and marks: where the cursor is and how it moves. */
import { firstAfter } from '../../../sim-core/index.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  fullSpeed,
  neighbour,
  openingSpeed,
  seek,
  speedsFor,
  speedText,
  toggle,
  type PlayheadState,
} from '../../../ui/models/playhead.ts';
import { rowAt, rowMiddle, rowSeconds, rowsOf } from '../../../ui/models/rows.ts';
import { clockStep } from '../../../ui/models/steps.ts';
import { timeMarks } from '../../../ui/models/time-marks.ts';
import { fixtureRecording, INTERVAL, ROWS } from '../../../ui/specimens/fixture-recording.ts';

describe('rows', () => {
  it('cover the run, a cut last one included', () => {
    const { header } = fixtureRecording();
    expect(rowsOf(fixtureRecording())).toEqual({ count: ROWS, interval: INTERVAL, duration: ROWS * INTERVAL });
    const cut = rowsOf({ ...fixtureRecording(), header: { ...header, duration: 3.5 * INTERVAL } });
    expect(cut.count).toBe(4);
    expect(rowSeconds(cut, 3)).toBeCloseTo(0.05);
  });

  it('an instant lies in the row that begins at or before it, the end in the last', () => {
    const rows = rowsOf(fixtureRecording());
    expect([0, INTERVAL - 1, INTERVAL, ROWS * INTERVAL].map((time) => rowAt(rows, time))).toEqual([0, 0, 1, ROWS - 1]);
    for (let row = 0; row < ROWS; row++) expect(rowAt(rows, rowMiddle(rows, row))).toBe(row);
  });

  it('the first later instant is the one that a walk from the start finds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), fc.nat(60), (instants, time) => {
        const ascending = instants.toSorted((a, b) => a - b);
        const walked = ascending.findIndex((instant) => instant > time);
        expect(firstAfter(ascending, time)).toBe(walked < 0 ? ascending.length : walked);
      }),
    );
  });
});

describe('the playhead', () => {
  const start: PlayheadState = { time: 0, duration: 10e9, speed: 2, playing: false };

  it('keeps within the run', () => {
    expect(seek(start, -5).time).toBe(0);
    expect(seek(start, 11e9).time).toBe(10e9);
  });

  it('moves by speed times wall time while it plays, and stops at the end', () => {
    expect(advance(start, 1)).toBe(start);
    const playing = toggle(start);
    expect(advance(playing, 1.5)).toMatchObject({ time: 3e9, playing: true });
    expect(advance(playing, 6)).toMatchObject({ time: 10e9, playing: false });
    expect(toggle(seek(start, 10e9))).toMatchObject({ time: 0, playing: true });
  });

  it('finds its neighbours among instants, several at one time counting once', () => {
    const at = seek(start, 5);
    expect(neighbour(at, [1, 5, 5, 9], 1)).toBe(9);
    expect(neighbour(at, [1, 5, 5, 9], -1)).toBe(1);
    expect(neighbour(at, [5], 1)).toBe(10e9);
    expect(neighbour(at, [5], -1)).toBe(0);
  });

  it('says its speed in words', () => {
    expect([0.001, 0.05, 1, 50].map((speed) => speedText(speed))).toEqual([
      '1 ms of the run a second',
      '1 s of the run takes 20 s',
      'real time',
      '50\u00a0s of the run a second',
    ]);
    expect(speedText(50, 30e9)).toBe('the whole run in 0.6 s');
  });

  it('opens at the greatest speed at which no more go by than can be followed', () => {
    expect([150, 1000, 20_000, 1e9].map((rate) => openingSpeed(rate, 200, 30e9))).toEqual([1, 0.1, 0.01, 0.001]);
  });

  it('opens a run of hours at the greatest speed at which it takes half a minute, among those that it can choose from', () => {
    const month = 30 * 86_400e9;
    expect([7200e9, 86_400e9, month].map((duration) => openingSpeed(100, 200, duration))).toEqual([200, 1000, 20_000]);
    expect(speedsFor(month)).toContain(openingSpeed(100, 200, month));
    expect(speedsFor(30e9).at(-1)).toBe(50);
    expect(speedText(20_000, month)).toBe('5.56\u00a0h of the run a second');
  });

  it('steps by the clock as far as the run is long', () => {
    expect([30e9, 7200e9, 86_400e9, 30 * 86_400e9].map(clockStep)).toEqual([1e8, 60e9, 600e9, 21_600e9]);
  });

  it('at full speed shows the whole run in two seconds, or faster', () => {
    expect([30e9, 86_400e9].map(fullSpeed)).toEqual([100, 43_200]);
  });
});

describe('marks', () => {
  it('are what was done and the moment of the story, in order of time', () => {
    const recording = fixtureRecording();
    expect(timeMarks(recording, 1e9).map(({ time, label }) => [time, label])).toEqual([
      [1e9, 'the moment to look at'],
      [2e9, 'slow database at 2s'],
    ]);
    expect(timeMarks(recording, recording.header.duration + 1)).toHaveLength(1);
  });

  it('are what the scenario had planned as well, and nothing that goes on by itself or sets the run up', () => {
    const events = {
      ...fixtureRecording().events,
      kept: 6,
      kindNames: ['', 'users sends', 'app-1 crashes', 'tick', 'the partitions are placed'],
      kinds: Uint16Array.of(4, 1, 2, 1, 3, 0),
      times: Float64Array.of(0, 1e9, 2.2e9, 3e9, 4e9, 5e9),
      causes: Uint32Array.of(0, 0, 0, 2, 3, 0),
    };
    const planned = timeMarks({ ...fixtureRecording(), events }, Infinity).filter(({ kind }) => kind === 'planned');
    expect(planned).toEqual([{ time: 2.2e9, label: 'app-1 crashes', kind: 'planned' }]);
  });

  it.each([
    // Connections at most as many as the row's number; the warm-up are the first five rows.
    ['peak of db.client.connection.count is at most 20', 20, 21],
    ['peak of db.client.connection.count is at most 2', 2, 5],
    // 50 evictions in the row 7.
    ['total of cache.evictions is at most 49', 49, 7],
    // One failure in a hundred of the row 12 alone; a mean that all 35 rows may have together, by the row 34.
    ['mean of http.client.request.error_ratio is at most 0', 0, 12],
    ['mean of db.client.connection.pending_requests is at most 0.5', 0.5, 5 + 17],
    // Odd rows have one answer of more than 10 ms beside ten of less: 18 of 368, of which a p99 lets 3.68 be so slow.
    ['p99 of http.client.request.duration is at most 0.01', 0.01, 5 + 2 * 3],
  ])('%s: broken in the interval from which on it cannot be any more', (text, limit, row) => {
    const expectations = [{ text, pass: false, actual: 0, limit, unit: '1' }];
    const marks = timeMarks({ ...fixtureRecording(), expectations }, Infinity);
    expect(marks.filter(({ kind }) => kind === 'breach').map(({ time }) => time)).toEqual([row * INTERVAL]);
  });

  it('say nothing of what held, or of a lower limit, which no instant misses', () => {
    const texts = ['mean of cache.hit_ratio is at least 0.99', 'peak of cache.evictions is at least 9'];
    const broken = texts.map((text) => ({ text, pass: false, actual: 1, limit: 0, unit: '1' }));
    const held = {
      text: 'peak of db.client.connection.count is at most 20',
      pass: true,
      actual: 39,
      limit: 20,
      unit: '1',
    };
    const marks = timeMarks({ ...fixtureRecording(), expectations: [...broken, held] }, Infinity);
    expect(marks.filter(({ kind }) => kind === 'breach')).toEqual([]);
  });
});
