/**
 * Finds recorded events by their id. Ids count the calls of `schedule` while columns hold events as they ran, so neither
 * follows from the other; the first question about a recording builds a table, every further one is a look-up.
 *
 * The table is a hash table with open addressing (Knuth, TAOCP 3, 6.4), at most half full: a window of a long run may
 * hold ids that are far apart, which a table by id would leave mostly empty.
 */
import type { RecordedEvents } from '../recording.ts';

export interface EventIndex {
  /** Where the event with an id stands in the columns; -1 if it was not kept. */
  placeOf(id: number): number;
  /** Where the cause of the event at a place stands; -1 if it was not kept, or if there is none. */
  causeOf(place: number): number;
}

const indexes = new WeakMap<RecordedEvents, EventIndex>();

/** The index of a recording's events, built once. */
export function eventIndex(events: RecordedEvents): EventIndex {
  let index = indexes.get(events);
  if (index === undefined) {
    index = buildIndex(events);
    indexes.set(events, index);
  }
  return index;
}

/** 2^32 over the golden ratio: multiples of it spread neighbouring ids evenly. */
const GOLDEN = 0x9e3779b1;

function buildIndex({ ids, causes, kept }: RecordedEvents): EventIndex {
  const bits = Math.max(4, 33 - Math.clz32(kept));
  const mask = (1 << bits) - 1;
  // Places are kept from 1 on, so that 0 says "empty".
  const slots = new Int32Array(mask + 1);
  const slotOf = (id: number): number => Math.imul(id, GOLDEN) >>> (32 - bits);
  for (let place = 0; place < kept; place++) {
    let slot = slotOf(ids[place]);
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = place + 1;
  }
  const placeOf = (id: number): number => {
    let slot = slotOf(id);
    while (slots[slot] !== 0) {
      const place = slots[slot] - 1;
      if (ids[place] === id) return place;
      slot = (slot + 1) & mask;
    }
    return -1;
  };
  // Chains can be as long as the run: each step looks at one number once the first chain was asked for.
  let causePlaces: Int32Array | undefined;
  const causeOf = (place: number): number => {
    causePlaces ??= Int32Array.from(causes.subarray(0, kept), placeOf);
    return causePlaces[place];
  };
  return { placeOf, causeOf };
}
