/** Signal, change, was, now: between two runs and around an instant of one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesAround, changesBetween, changeWords } from '../../../ui/models/change.ts';
import { fixtureRecording, INTERVAL, ROWS } from '../../../ui/specimens/fixture-recording.ts';
import { recordingOf } from '../../../ui/specimens/one-signal.ts';

const GAUGE = { kind: 'gauge', unit: '{thing}' } as const;

describe('a change', () => {
  it('is said in words that agree with its numbers', () => {
    expect(changeWords(GAUGE, 10, 72)).toEqual({ direction: 'up', words: '7.2 times as much' });
    expect(changeWords(GAUGE, 72, 10)).toEqual({ direction: 'down', words: '7.2 times less' });
    expect(changeWords(GAUGE, 10, 12)).toEqual({ direction: 'up', words: '20\u00a0% more' });
    expect(changeWords(GAUGE, 10, 10.01)).toEqual({ direction: 'same', words: 'the same' });
    expect(changeWords(GAUGE, 0, 3)).toEqual({ direction: 'up', words: '3 more' });
    expect(changeWords({ kind: 'ratio', unit: '1' }, 0.9, 0.87)).toEqual({
      direction: 'down',
      words: '3\u00a0points less',
    });
    expect(changeWords(GAUGE, NaN, 1).direction).toBe('untold');
  });

  it('goes the other way when both are exchanged', () => {
    const opposite = { up: 'down', down: 'up', same: 'same', untold: 'untold' };
    const value = fc.oneof(fc.constant(NaN), fc.double({ min: 0, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(value, value, (was, now) => {
        expect(changeWords(GAUGE, now, was).direction).toBe(opposite[changeWords(GAUGE, was, now).direction]);
      }),
    );
  });
});

describe('between two runs', () => {
  it('summaries are compared, by the figure that stands for each kind', () => {
    const a = fixtureRecording();
    const names = a.signals.map(({ name }) => name);
    const changes = changesBetween(a, a, [...names, 'no.such.signal']);
    expect(changes.map(({ signal }) => signal.name)).toEqual(names);
    for (const { direction, was, now } of changes) {
      expect(direction).toBe('same');
      expect(was).toBe(now);
    }
    expect(changes.find(({ signal }) => signal.kind === 'histogram')?.figure).toBe('p99');
  });
});

describe('around an instant', () => {
  it('the row that holds it belongs to neither side', () => {
    const recording = recordingOf('gauge', [2, 2, 1000, 6, 6]);
    const [change] = changesAround(recording, 2.5 * INTERVAL, ['thing.measured']);
    expect([change.was, change.now]).toEqual([2, 6]);
  });

  it('ratios are weighted by their samples', () => {
    const recording = recordingOf('ratio', [1, 0.5, NaN, 0, 0.5], [30, 10, 0, 5, 15]);
    const [change] = changesAround(recording, 2.5 * INTERVAL, ['thing.measured']);
    expect(change.was).toBeCloseTo(35 / 40);
    expect(change.now).toBeCloseTo(7.5 / 20);
  });

  it('a percentile is read from added counts and never averaged; too few are not told', () => {
    const recording = fixtureRecording();
    const name = 'http.client.request.duration';
    const [change] = changesAround(recording, 20.5 * INTERVAL, [name]);
    // Rows 5 to 19 hold 150 requests within (1 ms, 10 ms) and 8 within (100 ms, 1 s): more than one in a hundred.
    expect(change.was).toBe(1);
    const [late] = changesAround(recording, (ROWS - 4) * INTERVAL, [name]);
    expect(late.direction).toBe('untold');
  });

  it('the warm-up is left out', () => {
    const recording = recordingOf('gauge', [100, 2, 2, 2]);
    const header = { ...recording.header, warmUp: INTERVAL };
    const [change] = changesAround({ ...recording, header }, 2.5 * INTERVAL, ['thing.measured']);
    expect(change.was).toBe(2);
  });
});
