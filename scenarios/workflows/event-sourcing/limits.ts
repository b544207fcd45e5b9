/** What is claimed of event sourcing, worked out from the parameters. Nothing here looks at a run. */
import { exp, ms, s, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost, some } from '../../application/chance.ts';
import { NEAR_MAX } from '../../application/distances.ts';
import { CONCURRENCY } from './accounts-service.ts';
import { overdrawingChance } from './balances.ts';
import type { Values } from './params.ts';

/** Time of the store for any query, and for each event that is written: a fast disk has it. */
export const QUERY_TIME = ms(1);
export const WRITE_TIME = ms(1);

const limit = limitOf<Values>;

const perEvent = (p: Values): number => toSeconds(p.readTime + p.foldTime);

/** From the start: whoever loads an account reads and folds what it had then, and on an idle system that takes so long. */
export const eventsLeast = limit((p) => p.history);
const rebuildLeast = (p: Values): number => p.history * perEvent(p);
export const rebuildTime = limit(rebuildLeast);

/**
 * From a snapshot: up to so many events, and those that come while it is written, but these are a part of all loads, and the mean
 * of the others is half as many.
 */
export const eventsMost = limit((p) => p.snapshotEvery);

/**
 * A snapshot is read as an event is. On processors that are shared a job takes at most 1 / (1 - rho) times as long as alone (with one processor, and less with
 * more). Each booking loads and writes as often as it may be decided, at most; a balance of the past is folded from the first event.
 */
function withSnapshots(p: Values): number {
  const decided = p.rate * p.attempts;
  const loads = decided * (1 + p.snapshotEvery) + p.auditRate * (p.history + growth(p));
  const kept = p.rate / p.snapshotEvery;
  const written = (decided + kept) * toSeconds(QUERY_TIME + WRITE_TIME);
  const queries = (decided + p.auditRate) * toSeconds(QUERY_TIME) + written;
  const stored = Math.min(1, (loads * toSeconds(p.readTime) + queries) / p.cores);
  const folded = Math.min(1, (loads * toSeconds(p.foldTime)) / p.cores);
  const alone = (1 + p.snapshotEvery) * toSeconds(p.readTime) + toSeconds(QUERY_TIME);
  const store = alone / (1 - stored);
  const fold = (p.snapshotEvery * toSeconds(p.foldTime)) / (1 - folded);
  return Math.min(toSeconds(p.length), store + fold + toSeconds(2 * NEAR_MAX));
}
export const loadTime = limit(withSnapshots);

/** Bookings a second on each account but the busy one. */
const elsewhere = (p: Values): number => (p.rate * (1 - p.hotShare)) / (p.accounts - 1);

/** Events that an account has more at the end, at most: the busy one, or the others if these are busier. */
const growth = (p: Values): number => Math.max(p.rate * p.hotShare, elsewhere(p)) * toSeconds(p.length);

/**
 * Bookings a second on the busy account that are not refused: all deposits; and as many withdrawals, where these are the more of the
 * two. For then its balance is near zero, as much goes out as comes in, and what fits is smaller than what does not.
 */
function bookable(p: Values): number {
  return deposits(p) + Math.min(deposits(p), p.rate * p.hotShare * p.withdrawals);
}
const deposits = (p: Values): number => p.rate * p.hotShare * (1 - p.withdrawals);

/** From the moment at which an account with so many events is read to that at which the booking is written, on an idle system. */
const decidedFor = (p: Values, events: number): number => events * perEvent(p) + toSeconds(2 * QUERY_TIME + WRITE_TIME);

/**
 * Whoever is written has been overtaken in the time t of deciding with chance 1 - exp(-r t), at a rate r of what is written. In the
 * first half of the run the account has at least the events of the start, in the second those of the first half as well. Code that
 * cannot read the events of before writes nothing behind them.
 */
function outdated(p: Values): number {
  const until = p.oldEvents === 'nothing' ? Math.min(p.deployAt, p.length) : p.length;
  const written = (bookable(p) * toSeconds(until)) / 2;
  const atStart = p.snapshots ? 0 : p.history;
  const halves = [atStart, atStart + (p.snapshots ? 0 : written)];
  return halves.reduce((sum, events) => sum + written * (1 - exp(-bookable(p) * decidedFor(p, events))), 0);
}
export const outdatedLeast = limit((p) => some(outdated(p)));

/**
 * With the check whoever was overtaken is refused. If nobody tried again a rate a of those who come at the rate r would be written,
 * a = r exp(-a t), at a time t to decide. Who tries again only adds to what is written and to what is refused.
 */
function writtenAtOnce(p: Values, t: number): number {
  const rate = bookable(p);
  let [low, high] = [0, rate];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (middle < rate * exp(-middle * t)) low = middle;
    else high = middle;
  }
  return high;
}
/** It takes the time of the start at least. */
export const conflictsLeast = limit((p) =>
  some((bookable(p) - writtenAtOnce(p, decidedFor(p, p.history))) * toSeconds(p.length)),
);

/**
 * Of the busy account more and more is read as its log grows, and the last load finds what was written until a second before the end.
 * It takes the time of the end at most to decide, by processors on which all of the account's bookings are decided as often as they may.
 */
export const rebuildTimeAtEnd = limit((p) => {
  const load = loadAtEnd(p, p.attempts);
  if (load >= 1) return rebuildLeast(p);
  const longest = decidedFor(p, p.history + growth(p)) / (1 - load) + toSeconds(2 * NEAR_MAX);
  const grown = some(writtenAtOnce(p, longest) * (toSeconds(p.length) - 1));
  return (p.history + grown) * perEvent(p);
});

/**
 * A balance of the past is of a moment between the first booking and now, all equally likely. Bookings of the start are a second apart:
 * so many seconds from the first there are as many. Before its first snapshot an account is folded from them, with one or without.
 * The sum of n such draws of mean m and mean square q is no less than n m by more than so many deviations sqrt(n q).
 */
export const pastLeast = limit((p) => {
  const kept = Math.floor(p.history / p.snapshotEvery) * p.snapshotEvery;
  const before = p.snapshots && kept > 0 ? kept - 1 : p.history;
  const seconds = p.history + toSeconds(p.length);
  const loads = Math.max(1, poissonLow(p.auditRate * toSeconds(p.length)));
  const mean = (before * before) / 2 / seconds;
  const square = (before * before * before) / 3 / seconds;
  return Math.max(0, mean - DEVIATIONS * Math.sqrt(square / loads));
});

/** Load of processors at the end, if a booking loads all events of its account, and those on the busy one are decided so many times. */
function loadAtEnd(p: Values, attempts = 1): number {
  const length = toSeconds(p.length);
  const busy = p.rate * p.hotShare;
  const others = p.rate - busy;
  const decided = busy * attempts + others;
  const events = busy * attempts * (p.history + busy * length) + others * (p.history + elsewhere(p) * length);
  const read = events + p.auditRate * (p.history + growth(p));
  const queries = (2 * decided + p.auditRate) * toSeconds(QUERY_TIME) + decided * toSeconds(WRITE_TIME);
  return Math.max(read * toSeconds(p.readTime) + queries, read * toSeconds(p.foldTime)) / p.cores;
}

/**
 * Unchecked, a withdrawal overdraws the busy account with the one that came before it if both have seen the same balance, which each
 * fits and both do not. Bookings come at the rate r, a share w of them withdrawals, and take the time t to decide. The one before has
 * come less than t ago and nothing has been written since, at a rate of r as well at most, with chance (1 - exp(-2 r t)) / 2. No
 * deposit of others comes between, with chance exp(-r (1 - w) t). The product of the two rises and falls with t: it is no
 * less than at the ends of what t can be, which is longer by load as `withSnapshots` has it. More withdrawals in between only add to it.
 */
function overdrafts(p: Values): number {
  const load = loadAtEnd(p);
  if (load >= 1 || p.snapshots) return 0;
  const rate = p.rate * p.hotShare;
  const chance = (t: number): number => ((1 - exp(-2 * rate * t)) / 2) * exp(-rate * (1 - p.withdrawals) * t);
  const parts = 4;
  const seconds = toSeconds(p.length) / parts;
  let pairs = 0;
  for (let part = 0; part < parts; part++) {
    const shortest = decidedFor(p, p.history + part * deposits(p) * seconds);
    const longest = decidedFor(p, p.history + (part + 1) * rate * seconds) / (1 - load) + toSeconds(2 * NEAR_MAX);
    pairs += rate * p.withdrawals * p.withdrawals * seconds * Math.min(chance(shortest), chance(longest));
  }
  return pairs * overdrawingChance(p);
}
/** Of five there is none once in 150 times; but five is what is left if all who meet more than one other are not counted. */
export const overdraftsLeast = limit((p) => (overdrafts(p) >= 5 ? 1 : 0));

/** From the deployment on, and a second for what was under way. */
const deployed = (p: Values): number => Math.max(0, toSeconds(p.length - p.deployAt - s(1)));

/**
 * Bookings that look at an account by new code, which takes all of its old events as nothing: that is right if they add up to
 * nothing. Each account has money at the start. Of all balances at most one is hit exactly by a withdrawal, with chance w / 100, and one
 * that has nothing stays so until a deposit comes, with chance 1 - w: so no more than w / (100 (1 - w)) of them have nothing. The busy
 * account is left out.
 */
export const misreadLeast = limit((p) => {
  const others = p.accounts - 1;
  const empty = p.withdrawals < 1 ? Math.min(1, p.withdrawals / (100 * (1 - p.withdrawals))) : 1;
  const misread = Math.max(0, others - Math.ceil(poissonMost(others * empty)));
  return some(misread * elsewhere(p) * deployed(p));
});

/**
 * Bookings that fail: each has read all events before it does, so that no more of them come to that than store and service can do,
 * balances of the past beside them. With as many in work as there may be, each has its own work done and waits for that of all others
 * where that takes longest, at most (Lazowska and others, Quantitative System Performance, 1984, chapter 5).
 */
export const unreadableLeast = limit((p) => {
  const events = p.history + growth(p);
  const read = toSeconds(QUERY_TIME) + events * toSeconds(p.readTime);
  const folded = events * toSeconds(p.foldTime);
  const others = ((CONCURRENCY - 1) * Math.max(read, folded)) / p.cores;
  const done = CONCURRENCY / (read + folded + toSeconds(2 * NEAR_MAX) + others);
  return some(Math.min(p.rate, Math.max(0, done - p.auditRate)) * deployed(p));
});

/**
 * The first booking on an account by new code finds nothing there: if it is a withdrawal it is refused. A balance b of less than 100
 * covers it with chance b / 100, which is (b + 1) b / 10100 at least, and that is (1 - w) / w in the mean where an account gets as much
 * as it gives: of withdrawals at w so much is booked. So w accounts of all that are looked at have it, and of these 1 - w are wronged
 * if w is more than a half; if not, half of them, for their balances only grow from where they were.
 */
export const wrongedLeast = limit((p) => {
  const looked = (p.accounts - 1) * (1 - exp(-elsewhere(p) * deployed(p)));
  return some(looked * (p.withdrawals > 0.5 ? 1 - p.withdrawals : p.withdrawals / 2));
});

/** Snapshots of the code before are of no use to the new one: it folds some account from its first event, if it can and is asked for any. */
export const coldLoad: Limit = limit((p) => {
  const isRead = p.oldEvents === 'upcasters' || p.oldEvents === 'defaults';
  return isRead && some(p.rate * deployed(p)) > 0 ? p.history : 0;
});
