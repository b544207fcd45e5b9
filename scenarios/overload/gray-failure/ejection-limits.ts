/** What is claimed of the ejection of outliers that are slow, and of what fails at once, worked out from the parameters. Nothing here looks at a run. */
import { toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, poissonLow, poissonMost } from '../../application/chance.ts';
import { troubleLasts } from '../../application/trouble.ts';
import {
  BUCKET,
  NEAR,
  SWEEP,
  WAY,
  fairRate,
  inTrouble,
  isBlackHole,
  lateElsewhere,
  atLeastLimit,
  atMostLimit,
  most,
  other,
  patience,
  slowCapacity,
  slowestTenth,
  surplus,
  timely,
} from './fleet.ts';
import { neverLate } from './limits.ts';
import type { Values } from './params.ts';
import { tailAt } from '../../application/queue.ts';

/** Without a failure nobody is ejected; where there may be some, each look at the replicas may eject every one. */
export const noEjection = atMostLimit((p) =>
  neverLate(p) ? 0 : (p.replicas * toSeconds(p.length)) / toSeconds(SWEEP),
);

/**
 * Ejections while the trouble lasts: the first at once, the second when its time is over, the third after twice that, unless it is in use
 * for longer than from one look to the next before it is ejected again: that takes one off.
 */
const ejections = (p: Values, inUse = 0): number => {
  let [count, at] = [0, 0];
  while (at < troubleLasts(p)) {
    count++;
    at += (inUse < toSeconds(SWEEP) ? count : 1) * toSeconds(p.ejectionTime);
  }
  return count;
};
/** Of a slow replica. */
const slowEjections = (p: Values): number => ejections(p, untilEjected(p) / fairRate(p));
export const mayEject = (p: Values): boolean => Math.round(100 * p.ejectable) * p.replicas >= 100 && !p.checksReturn;

/**
 * Calls to the slow replica until it is ejected. With more in line than its workers end within a timeout nobody who comes is answered in
 * time, and it has come to that when so many more have come than were done. Then as many calls as failures in a row are asked for; while the
 * last of them runs into its timeout others come.
 */
function untilEjected(p: Values): number {
  const timeout = toSeconds(p.timeout);
  const line = poissonMost(slowCapacity(p) * timeout) + p.workers;
  const rate = p.rate / p.replicas;
  let calls = line;
  while (calls - poissonMost((slowCapacity(p) * calls) / rate) < line) if (++calls > 1e6) return Infinity;
  return calls + p.failures + poissonMost(rate * timeout);
}
const inTime = (p: Values): number => toSeconds(Math.min(p.timeout, p.patience)) - WAY;
const goesByRows = (p: Values): boolean => p.ejectsFor === 'defaults' || p.ejectsFor === 'failures-in-a-row';
/** And the others are ejected for nothing: with one late in a hundred five in a row are one in ten thousand million. */
const ejectionWorks = (p: Values): boolean =>
  mayEject(p) &&
  goesByRows(p) &&
  !p.stops &&
  surplus(p) > 0 &&
  isFinite(untilEjected(p)) &&
  tailAt(other(p), inTime(p)) < 0.01;

export const failsUntilEjected = atMostLimit((p) =>
  ejectionWorks(p) ? Math.floor(slowEjections(p) * untilEjected(p)) + lateElsewhere(p, inTime(p)) : most(inTrouble(p)),
);
const soonEnough = (p: Values): boolean =>
  untilEjected(p) / fairRate(p) + (DEVIATIONS * Math.sqrt(untilEjected(p))) / fairRate(p) < troubleLasts(p);
export const ejectedOnce = atLeastLimit((p) => (ejectionWorks(p) && soonEnough(p) ? 1 : 0));
export const tailWithoutIt = atMostLimit((p) =>
  ejectionWorks(p)
    ? slowestTenth(p, (slowEjections(p) * untilEjected(p)) / inTrouble(p), (t) => tailAt(other(p), t))
    : patience(p) * BUCKET,
);

// What fails at once.

/**
 * How often, a second, another of n replicas gets a call that finds the black hole idle: it has to be idle too, and then each of
 * these is as likely. With m others idle in the mean, of calls at a rate r no more than m / (m + 1) go to them, for z / (z + 1) is concave
 * in z. Whoever gets one is busy for a load time S at least, so that no more than (n - 1 - m) / S begin. The first rises with m and the
 * second falls: neither is more than where they meet, m^2 + m (r S - n + 2) = n - 1.
 */
const tiesLost = ({ rate, replicas, loadTime }: Values): number => {
  const half = (replicas - 2 - rate * toSeconds(loadTime)) / 2;
  const idle = half + Math.sqrt(half * half + replicas - 1);
  return (rate * idle) / (idle + 1);
};
/**
 * A black hole has next to nothing under way: of calls that it gets at a rate x each for the way there and back, D, so that it has some at
 * all for no more than x D of the time (Little's law), and as many of all calls find it so. These may go elsewhere, and those that another
 * one wins: x is r - r x D - ties at least.
 */
const swallowed = (p: Values): number => {
  const least = Math.max(0, (p.rate - tiesLost(p)) / (1 + p.rate * NEAR));
  return p.policy === 'least-request' && isBlackHole(p) && !p.hedges ? poissonLow(least * troubleLasts(p)) : 0;
};
export const blackHoleFails = atLeastLimit(swallowed);
export const blackHoleShare = atLeastLimit((p) => swallowed(p) / poissonMost(inTrouble(p)));

/** As many failures as eject it, and what was sent until the last of them was back; each time that it returns. */
export const fiveFailures = atMostLimit((p) =>
  mayEject(p) && goesByRows(p) && isBlackHole(p)
    ? ejections(p) * (p.failures + most(p.rate * NEAR)) + lateElsewhere(p, timely(p))
    : most(inTrouble(p)),
);
/** Calls that it gets at least while it is in use: what has no choice, one in n² by two choices and one in n by turn or by lot. */
const atBlackHole = (p: Values): number => {
  if (p.policy === 'least-request') return swallowed(p);
  return poissonLow(inTrouble(p) / (p.policy === 'two-choices' ? p.replicas * p.replicas : p.replicas));
};
export const blackHoleEjectedOnce = atLeastLimit((p) =>
  mayEject(p) && goesByRows(p) && isBlackHole(p) && atBlackHole(p) >= p.failures ? 1 : 0,
);
