/**
 * What is claimed of a write-behind buffer, worked out from the parameters: how much a scheduler can flush, how many
 * writes find no room, how many a crash takes, how long a write waits. Nothing here looks at a run.
 *
 * Writes come by a Poisson process. A flush takes no less than no time and no more than `batchMost`, so the printed
 * scheduler makes at most T / D of them in a time T, and at least T / (D + batchMost) − 1.
 */
import { toSeconds, us } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, NEAR_MAX, SHAPE } from '../../application/distances.ts';
import { COMMAND_TIME } from '../application/wiring.ts';
import type { Values } from './params.ts';

export const DISK_DELAY = us(20);

const limit = limitOf<Values>;

/** When the instance crashes, in seconds; the end of the run if it does not. */
const crashOf = (p: Values): number => toSeconds(crashes(p) ? p.crashAt : p.length);
const crashes = (p: Values): boolean => p.crashAt > 0 && p.crashAt < p.length;
const downOf = (p: Values): number =>
  crashes(p) ? Math.min(toSeconds(p.downtime), toSeconds(p.length - p.crashAt)) : 0;

/** One flush takes at most so long: its batch alone at the database, and its messages. */
const batchMost = (p: Values): number =>
  toSeconds(p.writeTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE)) + toSeconds((p.batch - 1) * p.rowTime + 2 * NEAR_MAX);

/** What one batch a delay stores in a time, at most and, while there is always a full batch, at least. */
const flushedMost = (p: Values, time: number): number => p.batch * (time / toSeconds(p.flushDelay));
const flushedLeast = (p: Values, time: number): number =>
  p.batch * Math.max(0, time / (toSeconds(p.flushDelay) + batchMost(p)) - 1);

/** A second, over the whole run. */
export const ceilingRate = limit((p) => flushedMost(p, toSeconds(p.length)) / toSeconds(p.length));

/**
 * A buffer that is never empty stores so many until the crash. That it has a full batch at every flush takes more writes
 * than are flushed from the first delay on: what comes in the first one is short by chance.
 */
export const nearCeiling = limit((p) =>
  Math.max(0, Math.min(flushedLeast(p, crashOf(p)), poissonLow(p.rate * crashOf(p))) - p.batch),
);

/** Writes in excess of what was flushed until some time; the buffer holds its capacity of them, and a batch is in hand. */
const excess = (p: Values, time: number): number => Math.max(0, poissonLow(p.rate * time) - flushedMost(p, time));
export const unreadRefusals = limit((p) => Math.max(0, excess(p, crashOf(p)) - p.capacity - p.batch));

/** What is in the buffer when the crash comes; the batch in hand may reach the database all the same. */
export const bufferedAtCrash = limit((p) =>
  crashes(p) ? Math.max(0, Math.min(p.capacity, excess(p, toSeconds(p.crashAt))) - p.batch) : 0,
);

/** Those who found no room have waited in vain if the crash came no sooner than their patience ended. */
export const waitedInVain = limit((p) =>
  Math.max(0, excess(p, Math.max(0, crashOf(p) - toSeconds(p.timeout))) - p.capacity - p.batch),
);

/** A failing store takes one full batch with it, and no flush follows. */
export const oneBatch = limit((p) => p.batch);
export const storedBeforeFailure = limit((p) => flushedMost(p, toSeconds(p.failAt)) + p.batch);
export const refusedAfterFailure = limit((p) =>
  Math.max(
    0,
    poissonLow(p.rate * toSeconds(p.length)) - flushedMost(p, toSeconds(p.failAt)) - 2 * p.batch - p.capacity,
  ),
);

/** Who keeps up stores all but what comes in the downtime, in the last delay, and in the delay that the crash cut off. */
export const keepsUp = limit((p) => {
  const lag = 2 * (toSeconds(p.flushDelay) + batchMost(p));
  return poissonLow(p.rate * Math.max(0, toSeconds(p.length) - downOf(p) - lag));
});

/**
 * A write waits for the next flush, at a moment that is spread evenly over the delay: half of the writes wait for half of
 * it or longer. Those that come in the downtime are refused at once. 2 % for the buckets of the histogram.
 */
export const halfTheDelay = limit((p) => {
  const refused = downOf(p) / toSeconds(p.length);
  return 0.98 * toSeconds(p.flushDelay) * Math.max(0, (0.5 - refused) / (1 - refused));
});

/** Journal in intervals: what was appended since the last sync that ended, at most; what it began with, at least. */
export const oneSyncInterval = limit((p) =>
  p.crash === 'process' ? 0 : poissonMost(p.rate * (toSeconds(p.syncEvery) + 2 * syncMost(p))),
);

const syncMost = (p: Values): number => toSeconds(p.syncTime) * (1 + DEVIATIONS / Math.sqrt(SHAPE));

/** A write that waits for no disk: two messages each to the instance, to the cache and to the disk, thrice as long for turns. */
const messages = (p: Values): number =>
  Math.min(toSeconds(p.timeout), 3 * toSeconds(2 * FAR_MAX + 2 * NEAR_MAX + COMMAND_TIME + 2 * DISK_DELAY));
export const noDisk = limit(messages);

/** One that waits for the sync under way and for its own, and for another write of its key that does so too. */
export const twoSyncs = limit((p) => Math.min(toSeconds(p.timeout), messages(p) + 4 * syncMost(p)));
