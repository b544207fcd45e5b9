/** What is claimed of hedging, worked out from the parameters. Nothing here looks at a run. */
import { exp, toSeconds } from '../../../sim-core/index.ts';
import { poissonLow, poissonMost, some } from '../../application/chance.ts';
import { troubleLasts } from '../../application/trouble.ts';
import {
  BUCKET,
  NEAR,
  fairRate,
  inTrouble,
  isSlow,
  atLeastLimit,
  atMostLimit,
  measured,
  most,
  other,
  patience,
  slowCapacity,
  slowestTenth,
  timely,
} from './fleet.ts';
import type { Values } from './params.ts';
import { exceededBy, loadOf, tailAt, type Workers } from '../../application/queue.ts';

/** A hedge is sent for whoever is at the slow replica, and for whoever takes longer than the delay at another; the others do these as well. */
interface Hedged {
  readonly share: number;
  readonly others: Workers;
}
function hedged(p: Values, slowShare: number): Hedged {
  const delay = toSeconds(p.hedgingDelay);
  let share = slowShare;
  for (let i = 0; i < 50; i++) share = Math.min(1, slowShare + tailAt(hedgedOther(p, slowShare, share), delay - NEAR));
  return { share, others: hedgedOther(p, slowShare, share) };
}
const hedgedOther = (p: Values, slowShare: number, share: number): Workers =>
  other(p, (p.rate * (1 - slowShare + (p.attempts - 1) * share)) / (p.replicas - (slowShare > 0 ? 1 : 0)));

const hedgedInTrouble = (p: Values): Hedged => hedged(p, 1 / p.replicas);
/** Timeouts are failures, which the throttle counts and ejection as well; without them every hedge that is due is sent, and nobody is out. */
const isUnimpeded = (p: Values): boolean => !p.timesOut && !p.ejects;
/** With hedges the others still keep up, though nothing is taken off them for what is cancelled. */
const hedgingHolds = (p: Values): boolean => isSlow(p) && isUnimpeded(p) && loadOf(hedgedInTrouble(p).others) < 0.95;

/** Of whoever asks two, one of them at a replica that is well, the second may take what of the patience the delay has left. */
const hedgedTailAt = (p: Values, seconds: number): number => {
  const { others } = hedgedInTrouble(p);
  const late = tailAt(others, seconds - toSeconds(p.hedgingDelay) - NEAR);
  return late / p.replicas + tailAt(others, seconds) * (1 - 1 / p.replicas);
};
export const hedgedTail = atMostLimit((p) =>
  hedgingHolds(p) ? slowestTenth(p, 0, (t) => hedgedTailAt(p, t)) : patience(p) * BUCKET,
);
export const hedgedFail = atMostLimit((p) =>
  most(inTrouble(p) * (hedgingHolds(p) ? Math.min(1, hedgedTailAt(p, timely(p))) : 1)),
);

/** Whoever is sent to the slow replica and whose own work there takes longer than the delay is asked for twice. */
export const hedgesAtLeast = atLeastLimit((p) => {
  if (!isSlow(p) || p.policy !== 'round-robin' || !isUnimpeded(p)) return 0;
  const late = exp(-toSeconds(p.hedgingDelay) / (toSeconds(p.loadTime) * p.slowdown));
  return some(fairRate(p) * troubleLasts(p) * late);
});

/** Further calls in the whole run: the slow replica is as it was when the trouble is over, if what was cancelled there is taken back. */
const hedges = (p: Values): number => {
  const calm = measured(p) - troubleLasts(p);
  const share = hedgedInTrouble(p).share * troubleLasts(p) + hedged(p, 0).share * calm;
  return poissonMost(p.rate * share * (p.attempts - 1)) + p.attempts;
};
export const callsPerRequest = atMostLimit((p) =>
  hedgingHolds(p) ? 1 + hedges(p) / poissonLow(p.rate * measured(p)) : p.attempts + 0.01,
);

/** Nobody is at the slow replica for longer than until another has answered, but one in a thousand. */
export const takenBack = atMostLimit((p) => {
  const answered = exceededBy(0.001, (t) => tailAt(hedgedInTrouble(p).others, t));
  const there = poissonMost(fairRate(p) * (toSeconds(p.hedgingDelay) + answered + NEAR));
  return hedgingHolds(p) && there < Infinity ? there : poissonMost(inTrouble(p) * p.attempts);
});

/** With nothing taken back its line grows as ever; hedges take turns as well, so that its share of first calls is as if by lot. */
export const lineGrows = atLeastLimit((p) =>
  isSlow(p) && !p.stops && isUnimpeded(p) && p.policy === 'round-robin'
    ? Math.max(0, poissonLow(fairRate(p) * troubleLasts(p)) - poissonMost(slowCapacity(p) * troubleLasts(p)))
    : 0,
);
