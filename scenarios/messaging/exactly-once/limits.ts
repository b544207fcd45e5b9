/**
 * What is claimed of each way of writing results, worked out from the parameters. Nothing here looks at a run.
 *
 * A worker that crashes comes back, finds what has piled up, and crashes again a while later: in the midst of a full
 * poll, of which something is in the log and nothing is committed. How far the poll had got is chance, but the crashes are
 * spread over a poll, so that all of them together are not.
 */
import { ms, NotClaimed, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX, SHAPE } from '../../application/distances.ts';
import { CLUSTER, GROUP, PRODUCER } from '../application/orders.ts';
import type { Values } from './params.ts';

/** Users have stopped so long before the end that everything is read. */
export const DRAIN = s(18);
/** A worker that is up again works for so long at least until it crashes once more. */
const RELAPSE = ms(600);
export const WORKERS = 2;

/** How many times as long everything takes a broker that stalls. */
export const STALL = 1000;

const limit = limitOf<Values>;

/** A worker needs so long for an order, about; a payment is a call to somebody else. */
const orderTime = ({ processTime, pays }: Values): number => toSeconds(processTime + (pays ? ms(2) : 0));

/** What a full poll takes, and no more than the life in which it is broken off. */
const pollTime = (p: Values): Duration => Math.min(RELAPSE, p.pollRecords * s(orderTime(p)));

/** When a transaction may begin for which the coordinator was not ready. */
export const TRANSACTION_BACKOFF = ms(20);

/**
 * A write that all in sync have, at most: it goes to its leader, to a follower with the answer of a fetch, the follower asks
 * again, and the answer goes back; a turn of each of their threads, behind somebody else's.
 */
const REPLICATED = 4 * NEAR_MAX + 4 * CLUSTER.requestTime;

/**
 * What comes after the orders of a poll: its last results linger and are written, and the offsets are. A transaction is seven
 * writes: its partitions, the results, the group's partition, the offsets, the decision, the markers, and that it is over; if
 * the one before is not, it begins after a backoff.
 */
const settlingMost = ({ output }: Values): Duration =>
  PRODUCER.linger + (output === 'transactional' ? 7 * REPLICATED + TRANSACTION_BACKOFF : 2 * REPLICATED);

/** The share of its time that a worker has for orders, at least, if its polls are full. */
const working = (p: Values): number => {
  const orders = p.pollRecords * orderTime(p);
  return orders / (orders + toSeconds(settlingMost(p)));
};

/** Pairs of crashes whose second one comes while users send. */
export const pairs = (p: Values): number => {
  const last = p.length - DRAIN - p.downtime - RELAPSE - pollTime(p);
  return Math.max(0, Math.floor((last - p.crashFrom) / p.crashEvery) + 1);
};

/** The second crashes are spread evenly over a poll: each comes a little later in its pair than the one before. */
export const relapse = (p: Values, pair: number): Duration => RELAPSE + Math.round((pair / pairs(p)) * pollTime(p));

/** Orders that a worker gets through until its second crash, at most: writing takes no less than no time. */
const doneMost = (p: Values): number => {
  const mean = toSeconds(RELAPSE + pollTime(p)) / orderTime(p);
  return mean + DEVIATIONS * Math.sqrt(mean / SHAPE);
};
/** By so much a worker's own time varies what it has done, of all second crashes together. */
const chance = (p: Values): number => DEVIATIONS * Math.sqrt((pairs(p) * doneMost(p)) / SHAPE);

/** Whether it is at a full poll when it crashes again: what piled up while it was away, and came until then, is not done. */
const isCaught = (p: Values): boolean =>
  pairs(p) >= 2 && doneMost(p) < poissonLow((p.rate / WORKERS) * toSeconds(p.downtime + RELAPSE + pollTime(p)));

/**
 * What open polls leave behind at the second crashes, if so much of each is not there yet: wherever in its poll the first
 * of n is caught, the others are 1/n, 2/n … of a poll's time further, or have begun the next poll with that much of this one
 * behind them. The least is that the first had just begun. A worker's own time until then varies as the square root of what
 * it has done.
 */
function leftBehind(p: Values, notYet: number): number {
  if (!isCaught(p)) return 0;
  const n = pairs(p);
  let sum = -chance(p);
  for (let k = 0; k < n; k++) sum += Math.max(0, ((k / n) * toSeconds(pollTime(p))) / orderTime(p) - notYet);
  return Math.max(0, sum);
}

/** What is done and not in the log yet: what lingers, and waits for its partition to be taken into the transaction. */
const LINGERS = PRODUCER.linger + ms(10);
const inLog = (p: Values): number => leftBehind(p, toSeconds(LINGERS) / orderTime(p));
export const inDoubt = limit(inLog);

/** A payment is taken when it is asked for; but for the one that is on its way. */
export const paidInVain = limit((p) => leftBehind(p, 1));

/** Committed before it is processed, of an open poll what is not done is done by nobody: as much as is done, by the same rule. */
export const neverDone = limit((p) => leftBehind(p, 0));

/** Two crashes a pair, and each leaves one poll open at most. */
const openPolls = (p: Values): number => 2 * pairs(p) * p.pollRecords;
export const pollsOfCrashes = limit(openPolls);

/**
 * Transactions that are open at the second crashes. None is from a decision to the next poll's first batch; where that is
 * much shorter than the way from a crash to the next but one, two neighbours may be caught there, and no three.
 */
export const leftOpen = limit((p) =>
  isCaught(p) && (2 * pollTime(p)) / pairs(p) >= 4 * LINGERS ? Math.max(0, pairs(p) - 2) : 0,
);

/**
 * What is in the log at the end of a full poll, and not decided: all of it but what lingers still. Readers of committed records are
 * shown nothing of it, nor of what comes behind.
 */
export const hidden = limit((p) =>
  isCaught(p) ? Math.max(0, p.pollRecords - 1 - toSeconds(LINGERS) / orderTime(p)) : 0,
);

/**
 * One result in twenty of read_committed waits for half a poll at least: the first halves of full polls, where such polls are that
 * many. What has come while a worker was away is done in full polls, but for the last of each time.
 */
export const shownAfterLeast = limit((p) => {
  const away = 2 * pairs(p);
  const piled = poissonLow(away * (p.rate / WORKERS) * toSeconds(p.downtime)) - away * p.pollRecords;
  const all = poissonMost(p.rate * toSeconds(p.length - DRAIN));
  const half = Math.floor(p.pollRecords / 2);
  if (!isCaught(p) || half < 1 || piled / 2 < all / 20) return 0;
  return orderTime(p) * Math.max(0, half - DEVIATIONS * Math.sqrt(half / SHAPE));
});

/**
 * Half of the results of read_uncommitted wait for no transaction: for the linger, the copies, and the answer to a fetch with what is before
 * them in it. The broker that leads two of the four partitions may have a fetch wait for the other one; the rest have no other. A stall
 * that is a large part of the run is another matter.
 */
export const READ_TIME = ms(0.2);
export const shownAfterMost = limit((p) => {
  if (p.stallFor + s(4) > 0.3 * (p.length - DRAIN)) return new NotClaimed('the broker stalls for much of the run');
  return toSeconds(PRODUCER.linger + REPLICATED + NEAR_MAX + GROUP.pollRecords * READ_TIME);
});

/**
 * Committed by itself every 5 s, and not once in the life between two crashes: all that was written in it, but for the poll
 * that was open, is written again. In a life a worker begins a fifth of a second after its start, and has the share above for
 * its orders. Of n open polls that are spread over one, (n + 1) / 2 are done at most.
 */
export const writtenAgain = limit((p) => {
  if (!isCaught(p) || RELAPSE + pollTime(p) >= GROUP.autoCommitInterval) return 0;
  const n = pairs(p);
  let sum = -chance(p) - ((n + 1) / 2) * p.pollRecords;
  for (let k = 0; k < n; k++) sum += (working(p) * toSeconds(relapse(p, k) - ms(200))) / orderTime(p);
  return Math.max(0, sum);
});

/**
 * What stands before a request at a broker that stalls: five requests with orders, all that their producer has in flight,
 * and what it fetches of two leaders.
 */
const inLine = (PRODUCER.maxInFlight + CLUSTER.brokers - 1) * STALL * CLUSTER.requestTime;

/**
 * A broker that stalls has to have a copy of everything, of what is written and of what is committed. A worker that waits
 * for its commit when the stall begins writes again when the line there is over. Where the line is longer than its producer
 * waits, of its poll the last batch at least, which has a record, is sent again whenever the time for an answer is over, and
 * is appended each time.
 */
const appendedAgain = (p: Values): number => {
  const isStalled = p.rate >= 50 && p.stallAt >= s(2) && p.stallAt + p.stallFor < p.crashFrom;
  if (!isStalled || inLine < p.requestTimeout) return 0;
  // The first time after the shortest backoff, and after the longest each time that follows.
  const [first, next] = [PRODUCER.retryBackoff, PRODUCER.retryBackoffMax].map((time) => p.requestTimeout + 1.2 * time);
  return WORKERS * Math.max(0, 1 + Math.floor((p.stallFor - inLine - ms(200) - first) / next));
};
export const sentTwice = limit(appendedAgain);

/** A plain producer has both: what is sent twice, and what is written twice. */
export const twiceForBoth = limit((p) => appendedAgain(p) + inLog(p));

/**
 * All that was sent is read by the end, if no worker has work left: from whatever moment on, the orders that are its own
 * have to take it less than the time in which it is there. The moments that matter are the start, with the stall before it,
 * and each crash, with those that follow of the same worker; a crash has a poll done again. Of that time they have the share
 * above. Where it is not enough, nothing is claimed.
 */
function unread(p: Values): number {
  const hasTime = (from: Duration, pairsLeft: number, away: Duration): boolean => {
    const comes = poissonMost((p.rate / WORKERS) * Math.max(0, toSeconds(p.length - DRAIN - from)));
    const left = toSeconds(p.length - from - away - pairsLeft * (2 * p.downtime + ms(400)) - s(1));
    return comes + (2 * pairsLeft + 1) * p.pollRecords < (working(p) * left) / orderTime(p);
  };
  const count = pairs(p);
  const ofWorker = (first: number): number => Math.ceil((count - first) / WORKERS);
  const isRead = Array.from({ length: count }, (_, pair) =>
    hasTime(p.crashFrom + pair * p.crashEvery, ofWorker(pair), 0),
  ).every(Boolean);
  return isRead && hasTime(0, ofWorker(0), p.stallFor + s(4)) ? 0 : 2 * p.rate * toSeconds(p.length);
}
export const nothingMissing = limit(unread);
export const missingOfPolls = limit((p) => unread(p) + openPolls(p));
