/** What is claimed of event sourcing, worked out from the parameters. Nothing here looks at a run. */
import { exp, ms, s, toSeconds, type Limit } from '../../../sim-core/index.ts';
import { limitOf, poissonLeast } from '../../application/chance.ts';
import { NEAR_MAX } from '../../application/distances.ts';
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
 * On processors that are shared a job takes at most 1 / (1 - rho) times as long as alone (with one processor, and less with
 * more). Each booking loads twice in the mean at most, and writes; a balance of the past is folded from the first event.
 */
function withSnapshots(p: Values): number {
  const loads = 2 * p.rate * p.snapshotEvery + p.auditRate * (p.history + growth(p));
  const queries = (4 * p.rate + p.auditRate) * toSeconds(QUERY_TIME) + 2 * p.rate * toSeconds(WRITE_TIME);
  const stored = Math.min(1, (loads * toSeconds(p.readTime) + queries) / p.cores);
  const folded = Math.min(1, (loads * toSeconds(p.foldTime)) / p.cores);
  const alone = p.snapshotEvery * toSeconds(p.readTime) + toSeconds(QUERY_TIME);
  const store = alone / (1 - stored);
  const fold = (p.snapshotEvery * toSeconds(p.foldTime)) / (1 - folded);
  return Math.min(toSeconds(p.length), store + fold + toSeconds(2 * NEAR_MAX));
}
export const loadTime = limit(withSnapshots);

/** Events that the busy account has more at the end, at most. */
const growth = (p: Values): number => p.rate * Math.max(p.hotShare, 1 / p.accounts) * toSeconds(p.length);

/**
 * Bookings a second on the busy account that are not refused: all deposits; and as many withdrawals, where these are the more of the
 * two. For then its balance is near zero, as much goes out as comes in, and what fits is smaller than what does not.
 */
function bookable(p: Values): number {
  const deposits = p.rate * p.hotShare * (1 - p.withdrawals);
  return deposits + Math.min(deposits, p.rate * p.hotShare * p.withdrawals);
}

/** From the moment at which an account with so many events is read to that at which the booking is written, on an idle system. */
const decidedFor = (p: Values, events: number): number => events * perEvent(p) + toSeconds(2 * QUERY_TIME + WRITE_TIME);

/**
 * Whoever is written has been overtaken in the time t of deciding with chance 1 - exp(-r t), at a rate r of what is written. In the
 * first half of the run the account has at least the events of the start, in the second those of the first half as well.
 */
function outdated(p: Values): number {
  const written = (bookable(p) * toSeconds(p.length)) / 2;
  const atStart = p.snapshots ? 0 : p.history;
  const halves = [atStart, atStart + (p.snapshots ? 0 : written)];
  return halves.reduce((sum, events) => sum + written * (1 - exp(-bookable(p) * decidedFor(p, events))), 0);
}
export const outdatedLeast = limit((p) => poissonLeast(outdated(p)));

/**
 * With the check whoever was overtaken is refused. If nobody tried again a rate a of those who come at the rate r would be written,
 * a = r exp(-a t), and the others are conflicts; who tries again only adds to them.
 */
export const conflictsLeast = limit((p) => {
  const rate = bookable(p);
  let [low, high] = [0, rate];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (middle < rate * exp(-middle * decidedFor(p, p.history))) low = middle;
    else high = middle;
  }
  return poissonLeast((rate - high) * toSeconds(p.length));
});

/**
 * Half of those that are outdated are withdrawals, and half of what has overtaken them too. Two that each fit a balance below the
 * largest amount overdraw it in every second case: of all, one in forty at least. From 5 on that are to be expected one is claimed.
 */
export const overdraftsLeast = limit((p) => (p.withdrawals > 0.5 && outdated(p) / 40 >= 5 ? 1 : 0));

/** From the deployment on, and a second for what was under way. */
const deployed = (p: Values): number => Math.max(0, toSeconds(p.length - p.deployAt - s(1)));

/**
 * Bookings that look at an account by new code. An account without money is read aright by chance; nine in ten have some, but for the
 * busy one, which is left out.
 */
export const misreadLeast = limit((p) => poissonLeast(0.9 * p.rate * (1 - p.hotShare) * deployed(p)));

/**
 * Bookings that fail: each has read all events before it does, so that no more of them come to that than store and service can do,
 * balances of the past beside them; nine tenths of it are sure.
 */
export const unreadableLeast = limit((p) => {
  const events = p.history + growth(p) * p.hotShare;
  const demand = Math.max(toSeconds(QUERY_TIME) + events * toSeconds(p.readTime), events * toSeconds(p.foldTime));
  const done = Math.max(0, (0.9 * p.cores) / demand - p.auditRate);
  return poissonLeast(Math.min(p.rate, done) * deployed(p));
});

/** Of so many withdrawals that look at nothing some are refused. */
export const wrongedLeast = limit((p) => (poissonLeast(p.rate * p.withdrawals * deployed(p)) > 100 ? 1 : 0));

/** Snapshots of the code before are of no use to the new one: it folds some account from its first event. */
export const coldLoad: Limit = limit((p) => p.history);
