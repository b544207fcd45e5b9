/**
 * What is claimed of balancing by turn, by two choices and by least load, worked out from the parameters. Nothing here looks at a
 * run. A remedy's limits do not ask whether it is there: its pitfall's run is held against them as well.
 */
import { exp, ln, pow, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, poissonLow, poissonMost } from '../../application/chance.ts';
import { troubleFrom, troubleLasts, troubleUntil } from '../../application/trouble.ts';
import {
  BUCKET,
  RARE,
  WAY,
  capacity,
  comes,
  fairRate,
  inTrouble,
  isInTurn,
  isBlackHole,
  isSlow,
  lateElsewhere,
  atLeastLimit,
  atMostLimit,
  lineAfter,
  most,
  other,
  othersKeepUp,
  patience,
  slowCapacity,
  slowestTenth,
  surplus,
  timeoutOf,
  tooLong,
} from './fleet.ts';
import type { Values } from './params.ts';
import { loadOf, tailAt } from '../../application/queue.ts';

// In turn: each gets its share if nobody is asked for twice and nobody is ejected.

/** Stretches of time are looked through in so many steps; each claim keeps to the side of its step that promises less. */
const STEPS = 1000;

const isLeftAlone = (p: Values): boolean => isInTurn(p) && (!p.ejects || neverLate(p));
export const fairShare = atLeastLimit((p) => (isLeftAlone(p) ? 1 / p.replicas - 1 / Math.max(1, inTrouble(p)) : 0));

/**
 * Seconds of the trouble in which whoever is sent to the slow replica fails: from when the line takes longer than a patience; and
 * up to the end if even at its usual speed it would, else until a patience before it. Of what fails at once all is lost. Who still
 * waits when the run ends has not failed.
 */
function lostSeconds(p: Values): number {
  const lasts = troubleLasts(p);
  if (!isLeftAlone(p)) return 0;
  if (isBlackHole(p)) return lasts;
  if (surplus(p) <= 0) return 0;
  let from = 0;
  while (from < lasts && lineAfter(p, from) < tooLong(p, slowCapacity(p))) from += lasts / STEPS;
  const until = lineAfter(p, lasts) > tooLong(p, capacity(p)) ? lasts : lasts - patience(p);
  return Math.max(0, Math.min(until, toSeconds(p.length) - troubleFrom(p) - patience(p)) - from);
}
export const fairShareFails = atLeastLimit((p) => Math.max(0, Math.floor(comes(p, lostSeconds(p)))));

/** More than a twentieth of those who come in the trouble wait for all of their patience, or the gateway's. */
export const tailWaits = atLeastLimit((p) => {
  const share = lostSeconds(p) / (troubleLasts(p) * p.replicas);
  const isMore = isSlow(p) && share > 0.05 + DEVIATIONS * Math.sqrt(0.05 / inTrouble(p));
  return isMore ? Math.min(patience(p), toSeconds(timeoutOf(p))) / BUCKET : 0;
});

/**
 * When it is well again the line is worked off at the capacity, less what still comes: until it is as short as a patience all fail,
 * the last of them no longer before that, or before the end of the run, than it takes until somebody comes.
 */
export const backlogLasts = atLeastLimit((p) => {
  if (surplus(p) <= 0 || !isLeftAlone(p)) return 0;
  const left = toSeconds(p.length) - troubleUntil(p);
  const line = (after: number): number =>
    lineAfter(p, troubleLasts(p)) + comes(p, after) - poissonMost(capacity(p) * after);
  let after = 0;
  const step = left / STEPS;
  while (after < left && line(after + step) > tooLong(p, capacity(p))) after += step;
  return Math.max(0, after - RARE / fairRate(p));
});

/**
 * No failure is counted by the gateway before its own timeout, and at the slow replica nobody waits that long: whoever comes after t
 * seconds has the line before him, which is worked off slowly to the end of the trouble and then as fast as ever.
 */
export function neverLate(p: Values): boolean {
  const lasts = troubleLasts(p);
  const own = toSeconds(p.loadTime) * p.slowdown * (ln(1 + slowCapacity(p) * lasts) + RARE);
  let longest = lasts;
  for (let t = 0; t <= lasts; t += lasts / STEPS) {
    const line = poissonMost(p.rate * t) / p.replicas - poissonLow(slowCapacity(p) * t) + p.workers;
    const left = line - poissonLow(slowCapacity(p) * (lasts - t));
    longest = Math.max(longest, lasts - t + poissonMost(Math.max(0, left)) / capacity(p));
  }
  return isSlow(p) && isInTurn(p) && othersKeepUp(p) && longest + lasts / STEPS + own + WAY < toSeconds(timeoutOf(p));
}
// By what is under way.

/** What two choices cannot help to send to a replica: calls for which both are that one. */
const forced = (p: Values): number => (p.policy === 'two-choices' ? p.rate / (p.replicas * p.replicas) : 0);

/**
 * Calls that the slow replica has under way before it gets none but those. More than its workers and k in line have other replicas
 * with a chance of load to the power of 2^k - 1 only, if they are picked by two choices (Mitzenmacher 2001), and less if by all: four
 * in line are one in a thousand at a load of two thirds.
 */
const IN_LINE = 4;
const usually = (p: Values): number => p.workers + IN_LINE;
const isSteady = (p: Values): boolean =>
  isSlow(p) &&
  !p.hedges &&
  !p.timesOut &&
  othersKeepUp(p) &&
  forced(p) < slowCapacity(p) &&
  pow(loadOf(other(p)), pow(2, IN_LINE) - 1) < 0.005;

/** So many it is sent at most: what it can do, and what it has then; beyond the usual each one more has the chance forced / capacity. */
const visits = (p: Values): number => {
  const chance = forced(p) / slowCapacity(p);
  let beyond = 0;
  for (let left = chance; left > 1e-6; left *= chance) beyond++;
  return poissonMost(slowCapacity(p) * troubleLasts(p)) + usually(p) + beyond;
};
export const whatItCanDo = atMostLimit((p) => (isSteady(p) ? Math.min(1, visits(p) / poissonLow(inTrouble(p))) : 1));

/** One of them fails if its own work takes half of the patience, or its wait the other half: in line are no more than usual, or forced ones. */
export const fewFail = atMostLimit((p) => {
  if (!isSteady(p)) return most(inTrouble(p));
  const half = patience(p) / 2;
  const own = exp(-half / (toSeconds(p.loadTime) * p.slowdown));
  const waits = exp(-(slowCapacity(p) - forced(p)) * Math.max(0, half - IN_LINE / slowCapacity(p)));
  return most(visits(p) * Math.min(1, own + waits)) + lateElsewhere(p, patience(p) - WAY);
});

export const tailOfTheOthers = atMostLimit((p) =>
  isSteady(p) ? slowestTenth(p, visits(p) / inTrouble(p), (t) => tailAt(other(p), t)) : patience(p) * BUCKET,
);
