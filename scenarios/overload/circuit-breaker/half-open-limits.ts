/**
 * What is claimed of how breakers decide, worked out from the parameters: of their rounds of trials, of the kinds of errors that pages
 * end with, and of failures that are the caller's own. Nothing here looks at a run.
 */
import { NotClaimed, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost, some } from '../../application/chance.ts';
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

/** Of so many answers fewer than the threshold count as failed, with this chance at most, by Cantelli's inequality. */
const passesBelow = (p: Values, answers: number): number => {
  const variance = answers * p.unknown * (1 - p.unknown);
  const gap = answers * p.unknown - (Math.ceil(p.failureRate * answers) - 1);
  return gap <= 0 ? 1 : variance / (variance + gap * gap);
};

/**
 * Where more answers than the threshold say that there is no such thing, and that counts as failed, a breaker goes round: open for its
 * wait, half open until its trials have come and are answered, and where they pass closed until a window finds it so; windows that
 * follow each other are independent, so that it takes as many as throws until one succeeds. It refuses all while it is open: rounds are as
 * many as their mean length lets through, less what the closed times deviate (a geometric number's square is twice its mean's at most) and
 * two in each instance for those that are cut off.
 */
export const refusedForNothing = limit((p) => {
  const perInstance = p.readerRate / p.instances;
  const answers = p.window === 'count' ? p.windowSize : Math.floor(p.windowSize * perInstance);
  const unseen = passesBelow(p, answers);
  if (p.ignoresUnknown || unseen === 1 || answers < p.minimumCalls) return FEW_FAIL;
  const open = toSeconds(p.openFor) * (1 - p.openJitter);
  const closes = passesBelow(p, p.trials);
  const closed = answers / perInstance / (1 - unseen);
  const round = open + p.trials / perInstance + toSeconds(p.timeout) + closes * closed;
  const count = (p.instances * measured(p)) / round;
  const sure = count - (DEVIATIONS * Math.sqrt(2 * closes * count) * closed) / round - 2 * p.instances;
  return poissonLow(perInstance * open * Math.max(0, sure));
});
const FEW_FAIL = new NotClaimed('too few answers count as failed for a window to be sure to find it so');
/** Without a trouble, and with such answers ignored, nothing fails. */
export const noneRefused = limit((p) => {
  const isCalm = (p.slowdown <= 1 || troubleLasts(p) === 0) && isWellElse(p);
  return isCalm || p.byHand === 'metrics-only' ? 0 : poissonMost(p.readerRate * measured(p));
});

/** Each instance's breaker finds once that a threshold is reached. */
export const eachFinds = limit((p) => (detection(p) < troubleLasts(p) ? p.instances : 0));
