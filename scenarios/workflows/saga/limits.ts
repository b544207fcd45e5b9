/**
 * What is claimed of the order saga, worked out from the parameters. Nothing here looks at a run.
 *
 * Each service refuses a share r of the actions for reasons of its own, independently, so what reaches a step and is refused
 * there is a binomial number, which varies less than a Poisson one of its mean. Orders that are refused for want of stock or
 * money, or given up over a crash, only add to what is left half done.
 */
import { exp, ms, NotClaimed, pow, s, toSeconds, zipfProbabilities, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, some } from '../../application/chance.ts';
import { faultCount, type FaultIntervals } from '../../application/faults.ts';
import { BACKOFF, CONCURRENCY } from '../application/orchestrated.ts';
import { PRICE, ROW_TIME } from '../application/order-services.ts';
import { DRAIN, endingLimits } from '../application/settling.ts';
import type { Values } from './params.ts';

const FAULTS_FROM = s(2);

const limit = limitOf<Values>;

/** Crashes of a kind, one in each of its intervals. */
export const faultsEvery = (p: Values, every: Duration): FaultIntervals => ({
  from: FAULTS_FROM,
  until: p.length - DRAIN,
  every,
});

const crashesOf = (p: Values, services: number): number =>
  Math.ceil((faultCount(faultsEvery(p, p.crashEvery)) * services) / 4);

/** How long orders are taken, in seconds, while neither the checkout nor the first so many services are away. */
function undisturbed(p: Values, services: number): number {
  const away = faultCount(faultsEvery(p, p.killEvery)) + crashesOf(p, services);
  return Math.max(0, toSeconds(p.length - DRAIN - away * p.downtime));
}

/** Refused by one of so many services. */
const refusedBy = (p: Values, services: number): number => 1 - pow(1 - p.refusedShare, services);

/** Nothing is undone: an order that was created stands there if any of the three that follow refuse. */
export const leftHalfDone = limit((p) => some(p.rate * undisturbed(p, 1) * (1 - p.refusedShare) * refusedBy(p, 3)));

/**
 * Orders for which there is an article and money, of those that orders and inventory let through. Of an article with a demand of
 * mean m at least min(stock, m) are there in the mean, less half of the deviation of m where the two are close (E|X - m| is
 * at most the deviation). Customers order alike often, and most of them have more than they spend.
 */
function served(p: Values): number {
  const orders = p.rate * undisturbed(p, 3) * pow(1 - p.refusedShare, 2);
  let sold = 0;
  for (const share of zipfProbabilities(p.articles, 0.9)) {
    const demand = orders * share;
    const isClose = Math.abs(p.stock - demand) < DEVIATIONS * Math.sqrt(demand);
    sold += Math.max(0, Math.min(p.stock, demand) - (isClose ? Math.sqrt(demand) / 2 : 0));
  }
  const each = orders / p.customers;
  const unaffordable = p.customers * Math.max(0, each + DEVIATIONS * Math.sqrt(each) - Math.floor(p.balance / PRICE));
  return Math.max(0, poissonLow(sold) - unaffordable);
}

/** Orders that were paid, and shipping refused them. */
const paidAndRefused = (p: Values): number => served(p) * (1 - p.refusedShare) * p.refusedShare;
export const leftMoney = limit((p) => PRICE * some(paidAndRefused(p)));

/**
 * Customers who saw a charge that was undone later: each of those orders is there to be seen while shipping looks for a carrier,
 * and a customer looks so often. A Poisson number of Poisson numbers of mean m has (1 + m) times the variance of a Poisson one.
 * Who undoes nothing, or tells of what is pending as pending, has none.
 */
export const dirtyReads = limit((p) => {
  if (!p.compensation || p.semanticLock) return new NotClaimed('no charge that is undone is told of as made');
  const seen = (p.readRate / p.customers) * toSeconds(p.shipTime);
  const expected = paidAndRefused(p) * seen;
  return Math.max(expected >= 10 * (1 + seen) ? 1 : 0, expected - DEVIATIONS * Math.sqrt(expected * (1 + seen)));
});

/**
 * Charges of an account between an order's look at it and its own charge: the look is when the order is created, and what
 * lies between is the work of inventory and payments at least. Others of the account charge it meanwhile as a Poisson process, at a
 * rate that is lower by the end, when much has sold out; what that loses there it gains before, for the number grows with its square.
 */
function changedSinceRead(p: Values): number {
  const charges = served(p) * (1 - p.refusedShare);
  const perSecond = charges / Math.max(1, undisturbed(p, 3)) / p.customers;
  return some(charges * (1 - exp(-perSecond * toSeconds(ROW_TIME + p.payTime))));
}
export const fuzzyReads = limit((p) =>
  p.semanticLock ? new NotClaimed('nobody else changes an account that an order has read') : changedSinceRead(p),
);
/** Each of these overwrites what was changed since, if the balance is written as it was read, but where that was given back too. */
export const lostUpdates = limit((p) =>
  p.semanticLock || !p.writesAsRead ? new NotClaimed('charges are taken off what is there') : changedSinceRead(p),
);

/** Accounts are wrong by the end if there are any of those; by how much in all depends on which of them were refunds. */
export const misstated = limit((p) => (p.semanticLock || !p.writesAsRead ? 0 : changedSinceRead(p) > 0 ? 1 : 0));

/**
 * Whether everything is settled by the end: services are up again and have places for all, so that what is left to do takes one
 * wait of the backoff and the work of all steps, forth and back.
 */
const isSettled = (p: Values): boolean => {
  const work = 2 * (2 * ROW_TIME + p.payTime + p.shipTime);
  const places = p.rate * toSeconds(p.shipTime + p.payTime);
  return (
    p.downtime + BACKOFF.cap + 2 * work < DRAIN - ms(500) && places < CONCURRENCY / 2 && p.timeout > 4 * p.shipTime
  );
};

export const { allOrNothing, nothingStranded } = endingLimits(isSettled);
