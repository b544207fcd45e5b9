/** Comparing recordings: the first difference is found at the place where it was made. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDifference, ms, run, Run, s, type Recording } from '../../../sim-core/index.ts';
import { smallSystem } from './small-system.ts';

const small = smallSystem();
const recording = run(small, { variant: 'only' });

/** The same recording with changes, under a digest of another run. */
function changed(change: Partial<Recording>): Recording {
  return { ...recording, ...change, header: { ...recording.header, ...change.header, digest: 'sha256:other' } };
}

it('finds nothing between two runs of the same input, nor between one and its window', () => {
  expect(firstDifference(recording, run(small, { variant: 'only', seed: '7' }))).toBeUndefined();
  expect(firstDifference(recording, run(small, { variant: 'only', window: { from: s(1), to: s(2) } }))).toBeUndefined();
});

describe('of the input', () => {
  it.each([
    ['variant: "only" against "busy"', { variant: 'busy' }],
    ['seed: "7" against "8"', { variant: 'only', seed: 8 }],
    ['params: load 200 against 201', { variant: 'only', params: { load: 201 } }],
    [
      'params: load 200 against 201, length 4000000000 against 5000000000',
      { variant: 'only', params: { load: 201, length: s(5) } },
    ],
    [
      'interventions: [] against [{"action":"slow","at":1000000,"target":"database"}]',
      { variant: 'only', interventions: [{ at: ms(1), action: 'slow', target: 'database' }] },
    ],
  ])('says %s', (text, options) => {
    expect(firstDifference(recording, run(small, options))).toEqual({ what: 'input', text });
  });

  it('says what belongs to the definition too', () => {
    for (const [text, change] of [
      ['scenario: "small" against "large"', { id: 'large' }],
      ['warmUp: 0 against 1000000000', { warmUp: s(1) }],
      ['interval: 14000000 against 1000000000', { interval: s(1) }],
    ] as const) {
      expect(firstDifference(recording, run({ ...small, ...change }, { variant: 'only' }))).toEqual({
        what: 'input',
        text,
      });
    }
  });

  it('says it of a parameter that one of them does not have', () => {
    const { load: _, ...params } = recording.header.params;
    const other = changed({ header: { ...recording.header, params } });
    expect(firstDifference(recording, other)?.text).toBe('params: load 200 against not set');
    expect(firstDifference(other, recording)?.text).toBe('params: load not set against 200');
  });
});

describe('of the events', () => {
  const { events } = recording;

  it('is found at the event that differs, in time, number or kind', () => {
    fc.assert(
      fc.property(fc.nat(events.kept - 1), fc.constantFrom('times', 'ids', 'kinds'), (place, column) => {
        const copy = events[column].slice();
        copy[place] = column === 'kinds' ? (copy[place] + 1) % events.kindNames.length : copy[place] + 1;
        // Later ones differ as well: the first is what counts.
        for (let i = place + 1; i < copy.length; i += 7) copy[i] = 0;
        const other = changed({ events: { ...events, [column]: copy } });
        expect(firstDifference(recording, other)?.what).toBe('event');
        expect(firstDifference(recording, other)?.text).toMatch(new RegExp(`^event ${place + 1}: '.*' .* against '`));
      }),
      { numRuns: 100 },
    );
  });

  it('does not depend on the order in which kinds were numbered', () => {
    const kindNames = [...events.kindNames].reverse();
    const kinds = events.kinds.map((kind) => kindNames.length - 1 - kind);
    const other = changed({ events: { ...events, kinds, kindNames } });
    expect(firstDifference(recording, other)?.what).toBe('end');
  });

  it('is told in words with both sides', () => {
    const times = events.times.slice();
    times[0] += 1;
    const other = changed({ events: { ...events, times } });
    const kind = events.kindNames[events.kinds[0]];
    expect(firstDifference(recording, other)?.text).toContain(`event 1: '${kind}' (${events.ids[0]}) at `);
  });

  it('beyond those kept lies between two checkpoints', () => {
    const checkpoints = Uint32Array.of(1, 2, 3, 4, 5, 6);
    const other = checkpoints.slice();
    other[3] = 5;
    const [a, b] = [checkpoints, other].map((words) =>
      changed({ events: { ...events, total: 1e6, checkpoints: words } }),
    );
    const two = { ...b, header: { ...b.header, digest: 'sha256:third' } };
    expect(firstDifference(a, two)).toEqual({
      what: 'event',
      text: 'an event between number 65537 and number 131072, beyond those kept',
    });
  });

  it('that there are more of says so', () => {
    const other = changed({ events: { ...events, total: events.total + 5 } });
    expect(firstDifference(recording, other)?.text).toBe(
      `${events.total} events against ${events.total + 5}; as far as both were kept they agree`,
    );
  });
});

describe('of the signals', () => {
  it('is found in the column and row that differ', () => {
    const cells = recording.signals.flatMap(({ columns }, signal) =>
      Object.keys(columns).map((column) => ({ signal, column })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...cells), fc.nat(), ({ signal, column }, at) => {
        const values = recording.signals[signal].columns[column].slice();
        const row = at % values.length;
        values[row] = Number.isNaN(values[row]) ? 0 : NaN;
        const signals = recording.signals.map((one, i) =>
          i === signal ? { ...one, columns: { ...one.columns, [column]: values } } : one,
        );
        const { name } = recording.signals[signal];
        const difference = firstDifference(recording, changed({ signals }));
        expect(difference?.what).toBe('signal');
        const time = row === 0 ? '0s' : `${row * 14}ms`;
        const seconds = `${(row * 14) / 1000}s`;
        expect([`${name} ${column} at ${time}`, `${name} ${column} at ${seconds}`]).toContain(
          difference?.text.split(':')[0],
        );
      }),
    );
  });

  it('that only one of them has is named, on either side', () => {
    const { name } = recording.signals[0];
    const fewer = changed({ signals: recording.signals.slice(1) });
    expect(firstDifference(recording, fewer)?.text).toBe(`${name} is in the first recording only`);
    expect(firstDifference(fewer, recording)?.text).toBe(`${name} is in the second recording only`);
  });
});

it('at the end says how far each got', () => {
  expect(firstDifference(recording, changed({ simulated: s(1) }))?.text).toMatch(/^simulated until 4s against 1s/);
  const part = new Run(small, { variant: 'only' });
  part.advance(100);
  expect(firstDifference(recording, part.finish())?.text).toMatch(/^\d+ events against 100; as far as both were kept/);
});
