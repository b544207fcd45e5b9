/**
 * What is claimed of how breakers decide, worked out from the parameters: of their rounds of trials, of the kinds of errors that pages
 * end with, and of failures that are the caller's own. Nothing here looks at a run.
 */
import { NotClaimed, toSeconds } from '../../../sim-core/index.ts';
import { limitOf, poissonLow, poissonMost, some } from '../../application/chance.ts';
import { SHAPE } from '../../application/distances.ts';
import { troubleLasts } from '../../application/trouble.ts';
import {
  comeFor,
  detection,
  heldByTheRest,
  isWellElse,
  measured,
  needed,
  openings,
  refusedReaders,
  rounds,
  slowCapacity,
  threadsOf,
} from './limits.ts';
import type { Values } from './params.ts';

const limit = limitOf<Values>;

/** Two deviations below the mean no call in fifty is: of three trials or more not half are answered in time. */
const trialsFail = (p: Values): boolean => {
  const shortest = toSeconds(p.loadTime) * p.slowdown * (1 - 2 / Math.sqrt(SHAPE));
  return shortest >= toSeconds(p.timeout) && p.openFor > p.timeout && p.trials >= 3 && p.failureRate <= 0.5;
};
const NOT_SURE = new NotClaimed('trials in the trouble need not all fail of their timeout');

/** Calls of a round of trials, in all instances: so many are let through, and no more until they have ended. */
const ofRound = (p: Values): number => p.instances * p.trials;

/** A round that fails takes a timeout, and until as many readers have come; the first opening is no later than when it is sure to be. */
export const trialsLeast = limit((p) => {
  if (!trialsFail(p)) return NOT_SURE;
  const longest = toSeconds(p.timeout) + comeFor(p);
  return Math.max(0, ofRound(p) * (openings(p, troubleLasts(p) - detection(p), 1, longest) - 1));
});
/** No breaker opens before a timeout is over; the round after the last opening in the trouble may find what was left behind, the next not. */
export const trialsMost = limit((p) => {
  if (!trialsFail(p) || !isWellElse(p)) return NOT_SURE;
  const timeout = toSeconds(p.timeout);
  return ofRound(p) * (openings(p, troubleLasts(p) - timeout, -1, timeout) + 1);
});

/** Pages a second that end with a timeout: as many calls as threads and timeout allow, but for those that are answered in time. */
export const timeoutsGoOn = limit((p) => {
  const comes = Math.min(p.readerRate, (threadsOf(p) - heldByTheRest(p)) / toSeconds(p.timeout));
  const failing = Math.max(0, comes - slowCapacity(p)) * Math.max(0, troubleLasts(p) - 2 * toSeconds(p.timeout));
  return poissonLow(failing) / measured(p);
});
/** With a breaker it is the calls that it has to see, those under way when it opens, and the trials; all others are refused. */
export const timeoutsUntilOpen = limit((p) => {
  if (!isWellElse(p) || detection(p) >= Math.min(troubleLasts(p), toSeconds(p.patience)))
    return poissonMost(p.readerRate);
  return (p.instances * (needed(p) + p.threads) + rounds(p) * ofRound(p)) / measured(p);
});
export const refusedAtOnce = limit((p) => some(refusedReaders(p)) / measured(p));

/**
 * Where more answers than the threshold say that there is no such thing, and that counts as failed, a breaker finds it so within two windows,
 * and is open for its wait after that; most rounds of trials find it so again. Half of the share of the time is sure.
 */
export const refusedForNothing = limit((p) => {
  if (p.unknown <= p.failureRate || p.ignoresUnknown) return new NotClaimed('few answers count as failed');
  const perInstance = p.readerRate / p.instances;
  const closed = p.window === 'count' ? (2 * p.windowSize) / perInstance : 2 * p.windowSize;
  const share = toSeconds(p.openFor) / (toSeconds(p.openFor) + closed);
  return poissonLow((p.readerRate * measured(p) * share) / 2);
});
/** Without a trouble, and with such answers ignored, nothing fails. */
export const noneRefused = limit((p) => {
  const isCalm = (p.slowdown <= 1 || troubleLasts(p) === 0) && isWellElse(p);
  return isCalm || p.byHand === 'metrics-only' ? 0 : poissonMost(p.readerRate * measured(p));
});

/** Each instance's breaker finds once that a threshold is reached. */
export const eachFinds = limit((p) => (detection(p) < troubleLasts(p) ? p.instances : 0));
