/** What is claimed of orphaned compensations, worked out from the parameters. Nothing here looks at a run. */
import { pow, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { limitOf, poissonLeast } from '../../application/chance.ts';
import { BACKOFF, CONCURRENCY } from '../application/orchestrated.ts';
import { PRICE } from '../application/order-services.ts';
import type { Values } from './params.ts';

/** Orders stop so long before the end. */
export const DRAIN = s(8);
export const OUTAGE_AT = s(5);
export const LOST_FROM = s(12);

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
export const leftStuck = limit((p) => poissonLeast(stuck(p)));

/** Refunds are due from then on at the rate at which shipping refuses what is paid. Of those that are lost the money stays. */
function lost(p: Values): number {
  const refused = p.rate * toSeconds(p.length - DRAIN - LOST_FROM) * pow(1 - p.refusedShare, 3) * p.refusedShare;
  return Math.min(p.lost, poissonLeast(refused));
}
/** A refund that is lost may be of an order whose payment was in doubt and not made: that is none, with nobody away any more. */
export const leftLost = limit((p) => PRICE * lost(p));

/**
 * The same where somebody looks. What was stuck may have no payment to refund, so that nothing is lost with it; that it is not
 * those whose refund is lost can only be said if they have all been taken up by then.
 */
export const leftLostInSpite = limit((p) =>
  OUTAGE_AT + p.outage + p.stillMax + p.lookEvery + s(0.5) <= LOST_FROM ? PRICE * lost(p) : 0,
);

/** Whether the watchdog has had its looks by the end: one at what stands still, one at what came of that, and one to audit it. */
const isSettled = (p: Values): boolean =>
  OUTAGE_AT + p.outage < LOST_FROM - s(1) &&
  p.stillMax + 3 * p.lookEvery + s(2) < DRAIN &&
  p.rate * toSeconds(p.shipTime + p.payTime) < CONCURRENCY / 2;

export const allOrNothing = limit((p) => (isSettled(p) ? 0 : p.rate * toSeconds(p.length)));
export const nothingStranded = limit((p) => (isSettled(p) ? 0 : PRICE * p.rate * toSeconds(p.length)));
/** Of what was lost and not stuck: no more than were lost. */
export const onlyLost = limit((p) => (isSettled(p) ? p.lost : p.rate * toSeconds(p.length)));
