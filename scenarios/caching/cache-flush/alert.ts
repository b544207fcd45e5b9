/**
 * When the alert on the hit ratio surely fires, and when it surely does not, worked out from the shares of the missing keys.
 * Nothing here looks at a run.
 *
 * Of the requests for missing keys the part that is the first for its key falls as f(t) = sum of q exp(-q r t), where q is a
 * key's share of the requests and r their rate. So many miss at least, for whoever waits for another one's load misses as well;
 * and at most as many as were first a load before.
 */
import { exp, intervalOf, ms, s, toSeconds, type Since } from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf } from '../../application/chance.ts';
import { NEAR_MAX, SHAPE } from '../../application/distances.ts';
import { allShares, INTERVAL, missingFrom, movedShares, WARM_UP } from './limits.ts';
import type { Values } from './params.ts';

/** The ratio is that of the last second, looked at four times a second. */
export const WINDOW = s(1);
export const LOOK = ms(250);

/** Of requests for missing keys, those whose key nobody has asked for yet, after so many seconds. */
const firstAsked = (p: Values, shares: readonly number[], seconds: number): number =>
  shares.reduce((sum, share) => sum + share * exp(-share * p.rate * Math.max(0, seconds)), 0);

/**
 * Of requests for missing keys, at least those whose key cannot be back yet: even if the most popular ones come first, in so many
 * seconds the processors do so many loads, which deviate by 1 / sqrt(SHAPE) each.
 */
function notLoaded(p: Values, shares: readonly number[], seconds: number): number {
  const loads = capacityOf(p) * seconds;
  const back = Math.ceil(loads + p.cores + DEVIATIONS * Math.sqrt(loads / SHAPE));
  return shares
    .toSorted((a, b) => b - a)
    .slice(back)
    .reduce((sum, share) => sum + share, 0);
}

/** How far chance may carry a share of so many lookups. */
const chance = (share: number, lookups: number): number => DEVIATIONS * Math.sqrt((share * (1 - share)) / lookups);

/** From the event on: a window of nothing else and the time of pending, each to the next look. */
const firesWithin = (p: Values): number => toSeconds(WINDOW + p.alertFor + 2 * LOOK);

/**
 * Whether the ratio is below the threshold to the end of that. Where all handlers wait for loads, one is free again whenever a load
 * ends; those that it then takes on miss by this share, so that there are as many lookups as loads end, over the share.
 */
function surelyFires(p: Values): boolean {
  const shares = allShares(p);
  const seconds = firesWithin(p);
  const missing = Math.max(firstAsked(p, shares, seconds), notLoaded(p, shares, seconds));
  const lookups = Math.min(p.rate, capacityOf(p) / missing) * toSeconds(WINDOW);
  return missing - chance(missing, lookups) > 1 - p.hitRatioLeast;
}

/**
 * Whether the ratio is surely above it again at the last look of the pending time: what misses in the window before that was
 * first asked for a load before, which waits for what the store got too much in the first window.
 */
function surelySilent(p: Values, shares: readonly number[]): boolean {
  const window = toSeconds(WINDOW);
  const asked = firstAsked(p, shares, 0) * p.rate * window;
  const waiting = Math.max(0, asked + DEVIATIONS * Math.sqrt(asked) - capacityOf(p) * window) / capacityOf(p);
  const load = toSeconds(p.loadTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE)) + toSeconds(6 * NEAR_MAX) + waiting;
  const missing = firstAsked(p, shares, toSeconds(p.alertFor) - window - load);
  // The entries whose time is up miss as well.
  const expired = (2 * p.keys) / toSeconds(p.ttl) / p.rate;
  return missing + expired + chance(missing, p.rate * window) < 1 - p.hitRatioLeast;
}

/** Keys begin to be missing. */
export const event: Since = {
  words: 'from the event on',
  at: (params) => Math.min(Math.max(missingFrom(params as Values), WARM_UP), (params as Values).length),
};

const rowOf = (p: Values): number => toSeconds(intervalOf({ interval: INTERVAL }, p.length));

/** Seconds from the event on; to the end of the run, where it is not sure. */
export const fires = limitOf<Values>((p) => {
  const left = toSeconds(p.length - event.at(p));
  const within = firesWithin(p) + rowOf(p);
  return within < left && surelyFires(p) ? within : left;
});

/** Alerts at most: none, or one for each time of pending. */
export const onRing = limitOf<Values>((p) =>
  surelySilent(p, movedShares(p, 'consistent-hash')) ? 0 : Math.ceil(p.length / Math.max(LOOK, p.alertFor)),
);
