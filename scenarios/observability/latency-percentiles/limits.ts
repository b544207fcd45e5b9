/**
 * What is claimed of the latency percentiles, worked out from the parameters. Nothing here looks at a run.
 *
 * Of n requests a Poisson number of mean n t takes longer than the time whose tail is t. So the 99th percentile of a sample lies
 * between the times whose tails are so much less, and more, than a hundredth that chance does not carry one over.
 */
import {
  errorOfDigits,
  exp,
  ln,
  ms,
  PERCENTILE_PRECISION,
  s,
  toSeconds,
  type Duration,
  type Limit,
} from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, FAR_MIN } from '../../application/distances.ts';
import { exceededBy } from '../../application/queue.ts';
import { CORES } from './instance.ts';
import { busiest, intendedOf, momentsOf, tailAtInstance, tailOf, thinkTimeOf } from './mixture.ts';
import { LAYOUTS, testRateOf, type Layout, type Values } from './params.ts';
import { REPORT_DIGITS } from './truth.ts';

export const WARM_UP = s(30);
export const INTERVAL = ms(500);

/**
 * Claims of panels hold where nobody's time depends on the others', nothing stands still, and the panels have been filled before the
 * warm-up ends; where they do not, nothing takes longer than the run, and a bucket's bound is no more than twice as high.
 */
const atMostLimit = (of: (p: Values) => number): Limit => atMostWhere(isUsual, of);
const atLeastLimit = (of: (p: Values) => number): Limit => atLeastWhere(isUsual, of);
const isUsual = (p: Values): boolean => isUncrowded(p) && isFilled(p) && p.stallFor === 0;

/** What is claimed of a histogram's buckets is claimed where the panel reads them. */
const isBucketed = (p: Values): boolean => isUsual(p) && p.panel === 'buckets';

const atMostWhere = (holds: (p: Values) => boolean, of: (p: Values) => number): Limit =>
  limitOf<Values>((p) => {
    const nothing = 2 * toSeconds(p.length);
    return holds(p) ? Math.min(of(p), nothing) : nothing;
  });
const atLeastWhere = (holds: (p: Values) => boolean, of: (p: Values) => number): Limit =>
  limitOf<Values>((p) => (holds(p) ? Math.max(0, of(p)) : 0));

function isUncrowded(p: Values): boolean {
  const atOnce = busiest(p, p.rate + (p.load === 'none' ? 0 : testRateOf(p)));
  return atOnce + DEVIATIONS * Math.sqrt(atOnce) <= CORES;
}
const isFilled = (p: Values): boolean =>
  p.window + p.scrapeInterval + p.evaluationInterval <= WARM_UP && 2 * p.scrapeInterval < p.window;

/** Requests that a panel looks back on at least: of each target the first and the last sample may be an interval from the ends. */
const seen = (p: Values): number => p.rate * toSeconds(p.window - 2 * p.scrapeInterval);
/** And those of an instance whose own percentiles forget a third of the window at a turn. */
const seenAlone = (p: Values): number => ((p.rate / p.instances) * toSeconds(p.window) * 2) / 3;
const inRun = (p: Values): number => p.rate * toSeconds(p.length - WARM_UP);

/** The tail t for which n t, and `sign` times the room for chance, is a hundredth of n, less `spare`. */
function hundredth(n: number, sign: 1 | -1, spare = 0): number {
  const wanted = 0.01 * n - spare;
  if (wanted <= 0) return 0;
  const root = (-sign * DEVIATIONS + Math.sqrt(DEVIATIONS * DEVIATIONS + 4 * wanted)) / 2;
  return (root * root) / n;
}
const p99Most = (p: Values, n: number, tail = (x: number): number => tailOf(p, x)): number =>
  exceededBy(hundredth(n, 1), tail);
const p99Least = (p: Values, n: number): number => exceededBy(hundredth(n, -1), (x) => tailOf(p, x));

/** The true percentile of the whole run, known to a bucket of the experimenter's histogram. */
const RECORDED = 1.01;
export const trueTail = atLeastLimit((p) => p99Least(p, inRun(p)) / RECORDED);

/** A mean of so many requests. */
export const meanMost = atMostLimit((p) => {
  const { mean, deviation } = momentsOf(p);
  return mean + (DEVIATIONS * deviation) / Math.sqrt(seen(p));
});

/** A share of n requests, at least and at most. */
const shareOf = (n: number, share: number, sign: 1 | -1): number =>
  share + sign * DEVIATIONS * Math.sqrt(Math.max(share * (1 - share), 1 / n) / n);
const within = (p: Values, x: number): number => 1 - tailOf(p, x);
export const trueWithin = atLeastLimit((p) => shareOf(seen(p), within(p, toSeconds(p.target)), -1));

/** Bounds of the bucket that a time is in, the lower one 0 in the first; the last bucket has no upper one. */
function bucketAround(layout: Layout, x: number): readonly [number, number] {
  const bounds = LAYOUTS[layout];
  const place = bounds.findIndex((bound) => x <= bound);
  return place < 0 ? [bounds[bounds.length - 1], Infinity] : [place === 0 ? 0 : bounds[place - 1], bounds[place]];
}

/** In the bucket of the target requests are taken to lie evenly, so that so many of them count as within it. */
const interpolated = (p: Values, layout: Layout): number => {
  const target = toSeconds(p.target);
  const [low, high] = bucketAround(layout, target);
  const [below, above] = [within(p, low), within(p, high)];
  return high === Infinity ? below : below + ((above - below) * (target - low)) / (high - low);
};
export const interpolatedMost = atMostWhere(isBucketed, (p) => shareOf(seen(p), interpolated(p, p.layout), 1));
export const interpolatedLeast = (layout: Layout): Limit =>
  atLeastLimit((p) => shareOf(seen(p), interpolated(p, layout), -1));

/** A bucket that ends at the target counts exactly those who were within it. */
const isBound = (p: Values): boolean => LAYOUTS['handbook-and-300ms'].includes(toSeconds(p.target));
export const countedLeast = atLeastLimit((p) =>
  isBound(p) ? shareOf(seen(p), within(p, toSeconds(p.target)), -1) : 0,
);
export const countedMost = atMostLimit((p) => (isBound(p) ? shareOf(seen(p), within(p, toSeconds(p.target)), 1) : 1));

/** Above the last bound nothing is known but that: a quantile is never said to be more. */
export const lastBound = atMostWhere(isBucketed, (p) => LAYOUTS[p.layout].at(-1)!);

/** A quantile that is interpolated in a bucket lies in the bucket of the true one. */
export const bucketedLeast = (layout: Layout): Limit =>
  atLeastLimit((p) => bucketAround(layout, p99Least(p, seen(p)))[0]);
export const bucketedMost = (layout: Layout): Limit => atMostLimit((p) => bucketAround(layout, p99Most(p, seen(p)))[1]);

/**
 * Exponential buckets: 160 of them hold twenty octaves at a scale of 3, and all times here lie within that of each other. So
 * nothing is off by more than a bucket's width, the eighth root of two.
 */
const BASE = exp(ln(2) / 8);
export const exponentialLeast = atLeastLimit((p) => p99Least(p, seen(p)) / BASE);
export const exponentialMost = atMostLimit((p) => p99Most(p, seen(p)) * BASE);
export const exponentialWithinLeast = atLeastLimit((p) => shareOf(seen(p), within(p, toSeconds(p.target) / BASE), -1));
export const exponentialWithinMost = atMostLimit((p) => shareOf(seen(p), within(p, toSeconds(p.target) * BASE), 1));

/** The mean of what each instance says of itself: those that stand by say 0, since they have forgotten all. */
export const averagedMost = atMostLimit((p) => {
  const known = 1 + errorOfDigits(PERCENTILE_PRECISION);
  const alone = (factor: number): number => p99Most(p, seenAlone(p), (x) => tailAtInstance(p, factor, x)) * known;
  return (alone(p.slowdown) + (p.instances - 1) * alone(1)) / (p.instances + p.idle);
});

// The load test.

const stall = (p: Values): number => toSeconds(p.stallFor);
/** Who waits has his answer before the run ends. */
const SETTLED = s(5);
const isTested = (p: Values): boolean =>
  isUncrowded(p) &&
  p.load !== 'none' &&
  p.stallAt >= WARM_UP &&
  p.stallFor > 0 &&
  p.stallAt + p.stallFor + SETTLED <= p.length;

/**
 * Whoever comes u seconds after everything has come to a halt waits for the rest of it: of users who come at r a second, r (S - x)
 * wait for longer than x, and half of all who come in it for longer than half of it.
 */
export const delayedLeast = atLeastWhere(isTested, (p) => poissonLow((p.rate * stall(p)) / 2));

/**
 * Seconds until the busiest instance has worked off what came while it stood still: all of its cores are busy with that, and with
 * what comes meanwhile.
 */
function drain(p: Values): number {
  const requests = (poissonMost(p.rate * stall(p)) + p.connections) / p.instances + 1;
  const work =
    requests * busiest(p, p.instances) + DEVIATIONS * Math.sqrt(requests) * p.slowdown * momentsOf(p).deviation;
  return work / (CORES - busiest(p, p.rate + testRateOf(p)));
}
/** A connection's way from one request to the next, in the mean: there and back with the answer, and a thought. */
const cycle = (p: Values, far: Duration): number => 2 * toSeconds(far) + momentsOf(p).mean + thinkTimeOf(p);
/**
 * Each connection of a generator that waits has one request that is hit: in the standstill, or the first after it. The next comes
 * when that one has been served and answered, thus a cycle after all goes on at the soonest, and is hit if not all is worked off.
 */
const hit = (p: Values): number => p.connections * (1 + drain(p) / cycle(p, FAR_MIN));
/** Reported at the last evaluation: what was sent until then, but for when all stood still and the request that is under way. */
const sentLeast = (p: Values): number => {
  const seconds = toSeconds(p.length - p.evaluationInterval) - stall(p) - drain(p) - cycle(p, FAR_MAX);
  return poissonLow((p.connections * Math.max(0, seconds)) / cycle(p, FAR_MAX));
};
const REPORTED = 1 + errorOfDigits(REPORT_DIGITS);
/** Where an instance is crowded, whoever comes waits for others as well, of which nothing is claimed. */
const isRoomy = (p: Values): boolean => isUncrowded(p) && p.load !== 'none';
export const closedMost = atMostWhere(isRoomy, (p) => {
  const share = hundredth(sentLeast(p), 1, hit(p));
  return (exceededBy(share, (x) => tailOf(p, x)) + 2 * toSeconds(FAR_MAX)) * REPORTED;
});

/** By the clock r a second are hit, so the slowest hundredth of all in the run begins where r (S - x) are left. */
export const stalledLeast = atLeastWhere(isTested, (p) => {
  const wait = 0.01 * toSeconds(p.length);
  return stall(p) - wait - DEVIATIONS * Math.sqrt(wait / testRateOf(p)) - intendedOf(p);
});
/** The users' own number is by chance. */
export const usersLeast = atLeastWhere(isTested, (p) => {
  const wait = 0.01 * toSeconds(p.length);
  return stall(p) - wait - DEVIATIONS * Math.sqrt((2 * wait) / p.rate);
});
