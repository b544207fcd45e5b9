/** What is claimed of orphaned compensations, worked out from the parameters. Nothing here looks at a run. */
import { ms, pow, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { limitOf, poissonMost, some } from '../../application/chance.ts';
import { BACKOFF, CONCURRENCY } from '../application/orchestrated.ts';
import { PRICE, ROW_TIME } from '../application/order-services.ts';
import { DRAIN, endingLimits } from '../application/settling.ts';
import type { Values } from './params.ts';

export const OUTAGE_AT = s(5);
export const LOST_FROM = s(12);

/** Eleven commands at most, there and back: each is written down in 2 ms and goes to a neighbour and back. */
const WRITES_AND_WAYS = ms(100);

const limit = limitOf<Values>;

/** The longest that so many attempts can take while they are refused at once: between two of them no more than the backoff's bound. */
function patience(attempts: number): Duration {
  let longest = 0;
  for (let i = 0; i < attempts - 1; i++) longest += Math.min(BACKOFF.cap, BACKOFF.base * pow(2, i));
  return longest;
}

/**
 * Whoever comes to payments in its outage, and so early that the attempts at the payment and then at its refund are used up
 * before it is back, is stuck: its order and its reservation stand. Two services before have let it through.
 */
function stuck(p: Values): number {
  const window = p.outage - patience(p.attempts) - patience(p.compensationAttempts) - s(0.1);
  return p.rate * toSeconds(Math.max(0, window)) * pow(1 - p.refusedShare, 2);
}
export const leftStuck = limit((p) => some(stuck(p)));

/** Refunds are due from then on at the rate at which shipping refuses what is paid. Of those that are lost the money stays. */
const refundsLeast = (p: Values): number =>
  some(p.rate * toSeconds(p.length - DRAIN - LOST_FROM) * pow(1 - p.refusedShare, 3) * p.refusedShare);
const lost = (p: Values): number => Math.min(p.lost, refundsLeast(p));
/** A refund that is lost may be of an order whose payment was in doubt and not made: that is none, with nobody away any more. */
export const leftLost = limit((p) => PRICE * lost(p));

/**
 * The same where somebody looks. What was stuck may have no payment to refund, so that nothing is lost with it; that it is not
 * those whose refund is lost can only be said if they have all been taken up by then.
 */
const isTakenUpBefore = (p: Values): boolean => OUTAGE_AT + p.outage + p.stillMax + p.lookEvery + s(0.5) <= LOST_FROM;
export const leftLostInSpite = limit((p) => (isTakenUpBefore(p) ? PRICE * lost(p) : 0));

/** Whether the watchdog has had its looks by the end: one at what stands still, one at what came of that, and one more. */
const isSettled = (p: Values): boolean =>
  OUTAGE_AT + p.outage < LOST_FROM - s(1) &&
  p.stillMax + 3 * p.lookEvery + s(2) < DRAIN &&
  p.rate * toSeconds(p.shipTime + p.payTime) < CONCURRENCY / 2;

/**
 * Whether payments has come to the last that it loses in time. What the auditor has made may be lost in its turn: then it is found
 * again at the next look, so that of what was lost and is not yet made each look has as much lost again, until there is no
 * more to lose. Two of the looks behind the last order are kept for what was lost last.
 */
function isMadeUp(p: Values): boolean {
  const looks = Math.max(0, Math.floor((DRAIN - s(1)) / p.lookEvery) - 2);
  return isSettled(p) && p.lost <= refundsLeast(p) * (1 + looks);
}
export const { allOrNothing, nothingStranded } = endingLimits(isMadeUp);

/**
 * Compensations that an auditor finds: every one that was lost, once. Of a saga that was stuck a refund may be lost that had been
 * made, or whose payment had been refused: that is none, so the stuck ones are to be done by then.
 */
export const foundLeast = limit((p) => (isMadeUp(p) && isTakenUpBefore(p) ? p.lost : 0));
export const foundMost = limit((p) => p.lost);

/**
 * How long the slowest saga takes, in seconds, if it is ever settled. At worst it began as payments went away and got stuck, or
 * stuck again, as it came back: it stands still for as long as it may and until the next look. One that has patience left then
 * waits for its backoff. The rest is work: that of its steps there and back, and the refunds of all that are taken up with it and
 * share the places; five deviations of a gamma distribution of this shape are its mean.
 */
export const slowest = limit((p) => {
  if (!isSettled(p)) return toSeconds(p.length);
  const inLine = poissonMost(p.rate * toSeconds(p.outage)) / CONCURRENCY;
  const work = 2 * (4 * ROW_TIME + (2 + inLine) * p.payTime + p.shipTime);
  return toSeconds(p.outage + Math.max(p.stillMax + p.lookEvery, BACKOFF.cap) + work + WRITES_AND_WAYS);
});
/** Of what was lost and not stuck: no more than were lost. */
export const onlyLost = limit((p) => (isSettled(p) ? p.lost : p.rate * toSeconds(p.length)));
