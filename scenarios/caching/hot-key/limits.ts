/**
 * What is claimed of the hot key, worked out from the parameters by `load.ts` and `relief.ts`: how busy the busiest thread or
 * wire is, what waits before one that has too much to do, how old what is read may be. Nothing here looks at a run.
 */
import { exp, ln, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX } from '../../application/distances.ts';
import {
  crowdTime,
  dealt,
  hotShareOf,
  kept,
  keptCommands,
  loadOf,
  offered,
  onOneShard,
  sprayed,
  WINDOW,
} from './load.ts';
import type { Values } from './params.ts';
import { backlogAtAlert, inPhase, isFound, isOver, keptMean, phase, requests, sprayedMean } from './relief.ts';

const limit = limitOf<Values>;

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

/** A remedy may make the alert its last: it hides the key, or the part of a window that the crowd had was enough. */
export const alerted = limit((p) => (isFound(p) ? 1 : 0));

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

export const sprayedThread = limit((p) => (isOver(p, sprayedMean(p)) ? sprayed(p) : 1));
export const sprayedErrors = limit((p) => inPhase(p, sprayedMean(p)));

export const dealtThread = limit(dealt);

export const keptThread = limit((p) => (isOver(p, keptMean(p)) ? kept(p) : 1));
export const keptErrors = limit((p) => inPhase(p, keptMean(p)));
export const keptShare = limit((p) => {
  if (!isOver(p, keptMean(p))) return 1;
  const hot = keptCommands(p) + DEVIATIONS * Math.sqrt(keptCommands(p));
  return Math.min(1, hot / Math.max(hot, p.rate - DEVIATIONS * Math.sqrt(p.rate)));
});

/**
 * Of what is kept for T and written at a rate w an age a is old with a chance of 1 - exp(-w a), in the mean over T of
 * 1 - (1 - exp(-w T)) / (w T); the mean over n such times deviates by 1 / (2 sqrt(n)) at most. The reads of the crowd in
 * that time are a Poisson count.
 */
function staleAtLeast(p: Values, T: number, time: number, times: number): number {
  if (T <= 0 || time <= 0 || times < 1) return 0;
  const wT = p.writes * T;
  const stale = 1 - (1 - exp(-wT)) / wT - DEVIATIONS / (2 * Math.sqrt(times));
  const reads = Math.max(0, p.crowd * time - DEVIATIONS * Math.sqrt(p.crowd * time));
  return Math.max(0, (stale * reads) / requests(p));
}

/** The read that fetches what is then kept is served no copy: one for each time, besides those that come within it. */
export const keptStale = limit((p) => {
  const relieved = crowdTime(p) - phase(p, keptMean(p));
  const T = toSeconds(p.localTtl);
  const within = (p.crowd / p.instances) * T;
  return (staleAtLeast(p, T, relieved, (p.instances * relieved) / T) * within) / (within + 1);
});

/** Instances push in turns: not more often than each of them once in the throttle's time. */
export const throttledStale = limit((p) => {
  const between = toSeconds(p.throttle) / p.instances;
  const relieved = crowdTime(p) - phase(p, sprayedMean(p));
  return staleAtLeast(p, between, relieved, relieved / between);
});

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

/** While the shard is overloaded each of the crowd may load; then each name is missed once, and once in its time to live. */
export const throttledReads = limit(
  (p) =>
    poissonMost(p.crowd * phase(p, sprayedMean(p))) +
    (Math.ceil(p.length / p.ttl) + 1) * (p.replicas + p.crowd * loadOf(p)),
);

/**
 * What one in a hundred waits for, at most, where no thread is busier than `load`: a load, its messages, and three
 * commands, each behind others. One in ten thousand waits longer than ln(10^4) / 2 load / (1 - load) commands (the tail of
 * M/D/1 in heavy traffic, Kingman).
 */
function answeredWithin(p: Values, load: number): number {
  const line = (ln(10_000) / 2) * (load / Math.max(1e-9, 1 - load)) + 1;
  return Math.min(
    toSeconds(p.timeout),
    loadOf(p) + toSeconds(2 * FAR_MAX + 6 * NEAR_MAX) + 3 * line * toSeconds(p.commandTime),
  );
}
/** Half of all requests, where less than half come before the relief. */
export const sprayedLatency = limit((p) => relievedWithin(p, sprayed(p), sprayedMean(p)));
export const dealtLatency = limit((p) => answeredWithin(p, dealt(p)));
export const keptLatency = limit((p) => relievedWithin(p, kept(p), keptMean(p)));

function relievedWithin(p: Values, busiestThread: number, hotThreadMean: number): number {
  return inPhase(p, hotThreadMean) < 0.5 ? answeredWithin(p, busiestThread) : toSeconds(p.timeout);
}
