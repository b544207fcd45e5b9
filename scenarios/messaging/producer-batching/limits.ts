/**
 * What is claimed of a producer's batches, worked out from the parameters: how many requests there are, what is in a
 * batch, and how long a record waits. Nothing here looks at a run.
 *
 * A broker's window opens with the first record for any partition that it leads, and closes when that has lingered: then
 * the batches of all its partitions leave in one request. Records are Poisson and their keys spread evenly, so those that
 * come after the first come at moments that are spread evenly over the window. That holds while no batch fills before; of batches
 * that do, what is claimed follows from the time in which a partition's records fill one.
 */
import { ms, s, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
import { CLUSTER } from '../application/orders.ts';
import type { Values } from './params.ts';

export const KEYS = 60_000;
/** Several of the longest lingers; what is measured begins then. */
export const WARM_UP = s(2);

/** A batch's header. */
const HEADER = 61;

const limit = limitOf<Values>;

const measured = ({ length }: Values): number => toSeconds(length - WARM_UP);

/** Brokers that lead something. */
const leaders = ({ partitions }: Values): number => Math.min(CLUSTER.brokers, partitions);

/** Memory that a batch takes: of one record that is larger than it may be, as much as that. */
const batchMemory = ({ batchSize, recordBytes }: Values): number => Math.max(batchSize, recordBytes + HEADER);

/** Whether a partition's batches have memory: those in flight, one that fills, and one that is full and waits. */
const hasMemory = (p: Values): boolean => p.bufferMemory >= p.partitions * (p.maxInFlight + 2) * batchMemory(p);

/** Whether a batch is still short of its size when it has lingered: with five deviations, and a fifth for uneven keys. */
const hasRoom = (p: Values): boolean =>
  HEADER + p.recordBytes * (poissonMost(((1.2 * p.rate) / p.partitions) * toSeconds(p.linger)) + 2) < p.batchSize;

/**
 * Requests a second: one broker's follow each other by the linger at least, so that it has one more of them in a time than
 * there are lingers in that; without a linger there is no more than one a record.
 */
const requestsMost = (p: Values): number => {
  const alone = poissonMost(p.rate * measured(p)) / measured(p);
  if (p.linger === 0 || !hasRoom(p) || !hasMemory(p)) return alone;
  return Math.min(alone, leaders(p) * (1 / toSeconds(p.linger) + 1 / measured(p)));
};
export const requests = limit(requestsMost);

/**
 * Of a broker's thread, how much is taken at most: by its share of the requests, and by as many answers to its fetches from
 * each of the others, each with the bytes of the records.
 */
function busy(p: Values): number {
  const bytes = p.rate * (p.recordBytes + HEADER) * (toSeconds(p.byteTime) / 1000) * 1.2;
  return ((requestsMost(p) * toSeconds(p.requestTime) + bytes) * CLUSTER.brokers) / leaders(p);
}

/**
 * A record that waits for its window to close, and then for the leader, its followers' fetches and the way back: four ways,
 * a turn at the leader's thread and one at a follower's. While a thread is less than half busy there are hardly ever as
 * many as ten before one.
 */
const windowMost = (p: Values): number =>
  busy(p) < 0.5 && hasMemory(p)
    ? toSeconds(p.linger) + 4 * toSeconds(NEAR_MAX) + 22 * (toSeconds(p.requestTime) + fullTime(p))
    : 2 * toSeconds(p.length);
export const oneWindow = limit(windowMost);

/** A linger that leaves most of the budget to everything else. */
const SHORT_LINGER = ms(5);

/** What the application asks for, or what the brokers leave possible with a short linger. */
export const withinBudget = limit((p) => Math.max(toSeconds(p.budget), windowMost({ ...p, linger: SHORT_LINGER })));

/** What the bytes of one request take: of a window's records, or of a record alone. */
const fullTime = (p: Values): number =>
  ((poissonMost((p.rate / leaders(p)) * toSeconds(p.linger)) + 1) * (p.recordBytes + HEADER) * toSeconds(p.byteTime)) /
  1000;

/**
 * Half of the records come in the first half of a window, and wait for the other at least; claimed is a tenth less, which is
 * room for chance and for the buckets of the measured times.
 */
export const halfTheLinger = limit((p) =>
  hasRoom(p) && hasMemory(p) && p.linger >= ms(1) ? 0.45 * toSeconds(p.linger) : 0,
);

/** Records of a batch that has no room for another, which leaves with the last of them. */
const capacity = ({ batchSize, recordBytes }: Values): number =>
  Math.max(1, Math.floor((batchSize - HEADER) / recordBytes));
export const permitted = limit(capacity);

/** How far a partition's share of the keys may be from an even one. */
const uneven = ({ partitions }: Values): number => DEVIATIONS * Math.sqrt((1 - 1 / partitions) / partitions / KEYS);

/**
 * A batch is open for its linger, and for no longer than it takes one of those in flight to come back if so many are
 * under way that it has to wait: a window, in which its partition's records come.
 */
export const filledByLinger = limit((p) => 1 + poissonMost(p.rate * (1 / p.partitions + uneven(p)) * windowMost(p)));

/** Records a second of the partition with the fewest. */
const slowest = (p: Values): number => p.rate * Math.max(0, 1 / p.partitions - uneven(p));

/** In seconds: so long does a batch wait, until it is full or has lingered. A Poisson number, at least, is then its capacity. */
const batchMost = (p: Values): number =>
  Math.min(toSeconds(p.linger), ((DEVIATIONS + Math.sqrt(DEVIATIONS ** 2 + 4 * capacity(p))) / 2) ** 2 / slowest(p));
export const oneBatch = limit((p) => windowMost({ ...p, linger: s(batchMost(p)) }));

/** Whether a batch is full before it has lingered. */
const fills = (p: Values): boolean => hasMemory(p) && batchMost(p) < toSeconds(p.linger);

/** A request then leaves because one of its batches is full: of as many as its broker leads partitions, one at least. */
export const filledToSize = limit((p) => (fills(p) ? capacity(p) : 1));

/**
 * A record waits for those that come after it in its batch: for half of them in the mean, and no longer, since a batch
 * leaves early if another of its broker's does. Of so many batches, with five deviations of each one's time.
 */
export const halfABatch = limit((p) => {
  if (!fills(p)) return windowMost(p);
  const batches = (p.rate * measured(p)) / capacity(p);
  const wait = ((capacity(p) - 1) / 2 / slowest(p)) * (1 + DEVIATIONS / Math.sqrt(batches));
  return wait + windowMost({ ...p, linger: 0 });
});

/** A request takes at most a full batch of each partition that its broker leads; as many may wait when the run ends. */
export const requestsOfFull = limit((p) => {
  if (!hasMemory(p)) return 0;
  const sent = poissonLow(p.rate * measured(p)) - p.partitions * capacity(p);
  return Math.max(0, sent / measured(p) / (Math.ceil(p.partitions / leaders(p)) * capacity(p)));
});

export const memory = limit((p) => p.bufferMemory);

/** A batch takes its whole size when its first record comes: each partition has one before any has lingered. */
export const oneBatchEach = limit((p) =>
  hasMemory(p) && hasRoom(p) && poissonLow(slowest(p) * toSeconds(p.linger)) >= 1 ? p.partitions * batchMemory(p) : 0,
);
export const nobodyWaits = limit((p) => (hasMemory(p) && busy(p) < 0.5 ? 0 : 2 * p.rate * toSeconds(p.length)));

/**
 * Records that are sent in a time, at most, with memory for a single batch. The next is begun when that is acknowledged: when it
 * has gone to its leader, has been given to a follower, which has asked again, and the answer has come back. That is four ways, and
 * a turn of both threads. It takes
 * those of its partition at the head of the line, up to the first of another: after each one more with the chance of that
 * partition's share, so that as many follow as a geometric number has, with the deviation that this has.
 */
function sentMost(p: Values, seconds: number): number {
  const batches = seconds / toSeconds(4 * NEAR_MIN + 2 * p.requestTime) + 1;
  const share = 1 / p.partitions + uneven(p);
  return batches / (1 - share) + (DEVIATIONS * Math.sqrt(batches * share)) / (1 - share);
}

/** Whether there is memory for one batch, and others than those of its partition have to wait. */
const hasOneBatch = (p: Values): boolean => p.partitions > 1 && p.bufferMemory < 2 * batchMemory(p);

/** Records that come in a time and are not sent, at least. */
const leftOver = (p: Values, seconds: number): number =>
  hasOneBatch(p) ? Math.max(0, poissonLow(p.rate * seconds) - sentMost(p, seconds)) : 0;

/** Nobody is refused before he has waited for so long: the line is what is left over of that time. */
export const line = limit((p) => leftOver(p, toSeconds(Math.min(p.maxBlock, p.length))));

/** Whoever came so long before the end and is not sent has been refused; of those that are counted, since the warm-up. */
export const refused = limit((p) => leftOver(p, Math.max(0, measured(p) - toSeconds(p.maxBlock))));
