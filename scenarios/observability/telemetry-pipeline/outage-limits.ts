/**
 * What is claimed of the telemetry pipeline, worked out from the parameters and not from a run:
 * what is lost when the collectors or one backend alone are down, and what goes on beside it.
 */
import { NotClaimed, REMOTE_WRITE, toSeconds, type TelemetryKind } from '../../../sim-core/index.ts';
import type { Values } from './params.ts';
import { CONSUMERS, SCRAPE_EVERY, SPAN_BYTES } from './stack.ts';
import { storesDown } from './trouble.ts';
import {
  collectorHolds,
  end,
  exportEvery,
  fleet,
  generation,
  items,
  keepsUp,
  lasts,
  limit,
  sdkHolds,
  shareIn,
  smallest,
  soft,
} from './volumes.ts';

/** Consumers that are all waiting hold a batch each for so long; the longest wait between two attempts is 45 s. */
const LONGEST_WAIT = 45;
/** Until each consumer has a batch: at least one comes in the time between two exports. */
const TAKEN = (CONSUMERS + 1) * exportEvery;
const isAlone = (p: Values, kind: TelemetryKind): boolean => storesDown(p).length === 1 && storesDown(p)[0] === kind;

/** Items of one instance's export. */
const exported = (p: Values, perSecond: number): number => Math.floor((perSecond / fleet(p)) * exportEvery) - 1;

const perSecond = (p: Values, kind: 'traces' | 'logs'): number => (kind === 'traces' ? p.spanRate : p.logRate);

const MEMORY = new NotClaimed('memory or queues may be full before the backend is up again');

/** Bytes a second of spans and logs that nobody takes. */
const stuck = (p: Values): number => {
  const down = storesDown(p);
  return (down.includes('traces') ? p.spanRate * SPAN_BYTES : 0) + (down.includes('logs') ? p.logRate * p.logSize : 0);
};

/** Whether memory, queues and remote write's log hold what nobody takes while the trouble lasts. */
const isHeld = (p: Values): boolean => {
  const batches = (fleet(p) / p.collectors) * (lasts(p) / exportEvery + 2);
  const fits = stuck(p) * lasts(p) < 0.9 * p.collectors * soft(p) && batches < p.queueSize;
  return fits && keepsUp(p, items(p)) && lasts(p) < LOG_KEPT;
};
/**
 * An outage of so many seconds leaves everything in remote write's log: what was scraped just before it is the first to be sent, a scrape and
 * the longest wait between two attempts after it is over.
 */
export const LOG_KEPT = toSeconds(REMOTE_WRITE.walKept - REMOTE_WRITE.maxBackoff - SCRAPE_EVERY);

/**
 * While one backend of spans or logs is down, each consumer gives a batch up each time that its retries are over, and those in the queue have
 * not begun: so much is lost, and no more, where memory and queue hold the rest.
 */
export const givenUp = (kind: 'traces' | 'logs') =>
  limit((p) => {
    if (!isAlone(p, kind) || p.retriesFor === 0 || p.isPersistent || !isHeld(p)) return 0;
    const rounds = Math.floor((lasts(p) - TAKEN) / toSeconds(p.retriesFor));
    return Math.max(0, rounds) * p.collectors * CONSUMERS * exported(p, perSecond(p, kind));
  });
export const givenUpMost = (kind: 'traces' | 'logs') =>
  limit((p) => {
    if (!isAlone(p, kind) || p.retriesFor === 0 || !isHeld(p)) return MEMORY;
    const tried = Math.max(1, toSeconds(p.retriesFor) - LONGEST_WAIT);
    const rounds = Math.ceil(lasts(p) / tried);
    const batch = Math.ceil((perSecond(p, kind) / p.collectors) * exportEvery);
    return rounds * p.collectors * CONSUMERS * batch;
  });

/** What goes elsewhere does not hear of it, as long as the collectors' memory holds what waits. */
export const noneBeside = limit((p) => (isHeld(p) ? 0 : MEMORY));

/** Who asks a store that is down has no answer. */
export const unanswered = (kind: TelemetryKind) =>
  limit((p) => {
    const isDown = storesDown(p).includes(kind);
    return isDown ? shareIn(p, lasts(p), kind === 'metrics' ? p.panelRate : p.searchRate) : 0;
  });

/** Remote write is behind by as long as the store was down, less a scrape. */
export const behind = limit((p) =>
  storesDown(p).includes('metrics') ? Math.max(0, lasts(p) - toSeconds(SCRAPE_EVERY) - 1) : 0,
);

/** Without collectors SDKs hold one queue and one export of each kind, and what was in the collectors' memory is gone. */
export const downLost = limit((p) =>
  p.trouble === 'collectors-down' ? Math.max(0, items(p) * lasts(p) - 2 * sdkHolds(p)) : 0,
);
export const downLostMost = limit((p) =>
  p.trouble === 'collectors-down' && keepsUp(p, items(p))
    ? items(p) * (lasts(p) + 4 * exportEvery) + collectorHolds(p, smallest(p)) + 2 * sdkHolds(p)
    : items(p) * end(p),
);
export const samplesKept = limit((p) => (toSeconds(p.troubleFor) < LOG_KEPT ? 0 : generation(p) * end(p)));
