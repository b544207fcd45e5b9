/**
 * The requests of a run: when each began, when and how it ended, as its client told it. Where no client tells of
 * requests, those that events are about take their place, from the first such event to the last.
 *
 * Facts are kept for a sample of the requests; whether one is in it follows from its number alone.
 */
import { requestCompleted, requestStarted } from '../../workload/client.ts';
import {
  SAMPLE_HASHES,
  sampleHash,
  type FactTable,
  type RecordedEvents,
  type RecordedFacts,
  type Recording,
} from '../recording.ts';
import { rowsByRequest } from './rows-by-request.ts';

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
  return sampleHash(request) < SAMPLE_HASHES / sampledOneIn;
}

/** The one that ended within a stretch of time after the longest duration; undefined if none ended in it. */
export function longestEnded({ lives }: Pick<Requests, 'lives'>, from: number, to: number): RequestLife | undefined {
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
export function eventsAbout(events: RecordedEvents, request: number): Uint32Array {
  return rowsByRequest(events, events.subjects, events.kept).of(request);
}
