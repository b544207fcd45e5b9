/**
 * What is claimed of each way of consuming, worked out from the parameters. Nothing here looks at a run.
 *
 * Whatever a delivery has done, and could not acknowledge, is done again: the ledger counts both sides apart, and without a
 * guard they are equal, to the last effect, once the queue is empty. How many there are follows from Little's law: at any
 * moment a consumer is in a step of its handling with (its share of the rate) x (the step's time) messages, a Poisson
 * number of them; faults at independent moments add up.
 */
import { ms, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast } from '../../application/chance.ts';
import { faultCount, type FaultIntervals } from '../../application/faults.ts';
import type { Values } from './params.ts';

/** Users have stopped so long before the end that all is settled. */
export const DRAIN = s(5);

const limit = limitOf<Values>;

/** Faults of a kind, one in each of its intervals, from their beginning until users stop. */
export const faultsEvery = (p: Values, every: Duration): FaultIntervals => ({
  from: p.faultsFrom,
  until: p.length - DRAIN,
  every,
});
const deaths = (p: Values): number => faultCount(faultsEvery(p, p.killEvery));

/** Messages that a consumer is in a step with, on average, as long as it is not short of places. */
function busy(p: Values, step: Duration): number {
  const share = p.rate / p.consumers;
  const handling = toSeconds(p.payTime + p.workTime + 3 * p.queryTime);
  return Math.min(share * toSeconds(step), (p.concurrency * toSeconds(step)) / Math.max(toSeconds(step), handling));
}

/**
 * Nothing waits at the end, and hardly anything before, if what comes in keeps less than three fifths of the places busy
 * that are left while one of the consumers is away.
 */
const isSettled = (p: Values): boolean => {
  const handling = toSeconds(p.payTime + p.workTime + 10 * p.queryTime);
  const places = (p.consumers - 1) * Math.min(p.concurrency, p.prefetch);
  return p.rate * handling < 0.6 * places && handling < 1 && p.downtime <= s(2);
};

/** How far apart the two sides of the account may be: not at all, once everything is settled. */
export const balanced = limit((p) => (isSettled(p) ? 0 : p.rate * toSeconds(p.length)));

/**
 * Deaths between the payment and the booking, and the request for a payment outlives who sent it: what was acknowledged when
 * it was sent is paid and never booked, what is in a transaction is taken back by the database and stays paid.
 */
export const paidAndNotBooked = limit((p) => poissonLeast(deaths(p) * busy(p, p.payTime + p.workTime)));

/**
 * Lost connections: what is worked at goes on to its effect, and comes again. A killed consumer is away for a while, and
 * has no connection to lose.
 */
const disconnected = (p: Values): number =>
  faultCount(faultsEvery(p, p.disconnectEvery)) * Math.max(0, 1 - p.downtime / (p.killEvery * p.consumers));
export const doubledByDisconnection = limit((p) => poissonLeast(disconnected(p) * busy(p, p.payTime + p.workTime)));

/**
 * Who was still paying then has all of its work before it: the other looks long before the first has left its trace. Where
 * messages wait for a consumer nothing is said: by then the trace may be there.
 */
export const missedByCheck = limit((p) => (isSettled(p) ? poissonLeast(disconnected(p) * busy(p, p.payTime)) : 0));

/** An order whose work is slow takes so many times as long. */
export const SLOW = 100;

/**
 * An order that takes longer than its visibility timeout V is never deleted: when the first is done with it, another has
 * received it, and so on. Every V and a moment it is begun once more, as long as somebody has a hand free: the handlings that
 * have ended by the end of the run, but for the first, are doubles. Of an order that comes at t these are
 * (end - t - handling) / V, less one for what is not whole. They are a sum over a Poisson number of slow orders, so that the
 * variance is that of the mean of the squares.
 */
export const outlasted = limit((p) => {
  const handling = toSeconds(p.payTime + p.queryTime + SLOW * p.workTime);
  const period = toSeconds(p.visibility + ms(10));
  const slow = p.rate * p.slowShare;
  const last = toSeconds(p.length - DRAIN);
  // With room for those whose work is not that slow after all.
  const isOutlasted = handling > 1.6 * period;
  const hands = (slow * last * handling) / period + p.rate * toSeconds(p.payTime + p.workTime);
  const isCrowded = hands > 0.8 * p.consumers * p.concurrency;
  // Who dies at it is not done with it, and then nothing is said.
  if (!isOutlasted || isCrowded || deaths(p) > 0) return 0;
  const most = (toSeconds(p.length) - handling) / period - 1;
  const least = Math.max(0, most - last / period);
  const mean = (slow * last * (most + least)) / 2;
  const squares = (slow * last * (most * most + most * least + least * least)) / 3;
  return Math.max(0, mean - DEVIATIONS * Math.sqrt(squares));
});

/** Where the timeout is renewed only a death has anything come again: at most all that the dead one had in hand. */
export const renewed = limit((p) => deaths(p) * p.concurrency);
