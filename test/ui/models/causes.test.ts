/** Chains of causes, and the index by which they are followed: held against a search through the columns. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentOfEvent, eventIndex, type RecordedEvents } from '../../../sim-core/index.ts';
import { chainTo, foldChain } from '../../../ui/models/causes.ts';
import { fixtureRecording } from '../../../ui/specimens/fixture-recording.ts';
import { tracedEvent, tracedRun } from '../../traced-runs.ts';

/** Events with these ids and causes, a nanosecond apart. */
function eventsOf(ids: readonly number[], causes: readonly number[], kinds = ids.map(() => 0)): RecordedEvents {
  return {
    ...fixtureRecording().events,
    total: ids.length,
    kept: ids.length,
    times: Float64Array.from(ids, (_, i) => i),
    ids: Uint32Array.from(ids),
    causes: Uint32Array.from(causes),
    kinds: Uint16Array.from(kinds),
    subjects: Float64Array.from(ids, () => -1),
    kindNames: ['event', 'intervention', 'users sends', 'a', 'b'],
  };
}

it('every event is found by its id, wherever it stands and however far apart ids are; others are not', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { maxLength: 200 }),
      fc.nat(),
      (ids, other) => {
        const index = eventIndex(eventsOf(ids, ids));
        for (const [place, id] of ids.entries()) expect(index.placeOf(id)).toBe(place);
        expect(index.placeOf(other)).toBe(ids.indexOf(other));
      },
    ),
  );
});

describe('a chain', () => {
  it('goes back in time, each link the cause that the one before it stores, to what nothing scheduled', () => {
    fc.assert(
      fc.property(tracedEvent, ([variant, place]) => {
        const { events } = tracedRun(variant);
        const { places, end } = chainTo(events, place);
        expect(places[0]).toBe(place);
        const broken = places.slice(1).filter((cause, i) => {
          const effect = places[i];
          const isCause = events.ids[cause] === events.causes[effect];
          return !(isCause && events.times[cause] <= events.times[effect] && cause < effect);
        });
        expect(broken).toEqual([]);
        expect(events.causes[places[places.length - 1]]).toBe(0);
        expect(end).toBe('start');
      }),
      { numRuns: 40 },
    );
  });

  it('says where it ends: at the start, at an intervention, or where a cause was not kept', () => {
    expect(chainTo(eventsOf([1, 2], [0, 1]), 1).end).toBe('start');
    expect(chainTo(eventsOf([7, 8], [0, 7], [1, 0]), 1).end).toBe('intervention');
    expect(chainTo(eventsOf([8, 9], [7, 8]), 1)).toEqual({ end: 'not-kept', places: [1, 0] });
  });

  it('folds what repeats, alone or in turns, after a first round that stands by itself; nothing is lost', () => {
    const kinds = [4, ...Array.from({ length: 10 }, (_, i) => 3 + (i % 2)), ...Array.from({ length: 9 }, () => 2)];
    const ids = kinds.map((_, i) => i + 1);
    const events = eventsOf(ids, [0, ...ids.slice(0, -1)], kinds.toReversed());
    const folds = foldChain(events, chainTo(events, ids.length - 1));
    expect(folds.map(({ count, kinds: turns }) => [count, ...turns])).toEqual([
      [1, 'b'],
      [1, 'a'],
      [9, 'b', 'a'],
      [1, 'users sends'],
      [8, 'users sends'],
    ]);
    expect(folds.map(({ latest, earliest }) => [latest.id, earliest.id])).toEqual([
      [20, 20],
      [19, 19],
      [18, 10],
      [9, 9],
      [8, 1],
    ]);
  });

  it('folded still holds every link of it, whatever repeats', () => {
    const kinds = fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(kinds, (chosen) => {
        const ids = chosen.map((_, i) => i + 1);
        const events = eventsOf(ids, [0, ...ids.slice(0, -1)], chosen);
        const folds = foldChain(events, chainTo(events, ids.length - 1));
        const unfolded = folds.flatMap(({ count, kinds: turns }) =>
          Array.from({ length: count }, (_, i) => turns[i % turns.length]),
        );
        expect(unfolded).toEqual(chosen.toReversed().map((kind) => events.kindNames[kind]));
      }),
    );
  });
});

it('events ran where their message arrived, where their kind says, or where the cause of a nameless one did', () => {
  const recording = tracedRun('single-flight');
  const { events } = recording;
  const place = (kind: string): number => events.kinds.indexOf(events.kindNames.indexOf(kind));
  expect(componentOfEvent(recording, place('app-1 receives from users'))).toBe('app-1');
  expect(componentOfEvent(recording, place('app-2 hears from cache'))).toBe('app-2');
  expect(componentOfEvent(recording, place('database finishes'))).toBe('database');
  expect(componentOfEvent(recording, place('users sends'))).toBe('users');
  // A reader that shares a load is woken by an event without a name, in the instance that loaded.
  expect(componentOfEvent(recording, events.kinds.indexOf(0))).toMatch(/^app-\d$/);
});
