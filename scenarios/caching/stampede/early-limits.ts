/**
 * What is claimed of early expiration, worked out from the parameters: how many loads of one key XFetch and the printed rule make in a
 * cycle, from when on readers reload to when the new entry is there. Nothing here looks at a run.
 */
import { exp, ln, NotClaimed, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf } from '../../application/chance.ts';
import { expiriesMax, hotRate, slowestQuiet, spreadOf, underWayMost } from './limits.ts';
import type { Values } from './params.ts';

const limit = limitOf<Values>;

/** Of something that happens once an expiry, or after a while again: its mean and its variance. */
interface Cycle {
  readonly mean: number;
  readonly variance: number;
}

const mostOf = (cycles: number, { mean, variance }: Cycle): number =>
  cycles * mean + DEVIATIONS * Math.sqrt(cycles * variance);

/**
 * XFetch's loads of one cycle. The rate of reloads at a gap g before the expiry is lambda exp(-g / (beta delta)), so what
 * it adds up to until the first one, a draw E of the exponential distribution, is lambda beta delta exp(-g / (beta
 * delta)); in the time delta of that load it grows by a factor of e^(1/beta). The loads are 1 and a Poisson number of
 * mean E (e^(1/beta) - 1): a geometric one with the mean e^(1/beta), whatever the rate and the load time.
 */
export function xfetchCycle(p: Values): Cycle {
  const mean = exp(1 / p.beta);
  return { mean, variance: mean * (mean - 1) };
}
/** No more than ask for the key: with a beta of 0 nobody reloads early, and the cycle above has no bound. */
const xfetchMost = (cycles: number, p: Values): number =>
  Math.min(hotRate(p) * toSeconds(p.length), mostOf(cycles, xfetchCycle(p)));
export const xfetchLoads = limit((p) => xfetchMost(expiriesMax(p), p));
export const xfetchAtOnce = (p: Values): number => xfetchMost(1, p);
/**
 * Who joins a load at a proxy, near its end, takes it for a short one and stores that. So those who come next are early by too little, and
 * more of them come in the time that a load really takes.
 */
export const xfetchUnderWay = limit((p) => (p.coalesces ? LOOKS_SHORT : underWayMost(xfetchAtOnce(p), p)));
const LOOKS_SHORT = new NotClaimed('to who joins a load at the proxy it looks shorter than it is');

/**
 * By how much earlier than its expiry an entry is reloaded no more than one time in so many, in seconds, if its load took as long as the
 * slowest: by a gap g or more with a chance of no more than lambda beta delta exp(-g / (beta delta)), by the argument above.
 */
export function earliest(p: Values, oneIn: number): number {
  const scale = p.beta * slowestQuiet(p);
  return scale === 0 ? 0 : scale * Math.max(0, ln(oneIn * hotRate(p) * scale));
}

/** XFetch behind a mutex: one load a life, since who looks again with the lock in hand finds the new entry. */
export const oncePerLife = limit((p) => {
  const life = toSeconds(p.ttl) * (1 - spreadOf(p)) - earliest(p, 3e6);
  const most = hotRate(p) * toSeconds(p.length);
  return life <= 0 ? most : Math.min(most, Math.ceil(toSeconds(p.length) / life));
});

/**
 * The printed rule's loads of one cycle. The rate of reloads grows as lambda t / W over the window W of a tenth of the
 * time to live; it adds up to lambda t^2 / (2 W), which is a draw of the exponential distribution when the first load
 * begins. So that comes after a while t of mean square 2 W / lambda and of mean sqrt(pi / 2 W / lambda), and in its time
 * delta a Poisson number of lambda delta (delta + 2 t) / (2 W) follow: they grow with the square of the load time.
 */
export function linearCycle(p: Values): Cycle {
  const window = toSeconds(p.ttl) / 10;
  const load = toSeconds(p.loadTime);
  const slope = hotRate(p) / window;
  const following = (slope * load * load) / 2 + load * Math.sqrt((Math.PI / 2) * slope);
  const spread = slope * load * load * (2 - Math.PI / 2);
  return { mean: 1 + following, variance: following + spread };
}
/** A cycle lasts as long as an entry lives, but for the tenth of the time to live that it ends early at most. */
export const linearLoads = limit((p) => {
  const cycle = p.ttl * (1 - spreadOf(p) - 0.1);
  return cycle > 0
    ? mostOf(Math.ceil(p.length / cycle), linearCycle(p))
    : new NotClaimed('an entry may live for no longer than readers may be early');
});
