/**
 * What is claimed of the telemetry pipeline, worked out from the parameters and not from a run:
 * what collectors lose in a surge and in an outage, and what the queue and the retries say before.
 */
import { minutes, toSeconds } from '../../../sim-core/index.ts';
import { LOG_KEPT } from './outage-limits.ts';
import type { Values } from './params.ts';
import { CONSUMERS, SCRAPE_EVERY } from './stack.ts';
import {
  COLLECTORS,
  ON_DISK,
  all,
  began,
  bytes,
  capacity,
  collectorHolds,
  end,
  exportEvery,
  fitsSdk,
  fleet,
  generation,
  inSurge,
  items,
  keepsUp,
  lasts,
  limit,
  sdkHolds,
  smallest,
  soft,
} from './volumes.ts';

/** What is too much for the collectors, less all that may be held when it is over. */
export const surgeLost = limit((p) =>
  p.trouble === 'surge'
    ? Math.max(0, (inSurge(p) - capacity(p)) * lasts(p) - collectorHolds(p, smallest(p)) - 2 * sdkHolds(p))
    : 0,
);

/** An SDK's five attempts, each with its timeout and its wait, take no more seconds. */
const GIVEN_UP = 60;

/**
 * The queue of one exporter grows before anything is lost. Sending takes what receiving leaves of the processors; the rest waits. The
 * warning comes when every consumer has a batch and as many wait as the alert says, of which there is at least one a half of the
 * instances and kind in the time between two exports, though some come in one batch by chance. The first loss is when what waits fills the memory
 * up to the soft limit, or a queue with one batch of each instance and export, if that is sure to be while the surge lasts; unless receiving itself
 * is so slow that SDKs have to wait for it, where each request shares the processors with all consumers and with as many others, or
 * an SDK's queue is too small for what comes between two exports.
 */
export const surgeLead = limit((p) => {
  if (p.trouble !== 'surge' || p.isPersistent) return 0;
  const [each, sharers] = [inSurge(p) / p.collectors, fleet(p) / p.collectors];
  const sent = Math.max(0, p.cores - each * toSeconds(p.receiveTime)) / toSeconds(p.sendTime);
  const waits = each - sent;
  const request = ((inSurge(p) / 2 / fleet(p)) * exportEvery * toSeconds(p.receiveTime)) / p.cores;
  const isReceived = request * (2 * CONSUMERS + 2 * sharers) < exportEvery;
  if (waits <= 0 || !isReceived || !fitsSdk(p, inSurge(p))) return 0;
  const filled = soft(p) / (waits * (bytes(p) / items(p)));
  const batches = (waits / each) * (sharers / 2 / exportEvery);
  const warned = exportEvery + (p.queueAlert + CONSUMERS) / batches;
  const first = Math.min(filled, (p.queueSize / sharers - 1) * exportEvery);
  // By then the one or the other is full, and SDKs have given up.
  const last = Math.min(filled, (p.queueSize + CONSUMERS) / batches) + GIVEN_UP;
  return warned < first && last < lasts(p) ? first - warned : 0;
});

/** Of a remedy's claims: by what the variant sets where the pitfall has nothing of the kind, so that they can be held against its run. */
const sharded = (p: Values): Values => (p.collectors === 1 ? { ...p, collectors: COLLECTORS } : p);
export const surgeNoneLost = limit((p) =>
  keepsUp(sharded(p), p.trouble === 'surge' ? inSurge(p) : items(p)) ? 0 : all(p),
);

const restarts = (p: Values): boolean => p.trouble === 'outage' && toSeconds(p.restartAfter) < lasts(p);

/** All that collectors had taken since the backends are down is gone when they are restarted: what is left is what SDKs hold. */
export const outageLost = limit((p) => {
  if (!restarts(p) || p.isPersistent) return 0;
  return Math.max(0, items(p) * (toSeconds(p.restartAfter) - exportEvery - 1) - 2 * sdkHolds(p));
});

/** Retries begin within one export and one wait; nothing is lost before a restart, the last retry, or the end of room. */
export const outageLead = limit((p) => {
  if (p.trouble !== 'outage' || p.isPersistent || lasts(p) <= 0 || !keepsUp(p, items(p))) return 0;
  const tried = p.retriesFor === 0 ? Infinity : toSeconds(p.retriesFor) - 45;
  const filled = soft(p) / (bytes(p) / p.collectors) - 1;
  const queued = p.queueSize / (fleet(p) / p.collectors / exportEvery);
  const lost = Math.min(tried, filled, queued, toSeconds(p.restartAfter));
  const warned = Math.max(toSeconds(SCRAPE_EVERY), exportEvery + 7.5) + 6;
  return lost > warned && lost < lasts(p) ? lost - warned : 0;
});

/** A log on disk that is kept for two hours outlives the outage. */
export const metricsNoneLost = limit((p) => (toSeconds(p.troubleFor) < LOG_KEPT ? 0 : generation(p) * end(p)));
export const lagLeast = limit((p) =>
  p.trouble === 'outage' ? Math.max(0, lasts(p) - toSeconds(SCRAPE_EVERY) - 1) : 0,
);

const onDisk = (p: Values): Values => (p.isPersistent ? p : { ...p, ...ON_DISK });

/** Whether a queue on disk holds all of an outage, and tries for as long. */
const isHeld = (p: Values): boolean => {
  const { retriesFor, queueSize } = onDisk(p);
  const outlasts = retriesFor === 0 || retriesFor > p.troubleFor + minutes(1);
  const fits = queueSize > 2 * (fleet(p) / p.collectors / exportEvery) * lasts(p);
  return outlasts && fits && p.traceTtl > p.troubleFor + minutes(3) && keepsUp(p, items(p));
};

/** On disk there is everything but what is in the batch that is being filled, which no instance adds to twice. */
export const persistentLost = limit((p) => (isHeld(p) ? items(p) * exportEvery : all(p)));

/**
 * What is there at the end of each kind: all but that, and what is under way, if the backends have been up again for long enough. What
 * waits is sent beside what comes, by collectors that are busy but for a fifth of their time, after the longest wait.
 */
export const persistentKept = limit((p) => {
  const backlog = items(p) * lasts(p);
  const sent = 60 + backlog / Math.max(1, 0.8 * capacity(p) - items(p));
  if (!isHeld(p) || end(p) - began - lasts(p) < sent) return 0;
  const missing = items(p) * exportEvery + Math.max(p.spanRate, p.logRate) * (2 * exportEvery + 10);
  return Math.max(0, 1 - missing / (Math.min(p.spanRate, p.logRate) * end(p)));
});
