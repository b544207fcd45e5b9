/**
 * What is claimed of the cache's day, worked out from the parameters: that each row of the dashboard is broken in the hours
 * of its incident, and is not in others. Nothing here looks at a run.
 *
 * Misses follow from Che's approximation, or of an empty cache from which keys are asked for first; counts are Poisson
 * numbers. A row fires if its mechanism carries it beyond its threshold by more than chance can take back, and is silent if
 * chance cannot carry it there; where the parameters say neither, nothing is claimed.
 */
import {
  characteristicTime,
  exp,
  heldByLru,
  ms,
  s,
  toSeconds,
  zipfProbabilities,
  type Duration,
} from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, oncePerRun, poissonMost } from '../../application/chance.ts';
import { SHAPE } from '../../application/distances.ts';
import { hour, INCIDENTS } from './day.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(5);
export const INTERVAL = ms(500);
/** The alert on the hit ratio: of the last two seconds, for one second. */
export const ALERT = { threshold: 0.9, window: s(2), every: ms(250), for: s(1) } as const;
export const HOT_SHARE = 0.15;
export const MONITOR_WINDOW = s(2);
const MISSES = 0.1;
const LOAD_SECONDS = 0.02;
const LEAST_SAMPLES = 20;
const REDUNDANT_SHARE = 0.25;
const SPIKE = 2;
const SPIKE_DEVIATIONS = 5;
/** Ways of a load within the site. */
const WAYS = 0.002;
/** A window falls short by so many once in a thousand times, and an incident has more than one. */
const SOME_WINDOW = 3;

const limit = limitOf<Values>;
/** Seconds, if it is so, at least: one look at the row. */
const fires = (isSo: (p: Values) => boolean) => limit((p) => (isSo(p) ? toSeconds(INTERVAL) : 0));
/** Seconds, if it is so, at most. */
const silent = (isSo: (p: Values) => boolean) => limit((p) => (isSo(p) ? 0 : toSeconds(p.length)));

/** A window of the dashboard: a thirtieth of what is measured, in whole intervals. */
const windowOf = ({ length }: Values): number =>
  Math.max(1, Math.round((length - WARM_UP) / INTERVAL / 30)) * toSeconds(INTERVAL);

/** Requests of the north and the south in a window of the day. */
const northern = (p: Values): number => p.rate * (1 - p.southShare) * windowOf(p);
const southern = (p: Values): number => p.rate * p.southShare * windowOf(p);

const shares = oncePerRun((p: Values) => zipfProbabilities(p.keys, p.exponent));

/** What a cache with room for a part of the north's keys misses, and of the loads of that how many are needless. */
function steady(p: Values, room: number): { readonly misses: number; readonly needless: number } {
  const capacity = Math.max(1, Math.round(room * p.keys));
  if (capacity >= p.keys) return { misses: 0, needless: 0 };
  const { time, hitRatio } = characteristicTime(shares(p), capacity, heldByLru);
  const perSecond = p.rate * (1 - p.southShare) * (toSeconds(p.loadTime) * p.slowdown + WAYS);
  const met = shares(p).reduce((sum, share) => sum + share * exp(-share * time) * (1 - exp(-share * perSecond)), 0);
  return { misses: 1 - hitRatio, needless: met / (1 - hitRatio) };
}
const healthy = oncePerRun((p: Values) => steady(p, p.room));
const short = oncePerRun((p: Values) => steady(p, p.room * p.memory));

/** Of so many requests for keys none of which is cached, those that are the first of their key: mean and variance. */
function firstAsked(
  probabilities: readonly number[],
  requests: number,
): { readonly mean: number; readonly variance: number } {
  let [mean, variance] = [0, 0];
  for (const share of probabilities) {
    const never = exp(-share * requests);
    mean += 1 - never;
    variance += never * (1 - never);
  }
  return { mean, variance };
}

/** More misses than a tenth of the lookups, surely: both vary. */
const surelyMore = ({ mean, variance }: ReturnType<typeof firstAsked>, lookups: number): boolean =>
  lookups - DEVIATIONS * Math.sqrt(lookups) > 0 &&
  mean - MISSES * lookups > DEVIATIONS * Math.sqrt(variance + MISSES * MISSES * lookups);
/** Fewer, surely. */
const surelyFewer = (misses: number, lookups: number): boolean =>
  MISSES * lookups - misses >
  DEVIATIONS * Math.sqrt((1 - MISSES) * (1 - MISSES) * misses + MISSES * MISSES * (lookups - misses));

/** In a window of the cold south: each key is loaded once, and by those who come while it is. */
const cold = oncePerRun((p: Values) => firstAsked(zipfProbabilities(p.southKeys, p.exponent), southern(p)));
const coldMost = (p: Values): number =>
  cold(p).mean * (1 + p.rate * p.southShare * (toSeconds(p.loadTime) + WAYS)) + healthy(p).misses * northern(p);

/** In the hours of the edits: of what is asked for the key, those who come while a load of it is under way. */
const hotRate = (p: Values): number => p.rate * (p.crowd + (1 - p.southShare) * shares(p)[0]);
const herd = (p: Values, loads: number): number => hotRate(p) * loads;
const editsIn = (p: Values): number => p.edits * windowOf(p);
const editMisses = (p: Values): number => editsIn(p) * (1 + herd(p, toSeconds(p.loadTime) + WAYS));
const dayLoads = (p: Values): number => healthy(p).misses * northern(p);

/** A day on which nothing goes wrong, by night too. */
const isWell = (p: Values): boolean =>
  [p.night, 1].every((asked) => surelyFewer(dayLoads(p) * asked, (northern(p) + southern(p)) * asked));
/** Nothing but the flush takes the mean over all lookups below nine tenths. */
const staysAbove = (p: Values): boolean =>
  isWell(p) &&
  surelyFewer(coldMost(p), northern(p) + southern(p)) &&
  surelyFewer(short(p).misses * northern(p), northern(p)) &&
  surelyFewer(dayLoads(p) + editMisses(p), northern(p) + p.crowd * p.rate * windowOf(p));

export const healthySilent = silent(isWell);
export const overallSilent = silent(staysAbove);
export const southFires = fires((p) => surelyMore(cold(p), southern(p)));
/** A window after the flush. */
const flushed = oncePerRun((p: Values) => firstAsked(shares(p), northern(p)));
export const flushFires = fires((p) => surelyMore(flushed(p), northern(p) + southern(p)));

/** The mean of a window's loads, of twenty at least, as far as chance takes it from their demand. */
const MEAN_SPREAD = DEVIATIONS / Math.sqrt(SHAPE * LEAST_SAMPLES);
export const slowFires = fires(
  (p) =>
    toSeconds(p.loadTime) * p.slowdown * (1 - MEAN_SPREAD) > LOAD_SECONDS &&
    dayLoads(p) - SOME_WINDOW * Math.sqrt(dayLoads(p)) > LEAST_SAMPLES,
);
/** Processors are shared: a load takes 1 / (1 - rho) of its demand, and at the worst as many come as chance brings. */
const busiest = (p: Values): number =>
  poissonMost(Math.max(coldMost(p), flushed(p).mean, dayLoads(p) + editMisses(p) + editsIn(p))) /
  windowOf(p) /
  capacityOf(p);
export const loadsSilent = silent(
  (p) => busiest(p) < 1 && (toSeconds(p.loadTime) * (1 + MEAN_SPREAD) + WAYS) / (1 - busiest(p)) < LOAD_SECONDS,
);

/** Evictions of a window are its misses: by night, by day, and when the cache has to be smaller all at once. */
const spikeAt = (baseline: number): number =>
  Math.max(SPIKE * baseline, baseline + SPIKE_DEVIATIONS * Math.sqrt(baseline));
export const memoryFires = fires((p) => p.room * p.keys * (1 - p.memory) > spikeAt(poissonMost(dayLoads(p))));
/** The first full window of the morning, before the baseline has learnt. */
export const morningFires = fires(
  (p) => dayLoads(p) - SOME_WINDOW * Math.sqrt(dayLoads(p)) > spikeAt(dayLoads(p) * p.night),
);
/** The share of one key, of as many lookups as the monitor's window has. */
const read = (p: Values, asked: number): number => p.rate * asked * toSeconds(MONITOR_WINDOW);
const spread = (share: number, lookups: number): number => DEVIATIONS * Math.sqrt((share * (1 - share)) / lookups);
const hotShare = (p: Values): number => hotRate(p) / (p.rate * (1 + p.crowd));
const usualShare = (p: Values): number => (1 - p.southShare) * shares(p)[0];
export const crowdFires = fires((p) => hotShare(p) - spread(hotShare(p), read(p, 1)) > HOT_SHARE);
export const hotSilent = silent((p) => usualShare(p) + spread(usualShare(p), read(p, p.night)) < HOT_SHARE);

/** Each edit costs one load, and a herd's; beside them are those of the day. */
export const editsFire = fires((p) => {
  const needless = editsIn(p) * herd(p, toSeconds(p.loadTime));
  const others = editsIn(p) + dayLoads(p);
  const [over, under] = [1 - REDUNDANT_SHARE, REDUNDANT_SHARE];
  return over * needless - under * others > DEVIATIONS * Math.sqrt(over * over * needless + under * under * others);
});
/** Of twenty loads six are needless once in a million times, if one in fifty is in the mean. */
export const stampedeSilent = silent((p) => Math.max(healthy(p).needless, short(p).needless) < 0.02);

/** After the flush each key is loaded once, and by those who come meanwhile: a window's herds are few among its loads. */
export const flushMeetsFew = silent((p) => {
  const met = shares(p).reduce((sum, share) => sum + share * p.rate * (toSeconds(p.loadTime) + WAYS), 0);
  return poissonMost(met) < REDUNDANT_SHARE * (flushed(p).mean - DEVIATIONS * Math.sqrt(flushed(p).variance));
});

/** The alert looks at the south's own ratio: the cold begins, its window fills, it is pending, to the next look each. */
export const detected = limit((p) =>
  surelyMore(cold(p), southern(p))
    ? toSeconds(ALERT.window + ALERT.for + 2 * ALERT.every + INTERVAL)
    : toSeconds(p.length),
);
/** The alert on all lookups hears nothing of it: the next that fires is the flush's. */
const untilFlush = (p: Values): Duration => hour(p, INCIDENTS.flush.from) - hour(p, INCIDENTS.southCold.from);
export const undetected = limit((p) => (staysAbove(p) ? toSeconds(untilFlush(p)) : 0));
export const noAlerts = limit((p) => (isWell(p) ? 0 : toSeconds(p.length)));
