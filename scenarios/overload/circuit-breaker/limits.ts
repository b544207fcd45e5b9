/**
 * What is claimed of the protections, worked out from the parameters. Nothing here looks at a run.
 *
 * Little's law is all of it: calls that each hold a thread for t seconds and come at a rate r hold r x t threads. Without a timeout
 * t has no bound, and all threads are held as soon as so many calls have come. With one it is the timeout, and the shop is
 * short of threads if that many are more than it has. A breaker and a bulkhead set a bound on the calls.
 */
import { ms, pow, s, toSeconds } from '../../../sim-core/index.ts';
import { capacityOf } from '../../application/capacity.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost, some } from '../../application/chance.ts';
import { FAR_MAX, FAR_MIN, NEAR_MAX, SHAPE } from '../../application/distances.ts';
import { troubleLasts, troubleUntil } from '../../application/trouble.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(2);
export const INTERVAL = ms(200);

const limit = limitOf<Values>;

export const measured = (p: Values): number => toSeconds(p.length - WARM_UP);

export const threadsOf = (p: Values): number => p.instances * p.threads;
const linesOf = (p: Values): number => p.instances * p.queueMax;
/** Calls a second that slow recommendations can do. */
export const slowCapacity = (p: Values): number => capacityOf(p) / p.slowdown;

/** Until all threads are held and all lines full, if every reader holds a thread for good. */
const untilFull = (p: Values): number => {
  const taken = p.readerRate - slowCapacity(p);
  return taken > 0 ? threadsOf(p) / taken + linesOf(p) / (p.readerRate + p.buyerRate) : Infinity;
};

/**
 * Then a thread comes free with each call that the recommendations end. It serves whoever is first in line, and buyers after
 * buyers until a reader takes it: as many buyers as there come for each reader.
 */
const stoppedBuyers = (p: Values): number => {
  const served = slowCapacity(p) * (p.buyerRate / p.readerRate);
  return Math.max(0, p.buyerRate - served) * Math.max(0, troubleLasts(p) - untilFull(p));
};
export const buyersStopped = limit((p) => some(stoppedBuyers(p)));
/** From then on all threads are held to the end of the trouble, but those that came free less than a tenth of a second ago. */
export const threadsStopped = limit((p) => {
  const held = threadsOf(p) - slowCapacity(p) / 10;
  return Math.max(0.1, (held * Math.max(0, troubleLasts(p) - untilFull(p))) / measured(p));
});

/**
 * Timeouts alone: of all who come a share x gets a thread, such that x times the readers' rate times the
 * timeout is no more than the threads.
 * The others are refused once the lines are full; the first timeout must have passed, and the surplus fill the lines.
 */
const turnedAway = (p: Values): number => Math.max(0, 1 - threadsOf(p) / (p.readerRate * toSeconds(p.timeout)));
const shortBuyers = (p: Values): number => {
  const share = turnedAway(p);
  if (share === 0) return 0;
  const full = toSeconds(p.timeout) + linesOf(p) / (share * (p.readerRate + p.buyerRate));
  return p.buyerRate * share * Math.max(0, troubleLasts(p) - full);
};
export const buyersShort = limit((p) => some(shortBuyers(p)));

/** Threads that the rest of all pages holds: the catalogue's time and the way there. */
export const CATALOGUE_TIME = ms(4);
export const heldByTheRest = (p: Values): number => (p.buyerRate + p.readerRate) * toSeconds(CATALOGUE_TIME + ms(1));

/**
 * Calls that were given up stay with the recommendations: while these are slow as many come as threads and timeout allow, and
 * when they are fast again nobody is answered in time before all but one timeout's worth is worked off, at the capacity and no
 * faster.
 */
export const backlogLasts = limit((p) => {
  const capacity = capacityOf(p);
  const comes = Math.min(p.readerRate, (threadsOf(p) - heldByTheRest(p)) / toSeconds(p.timeout));
  const come = poissonLow(Math.max(0, comes) * troubleLasts(p));
  const backlog = come - slowCapacity(p) * troubleLasts(p) - capacity * toSeconds(p.timeout);
  const after = toSeconds(p.length) - troubleUntil(p) - toSeconds(p.timeout);
  return Math.max(0, Math.min(after, backlog / capacity));
});

/** Whether the recommendations can do what comes when all is well: if not, no breaker lets them recover, and nothing is claimed of that. */
export const isWellElse = (p: Values): boolean => p.readerRate < 0.9 * capacityOf(p);

/** Failures that an instance's breaker has to see before it opens. */
export const needed = (p: Values): number => {
  const perInstance = p.readerRate / p.instances;
  const window = p.window === 'count' ? p.windowSize : p.windowSize * perInstance;
  return Math.max(Math.ceil(p.failureRate * window), Math.min(p.minimumCalls, window));
};

/** Pages that a thread makes for each call that it comes to hold: pages come in any order, buyers' among them. */
const pagesPerCall = (p: Values): number => (p.buyerRate + p.readerRate) / p.readerRate;

/**
 * Until an instance's breaker is open, in the mean or with what chance adds until enough readers have come. Its call number k
 * begins when k have, and when a thread is free again: once the call as many before it as there are threads has failed and the
 * thread has made the pages in between. The last one has to fail as well. Calls that are still answered in time do not count.
 */
export function detection(p: Values, come = poissonMost): number {
  const perInstance = p.readerRate / p.instances;
  const timeout = toSeconds(p.timeout);
  const answered = (slowCapacity(p) / p.instances) * timeout * Math.ceil(needed(p) / p.threads);
  const round = timeout + pagesPerCall(p) * toSeconds(CATALOGUE_TIME + ms(1));
  let begun = 0;
  for (let calls = needed(p) + answered, rounds = 0; calls > 0; calls -= p.threads, rounds++) {
    begun = Math.max(begun, come(calls) / perInstance + rounds * round);
  }
  return Math.min(troubleLasts(p), begun + round);
}

/**
 * Pages that are turned away until breakers are open. Of those that come to an instance the calls that failed and those that
 * hold its threads have begun, with the pages made in between; as many wait as its line takes; the rest finds no place. Chance
 * has a part in how many come, in how many pages there are to a call (so many as trials until one is a reader's), and in when the
 * breaker has seen enough.
 */
function pagesTurnedAway(p: Values): number {
  const all = p.buyerRate + p.readerRate;
  // Too few calls for a breaker to decide on: whoever comes once threads and lines are full.
  if (detection(p) >= troubleLasts(p)) return poissonMost(all * Math.max(0, troubleLasts(p) - untilFull(p)));
  const come = (all / p.instances) * detection(p, (calls) => calls);
  const calls = needed(p) + p.threads;
  const surplus = Math.max(0, come - calls * pagesPerCall(p) - p.queueMax);
  const variance = come + calls * pagesPerCall(p) * (pagesPerCall(p) - 1) + needed(p) * pagesPerCall(p) ** 2;
  return p.instances * surplus + DEVIATIONS * Math.sqrt(p.instances * variance);
}

/** Of them those of visitors who come at this rate: each is one with the same chance. */
const ofThose = (rate: number, p: Values): number => {
  const [pages, share] = [pagesTurnedAway(p), rate / (p.buyerRate + p.readerRate)];
  return pages * share + DEVIATIONS * Math.sqrt(pages * share * (1 - share));
};
export const buyersMeanwhile = limit((p) =>
  isWellElse(p) ? ofThose(p.buyerRate, p) : poissonMost(p.buyerRate * measured(p)),
);
/** With something to fall back on no reader fails but of those who find no thread. */
export const readersMeanwhile = limit((p) =>
  isWellElse(p) ? ofThose(p.readerRate, p) : poissonMost(p.readerRate * measured(p)),
);

/** The wait of so manieth opening in a row, with what chance takes from it or adds to it at most. */
const waitOf = (p: Values, opening: number, chance: -1 | 1): number => {
  const grown = toSeconds(p.openFor) * pow(p.openGrowth, opening - 1) * (1 + chance * p.openJitter);
  return Math.max(toSeconds(ms(1)), Math.min(toSeconds(Math.max(p.openFor, p.openMax)), grown));
};

/** Openings in a row from the first to the one in which so many seconds are over, if each lasts so much longer than its wait. */
export function openings(p: Values, seconds: number, chance: -1 | 1, longer: number): number {
  let count = 0;
  for (let left = seconds; left > 0; left -= waitOf(p, count, chance) + longer) count++;
  return count;
}

/** Rounds of trials while the trouble lasts, and one that began in it; each holds its calls for a timeout. */
export const rounds = (p: Values): number => openings(p, troubleLasts(p), -1, 0) + 1;

/** What usual calls hold in the mean, by Little's law: at a load of rho none takes longer than at one processor that is shared. */
const usual = (p: Values): number => {
  const load = Math.min(0.95, (p.readerRate * toSeconds(p.loadTime)) / p.cores);
  return Math.min(threadsOf(p), p.readerRate * (toSeconds(p.loadTime) / (1 - load) + toSeconds(ms(1))));
};
export const threadsMeanwhile = limit((p) => {
  const tried = Math.min(p.trials, p.threads) * p.instances * rounds(p) * toSeconds(p.timeout);
  return Math.min(threadsOf(p), usual(p) + (threadsOf(p) * detection(p) + tried) / measured(p));
});

/** What came until the breakers opened, and is not worked off when the trouble ends, keeps trials waiting for so long at most. */
const leftBehind = (p: Values): number => {
  const meanwhile = Math.min(detection(p), troubleLasts(p));
  const come = poissonMost(Math.min(p.readerRate, threadsOf(p) / toSeconds(p.timeout)) * meanwhile);
  return Math.max(0, come - poissonLow(slowCapacity(p) * troubleLasts(p))) / capacityOf(p);
};
/** Until so many readers have come to an instance that a round of trials is full. */
export const comeFor = (p: Values): number => poissonMost(p.trials + 1) / (p.readerRate / p.instances);
/**
 * The round of trials that begins in the trouble fails a timeout later, and the next one, after the wait, finds all as it was; once
 * more for what the trials of the first left behind, and the time in which so many readers come.
 */
export const nextRound = limit((p) => {
  const last = rounds(p) - 1;
  const twice = leftBehind(p) + 2 * (toSeconds(p.timeout) + comeFor(p)) + waitOf(p, last, 1) + waitOf(p, last + 1, 1);
  return isWellElse(p) ? Math.min(toSeconds(p.length), twice) : toSeconds(p.length);
});

/** While breakers are open the readers who come are refused or have no recommendations: but for the trials and what came before. */
export const refusedReaders = (p: Values): number =>
  Math.max(0, p.readerRate * (troubleLasts(p) - detection(p)) - rounds(p) * p.trials * p.instances);
export const pagesWithout = limit((p) => some(refusedReaders(p)));

/** Threads of an instance that wait for recommendations at most: those who wait for a pool have one each, at work or in its queue. */
const compartmentOf = (p: Values): number => p.compartment + (p.protection === 'thread-pool' ? p.poolQueue : 0);
/**
 * With a bulkhead all pages have the threads that it leaves: an instance is short of them if its pages hold more than these and
 * its line takes.
 */
export const buyersBesideBulkhead = limit((p) => {
  const left = Math.max(0, p.threads - compartmentOf(p));
  const held = heldByTheRest(p) / p.instances;
  return held < left && poissonMost(held) <= left + p.queueMax ? 0 : poissonMost(p.buyerRate * measured(p));
});
export const threadsBesideBulkhead = limit((p) => p.instances * Math.min(compartmentOf(p), p.threads));

/** Buyers' share of all pages. */
const buyersShare = (p: Values): number => p.buyerRate / (p.buyerRate + p.readerRate);

/** What the slowest buyer in a hundred waits at least, if about so many wait for `wait` seconds; no less than the way there and back. */
const slowestHundredth = (p: Values, waiting: number, wait: number): number =>
  poissonLow(waiting) > poissonMost(p.buyerRate * measured(p)) / 100
    ? Math.max(wait, toSeconds(2 * FAR_MIN))
    : toSeconds(2 * FAR_MIN);

/**
 * Once threads and lines are full, a place in line comes free with each page that is begun. Whoever fills the lines from there on that
 * are worked off in a quarter of a patience, and whoever takes a place that came free so long before the end of the trouble,
 * waits for that long.
 */
export const buyersInLine = limit((p) => {
  const wait = toSeconds(p.patience) / 4;
  const begun = slowCapacity(p) * pagesPerCall(p);
  const full = untilFull(p);
  if (full + wait > troubleLasts(p)) return slowestHundredth(p, 0, wait);
  const filling = Math.max(0, linesOf(p) - begun * wait);
  const places = filling + begun * (troubleLasts(p) - full - wait);
  return slowestHundredth(p, buyersShare(p) * places, wait);
});

/**
 * With a timeout threads come free at threads / timeout, and make the pages in between: whoever takes the last place in full lines
 * waits for these to be worked off, and half of that is sure.
 */
export const buyersInShortLine = limit((p) => {
  const share = turnedAway(p);
  const begun = (threadsOf(p) / toSeconds(p.timeout)) * pagesPerCall(p);
  const wait = Math.min(toSeconds(p.patience), linesOf(p) / begun) / 2;
  const full = toSeconds(p.timeout) + linesOf(p) / (share * (p.readerRate + p.buyerRate));
  const served = share === 0 ? 0 : begun * Math.max(0, troubleLasts(p) - full - 2 * wait);
  return slowestHundredth(p, buyersShare(p) * served, wait);
});

/** A page of a buyer who finds a thread: a slow request of the catalogue, which has processors for all, and the way there and back. */
const pageTime = (p: Values): number =>
  Math.min(
    toSeconds(p.patience),
    toSeconds(CATALOGUE_TIME) * (1 + DEVIATIONS / Math.sqrt(SHAPE)) + toSeconds(2 * FAR_MAX + 2 * NEAR_MAX),
  );

/** With threads left for all pages no buyer waits for one. */
export const buyersUnhindered = limit((p) => {
  const left = Math.max(0, p.threads - compartmentOf(p));
  return poissonMost(heldByTheRest(p) / p.instances) <= left ? pageTime(p) : toSeconds(p.patience);
});
/** Until the breakers are open buyers wait in line, and no longer than that takes. */
export const buyersUntilOpen = limit((p) => Math.min(toSeconds(p.patience), detection(p) + pageTime(p)));
/** Those are few. Nine in ten come when breakers are open or all is well, and find a thread beside the trials. */
export const mostBuyers = limit((p) => {
  const meanwhile = poissonMost(p.buyerRate * detection(p));
  const hasThreads = poissonMost(heldByTheRest(p) / p.instances) <= Math.max(0, p.threads - p.trials);
  const areFew = meanwhile < poissonLow(p.buyerRate * measured(p)) / 10;
  return isWellElse(p) && hasThreads && areFew && detection(p) < troubleLasts(p) ? pageTime(p) : toSeconds(p.patience);
});
