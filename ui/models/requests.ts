/**
 * The requests of a run: when each began, when and how it ended, as its client told it. Where no client tells of
 * requests, those that events are about take their place, from the first such event to the last.
 *
 * Facts are kept for a sample of the requests; whether one is in it follows from its number alone.
 */
import {
  requestCompleted,
  requestStarted,
  sampleHash,
  type FactTable,
  type RecordedEvents,
  type RecordedFacts,
  type Recording,
} from '../../sim-core/index.ts';
import { firstAfter } from './rows.ts';

export interface RequestLife {
  readonly request: number;
  /** Nanoseconds. */
  readonly start: number;
  /** NaN if it had no end within the run. */
  readonly end: number;
  /** As the client told it: `ok`, or why not; empty if it did not tell. */
  readonly outcome: string;
}

export interface Requests {
  /** In order of their start. */
  readonly lives: readonly RequestLife[];
  readonly starts: Float64Array;
  /** Whether clients told of them, or they were made out from events. */
  readonly told: boolean;
  of(request: number): RequestLife | undefined;
}

const known = new WeakMap<Recording, Requests>();

/** All requests that the recording tells of, worked out once. */
export function requestsOf(recording: Recording): Requests {
  let requests = known.get(recording);
  if (requests === undefined) {
    const told = livesToldBy(recording.facts);
    const lives = told.length > 0 ? told : livesOfSubjects(recording.events);
    const byNumber = new Map(lives.map((life, place) => [life.request, place]));
    requests = {
      lives,
      starts: Float64Array.from(lives, ({ start }) => start),
      told: told.length > 0,
      of: (request) => lives[byNumber.get(request) ?? -1],
    };
    known.set(recording, requests);
  }
  return requests;
}

/** Whether the facts of a request were kept. */
export function isSampled({ sampledOneIn }: RecordedFacts, request: number): boolean {
  return sampleHash(request) < 2 ** 32 / sampledOneIn;
}

/** The requests that a list shows, in order of their start. */
export interface ListedRequests {
  readonly lives: readonly RequestLife[];
  /** How many began by an instant. */
  until(time: number): number;
}

/** What became of requests, with how many fared so; those without an outcome are under way. */
export function outcomesOf({ lives }: Requests): { readonly outcome: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { outcome } of lives) if (outcome !== '') counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => ({ outcome, count }));
}

/** Those with an outcome; all for an empty one. */
export function filterLives({ lives, starts }: Requests, outcome: string): ListedRequests {
  if (outcome === '') return { lives, until: (time) => firstAfter(starts, time) };
  const kept = lives.filter((life) => life.outcome === outcome);
  const keptStarts = Float64Array.from(kept, ({ start }) => start);
  return { lives: kept, until: (time) => firstAfter(keptStarts, time) };
}

/** The one that had been under way for longest at an instant; of those that ended before, if none was, the last to begin. */
export function underWayAt({ lives, starts }: Requests, time: number): RequestLife | undefined {
  const begun = firstAfter(starts, time);
  for (let place = 0; place < begun; place++) if (!(lives[place].end < time)) return lives[place];
  return lives[begun - 1];
}

/** The one that ended within a stretch of time after the longest duration; undefined if none ended in it. */
export function longestEnded({ lives }: Requests, from: number, to: number): RequestLife | undefined {
  let longest: RequestLife | undefined;
  for (const life of lives) {
    if (life.start >= to) break;
    if (!(life.end >= from && life.end < to)) continue;
    if (longest === undefined || life.end - life.start > longest.end - longest.start) longest = life;
  }
  return longest;
}

function livesToldBy(facts: RecordedFacts): RequestLife[] {
  const table = (kind: string): FactTable | undefined => facts.tables.find((one) => one.kind === kind);
  const [started, completed] = [table(requestStarted.name), table(requestCompleted.name)];
  if (started === undefined) return [];
  const ends = new Map<number, number>();
  completed?.columns.request.forEach((request, row) => ends.set(request, row));
  return Array.from(started.columns.request, (request, row) => {
    const end = ends.get(request);
    if (end === undefined || completed === undefined) {
      return { request, start: started.times[row], end: NaN, outcome: '' };
    }
    const outcome = facts.texts[completed.columns.outcome[end]];
    return { request, start: started.times[row], end: completed.times[end], outcome };
  });
}

function livesOfSubjects({ times, subjects, kept }: RecordedEvents): RequestLife[] {
  const lives = new Map<number, { start: number; end: number }>();
  for (let place = 0; place < kept; place++) {
    const request = subjects[place];
    if (request < 0) continue;
    const life = lives.get(request);
    if (life) life.end = times[place];
    else lives.set(request, { start: times[place], end: times[place] });
  }
  return [...lives].map(([request, life]) => ({ request, ...life, outcome: '' }));
}

/** The places of all events that are about a request, in the order in which they ran. */
export function eventsAbout({ subjects, kept }: RecordedEvents, request: number): number[] {
  const places: number[] = [];
  const column = subjects.subarray(0, kept);
  for (let place = column.indexOf(request); place >= 0; place = column.indexOf(request, place + 1)) places.push(place);
  return places;
}
