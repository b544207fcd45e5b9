/**
 * Whose fate changed between two runs. Both meet the same requests (arrivals and what a request asks for come from
 * streams of their own), so a request of one is the request of that number in the other, and what differs is what the
 * system made of it. A request changed if its outcome is another one, or its duration is by `FACTOR` longer or shorter.
 */
import type { FactTable, Recording } from '../../sim-core/index.ts';
import { sampleHash } from '../../sim-core/index.ts';

/** How many times longer or shorter counts as another fate. */
export const FACTOR = 10;

export type Fate = 'failed' | 'mended' | 'slower' | 'faster' | 'other';

export interface ChangedRequest {
  readonly request: number;
  readonly fate: Fate;
  /** When it began in A, in nanoseconds: B began it then, too. */
  readonly time: number;
  readonly a: Completion;
  readonly b: Completion;
}

export interface Completion {
  /** As the client saw it: `ok`, or why not; `none` if it had no answer by the end of the run. */
  readonly outcome: string;
  /** Nanoseconds; NaN without an answer. */
  readonly duration: number;
}

export interface ChangedRequests {
  /** In order of time. */
  readonly changed: readonly ChangedRequest[];
  /** Requests whose answers both recordings hold or miss knowingly: what the comparison is over. */
  readonly compared: number;
  /** One request in so many is in both samples; 1: all of them. */
  readonly sampledOneIn: number;
}

const UNANSWERED: Completion = { outcome: 'none', duration: NaN };

/** Of tens of thousands of requests few have changed: only for those anything is made. */
export function changedRequests(a: Recording, b: Recording): ChangedRequests {
  const sampledOneIn = Math.max(a.facts.sampledOneIn, b.facts.sampledOneIn);
  const limit = 2 ** 32 / sampledOneIn;
  const started = tableOf(a, 'request.started');
  const [left, right] = [new Completions(a), new Completions(b)];
  const changed: ChangedRequest[] = [];
  let compared = 0;
  for (let row = 0; row < (started?.rows ?? 0); row++) {
    const request = started!.columns.request[row];
    if (sampleHash(request) >= limit) continue;
    compared++;
    const [before, after] = [left.placeOf(request), right.placeOf(request)];
    const outcome = left.outcomeAt(before);
    const fate = fateOf(outcome, right.outcomeAt(after), left.durationAt(before), right.durationAt(after));
    if (fate) changed.push({ request, fate, time: started!.times[row], a: left.at(before), b: right.at(after) });
  }
  return { changed, compared, sampledOneIn };
}

function fateOf(outcome: string, other: string, duration: number, later: number): Fate | undefined {
  if (outcome !== other) {
    if (outcome === 'ok') return 'failed';
    return other === 'ok' ? 'mended' : 'other';
  }
  if (later >= duration * FACTOR && later > duration) return 'slower';
  if (duration >= later * FACTOR && duration > later) return 'faster';
  return undefined;
}

function tableOf({ facts }: Recording, kind: string): FactTable | undefined {
  return facts.tables.find((table) => table.kind === kind);
}

/** How requests ended, by their places in the table that says so; -1 for one without an answer. */
class Completions {
  private readonly table: FactTable | undefined;
  private readonly texts: readonly string[];
  private readonly places = new Map<number, number>();

  constructor(recording: Recording) {
    this.table = tableOf(recording, 'request.completed');
    this.texts = recording.facts.texts;
    for (let row = 0; row < (this.table?.rows ?? 0); row++) this.places.set(this.table!.columns.request[row], row);
  }

  placeOf(request: number): number {
    return this.places.get(request) ?? -1;
  }

  outcomeAt(place: number): string {
    return place < 0 ? UNANSWERED.outcome : this.texts[this.table!.columns.outcome[place]];
  }

  durationAt(place: number): number {
    return place < 0 ? UNANSWERED.duration : this.table!.columns.duration[place];
  }

  at(place: number): Completion {
    return { outcome: this.outcomeAt(place), duration: this.durationAt(place) };
  }
}
