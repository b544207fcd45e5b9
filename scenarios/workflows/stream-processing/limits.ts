/**
 * What is claimed of a stream processor whose workers crash, worked out from the parameters. Nothing here looks at a run.
 *
 * A worker that crashes has processed orders since its last commit, and its successor does so again: as many as came to its half of
 * the partitions since then. Where workers cannot keep up, or a crash comes too late to be made good, nothing is claimed.
 */
import { ms, partitionOf, s, toSeconds, us, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, oncePerRun, poissonLow, poissonMost } from '../../application/chance.ts';
import { SHAPE } from '../../application/distances.ts';
import { GROUP } from '../../messaging/application/orders.ts';
import { LINES_MAX, PAID } from './orders.ts';
import type { Values } from './params.ts';
import { queryNamed } from './queries.ts';

export const PARTITIONS = 4;
export const WORKERS = ['worker-1', 'worker-2'];
/** Users have stopped so long before the end that everything is read. */
export const DRAIN = s(8);
/** Kafka Streams lets its producers linger for so long. */
export const LINGER = ms(100);
/** Standbys look for news so often: `poll.ms`, as it is by default. */
export const STANDBY_POLL = ms(100);
/** The shop's table takes an order for so long, at the mean. */
export const SHOP_TIME = us(500);
export const CHANGE_BYTES = 100;
/** A segment that is closed, and compacted, soon enough to matter. */
export const SMALL_SEGMENT = 5000;
/** `log.cleaner.backoff.ms`, as it is by default. */
const CLEANED_EVERY = s(15);

const limit = limitOf<Values>;

/** The share of the customers whose orders each worker reads: range gives it a run of partitions, the hash of a key says which one. */
const shares = oncePerRun((p: Values): readonly number[] => {
  const each = PARTITIONS / WORKERS.length;
  const counts = WORKERS.map(() => 0);
  for (let key = 0; key < p.customers; key++) counts[Math.floor(partitionOf(key, PARTITIONS) / each)]++;
  return counts.map((count) => count / p.customers);
});

/** Of all orders those that count. */
const counted = ({ processing, cancelled }: Values): number => (processing === 'table' ? 1 : 1 - cancelled);
/** Results that an order has where lines are picked out: one to so many, if it is paid. */
const LINES = {
  mean: (PAID * (1 + LINES_MAX)) / 2,
  meanSquare: (PAID * (1 + LINES_MAX) * (1 + 2 * LINES_MAX)) / 6,
};

/** A poll takes so long at most, with room for chance. */
export const pollTime = (p: Values): Duration =>
  GROUP.pollRecords * p.processTime * (1 + DEVIATIONS / Math.sqrt(SHAPE * GROUP.pollRecords));

/** A commit is due when a poll has ended; it waits for brokers, and the next interval begins when it is done. */
const late = (p: Values): Duration => pollTime(p) + ms(30);

/** Whether a worker has twice the time that all orders of its half take, so that what piled up is done soon. */
export const keepsUp = (p: Values): boolean => p.rate * Math.max(...shares(p)) * toSeconds(p.processTime) < 0.5;

interface Crash {
  /** The share of the orders that are the worker's. */
  readonly share: number;
  readonly at: Duration;
  /** Time since the last commit, at least, in seconds. */
  readonly sinceCommit: number;
}

/**
 * The crashes of a run while users send that are made good by its end. Intervals are counted from the start of a worker: the k-th
 * commit comes between the end of the k-th interval and k times the delay of one after it. What lingers at the crash is not written.
 */
function crashes(p: Values): Crash[] {
  if (!keepsUp(p)) return [];
  return WORKERS.map((_, index) => ({ share: shares(p)[index], at: p.crashAt + index * p.crashEvery }))
    .filter(
      ({ share, at }) => at + p.downtime + s(3) <= p.length - DRAIN && restores(p, share, at) + p.downtime < DRAIN,
    )
    .map(({ share, at }) => {
      const intervals = Math.floor(at / p.commitInterval);
      const since = at - intervals * (p.commitInterval + late(p)) - LINGER - ms(50);
      // In the very first moments a group has not begun its work.
      const sinceCommit = at < s(4) ? 0 : Math.max(0, Math.min(since, at - s(2)));
      return { share, at, sinceCommit: toSeconds(sinceCommit) };
    });
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const leastOf = (p: Values, share: number, seconds: number): number =>
  poissonLow(p.rate * share * counted(p) * seconds);

/** Orders that crashed workers had counted and not committed; a transaction has them undone. */
const again = (p: Values): number =>
  p.guarantee === 'exactly-once'
    ? 0
    : sum(crashes(p).map(({ share, sinceCommit }) => p.rate * share * counted(p) * sinceCommit));
export const countedTwice = limit((p) => poissonLow(again(p)));
/** Of an order with several lines all results come again: their number varies with the mean square of the lines. */
export const writtenTwice = limit((p) => {
  const { mean, meanSquare } = p.processing === 'route' ? LINES : { mean: 1, meanSquare: 1 };
  return Math.max(0, again(p) * mean - DEVIATIONS * Math.sqrt(again(p) * meanSquare));
});

/**
 * Never more than an interval's work for each crash: what came in it. Of the first interval a group has spent some time to begin,
 * and what waited for it is among the work of the next.
 */
const intervalMost = (p: Values, share: number): number => {
  const work = p.commitInterval + late(p) + (keepsUp(p) && p.crashAt >= 2 * p.commitInterval + s(4) ? 0 : p.length);
  return poissonMost(p.rate * share * toSeconds(work));
};
export const countedTwiceMost = limit((p) => sum(shares(p).map((share) => intervalMost(p, share))));

/** All that a worker's tasks have written to their changelogs is read by its next life, if there is no checkpoint. */
const changesLeast = (p: Values, { share, at }: Omit<Crash, 'sinceCommit'>): number =>
  leastOf(p, share, Math.max(0, toSeconds(at - s(1))));
/** Written again after a crash as well. */
const changesMost = (p: Values, share: number, at: Duration): number =>
  p.processing === 'route' ? 0 : 2 * poissonMost(p.rate * share * toSeconds(at));
const restores = (p: Values, share: number, at: Duration): Duration =>
  changesMost(p, share, at) * p.restoreTime + ms(500);

const isUncompacted = (p: Values): boolean => p.segmentBytes >= 1_000_000_000;
/** A checkpoint may come once a task has written so much: no task has more than its worker. */
const hasNoCheckpoint = (p: Values): boolean =>
  p.guarantee === 'exactly-once' || shares(p).every((share) => changesMost(p, share, p.length) <= p.checkpointDelta);
const isWhole = (p: Values): boolean => p.disk === 'lost' || hasNoCheckpoint(p);
const readsAll = (p: Values): boolean => p.processing !== 'route' && isUncompacted(p) && isWhole(p);

export const restoredLeast = limit((p) => (readsAll(p) ? sum(crashes(p).map((crash) => changesLeast(p, crash))) : 0));
/**
 * With a checkpoint on the disk no more is read than what was written since: in the interval of the crash, and before it by each task so
 * little that the last commit wrote none.
 */
export const restoredPart = limit((p) =>
  sum(
    shares(p).map((share, index) => {
      const all = changesMost(p, share, p.crashAt + index * p.crashEvery);
      const part = intervalMost(p, share) + (PARTITIONS / WORKERS.length) * p.checkpointDelta;
      return p.disk === 'lost' || p.guarantee === 'exactly-once' ? all : Math.min(all, part);
    }),
  ),
);
/** Of a worker's two tasks one has a half of that or more: the last crash has the most to read. */
export const restoreTakes = limit((p) => {
  const last = crashes(p).at(-1);
  if (last === undefined || !readsAll(p)) return 0;
  return (changesLeast(p, last) / (PARTITIONS / WORKERS.length)) * toSeconds(p.restoreTime);
});

/**
 * Compacted, a changelog has an entry a customer; what is not compacted, since the cleaner finds less than a half of it dirty, is no
 * more than that; and what came since the cleaner looked last, with the segments that are not closed, if these are small.
 */
export const restoredCompacted = limit((p) =>
  sum(
    shares(p).map((share, index) => {
      const at = p.crashAt + index * p.crashEvery;
      const sinceCleaned = toSeconds((at % CLEANED_EVERY) + s(1));
      const open =
        (PARTITIONS / WORKERS.length) * (Math.min(p.segmentBytes, SMALL_SEGMENT) / CHANGE_BYTES + GROUP.pollRecords);
      const uncleaned = poissonMost(p.rate * share * sinceCleaned) + open;
      return Math.min(changesMost(p, share, at), 2 * share * p.customers + uncleaned);
    }),
  ),
);

/** A coordinator drops a member that is silent for the session; the group agrees anew within the other's heartbeat and its poll. */
const takenOver = (p: Values): Duration => p.crashAt + p.sessionTimeout + GROUP.heartbeatInterval + pollTime(p) + s(1);
/** Whether the first worker's tasks go to the other while users send, with its stores whole by the end, and none else has to be restored. */
const failsOver = (p: Values): boolean =>
  p.downtime > takenOver(p) - p.crashAt &&
  p.crashAt + p.downtime >= p.length &&
  p.crashAt + p.crashEvery >= p.length &&
  p.rate * toSeconds(p.processTime) < 0.5 &&
  takenOver(p) + restores(p, shares(p)[0], p.crashAt) <= p.length;
/** The other worker has nothing of them: it reads all that they have written. */
const takenFrom = (p: Values): number =>
  failsOver(p) && p.processing !== 'route' && isUncompacted(p)
    ? changesLeast(p, { share: shares(p)[0], at: p.crashAt })
    : 0;
export const takenRead = limit(takenFrom);
/** Of its two tasks one has a half of that or more. */
export const takenIn = limit((p) => (takenFrom(p) / (PARTITIONS / WORKERS.length)) * toSeconds(p.restoreTime));
/**
 * A standby has read all that the crashed worker wrote long before the session is over, if it keeps up with what all write: nothing is
 * left to be restored but to ask each changelog whether there is more.
 */
const hasStandbyUpToDate = (p: Values): boolean =>
  failsOver(p) && p.rate * toSeconds(p.restoreTime) < 0.5 && p.sessionTimeout >= 10 * STANDBY_POLL + s(2);
export const takenReadMost = limit((p) => (hasStandbyUpToDate(p) ? 0 : 2 * poissonMost(p.rate * toSeconds(p.length))));
export const takenInMost = limit((p) => toSeconds(hasStandbyUpToDate(p) ? ms(50) : p.length));
/** The price: what either has written, the other has read as well; until the crash both write. */
export const standbyRead = limit((p) =>
  hasStandbyUpToDate(p) ? leastOf(p, 1, Math.max(0, toSeconds(p.crashAt - s(4)))) : 0,
);

/** All that was sent is read by the end, if both crashes are made good and no order comes in the last moment. */
export const nothingMissing = limit((p) => {
  const areMadeGood = p.processing === 'connect' ? connectorCrashes(p).length : crashes(p).length;
  const hasTime = p.lateShare === 0 || p.lateMost + s(3) <= DRAIN;
  return areMadeGood === WORKERS.length && hasTime ? 0 : p.rate * toSeconds(p.length) * LINES_MAX * 2;
});
/** A key that is written again has the value that it had. */
export const nothingDiffers = limit((p) => (crashes(p).length === WORKERS.length ? 0 : p.customers));

/** Orders of the query that are placed in a run, in the share of it that is closed by the end at least. */
const queried = (p: Values, seconds: number): number =>
  p.rate * (1 - p.cancelled) * queryNamed(p.query).share * Math.max(0, seconds);

/**
 * The chance of a late order to miss its window. It is placed at a time of its window that is as likely as any other, so that what is left of
 * the window is even between 0 and its size S; it comes L later, even between 0 and B. Where a grace of G and a little time for its
 * way are over by then it is left out: with a chance of (L - G) / S, of 0 and 1 at the ends. The mean over L is
 * ((B - G)^+^2 - (B - G - S)^+^2) / (2 S B).
 */
function missChance(p: Values, slack: Duration): number {
  const over = (time: number): number => Math.max(0, time) * Math.max(0, time);
  const left = p.lateMost - p.grace - slack;
  return (over(left) - over(left - p.windowSize)) / (2 * p.windowSize * p.lateMost);
}

/** While all is on its way stream time is at most so far behind the clock: a task has an order that is not late so often. */
const behind = (p: Values): Duration =>
  LINGER + ms(200) + s((7 * PARTITIONS) / Math.max(1, queried(p, 1) * (1 - p.lateShare)));

/**
 * How often so many orders are left out of windows, at most or at least: in each of those that overlap an order stands at a time that is as likely as
 * any other, so that it is as often as there are windows, and an order may be left out of all of its own at once.
 */
function inWindows(p: Values, orders: number, chance: -1 | 1): number {
  const { overlap } = queryNamed(p.query);
  return Math.max(0, overlap * (orders + chance * DEVIATIONS * Math.sqrt(orders)));
}

/** Orders that come too late; of the first seconds, when the group begins, and of the last windows nothing is claimed. */
const tooLate = (p: Values): number => {
  const seconds = toSeconds(p.length - DRAIN - s(5) - 2 * p.windowSize - p.grace - p.lateMost);
  return keepsUp(p) ? inWindows(p, queried(p, seconds) * p.lateShare * missChance(p, behind(p)), -1) : 0;
};
export const leftOut = limit(tooLate);
/** An order is in the log, behind all that stream time can come of, so soon after it is sent. */
const ARRIVAL = LINGER + ms(200);
/** Nor do more: stream time is never ahead of the clock. One that is not late misses its window on its way only, where the grace is short. */
export const leftOutMost = limit((p) => {
  const most = queried(p, toSeconds(p.length - DRAIN));
  const onTheWay = Math.min(1, Math.max(0, ARRIVAL - p.grace) / p.windowSize);
  const chance = p.lateShare * Math.min(1, missChance(p, -ARRIVAL)) + (1 - p.lateShare) * onTheWay;
  return inWindows(p, keepsUp(p) ? most * chance : most, 1);
});
/** A grace that is longer than any order is late, and than it is on its way, leaves none out. */
export const LONG_GRACE = s(9);
export const noneLeftOut = limit((p) =>
  keepsUp(p) && p.lateMost + s(1) <= LONG_GRACE ? 0 : inWindows(p, queried(p, toSeconds(p.length)), 1),
);
/** No final result comes before the grace is over. */
export const graceOver = limit((p) => (p.emit === 'FINAL' ? toSeconds(p.grace) : 0));
/**
 * Nor later than stream time has passed it, and what is handed on is written and read: the median is of windows that were closed by an order
 * which came in time.
 */
export const graceAndNoMore = limit((p) => {
  const isSure = p.emit === 'FINAL' && keepsUp(p) && p.lateShare < 0.4;
  return toSeconds(isSure ? p.grace + behind(p) + LINGER + s(1) : p.length + p.grace);
});
/** Each order that is not left out changes a result. */
export const changesRead = limit((p) =>
  p.emit === 'CHANGES' && keepsUp(p) ? poissonLow(queried(p, toSeconds(p.length - DRAIN)) * (1 - p.lateShare)) : 0,
);
/** A change of an order that is not late comes as fast as it is sent, read, written and read. */
export const soon = limit((p) => (keepsUp(p) && p.lateShare < 0.4 ? 1 : toSeconds(p.length)));

/** A row takes the table its time, and a connector a round trip to it; of a poll all are written before the next. */
const rowTime = (p: Values): Duration => p.processTime + ms(1);
export const CONNECT_POLL = ms(200);
const connectorIsLate = (p: Values): Duration =>
  Math.max(CONNECT_POLL + ms(100), GROUP.pollRecords * rowTime(p) + ms(50));

/** When source and sink crash, where what they do again is done by the end: no more than an interval's rows, and what came meanwhile. */
function connectorCrashes(p: Values): Duration[] {
  if (p.rate * toSeconds(rowTime(p)) >= 0.5) return [];
  const times = [p.crashAt, p.crashAt + p.crashEvery];
  return times.filter((at) => {
    const isBusy = at + p.downtime + s(3) <= p.length - DRAIN;
    return isBusy && at + 2 * p.downtime + p.commitInterval + s(4) <= p.length;
  });
}

/**
 * Both write again what they wrote since their last flush of offsets, as a stream thread does. A row that the source writes again is one
 * more in the log, and by insert one more in the table; one that the sink writes again, too.
 */
export const rowsTwice = limit((p) => {
  const since = connectorCrashes(p).map((at) => {
    const intervals = Math.floor(at / p.commitInterval);
    return Math.max(0, Math.min(at - s(2), at - intervals * (p.commitInterval + connectorIsLate(p)) - ms(100)));
  });
  return poissonLow(p.rate * toSeconds(sum(since)));
});

/** The share of the orders that is paid later. */
const paidLater = ({ cancelled }: Values): number => (1 - cancelled) * (1 - PAID);
/** Whether even one worker alone would have twice the time that all orders and payments take, and none crashes. */
const joinsKeepUp = (p: Values): boolean =>
  p.rate * (1 + paidLater(p)) * toSeconds(p.processTime) < 0.5 && p.crashAt >= p.length;

/**
 * Payments that miss the window: each comes after its order by a time that is even between 0 and B, and is met if that is no more than the
 * window W, with a chance of W / B. Those are certain that are paid before the run ends.
 */
export const unmatched = limit((p) => {
  const seconds = toSeconds(p.length - Math.max(DRAIN, p.paymentMost + s(1)));
  const missed = Math.max(0, 1 - p.windowSize / p.paymentMost);
  return p.lateShare === 0 ? poissonLow(p.rate * paidLater(p) * Math.max(0, seconds) * missed) : 0;
});
/**
 * By a left join a payment that misses its window is told of when stream time is past that and the grace; it stands at the last record
 * of each task, so that those stay untold that come in as long a time before it: of each task one, and what comes by chance.
 */
const untilClosed = (p: Values): Duration => p.windowSize + p.grace;
export const untold = limit((p) => {
  const payments = p.rate * paidLater(p);
  const isRead = p.paymentMost + s(2) <= DRAIN && joinsKeepUp(p) && p.guarantee === 'at-least-once';
  return poissonMost(payments * toSeconds(isRead ? untilClosed(p) : p.length)) + PARTITIONS;
});
export const toldAlone = limit((p) => {
  const seconds = toSeconds(p.length - Math.max(DRAIN, p.paymentMost + s(1)) - untilClosed(p));
  const missed = Math.max(0, 1 - p.windowSize / p.paymentMost);
  return p.lateShare === 0 && joinsKeepUp(p) ? poissonLow(p.rate * paidLater(p) * Math.max(0, seconds) * missed) : 0;
});
/** No sooner: stream time is behind the clock. Nothing is claimed where there is nothing to be told. */
export const toldAfter = limit((p) =>
  p.windowSize < p.paymentMost && p.lateShare === 0 ? toSeconds(untilClosed(p)) : 0,
);
/** A window that is longer than anybody takes to pay has all of them, once all is read. */
export const LONG_WINDOW = s(6);
export const noneUnmatched = limit((p) => {
  const isOver = p.paymentMost <= LONG_WINDOW && p.paymentMost + s(2) <= DRAIN && p.lateShare === 0;
  return isOver && joinsKeepUp(p) && p.guarantee === 'at-least-once'
    ? 0
    : poissonMost(p.rate * paidLater(p) * toSeconds(p.length));
});
/** Of tables nothing is ever too late, and each payment that is read has met its order by the end. */
export const noneLeft = limit((p) =>
  p.paymentMost + s(2) <= DRAIN && p.lateShare === 0 && joinsKeepUp(p) && p.guarantee === 'at-least-once'
    ? 0
    : poissonMost(p.rate * paidLater(p) * toSeconds(p.length)),
);
/** Its price: every order and every payment is kept for good. */
export const allKept = limit((p) => {
  const seconds = Math.max(0, toSeconds(p.length - Math.max(DRAIN, p.paymentMost + s(1))));
  return joinsKeepUp(p) ? poissonLow(p.rate * (1 - p.cancelled + paidLater(p)) * seconds) : 0;
});
/**
 * No record is late: each side comes as it happens, but for what lingers and is on its way, and would have to be behind by the window to
 * both sides and the grace.
 */
export const noneLate = limit((p) =>
  p.lateShare === 0 && joinsKeepUp(p) && 2 * p.windowSize + p.grace >= s(2)
    ? 0
    : poissonMost(p.rate * (1 + paidLater(p)) * toSeconds(p.length)),
);
/**
 * Its price: orders are kept while their side's stream time has not passed them by both halves of the window and the grace; not more
 * than have come. Stream time stands at the last order of each task.
 */
export const entriesKept = limit((p) => {
  const seconds = toSeconds(Math.min(2 * p.windowSize + p.grace, p.length - DRAIN - s(2)) - s(2));
  return joinsKeepUp(p) && p.lateShare === 0 ? poissonLow(p.rate * (1 - p.cancelled) * Math.max(0, seconds)) : 0;
});
