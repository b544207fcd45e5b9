/**
 * What is claimed of the cardinality, worked out from the parameters. Nothing here looks at a run.
 *
 * Of n requests, drawn from users of whom the k-th sends a share p_k, sum (1 - exp(-n p_k)) users send one at least: a sum of
 * independent chances, which varies by less than a Poisson number of that mean.
 */
import {
  exp,
  FIRST_RESTART,
  HANDBOOK_BOUNDS,
  headBytes,
  LAST_RESTART,
  ms,
  pow,
  prometheusName,
  s,
  SCRAPE_SERIES,
  seriesBytes,
  seriesLabels,
  streamBytes,
  targetLabels,
  toSeconds,
  type Labels,
} from '../../../sim-core/index.ts';
import { limitOf, oncePerRun, poissonLow, poissonMost } from '../../application/chance.ts';
import { accountOf, DURATION, resourceOf, ROUTE, SERIES_EACH, USER, userName } from './instance.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(35);
export const INTERVAL = ms(500);

const limit = limitOf<Values>;

/** Ranks of users in blocks, so that no more than a few per cent lie between the ends of one. */
function blocks(users: number): readonly (readonly [from: number, to: number])[] {
  const found: [number, number][] = [];
  for (let from = 1; from <= users; from = found[found.length - 1][1] + 1) {
    found.push([from, Math.min(users, Math.max(from, Math.floor(from * 1.05)))]);
  }
  return found;
}

/** Users that are expected of so many requests, at least: all of a block are taken to send as little as its last. */
const usersOf = oncePerRun((p: Values) => {
  const ranks = blocks(p.users);
  const weight = ranks.reduce((sum, [from, to]) => sum + (to - from + 1) * pow(from, -p.exponent), 0);
  return (requests: number): number =>
    ranks.reduce(
      (sum, [from, to]) => sum + (to - from + 1) * (1 - exp((-requests * pow(to, -p.exponent)) / weight)),
      0,
    );
});
const usersBy = (p: Values, seconds: number): number => poissonLow(usersOf(p)(poissonLow(p.rate * seconds)));

/** The first whole interval of scraping by which so many users are known to it, at least; the run's end if there are not. */
function reachedBy(p: Values, users: number): number {
  const [scrape, length] = [toSeconds(p.scrapeInterval), toSeconds(p.length)];
  for (let at = scrape; at < length; at += scrape) {
    // It was scraped an interval ago at the latest, and its request was answered a second before that.
    if (usersBy(p, Math.max(0, at - scrape - 1)) >= users) return at + 1;
  }
  return length;
}

/** No bound of the handbook's is written longer. */
const LONGEST_BOUND = '+Inf';
/** Labels of a series of the histogram, by what is added to its name. */
const labelsOf = (suffix: string, user: number, further: Labels = {}): Labels =>
  seriesLabels(
    `${prometheusName({ ...DURATION, kind: 'histogram' })}_${suffix}`,
    targetLabels(resourceOf('app-1')),
    { ...ROUTE, [USER]: userName(user) },
    further,
  );
/** Bytes of a series of the histogram in Prometheus, at least: the shortest labels, none of them new, and a sample. */
const BYTES_LEAST = headBytes(seriesBytes(labelsOf('sum', 0), 0), 1);
/**
 * At most: the longest, a sample at each scrape, and a value that is new. In truth there is a new one for every eighth series, the user,
 * and some twenty that all share; and the series of a scrape itself have three labels in place of eight, which makes up for those.
 */
const bytesMost = (p: Values): number =>
  headBytes(
    seriesBytes(labelsOf('bucket', accountOf(p), { le: LONGEST_BOUND }), 1),
    1 + Math.ceil(toSeconds(p.length) / toSeconds(p.scrapeInterval)),
  );
const memory = (p: Values): number => p.memory * 1e6;

const isLabelled = (p: Values): boolean => p.label === 'user-id';
/** Streams that an instance has at most. */
const streamsMost = (p: Values): number => {
  if (!isLabelled(p)) return 1;
  return p.cardinalityLimit === 0 ? p.users + 1 : Math.min(p.users + 1, p.cardinalityLimit);
};
const seriesMost = (p: Values): number => {
  const each = streamsMost(p) * SERIES_EACH;
  return p.instances * (SCRAPE_SERIES.length + (p.sampleLimit === 0 ? each : Math.min(each, p.sampleLimit)));
};
export const bounded = limit(seriesMost);
/** Without the user's id there is one histogram an instance, whoever comes. */
const few = (p: Values): number => p.instances * (SERIES_EACH + SCRAPE_SERIES.length);
export const aggregated = limit(few);

// What the instruments take in the applications.

const bytesOfStream = (attributes: number): number =>
  streamBytes(Object.fromEntries(Array.from({ length: attributes }, (_, i) => [i, ''])), {
    buckets: HANDBOOK_BOUNDS.length + 1,
  });
const ROUTE_ATTRIBUTES = Object.keys(ROUTE).length;
const heldMost = (p: Values): number =>
  streamsMost(p) * bytesOfStream(isLabelled(p) ? ROUTE_ATTRIBUTES + 1 : ROUTE_ATTRIBUTES);
/** Whether no instance is ever killed for what its instruments take. */
const livesOn = (p: Values): boolean => p.appMemory === 0 || heldMost(p) <= p.appMemory * 1e6;
/** A stream for each user that has come, in one of the instances at least, and none is given back. */
export const heldByUsers = limit((p) => {
  if (!isLabelled(p) || p.cardinalityLimit > 0 || !livesOn(p)) return 0;
  return usersBy(p, toSeconds(p.length) - 5) * bytesOfStream(ROUTE_ATTRIBUTES + 1);
});
export const heldBounded = limit((p) => p.instances * heldMost(p));
/** Without the user's id: one stream an instance. */
export const heldAggregated = limit((p) => p.instances * bytesOfStream(ROUTE_ATTRIBUTES));

const survives = (p: Values): boolean => seriesMost(p) * bytesMost(p) < memory(p);

/** One user's series more than the memory holds, whichever instance has them. */
const killedBy = oncePerRun((p: Values): number => {
  const isUnlimited = livesOn(p) && isLabelled(p) && p.cardinalityLimit === 0 && p.sampleLimit === 0;
  return isUnlimited ? reachedBy(p, memory(p) / (SERIES_EACH * BYTES_LEAST)) : toSeconds(p.length);
});
const isKilled = (p: Values): boolean => killedBy(p) + 1 < toSeconds(p.length);

/** From then on it is up for no longer than it takes to replay the log. */
export const upUntilKilled = limit((p) => {
  const warmUp = toSeconds(WARM_UP);
  return isKilled(p) ? Math.max(0, killedBy(p) - warmUp) / (toSeconds(p.length) - warmUp) : 1;
});
/** None where it survives for certain; else the first as soon as can be, and one more each time that it comes up again. */
export const noKills = limit((p) => {
  if (survives(p)) return 0;
  let kills = 0;
  let delay = FIRST_RESTART;
  for (let at = 0; at < p.length; at += delay, delay = Math.min(LAST_RESTART, 2 * delay)) kills++;
  return kills;
});
/** As many series as it takes. */
export const seriesWhenKilled = limit((p) => (isKilled(p) ? memory(p) / bytesMost(p) : 0));

/** Since then nothing is evaluated. It is looked at once a second. */
export const ageWhenKilled = limit((p) => (isKilled(p) ? Math.max(0, toSeconds(p.length) - killedBy(p) - 1) : 0));
/**
 * A dashboard that is well has something new at each evaluation. At the start it waits for two scrapes of a target: that it has
 * them after the warm-up is asked for.
 */
const isFilled = (p: Values): boolean =>
  p.window + p.scrapeInterval + p.evaluationInterval <= WARM_UP && 2 * p.scrapeInterval < p.window;
const isWell = (p: Values): boolean => isFilled(p) && livesOn(p) && few(p) * bytesMost(p) < memory(p);
export const ageWhenWell = limit((p) => toSeconds(isWell(p) ? p.evaluationInterval : p.length) + 1);
export const upWhenWell = limit((p) => (isWell(p) ? 1 : 0));

/**
 * A counter that begins at 1 has not grown: of each user's requests the first is seen by no rate. The others are extrapolated, at
 * most from one interval between two samples to 1.1 more on either side. So the last panel that is shown says no more than that.
 */
const EXTRAPOLATED = 1 + 2 * 1.1;
export const rateMissed = limit((p) => {
  const requests = poissonMost(p.rate * killedBy(p));
  const again = poissonMost(Math.max(0, requests - usersOf(p)(requests)));
  return (EXTRAPOLATED * again) / toSeconds(p.window);
});

/** A target with more samples than a scrape may have is dark: a window later its panels are empty, an evaluation after that for good. */
export const ageWhenDark = limit((p) => {
  if (p.sampleLimit === 0 || !isLabelled(p) || p.instances > 1 || p.cardinalityLimit > 0 || !livesOn(p)) return 0;
  const dark = reachedBy(p, p.sampleLimit / SERIES_EACH) + toSeconds(p.window + p.evaluationInterval);
  return Math.max(0, toSeconds(p.length) - dark - 1);
});

/** Where the limit of an instance is reached before the account comes, whatever it sends goes into the overflow. */
const overflows = (p: Values): boolean =>
  livesOn(p) &&
  isLabelled(p) &&
  p.cardinalityLimit > 0 &&
  p.instances === 1 &&
  reachedBy(p, p.cardinalityLimit) < toSeconds(p.slowAt);
/** Nobody can be named without series or exemplars, or when all of it is gone before. */
const isLost = (p: Values): boolean => {
  const isBlind = !isLabelled(p) && p.exemplars === 'always-off';
  return isBlind || overflows(p) || (isKilled(p) && killedBy(p) < toSeconds(p.slowAt));
};
export const nobodyKnown = limit((p) => (isLost(p) ? 0 : 1));

/**
 * What overflows is counted all the same. A panel looks back on its window, but for what lies outside the first and the last
 * scrape in it, and its mean is over the evaluations after the warm-up.
 */
export const rateKept = limit((p) => {
  if (!isFilled(p) || !survives(p) || !livesOn(p) || p.sampleLimit > 0) return 0;
  const seconds = toSeconds(p.window - 2 * p.scrapeInterval);
  return seconds > 0 ? poissonLow(p.rate * seconds) / seconds : 0;
});
export const rateMost = limit((p) => {
  const seconds = Math.max(1, toSeconds(p.window - 2 * p.scrapeInterval));
  return poissonMost((p.rate + p.slowRate) * seconds) / seconds;
});

/**
 * An exemplar leads to the account if the trace of one of its requests was sampled. None of those of x seconds is with exp(-q r x): one in
 * a hundred million after so many of them. It is scraped an interval after its request was answered at the latest, evaluated another one
 * later, and asked for half of one after; from then on there is one in each window, by the same reckoning.
 */
const CERTAIN = 18.5;
export const known = limit((p) => {
  const [scrape, evaluation] = [toSeconds(p.scrapeInterval), toSeconds(p.evaluationInterval)];
  const sampled = p.slowRate * p.sampling;
  const isSeen = sampled * (toSeconds(p.window) - scrape) >= CERTAIN;
  // Hardly a request of the others ever comes to the last bucket.
  const others =
    p.rate * exp(-HANDBOOK_BOUNDS[HANDBOOK_BOUNDS.length - 1] / toSeconds(p.loadTime)) * toSeconds(p.length);
  if (!isWell(p) || !isSeen || others > 0.01) return 0;
  const until = toSeconds(p.slowAt + p.slowTime) + CERTAIN / sampled + scrape + 1.5 * evaluation + 1;
  return until < toSeconds(p.length) ? 1 : 0;
});

/** Series that the panels and the question have to look at: the buckets, the counts, the sums and counts of users. */
const LOOKED_AT = SERIES_EACH - 2 + 1 + 2;
export const lookedAt = limit((p) => p.instances * LOOKED_AT);

/** Series that the two panels look at: count and buckets of each stream. */
const PANEL_SERIES = HANDBOOK_BOUNDS.length + 2;
/** And who looks for the slow user: sum and count of each. */
const SLOWEST_SERIES = 2;
/** Streams that there are at the last evaluation, at least: whoever came before the last scrape of each instance before it. */
const streamsLeast = (p: Values): number => {
  if (!isLabelled(p) || p.cardinalityLimit > 0 || p.sampleLimit > 0 || !survives(p) || !livesOn(p)) return 0;
  return usersBy(p, Math.max(0, toSeconds(p.length - p.scrapeInterval - p.evaluationInterval) - 1));
};
/** Each viewer has all of them looked at. */
export const askedByEach = limit((p) => (p.recorded ? 0 : p.viewers * PANEL_SERIES * streamsLeast(p)));
/** And two samples of each, of a counter that is scraped more than twice in what a panel looks back over. */
export const readByEach = limit((p) =>
  p.recorded || p.window <= 3 * p.scrapeInterval ? 0 : 2 * p.viewers * PANEL_SERIES * streamsOld(p),
);
/** Those that were there a panel's look back ago. */
const streamsOld = (p: Values): number =>
  streamsLeast(p) === 0
    ? 0
    : usersBy(p, Math.max(0, toSeconds(p.length - p.window - p.scrapeInterval - p.evaluationInterval) - 1));
/**
 * With rules all are looked at once, for however many viewers, each of whom reads what was recorded: a sum, and one of each bucket.
 * By what the variant sets.
 */
export const askedOnce = limit((p) => {
  const streams = p.instances * streamsMost(p);
  return streams * (PANEL_SERIES + SLOWEST_SERIES) + p.viewers * PANEL_SERIES;
});
