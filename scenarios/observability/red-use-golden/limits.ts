/**
 * What is claimed of the three methods, worked out from the parameters: how long after the fault each says so, and that some
 * never do. Nothing here looks at a run. By Little's law the mean number of connections in use is the rate times the query time.
 */
import { s, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf } from '../../application/chance.ts';
import type { Values } from './params.ts';
import { CONNECTIONS, FAULT_AT, IN_TURN, QUERY_TIME } from './system.ts';

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
const burstIsSure = (p: Values): boolean =>
  p.failing - DEVIATIONS * Math.sqrt((p.failing * (1 - p.failing)) / p.rate) > 0.01 && p.rate >= 40;
export const burstMost = limit((p) => (burstIsSure(p) ? ROWS : left(p)));
/** What comes is less than half of what came. */
const lossIsSure = (p: Values): boolean => {
  const comes = p.rate * (1 - p.lost);
  return comes + DEVIATIONS * Math.sqrt(comes) < 0.5 * (p.rate - DEVIATIONS * Math.sqrt(p.rate / 10));
};
export const lostMost = limit((p) => (lossIsSure(p) ? ROWS : left(p)));

/** Whether an incident of those that come in turn is in the run, and large enough for whoever sees such ones. */
const isThere = (p: Values, name: (typeof IN_TURN)[number]['name']): boolean => {
  const { to } = IN_TURN.find((incident) => incident.name === name)!;
  if (p.fault !== 'each-in-turn' || p.length < to || !steady(p)) return false;
  if (name === 'error-burst') return burstIsSure(p);
  return name === 'lost-traffic' ? lossIsSure(p) : true;
};
const count = (p: Values, names: readonly (typeof IN_TURN)[number]['name'][]): number =>
  names.filter((name) => isThere(p, name)).length;

/** Who looks at requests sees failures and silence; who looks at resources that one is nearly full; who looks at both all three. */
export const redFinds = limit((p) => count(p, ['error-burst', 'lost-traffic']));
export const useFinds = limit((p) => count(p, ['nearly-full']));
export const goldenFinds = limit((p) => count(p, ['nearly-full', 'error-burst', 'lost-traffic']));
/**
 * At 84 % of the pool of twenty a query waits with the chance 0.356 by Erlang's formula C, and for longer than it takes itself with 0.0145: one in
 * twenty does not. Nobody is refused. So requests say nothing where they are steady otherwise.
 */
export const redMisses = limit((p) => (steady(p) ? 0 : 1));
/** Neither failures nor silence take more of the pool than what is usual. */
export const useMisses = limit((p) => (steady(p) ? 0 : 2));
/** Until queries fail no user has an error: what is nearly full has room for everybody. */
export const errorsInTurn = limit((p) => {
  const [, burst] = IN_TURN;
  return steady(p) && p.fault === 'each-in-turn' ? Math.min(left(p), toSeconds(burst.from - FAULT_AT)) : 0;
});
