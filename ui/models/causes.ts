/**
 * Why something happened: from an event back over the event that scheduled it, and so on to the first. Nothing is
 * guessed: each step follows the id that the event stores, and the chain ends where the recording says that it does.
 *
 * A chain says what had to run for the event to run. It does not say what would have been without it, and a model's
 * state (a full pool, an empty cache) is in it only where it scheduled something.
 */
import { eventIndex, type RecordedEvents } from '../../sim-core/index.ts';

/** An event of a chain. */
export interface CauseLink {
  /** Where it stands in the columns. */
  readonly place: number;
  readonly id: number;
  readonly time: number;
  readonly kind: string;
  /** The request it is about; -1 for none. */
  readonly subject: number;
}

/**
 * How a chain ends: `start` was scheduled before the run began, `intervention` was done from outside, the cause of the
 * last one of `not-kept` is not in the recording.
 */
export type ChainEnd = 'start' | 'intervention' | 'not-kept';

export interface CauseChain {
  /** Places in the columns, from the event itself back to the first: there may be a hundred thousand. */
  readonly places: readonly number[];
  readonly end: ChainEnd;
}

/** The chain that led to the event at a place of the columns. */
export function chainTo(events: RecordedEvents, place: number): CauseChain {
  const index = eventIndex(events);
  const places: number[] = [];
  for (let at = place; ;) {
    places.push(at);
    if (events.causes[at] === 0) {
      return { places, end: events.kindNames[events.kinds[at]] === 'intervention' ? 'intervention' : 'start' };
    }
    at = index.causeOf(at);
    if (at < 0) return { places, end: 'not-kept' };
  }
}

export function linkAt({ ids, times, kinds, kindNames, subjects }: RecordedEvents, place: number): CauseLink {
  return { place, id: ids[place], time: times[place], kind: kindNames[kinds[place]], subject: subjects[place] };
}

/** A step of a chain as it is listed: one link, or many that repeat what stands before them. */
export interface ChainFold {
  /** The latest link of it, and the earliest; the same where it is one. */
  readonly latest: CauseLink;
  readonly earliest: CauseLink;
  readonly count: number;
  /** The kinds that take turns in it. */
  readonly kinds: readonly string[];
}

/** Kinds that take turns at most: a client's arrivals alone, a pool's grants and completions in turn. */
const PERIOD_MAX = 3;
/** Links that repeat are folded from so many on. */
const FOLD_MIN = 4;

/**
 * The chain with its repetitions folded: a client's thousandth arrival was scheduled by the one before it, and so on to
 * the start. The first round always stands by itself, for it is part of the story.
 */
export function foldChain(events: RecordedEvents, { places }: CauseChain): ChainFold[] {
  const kinds = Uint16Array.from(places, (place) => events.kinds[place]);
  const folds: ChainFold[] = [];
  const add = (from: number, to: number, period: number): void => {
    const turns = Array.from(kinds.subarray(from, from + period), (kind) => events.kindNames[kind]);
    const [latest, earliest] = [linkAt(events, places[from]), linkAt(events, places[to - 1])];
    folds.push({ latest, earliest, count: to - from, kinds: turns });
  };
  for (let from = 0; from < places.length;) {
    const [period, to] = repetitionAt(kinds, from);
    const alone = from + Math.max(1, period);
    for (let at = from; at < alone; at++) add(at, at + 1, 1);
    if (period > 0) add(alone, to, period);
    from = period > 0 ? to : alone;
  }
  return folds;
}

/** The longest stretch from a place on that repeats with a short period: the period, 0 for none, and where it ends. */
function repetitionAt(kinds: Uint16Array, from: number): readonly [period: number, to: number] {
  let best: readonly [number, number] = [0, from];
  for (let period = 1; period <= PERIOD_MAX; period++) {
    let to = from + period;
    while (to < kinds.length && kinds[to] === kinds[to - period]) to++;
    if (to - from >= period + FOLD_MIN && to > best[1]) best = [period, to];
  }
  return best;
}
