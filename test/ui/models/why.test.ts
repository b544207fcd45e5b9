/** What is asked about and by which rule; and what a component is like at an instant: held against slow counts. */
import { requestsOf } from '../../../sim-core/index.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callsUntil, readingsAt, toldLately } from '../../../ui/models/component-state.ts';
import { underWayAt } from '../../../ui/models/requests.ts';
import { rowAt, rowsOf, rowStart } from '../../../ui/models/rows.ts';
import { spikeAt } from '../../../ui/models/spike.ts';
import { subjectOf } from '../../../ui/models/why.ts';
import { tracedRun } from '../../traced-runs.ts';

const recording = tracedRun('none');
const { events, signals } = recording;
const rows = rowsOf(recording);
const signal = (name: string) => signals.find((one) => one.name === name)!;

describe('a spike', () => {
  it('of a latency asks about the request that took longest among those that ended in the interval', () => {
    const duration = signal('http.client.request.duration');
    const { lives } = requestsOf(recording);
    for (let row = 0; row < rows.count; row++) {
      const ended = lives.filter(({ end }) => rowAt(rows, end) === row && end < rowStart(rows, row + 1));
      const longest = ended.toSorted((a, b) => b.end - b.start - (a.end - a.start))[0];
      const spike = spikeAt(recording, duration, rows, row);
      expect(events.subjects[spike!.place]).toBe(longest.request);
      expect(events.times[spike!.place]).toBe(longest.end);
      expect(spike!.rule).toContain(`${longest.request} took longest`);
      // The recorded maximum is of the same requests.
      expect((longest.end - longest.start) / 1e9).toBeCloseTo(duration.columns.max[row], 6);
    }
  });

  it('of anything else asks about the kind of its components that rose most over the intervals before', () => {
    for (let row = 0; row < rows.count; row++) {
      const spike = spikeAt(recording, signal('db.client.connection.count'), rows, row);
      const counts = (of: number): Map<string, number> => {
        const found = new Map<string, number>();
        for (let place = 0; place < events.kept; place++) {
          const kind = events.kindNames[events.kinds[place]];
          if (rowAt(rows, events.times[place]) !== of || !kind.startsWith('database')) continue;
          found.set(kind, (found.get(kind) ?? 0) + 1);
        }
        return found;
      };
      if (counts(row).size === 0) {
        expect(spike!.rule).toContain('Of all kinds of event');
        continue;
      }
      const before = Array.from({ length: Math.min(8, row) }, (_, back) => counts(row - 1 - back));
      const usual = (kind: string) =>
        before.reduce((sum, one) => sum + (one.get(kind) ?? 0), 0) / Math.max(1, before.length);
      const rises = [...counts(row)].map(([kind, count]) => ({ kind, rise: count - usual(kind) }));
      const most = Math.max(...rises.map(({ rise }) => rise));
      const chosen = events.kindNames[events.kinds[spike!.place]];
      expect(rises.find(({ kind }) => kind === chosen)?.rise).toBeCloseTo(most, 9);
      expect(spike!.rule).toContain(`“${chosen}” rose most`);
      const earlier = events.kinds.subarray(0, spike!.place).lastIndexOf(events.kinds[spike!.place]);
      expect(earlier < 0 || rowAt(rows, events.times[earlier]) < row).toBe(true);
    }
  });
});

describe('a question', () => {
  it('about a request leads to the event in which its client told the outcome', () => {
    for (const { request, end, outcome } of requestsOf(recording).lives) {
      const { place, rule } = subjectOf(recording, { about: 'request', request });
      if (outcome === '') {
        expect(rule).toMatch(/Nothing says|No event/);
        continue;
      }
      expect([events.subjects[place!], events.times[place!]]).toEqual([request, end]);
      expect(rule).toContain(outcome);
      const completed = recording.facts.tables.find(({ kind }) => kind === 'request.completed')!;
      expect(completed.events[completed.columns.request.indexOf(request)]).toBe(events.ids[place!]);
    }
  });

  it('about what was not kept says so', () => {
    expect(subjectOf(recording, { about: 'event', event: 10_000_000 })).toEqual({
      place: undefined,
      rule: 'Event 10000000 was not kept.',
    });
    expect(subjectOf(recording, { about: 'request', request: 10_000_000 }).place).toBeUndefined();
  });
});

it('without a selection, the one that had been under way for longest is suggested', () => {
  const requests = requestsOf(recording);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 6e9 }), (time) => {
      const open = requests.lives.filter(({ start, end }) => start <= time && !(end < time));
      const found = underWayAt(requests, time);
      if (open.length > 0) expect(found?.request).toBe(open[0].request);
      else expect(found === undefined || found.start <= time).toBe(true);
    }),
  );
});

describe('a component at the cursor', () => {
  it('holds the calls that arrived and were not answered, as the gauge at the end of each interval says', () => {
    const used = signal('db.client.connection.count').columns.last;
    const pending = signal('db.client.connection.pending_requests').columns.last;
    // An answer that is on its way at the end of the run has no arrival by which its departure is known.
    for (let row = 0; row < rows.count - 1; row++) {
      const calls = callsUntil(recording, 'database', rowStart(rows, row + 1) - 1);
      expect(calls?.inside ?? 0).toBe(used[row] + pending[row]);
    }
  });

  it('counts nothing where events were not kept, and nothing for who is not called', () => {
    const cut = { ...recording, events: { ...events, kept: 1000 } };
    expect(callsUntil(cut, 'database', events.times[999] + 1)).toBeUndefined();
    expect(callsUntil(recording, 'users', 3e9)).toBeUndefined();
  });

  it('reads the signals of its kind in the row of the cursor, and says what was told of it last', () => {
    const database = recording.components.find(({ name }) => name === 'database')!;
    const readings = readingsAt(recording, database, rows, 3e9);
    expect(readings.every(({ signal: { name } }) => name.startsWith('db.'))).toBe(true);
    const operations = readings.find(({ signal: { name } }) => name === 'db.client.operations');
    expect(operations?.values).toEqual([
      { column: 'count', text: String(signal('db.client.operations').columns.count[rowAt(rows, 3e9)]) },
    ]);
    const lately = toldLately(recording, 'database', 3e9, 5);
    expect(lately).toHaveLength(5);
    const times = lately.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(times[0]).toBeLessThanOrEqual(3e9);
    for (const { fields } of lately) expect(fields).toContainEqual({ name: 'database', text: 'database' });
  });
});
