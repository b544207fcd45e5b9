/**
 * What the claims about a run come to together. One that is not claimed with the run's parameters is neither held nor
 * missed: a run of which nothing is claimed has not failed, and has not held anything either.
 */
import type { ExpectationResult } from './recording.ts';

/** Whether it is claimed, and so. */
export const isHeld = ({ pass, notClaimed }: ExpectationResult): boolean => pass && notClaimed === undefined;

/** `failed`: one at least is missed. `held`: one at least is claimed, and none is missed. */
export type ClaimsVerdict = 'held' | 'failed' | 'unclaimed';

export function verdictOfClaims(results: readonly ExpectationResult[]): ClaimsVerdict {
  if (results.some(({ pass }) => !pass)) return 'failed';
  return results.some(isHeld) ? 'held' : 'unclaimed';
}

/** How many hold of those that are claimed, in words: `2 of 3 expectations hold; 1 is not claimed with these parameters`. */
export function heldText(results: readonly ExpectationResult[]): string {
  const claimed = results.filter(({ notClaimed }) => notClaimed === undefined);
  const text = `${claimed.filter(isHeld).length} of ${claimed.length} expectations hold`;
  const others = results.length - claimed.length;
  return others === 0 ? text : `${text}; ${others} ${others === 1 ? 'is' : 'are'} not claimed with these parameters`;
}
