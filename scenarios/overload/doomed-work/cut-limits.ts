/**
 * What is claimed of a load that is cut when the trouble is long over, worked out from the parameters. Nothing here looks at a run.
 *
 * The line holds all that came of A attempts a request since the trouble began and was not done. While a share of the requests is let in
 * the line gets shorter if that share's attempts are less than the stock can do, and longer otherwise. Once it is gone a request makes
 * one attempt, of which the stock can do four times as many as come: that is why the same load did no harm before.
 */
import { NotClaimed, toSeconds } from '../../../sim-core/index.ts';
import { limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { troubleFrom, troubleLasts, troubleUntil } from '../../application/trouble.ts';
import { attemptsEach, capacity, isStuck, slowCapacity } from './limits.ts';
import type { Values } from './params.ts';

const limit = limitOf<Values>;

const letIn = (p: Values): number => toSeconds(p.cutAt + p.cutFor + p.patience);

/** Whether what is let in is still more than the stock can do, so that nobody is answered when all come again. */
const staysDown = (p: Values): boolean =>
  isStuck(p) && p.rate * p.cutTo * attemptsEach(p) > capacity(p) && toSeconds(p.cutAt) > troubleUntil(p);
export const nobodyIsAnswered = limit((p) =>
  staysDown(p) ? 0 : new NotClaimed('what is let in may be less than the stock can do'),
);

/** Whether the line is sure to be gone when the cut is over, at the most that comes and the least that is done. */
const comesBack = (p: Values): boolean => {
  if (!isStuck(p) || toSeconds(p.cutAt) <= troubleUntil(p) || 2 * p.rate > capacity(p)) return false;
  const [cutAt, cutFor, each] = [toSeconds(p.cutAt), toSeconds(p.cutFor), attemptsEach(p)];
  const comes = each * (poissonMost(p.rate * (cutAt - troubleFrom(p))) + poissonMost(p.rate * p.cutTo * cutFor));
  const done = slowCapacity(p) * troubleLasts(p) + capacity(p) * (cutAt - troubleUntil(p) + cutFor);
  return comes <= poissonLow(done);
};
/** What the remedy cuts the load to; a run in which nothing is cut is held to what that would have done. */
export const CUT_TO = 0.1;
const cutOf = (p: Values): Values => (p.cutTo < 1 ? p : { ...p, cutTo: CUT_TO });

const LINE_LEFT = new NotClaimed('the line before the stock need not be gone when all come again');
export const allAreAnswered = limit((p) => {
  const rest = Math.max(0, toSeconds(p.length) - letIn(p));
  return comesBack(cutOf(p)) ? poissonLow(p.rate * rest) : LINE_LEFT;
});
/** Failures end with the cut, or one patience later. */
export const failsUntilLetIn = limit((p) => (comesBack(cutOf(p)) ? letIn(p) - troubleUntil(p) : LINE_LEFT));
