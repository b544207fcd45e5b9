/**
 * What is claimed of a group's lag, worked out from the parameters: what comes less what the group can process, and how far
 * behind one that can process it all may be. Nothing here looks at a run.
 *
 * Records come by a Poisson process. A consumer processes one after the other, each in a gamma time of the mean
 * `processTime` whose deviation is a fifth of it; in a time T it has at most T / mean of them done, and five deviations
 * more. A hot key's records are all in one partition; the others' keys are spread by a hash.
 */
import { s, toSeconds, type Since } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { SHAPE } from '../../application/distances.ts';
import { GROUP, LINGER_BEFORE_GROUP } from '../application/orders.ts';
import type { Values } from './params.ts';

/** Ordinary keys, all alike. */
export const KEYS = 60_000;
/**
 * A segment of a log is closed after so long, and brokers look for those that are too old so often: seven days and five
 * minutes by default.
 */
export const SEGMENT = s(1);
export const RETENTION_CHECK = s(1);
/** Seconds of a row of the recording. */
export const INTERVAL = 0.5;
/** Seconds from one look at the lag to the next. */
const LOOK = 0.1;

const limit = limitOf<Values>;

/** What so many consumers process in a time, at most. */
function processedMost({ processTime }: Values, consumers: number, seconds: number): number {
  const each = seconds / toSeconds(processTime);
  return consumers * (each + (DEVIATIONS * Math.sqrt(each)) / Math.sqrt(SHAPE) + 1);
}

/** In seconds: until the group is scaled, of it the time in which it has its partitions, and what is left of the run. */
const before = (p: Values): number => toSeconds(Math.min(p.scaleAt, p.length));
/** An empty group waits for others after the first member, and as long again if others have come. */
const working = (p: Values): number =>
  Math.max(0, before(p) - (p.consumers > 1 ? 2 : 1) * toSeconds(GROUP.initialDelay));
const after = (p: Values): number => toSeconds(p.length) - before(p);

/** No more of the members than there are partitions have something to do. */
const busy = (p: Values, members: number): number => Math.min(members, p.partitions);

/** What is on its way to the log is not in it yet: of a tenth of a second, which is ten times as long as it takes. */
const onTheWay = ({ rate }: Values): number => rate / 10;

const capacity = (p: Values): number =>
  processedMost(p, busy(p, p.consumers), working(p)) + processedMost(p, busy(p, p.scaleTo), after(p));

/** All that came and that the group cannot have processed. */
const shortfallOf = (p: Values): number =>
  Math.max(0, poissonLow(p.rate * toSeconds(p.length)) - onTheWay(p) - capacity(p));
export const shortfall = limit(shortfallOf);

/**
 * The lag's slope is taken over a second at each look, so that all looks' slopes, each for the time of a look, add up to the
 * mean of the last second's lags: of those, and of two more for what the last look missed, the least, over the time of the run.
 */
export const rises = limit((p) => {
  const looks = Array.from({ length: 1 / LOOK + 2 }, (_, k) => shortfallOf({ ...p, length: p.length - s(k * LOOK) }));
  return Math.min(...looks) / toSeconds(p.length);
});

/** The same of the hot partition, which is one consumer's however many there are. */
const hotShortfallOf = (p: Values): number =>
  Math.max(
    0,
    poissonLow(p.rate * p.hotShare * toSeconds(p.length)) - onTheWay(p) - processedMost(p, 1, toSeconds(p.length)),
  );
export const hotShortfall = limit(hotShortfallOf);

/**
 * How old the oldest of so many records is that wait, at least: if it were younger, no more would have come since than a
 * Poisson number of that time. In seconds, less the time between two looks.
 */
function ageLeast(waiting: number, rate: number): number {
  const came = ((Math.sqrt(DEVIATIONS ** 2 + 4 * waiting) - DEVIATIONS) / 2) ** 2;
  return Math.max(0, came / rate - LOOK);
}
export const oldest = limit((p) => ageLeast(shortfallOf(p), p.rate));
export const oldestOfHot = limit((p) => (p.hotShare > 0 ? ageLeast(hotShortfallOf(p), p.rate * p.hotShare) : 0));

/** In seconds: what is older is not in the log, whose last segment is closed and looked at in between. */
const kept = ({ retention }: Values): number => toSeconds(retention + SEGMENT + RETENTION_CHECK) + 0.2;

export const deleted = limit((p) => poissonLow(p.rate * Math.max(0, toSeconds(p.length) - kept(p))));

/**
 * What a group that is too slow has not committed, at most, where its log keeps so much: a fetch finds no more than that, and
 * while it is processed as much more comes as the rate is to the capacity. To it come polls that are not done.
 */
const unreadMost = (p: Values): number => {
  const members = Math.min(p.consumers, p.scaleTo);
  const load = p.rate * shareOfPartition(p) * mostOwned(p, members) * toSeconds(p.processTime);
  return Math.max(1, load) * poissonMost(p.rate * kept(p)) + busy(p, p.scaleTo) * p.pollRecords;
};
export const notDeleted = limit((p) => (p.hotShare > 0 ? 2 * p.rate * toSeconds(p.length) : unreadMost(p)));

/** What the group cannot have processed, and need not any more. */
export const deletedUnread = limit((p) => (p.hotShare > 0 ? 0 : Math.max(0, shortfallOf(p) - unreadMost(p))));

/** Of all that is processed in an interval, what those who have a partition can do. */
export const noMoreThanPartitions = limit((p) => processedMost(p, p.partitions, INTERVAL) / INTERVAL);

export const idleMembers = limit((p) => (p.scaleAt + s(5) < p.length ? Math.max(0, p.scaleTo - p.partitions) : 0));

/** A partition's share of the records, at most: five deviations of a binomial number of keys. */
function shareOfPartition({ partitions }: Values): number {
  const even = 1 / partitions;
  return Math.min(1, even + DEVIATIONS * Math.sqrt((even * (1 - even)) / KEYS));
}

/** Partitions of the member with the most, of so many. */
const mostOwned = (p: Values, members: number): number => Math.ceil(p.partitions / busy(p, members));

/** Records a second of the member with the most, once the group is scaled. */
const busiest = (p: Values): number => p.rate * shareOfPartition(p) * mostOwned(p, p.scaleTo);

/**
 * Whether the slowest member has nothing left at a moment, in seconds: it can do what its partitions get until then. In a
 * cooperative rebalance each of two rounds waits for a heartbeat, and the new owner for a fetch; until then no more of its
 * partitions counts as processed than was before the scaling, when each was one of several of a member.
 */
function hasCaughtUp(p: Values, end = lastMoment(p)): boolean {
  const { processTime, rate, hotShare, scaleTo, consumers } = p;
  if (hotShare > 0 || scaleTo < consumers) return false;
  const began = before(p) + toSeconds(2 * GROUP.heartbeatInterval) + 0.6;
  const leastDone = (seconds: number): number => {
    const mean = Math.max(0, seconds) / toSeconds(processTime);
    return Math.max(0, mean - DEVIATIONS * Math.sqrt(mean / SHAPE) - p.pollRecords);
  };
  const owned = mostOwned(p, scaleTo);
  const did = (owned * leastDone(working(p) - 0.6)) / mostOwned(p, consumers);
  return poissonMost(rate * shareOfPartition(p) * owned * end) < did + leastDone(end - began);
}

/** A second before the end. */
const lastMoment = ({ length }: Values): number => toSeconds(length) - 1;

/** A group that nobody scales up is held to what one consumer a partition leaves. */
const withOneEach = (p: Values): Values =>
  p.scaleTo > p.consumers ? p : { ...p, scaleTo: Math.max(p.scaleTo, p.partitions) };

/**
 * Until when a group catches up at the latest, in rows: the backlog divided by the spare capacity, for the member that is
 * given most and does least. A second before the end if it never does.
 */
export const caughtUp: Since = {
  words: 'from when the group must have caught up',
  at(values) {
    const p = withOneEach(values as Values);
    const end = lastMoment(p);
    let moment = Math.min(end, before(p));
    while (moment < end && !hasCaughtUp(p, moment)) moment = Math.min(end, moment + INTERVAL);
    return s(moment);
  },
};

/** What a group has that keeps up, at most: a second's records, and a poll of each who has something to do. */
export const keepsUp = (p: Values): number => p.rate + busy(p, p.scaleTo) * p.pollRecords;

/**
 * Caught up, a member that is less than 85 % busy has little waiting: the tail of a single server's waiting time falls as
 * exp(−2(1 − ρ)x / (S(1 + c²))), which leaves nothing beyond half a second. To it comes a poll, which is committed when it
 * is done, and a fetch.
 */
const staysCaughtUp = (p: Values): boolean => hasCaughtUp(p) && busiest(p) * toSeconds(p.processTime) < 0.85;
const littleLeftOf = (given: Values): number => {
  const p = withOneEach(given);
  return staysCaughtUp(p) ? keepsUp(p) : 2 * p.rate * toSeconds(p.length);
};
export const littleLeft = limit(littleLeftOf);

/** Added up as above, the slopes are the mean of the last second's lags. */
export const levelsOff = limit((p) => littleLeftOf(p) / toSeconds(p.length));

/** From the scaling until the group must have caught up; to the end, if it need not. */
export const catchUpMost = limit((p) => {
  const moment = staysCaughtUp(withOneEach(p)) ? toSeconds(caughtUp.at(p)) : toSeconds(p.length);
  return Math.max(0, moment - before(p));
});

/**
 * No sooner than what had come, and cannot have been processed, is as little as a group has that keeps up: by the look before
 * the last moment of which that is not so.
 */
export const catchUpLeast = limit((p) => {
  let time = 0;
  while (time < after(p) && shortfallOf({ ...p, length: s(before(p) + time) }) > keepsUp(p)) time += LOOK;
  return Math.max(0, time - 2 * LOOK);
});

/**
 * The same in time: to twenty times the mean of that tail, which is passed once in e^20, comes the poll of which a record is
 * the first and which is committed when it is done, its batch's linger, and a fetch and a look.
 */
export const littleWait = limit((given) => {
  const p = withOneEach(given);
  const time = toSeconds(p.processTime);
  const load = busiest(p) * time;
  if (!hasCaughtUp(p) || load > 0.85) return 2 * toSeconds(p.length);
  const queue = (20 * time * (1 + 1 / SHAPE)) / (2 * (1 - load));
  const poll = p.pollRecords * time + DEVIATIONS * time * Math.sqrt(p.pollRecords / SHAPE);
  return queue + poll + toSeconds(LINGER_BEFORE_GROUP) + 0.2;
});
