/**
 * What is claimed of the watermark of a continuous query, worked out from the parameters. Nothing here looks at a run.
 *
 * A task tells how far its stream time is behind the clock whenever it has processed orders. That is how long the latest order of a
 * till that is online has been on its way: it lingers at the producer, goes by way of a broker, and waits for a poll. An order
 * that comes late never moves stream time; where a poll has no other, the watermark stands since the last one that was in time.
 */
import { exp, ln, NotClaimed, partitionOf, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX, NEAR_MIN } from '../../application/distances.ts';
import { CLUSTER, GROUP, PRODUCER } from '../../messaging/application/orders.ts';
import { DRAIN, keepsUp, PARTITIONS, pollTime, WORKERS } from './limits.ts';
import type { Values } from './params.ts';

const limit = limitOf<Values>;

/** A group begins its work within so long. */
const BEGUN = s(2);
/** Orders a second that come to each task that has any: those of the customers whose keys lie in its partition. */
function rates(p: Values): number[] {
  const counts = Array.from({ length: PARTITIONS }, () => 0);
  for (let key = 0; key < p.customers; key++) counts[partitionOf(key, PARTITIONS)]++;
  return counts.filter((count) => count > 0).map((count) => (p.rate * count) / p.customers);
}

/** The producer sends a batch of a partition when its first order has lingered, so that batches are so long apart, in seconds. */
const apart = (orders: number): number => toSeconds(PRODUCER.linger) + 1 / orders;

/** While users send each batch is a poll, if a worker is done with one before the next can come: how often tasks tell of it, at least. */
const tells = (p: Values): number => {
  const seconds = Math.max(0, toSeconds(p.length - DRAIN - BEGUN));
  return poissonLow(rates(p).reduce((sum, orders) => sum + seconds / apart(orders), 0));
};
const isBatchByBatch = (p: Values): boolean =>
  keepsUp(p) && p.rate * apart(Math.min(...rates(p))) * p.processTime < PRODUCER.linger && p.crashAt >= p.length;

/** From till to producer, to the broker, which takes its time, and to the worker. */
const WAY_LEAST = 3 * NEAR_MIN + CLUSTER.requestTime;

/**
 * At least so far behind the half of the times. The latest order of a batch has lingered for as long as the first if it is the
 * first: if no other came to the partition since, nor opened a batch of another partition of the same broker, with which this one would
 * leave early. Among orders that come at random that has a chance of exp(-n r L), n of the partitions being the broker's; where that is
 * less than a half, an order has been on its way at least.
 */
export const watermarkLags = limit((p) => {
  const partitions = Array.from({ length: PARTITIONS }, (_, i) => i);
  const onBroker = (partition: number): number =>
    partitions.filter((other) => other % CLUSTER.brokers === partition % CLUSTER.brokers).length;
  const orders = p.rate / PARTITIONS;
  const alone = partitions.map((one) => exp(-onBroker(one) * orders * toSeconds(PRODUCER.linger)));
  const share = alone.reduce((sum, chance) => sum + chance, 0) / PARTITIONS;
  const isLingering = isBatchByBatch(p) && share - DEVIATIONS / (2 * Math.sqrt(tells(p))) > 0.5;
  return toSeconds(isLingering ? PRODUCER.linger + WAY_LEAST : WAY_LEAST);
});

/**
 * From the till to the producer and to the broker; there and back twice to a follower, whose fetch may just have gone when an order comes,
 * until it asks for what follows, by which the broker knows that the order is replicated; and to the worker, whose fetch may have gone as well.
 */
const WAYS_MOST = 2 + 4 + 3;
/** Of these requests brokers work at the producer's, at two of the follower's and their answers, and at the worker's. */
const REQUESTS = 1 + 4 + 1;
/** Before each there may be one of everybody else who asks: producers of orders and of two workers, these, and other brokers. */
const BEFORE = 1 + 2 * WORKERS.length + (CLUSTER.brokers - 1);
/** With a batch at most. */
const REQUEST_MOST = CLUSTER.requestTime + PRODUCER.batchSize * CLUSTER.byteTime;
const WAY_MOST = WAYS_MOST * NEAR_MAX + REQUESTS * (1 + BEFORE) * REQUEST_MOST;
/** From the till to a store at most: it may come while a poll is worked off, and is the last of its own. */
const wayMost = (p: Values): Duration => PRODUCER.linger + WAY_MOST + 2 * pollTime(p);

/**
 * And nineteen times in twenty at most so far behind. A poll of late orders only has no more than a chance of l, the share of those that
 * are late, and then the last that was in time is older than the way by x with one of exp(-r x). So it is beside what is found
 * in the first polls, of what came before the group began, and of the last ones, of who is late after users have stopped.
 */
export const watermarkFollows = limit((p) => {
  if (!isBatchByBatch(p)) return new NotClaimed('orders may wait for a worker');
  const before = PARTITIONS * (1 + (p.rate * toSeconds(BEGUN)) / GROUP.pollRecords);
  const after = poissonMost((p.rate * p.lateShare * toSeconds(p.lateMost)) / 2);
  const left = 0.05 - (before + after) / tells(p);
  if (left <= 0) return new NotClaimed('too many of all polls are of the first and the last moments');
  const inTime = Math.min(...rates(p)) * (1 - p.lateShare);
  const older = p.lateShare > left ? ln(p.lateShare / left) / inTime : 0;
  return toSeconds(wayMost(p)) + older;
});
