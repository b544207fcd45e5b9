/** The requests of a run as a list shows them: those that fared in one way, and the one that is looked at first. */
import { firstAfter, type RequestLife, type Requests } from '../../sim-core/index.ts';

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
