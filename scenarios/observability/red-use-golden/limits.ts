/**
 * What is claimed of the three methods, worked out from the parameters: how long after the fault each says so, and that some
 * never do. Nothing here looks at a run. By Little's law the mean number of connections in use is the rate times the query time.
 */
import { s, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf } from '../../application/chance.ts';
import type { Values } from './params.ts';
import { CONNECTIONS, FAULT_AT, QUERY_TIME } from './system.ts';

export const WARM_UP = s(5);
export const INTERVAL = s(1);
/** Two rows have to be beyond a threshold, the first of which may have begun before it was passed. */
const ROWS = 3 * toSeconds(INTERVAL);

const limit = limitOf<Values>;
const left = ({ length }: Values): number => toSeconds(length - FAULT_AT);
const capacity = CONNECTIONS / toSeconds(QUERY_TIME);

/** Seconds from the fault to the time at which so much comes that this share of the pool is in use. */
const reaches = (p: Values, share: number): number => Math.max(0, (share * capacity - p.rate) / p.growth);
/** Connections in use are as good as a Poisson number, told anew each query time: how far a row's mean is from it, as a share. */
const wobble = (share: number): number =>
  (DEVIATIONS * Math.sqrt((share * CONNECTIONS * toSeconds(QUERY_TIME)) / toSeconds(INTERVAL))) / CONNECTIONS;
const grows = (p: Values): boolean => p.fault === 'overload' && p.rate < 0.5 * capacity;

/** When as much comes as can be done, all of the pool is in use: chance does not take a fifth of that away. */
export const useMost = limit((p) => (grows(p) ? Math.min(left(p), reaches(p, 1) + ROWS) : left(p)));
/**
 * By Erlang's formula C a query waits for longer than the 95th percentile of a quiet one in 0.1 % of the cases when four fifths of
 * twenty connections are in use, and one in twenty has to: the percentile has not doubled yet.
 */
export const redLeast = limit((p) => (grows(p) ? Math.min(left(p), reaches(p, 0.8)) : 0));
/** A hundred wait for nine tenths of the pool with the chance 0.9^100 at most: before that nobody is refused. */
export const errorsLeast = limit((p) => (grows(p) ? Math.min(left(p), reaches(p, 0.9)) : 0));

/** A method that does not see it says nothing to the end. */
const calm = (p: Values): boolean => p.rate / capacity + wobble(p.rate / capacity) < 0.8;
/** A twentieth of the longest of a quiet hundred does not double, and the rate of a row does not halve by chance. */
const steady = (p: Values): boolean => calm(p) && p.rate * 0.5 > DEVIATIONS * Math.sqrt(p.rate);
export const never = limit((p) => (steady(p) ? left(p) : 0));

/** Of a row's queries more than one in a hundred fail, in two rows after another. */
export const burstMost = limit((p) => {
  const surely = p.failing - DEVIATIONS * Math.sqrt((p.failing * (1 - p.failing)) / p.rate) > 0.01 && p.rate >= 40;
  return surely ? ROWS : left(p);
});
/** What comes is less than half of what came. */
export const lostMost = limit((p) => {
  const comes = p.rate * (1 - p.lost);
  return comes + DEVIATIONS * Math.sqrt(comes) < 0.5 * (p.rate - DEVIATIONS * Math.sqrt(p.rate / 10)) ? ROWS : left(p);
});
