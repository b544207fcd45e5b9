/**
 * What is claimed of the hot key, worked out from the parameters by `load.ts` and `relief.ts`: how busy the busiest thread or
 * wire is, what waits before one that has too much to do, how old what is read may be. Nothing here looks at a run.
 */
import { intervalOf, ln, ms, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX } from '../../application/distances.ts';
import {
  crowdTime,
  dealt,
  fetches,
  hotShareOf,
  kept,
  keptCommands,
  loadOf,
  offered,
  onOneShard,
  sprayed,
  storeLoad,
  WARM_UP,
  WINDOW,
} from './load.ts';
import type { Values } from './params.ts';
import { backlogAtAlert, isFound, isOver, isQuiet, keptPhase, sprayPhase, untilAlert } from './relief.ts';

export const INTERVAL = ms(250);

const limit = limitOf<Values>;

/** Width of a row of the series, in seconds. */
export const rowOf = (p: Values): number => toSeconds(intervalOf({ interval: INTERVAL }, p.length));

/** In a window of the crowd, if it lasts long enough for one: all but a hundredth, in which it may wait for instances. */
export const hotThread = limit((p) => {
  if (crowdTime(p) < 2 * toSeconds(WINDOW)) return 0;
  const noise = DEVIATIONS * Math.sqrt(p.crowd / toSeconds(WINDOW)) * toSeconds(p.commandTime);
  return Math.max(0, Math.min(0.99, offered(p) - noise));
});

export const hotShare = limit(hotShareOf);

/** Windows that begin and end within the crowd; none, if its share is not above the threshold. */
export const windowsOfAlert = limit((p) =>
  hotShareOf(p) > p.threshold ? Math.max(0, Math.floor(crowdTime(p) / toSeconds(WINDOW)) - 2) : 0,
);

/** No other window has an alert, if there are none without the crowd. */
export const windowsOfCrowd = limit((p) => {
  const all = Math.ceil(toSeconds(p.length - WARM_UP) / toSeconds(WINDOW)) + 1;
  return isQuiet(p) ? Math.min(all, Math.ceil(crowdTime(p) / toSeconds(WINDOW)) + 1) : all;
});

/**
 * What one in a hundred waits for, at least, before a server that is offered so much: after half of the crowd's time so
 * much work is waiting, for as many requests as instances can hold at most, and half of the crowd waits longer than that.
 * A hundredth is room for the classes of the histogram.
 */
function waiting(p: Values, load: number, each: number): number {
  if (p.crowd * crowdTime(p) < 0.04 * (p.rate + p.crowd) * toSeconds(p.length)) return 0;
  const work = Math.max(0, load - 1) * (crowdTime(p) / 2);
  return 0.99 * Math.min(toSeconds(p.timeout), work, p.instances * p.concurrency * each);
}
export const backlog = limit((p) => waiting(p, offered(p), toSeconds(p.commandTime)));

const bytesTime = (p: Values): number => (p.hotKilobytes * 1000) / (p.bandwidth * 1e6);
export const backlogOfBytes = limit((p) => waiting(p, p.crowd * bytesTime(p), bytesTime(p)));
export const hotWire = limit((p) => {
  if (crowdTime(p) < 2 * toSeconds(WINDOW)) return 0;
  return Math.max(0, Math.min(0.99, (p.crowd - DEVIATIONS * Math.sqrt(p.crowd)) * bytesTime(p)));
});

/** Each request of the crowd is a read, and at most a load. */
export const threadOfBigValue = limit((p) => {
  const { others, shard } = onOneShard(p);
  const commands = 2 * p.crowd + p.writes + others[shard];
  return Math.min(1, (commands + DEVIATIONS * Math.sqrt(commands)) * toSeconds(p.commandTime));
});

/** What is claimed of the time after the relief, and what of all where there is none. */
export const relieved = (
  phaseOf: (p: Values) => number,
  of: (p: Values) => number,
  otherwise: (p: Values) => number,
): Limit => limit((p) => (isOver(p, phaseOf) ? of(p) : otherwise(p)));
export const all = (): number => 1;

/** A share of time is a sum of times over another: off by a rounding. */
export const rounded = (busy: (p: Values) => number) => (p: Values) => busy(p) + 1e-9;
export const sprayedThread = relieved(sprayPhase, rounded(sprayed), rounded(all));
/** Nobody fails. */
export const sprayedErrors = relieved(sprayPhase, () => 0, all);

export const dealtThread = limit(dealt);

export const keptThread = relieved(keptPhase, rounded(kept), rounded(all));
export const keptErrors = relieved(keptPhase, () => 0, all);
export const keptShare = limit((p) => {
  if (!isOver(p, keptPhase)) return 1;
  const hot = keptCommands(p) + DEVIATIONS * Math.sqrt(keptCommands(p));
  return Math.min(1, hot / Math.max(hot, p.rate - DEVIATIONS * Math.sqrt(p.rate)));
});

/**
 * The share of reads that are stale, at least, in a time in which a copy is made new so many times at most: after each the
 * crowd's reads are fresh until the next write, an exponential time of the rate w. The sum of n such times is a gamma variable,
 * z deviations above whose mean lie n + z sqrt(n) + (z^2 - 1) / 3 means (Wilson and Hilferty's approximation, 1931). Of
 * the reads those of the crowd are a part that chance makes smaller or greater.
 */
function staleAtLeast(p: Values, time: number, renewals: number): number {
  if (time <= 0) return 0;
  const fresh = (renewals + DEVIATIONS * Math.sqrt(renewals) + (DEVIATIONS * DEVIATIONS - 1) / 3) / p.writes;
  return Math.max(0, 1 - fresh / time) * crowdsReads(p, time);
}
/** The share of all reads in a time that are the crowd's, at least. */
export function crowdsReads(p: Values, time: number): number {
  const ofCrowd = p.crowd / (p.crowd + p.rate);
  const deviation = Math.sqrt((ofCrowd * (1 - ofCrowd)) / ((p.crowd + p.rate) * time));
  return Math.max(0, ofCrowd - DEVIATIONS * deviation);
}
/** The time after the relief, in seconds, without the row that it begins in. */
export const after = (p: Values, phaseOf: (p: Values) => number): number => crowdTime(p) - phaseOf(p) - rowOf(p);
export const none = (): number => 0;

/** In an instance: once in its time to live, and one whose end falls into the time. Those who fetch it are not served a copy. */
export const keptStale = relieved(
  keptPhase,
  (p) => {
    const time = after(p, keptPhase);
    const T = toSeconds(p.localTtl);
    const within = (p.crowd / p.instances) * T;
    return (
      (staleAtLeast(p, time, Math.ceil(time / T) + 1) * within) / (within + 1 + within * Math.min(1, loadOf(p) / T))
    );
  },
  none,
);

/**
 * Nobody tells an instance of a write; what it had from the shared cache may have been as old as a deletion takes, which stands
 * in the hot thread's line.
 */
export const keptAge = limit((p) => toSeconds(p.localTtl) + backlogAtAlert(p) + 2 * loadOf(p));

/**
 * A token is given after each deletion, and after each expiry, of the entry or of a token that is out; each brings a load.
 * A load that was given up is none less.
 */
export const leasedReads = limit(
  (p) => poissonMost(p.writes * toSeconds(p.length)) + Math.ceil(p.length / p.ttl) + Math.ceil(p.length / p.lease) + 1,
);

/** A window has to begin after the crowd has come and to end; the news of it is two messages. */
export const detected = limit((p) => (isFound(p) && isQuiet(p) ? untilAlert(p) + rowOf(p) : toSeconds(p.length)));

/**
 * What one in a hundred waits for, at most, where no thread is busier than `load`: a load by processors that are shared, its messages, and three
 * commands, each behind others. One in ten thousand waits longer than ln(10^4) / 2 load / (1 - load) commands (the tail of
 * M/D/1 in heavy traffic, Kingman). What the histogram says of it is up to a hundredth more.
 */
export function answeredWithin(p: Values, load: number, store = storeLoad(p)): number {
  const line = (ln(10_000) / 2) * (load / Math.max(1e-9, 1 - load)) + 1;
  return Math.min(
    toSeconds(p.timeout),
    1.01 *
      (loadOf(p) / Math.max(1e-9, 1 - store) +
        toSeconds(2 * FAR_MAX + 6 * NEAR_MAX) +
        3 * line * toSeconds(p.commandTime)),
  );
}
export const timeout = (p: Values): number => toSeconds(p.timeout);
export const sprayedLatency = relieved(sprayPhase, (p) => answeredWithin(p, sprayed(p)), timeout);
/** All instances may have to fetch the value at once, and then a reader stands behind all of theirs that come meanwhile. */
export const keptLatency = relieved(
  keptPhase,
  (p) => Math.min(timeout(p), answeredWithin(p, kept(p)) + fetches(p) * toSeconds(p.commandTime)),
  timeout,
);
export const dealtLatency = limit((p) => answeredWithin(p, dealt(p)));
