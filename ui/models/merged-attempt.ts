/**
 * One attempt of which two tabs know different parts, put together. Tries of both stay, those that are kept first, as long as there
 * is room; one that stands in both is one. A try that was handed in has room in any case. An attempt that was begun
 * anew, which is to forget what was tried, takes the place of those before it.
 */
import { TRIES_MAX, type Attempt, type Try } from '../../sim-core/index.ts';

/** An attempt, with the remedies by which it is solved on every seed: no file says them, for replay finds them. */
export interface KeptAttempt extends Attempt {
  readonly by: readonly string[];
  /** How often it was begun anew; absent in what older versions have kept. */
  readonly anew?: number;
}

export interface Merged {
  readonly attempt: KeptAttempt;
  /** The number that a try of `mine` has now, from 1; 0 where it is no more. */
  numberOf(mine: number): number;
  /** How many tries of `mine` found no room. */
  readonly crowdedOut: number;
}

/** What is kept, and what a tab has of it. */
export function mergedAttempt(kept: KeptAttempt | undefined, mine: KeptAttempt): Merged {
  const newer = (kept?.anew ?? 0) - (mine.anew ?? 0);
  if (!kept || newer < 0 || (newer === 0 && !isSame(kept, mine)))
    return { attempt: mine, numberOf: (number) => number, crowdedOut: 0 };
  if (newer > 0) return { attempt: kept, numberOf: () => 0, crowdedOut: 0 };
  const free = kept.tries.map(keyOf);
  const tries = [...kept.tries];
  const numbers = mine.tries.map((one) => {
    const place = free.indexOf(keyOf(one));
    // A file with more of them than it may have is refused.
    if (place < 0) return tries.length < TRIES_MAX ? tries.push(one) : 0;
    free[place] = '';
    return place + 1;
  });
  const crowded = mine.handedIn;
  if (crowded !== undefined && numbers[crowded - 1] === 0) {
    const last = kept.handedIn === tries.length ? tries.length - 2 : tries.length - 1;
    const place = numbers.indexOf(last + 1);
    if (place >= 0) numbers[place] = 0;
    tries[last] = mine.tries[crowded - 1];
    numbers[crowded - 1] = last + 1;
  }
  const numberOf = (number: number): number => numbers[number - 1] ?? 0;
  const handed = mine.handedIn === undefined ? 0 : numberOf(mine.handedIn);
  // A solution stays one, whatever else the other tab has handed in.
  const own = handed > 0 && (mine.solved || !kept.solved);
  const handedIn = own ? handed : kept.handedIn;
  const { handedIn: _, ...ofMine } = mine;
  const predictions = new Map([...(kept.predictions ?? []), ...(mine.predictions ?? [])].map((one) => [one.ask, one]));
  return {
    attempt: {
      ...ofMine,
      tries,
      hints: Math.max(kept.hints, mine.hints),
      ...(predictions.size > 0 && { predictions: [...predictions.values()] }),
      ...(handedIn !== undefined && { handedIn }),
      solved: own ? mine.solved : kept.solved,
      by: own ? mine.by : kept.by,
      explanation: mine.explanation || kept.explanation,
    },
    numberOf,
    crowdedOut: numbers.filter((number) => number === 0).length,
  };
}

/** Tries of one can stand beside those of the other. */
const isSame = (a: Attempt, b: Attempt): boolean =>
  a.seed === b.seed && a.definition === b.definition && a.engine === b.engine;

const keyOf = ({ params, interventions = [], foretold, digest }: Try): string =>
  JSON.stringify([Object.entries(params).toSorted(), interventions, foretold ?? '', digest]);
