/** The log and the list of events: nothing is lost or out of order, and filters keep just what fits, as a slow search does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentOfEvent, type Recording, requestsOf } from '../../../sim-core/index.ts';
import { eventMatches, kindCounts } from '../../../ui/models/event-filter.ts';
import { lineAt, logOf, matchesOf, matchesUntil, type LogFilter, type LogLine } from '../../../ui/models/log.ts';
import { REACH_MAX, rowWindow } from '../../../ui/models/row-window.ts';
import { tracedRun } from '../../traced-runs.ts';

const recording = tracedRun('none');
const components = new Set(recording.components.map(({ name }) => name));
const lines = Array.from({ length: logOf(recording).length }, (_, place) => lineAt(recording, place, components));
const matched = (filter: LogFilter, of: Recording = recording): number[] => [...matchesOf(of, filter).places];
const placesOf = (fits: (line: LogLine) => boolean): number[] =>
  lines.flatMap((line, place) => (fits(line) ? place : []));

describe('the log', () => {
  it('holds every fact once, in order of time and then as events ran', () => {
    const { events, facts } = recording;
    expect(lines.length).toBe(facts.tables.reduce((sum, { rows }) => sum + rows, 0));
    expect(new Set(lines.map(({ fact }) => `${fact.table.kind} ${fact.row}`)).size).toBe(lines.length);
    const ran = new Map(Array.from(events.ids, (id, place) => [id, place]));
    const order = lines.map(({ fact }) => ran.get(fact.table.events[fact.row]) ?? -1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('has a level only where an outcome or a kind says so', () => {
    expect(new Set(lines.filter(({ level }) => level === 'error').map(outcomeOf))).toEqual(new Set(['timeout']));
    expect(lines.filter(({ kind }) => kind === 'cache.stored').every(({ level }) => level === '')).toBe(true);
    expect(tracedLevels('mutex', 'contended')).toEqual(new Set(['warn']));
  });

  it('is filtered by kind, by request, and by words of which each must be found', () => {
    expect(matched({ kinds: [], text: '' })).toEqual([...lines.keys()]);
    expect(matched({ kinds: ['cache.load'], text: '' })).toEqual(placesOf(({ kind }) => kind === 'cache.load'));
    const { request } = requestsOf(recording).lives[70];
    expect(matched({ kinds: [], request, text: '' })).toEqual(placesOf((line) => line.request === request));
    const missed = placesOf((line) => line.kind === 'cache.lookup' && outcomeOf(line) === 'miss');
    expect(missed.length).toBeGreaterThan(0);
    expect(matched({ kinds: [], text: 'LOOKUP outcome=miss' })).toEqual(missed);
    expect(matched({ kinds: [], text: 'outcome=mis' })).toEqual([]);
    expect(matched({ kinds: [], text: `request=${request}` })).toEqual(placesOf((line) => line.request === request));
    expect(matched({ kinds: ['no.such.kind'], text: '' })).toEqual([]);
  });

  it('stands at the last line that is not later than the cursor', () => {
    const matches = matchesOf(recording, { kinds: ['db.answered'], text: '' });
    fc.assert(
      fc.property(fc.integer({ min: -1, max: 7e9 }), (time) => {
        expect(matchesUntil(matches, time)).toBe([...matches.times].filter((at) => at <= time).length);
      }),
    );
  });
});

const outcomeOf = ({ fields }: LogLine): string | undefined => fields.find(({ name }) => name === 'outcome')?.text;

function tracedLevels(variant: string, outcome: string): Set<string> {
  const run = tracedRun(variant);
  const { places } = matchesOf(run, { kinds: [], text: `outcome=${outcome}` });
  return new Set([...places].map((place) => lineAt(run, place, components).level));
}

describe('the list of events', () => {
  const { events } = tracedRun('single-flight');
  const all = [...Array(events.kept).keys()];

  it('keeps those of a kind, a component and a request, nameless ones with the component of their cause', () => {
    const run = tracedRun('single-flight');
    const filters = fc.record(
      {
        kind: fc.constantFrom(...kindCounts(run).map(({ kind }) => kind)),
        component: fc.constantFrom(...run.components.map(({ name }) => name)),
        request: fc.integer({ min: 0, max: 300 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(filters, fc.integer({ min: 0, max: 6e9 }), (filter, time) => {
        const expected = all.filter((place) => {
          const { kind, component, request } = filter;
          if (kind !== undefined && events.kindNames[events.kinds[place]] !== kind) return false;
          if (request !== undefined && events.subjects[place] !== request) return false;
          return component === undefined || componentOfEvent(run, place) === component;
        });
        const matches = eventMatches(run, filter);
        expect(Array.from({ length: matches.count }, (_, index) => matches.placeAt(index))).toEqual(expected);
        expect(matches.until(time)).toBe(expected.filter((place) => events.times[place] <= time).length);
      }),
      { numRuns: 50 },
    );
  });
});

it('the rows drawn are those in view, and the cursor’s row can always be scrolled to', () => {
  const counts = fc.integer({ min: 0, max: 3 * REACH_MAX });
  fc.assert(
    fc.property(counts, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (count, seed, share) => {
      const current = count === 0 ? -1 : seed % count;
      const height = 24;
      const { base, reach, from, to } = rowWindow(count, current, 0, 240, height);
      expect(base).toBeGreaterThanOrEqual(0);
      expect(base + reach).toBeLessThanOrEqual(count);
      expect(reach * height).toBeLessThan(17e6);
      if (current >= 0) expect(current >= base && current < base + reach).toBe(true);
      const scrollTop = Math.floor(share * Math.max(0, reach * height - 240));
      const scrolled = rowWindow(count, current, scrollTop, 240, height);
      const first = base + Math.floor(scrollTop / height);
      const last = Math.min(base + reach, first + 10);
      expect(scrolled.from <= first && scrolled.to >= last).toBe(true);
      expect(to - from).toBeLessThan(40);
    }),
  );
});
