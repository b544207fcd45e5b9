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

export function changedRequests(a: Recording, b: Recording): ChangedRequests {
  const sampledOneIn = Math.max(a.facts.sampledOneIn, b.facts.sampledOneIn);
  const limit = 2 ** 32 / sampledOneIn;
  const [started, left, right] = [startsOf(a), completionsOf(a), completionsOf(b)];
  const changed: ChangedRequest[] = [];
  let compared = 0;
  for (const [request, time] of started) {
    if (sampleHash(request) >= limit) continue;
    compared++;
    const [before, after] = [left.get(request) ?? UNANSWERED, right.get(request) ?? UNANSWERED];
    const fate = fateOf(before, after);
    if (fate) changed.push({ request, fate, time, a: before, b: after });
  }
  return { changed, compared, sampledOneIn };
}

function fateOf(a: Completion, b: Completion): Fate | undefined {
  if (a.outcome !== b.outcome) {
    if (a.outcome === 'ok') return 'failed';
    return b.outcome === 'ok' ? 'mended' : 'other';
  }
  if (b.duration >= a.duration * FACTOR && b.duration > a.duration) return 'slower';
  if (a.duration >= b.duration * FACTOR && a.duration > b.duration) return 'faster';
  return undefined;
}

function tableOf({ facts }: Recording, kind: string): FactTable | undefined {
  return facts.tables.find((table) => table.kind === kind);
}

function startsOf(recording: Recording): Map<number, number> {
  const table = tableOf(recording, 'request.started');
  const requests = table?.columns.request ?? [];
  return new Map(Array.from(requests, (request, row) => [request, table?.times[row] ?? NaN]));
}

function completionsOf(recording: Recording): Map<number, Completion> {
  const table = tableOf(recording, 'request.completed');
  if (!table) return new Map();
  const { request, outcome, duration } = table.columns;
  return new Map(
    Array.from(request, (id, row) => [id, { outcome: recording.facts.texts[outcome[row]], duration: duration[row] }]),
  );
}
