/**
 * What is claimed of CQRS, worked out from the parameters. Nothing here looks at a run.
 *
 * Reads and writes that share processors share their load: with c processors and a load of rho on each a query takes 1 / (1 - rho)
 * times as long in the mean at most, and above 1 what comes piles up.
 */
import { exp, ln, ms, NotClaimed, s, toSeconds, us } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost, some } from '../../application/chance.ts';
import { FAR_MAX, FAR_MIN, NEAR_MAX, NEAR_MIN, SHAPE } from '../../application/distances.ts';
import { FOLD_TIME } from './accounts-service.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(2);
/** Between two looks of a session, in the mean. */
export const THINK = ms(500);
/** Time of a store for any query, and for each event that is read or written. */
export const QUERY_TIME = ms(1);
export const READ_TIME = us(20);
export const WRITE_TIME = ms(1);

const limit = limitOf<Values>;

const measured = (p: Values): number => toSeconds(p.length - WARM_UP);

/** Overviews a second: of sessions, and of others. */
const readsQuiet = (p: Values): number => p.sessions * p.looks + p.readRate;

/** How long visitors come within the run. */
const spike = (p: Values): number => Math.max(0, toSeconds(Math.min(p.spikeFor, p.length - p.spikeAt)));

/** An overview that is put together from events: those of the start, and whatever has come since. */
const overviewTime = (p: Values): number =>
  toSeconds(QUERY_TIME) + Math.min(p.width, p.accounts) * p.history * toSeconds(READ_TIME);

/**
 * The single model in the spike: by as many overviews a second as come above what the store can do the line grows, and the last ones
 * have all of it before them. Half of that is sure to be passed by the slowest hundredth, if so many come in the last quarter
 * of the spike.
 */
export const overloaded = limit((p) => {
  const capacity = p.cores / overviewTime(p);
  const surplus = readsQuiet(p) + p.visitorRate - capacity;
  const slowest = (readsQuiet(p) + p.visitorRate) * (spike(p) / 4);
  const all = (readsQuiet(p) + p.sessions) * measured(p) + p.visitorRate * spike(p);
  const isSure = slowest >= all / 100 + DEVIATIONS * Math.sqrt(all);
  return Math.max(toSeconds(QUERY_TIME), isSure ? (surplus * spike(p)) / capacity / 2 : 0);
});

/** Queries of a projection a second: to ask, to apply and to write its checkpoint. Each read store has one. */
const looks = (p: Values): number => 1 / toSeconds(p.pollEvery);

/** Events of an account at the end, in the mean. */
const eventsAtEnd = (p: Values): number => p.history + (p.sessions * toSeconds(p.length)) / p.accounts;

/** At a load above this nothing is claimed. */
const BUSY = 0.9;

interface Loads {
  readonly events: number;
  readonly models: number;
}

/** Load of the stores with a read model, in the spike. */
function usualLoads(p: Values): Loads {
  const query = toSeconds(QUERY_TIME);
  const deposit = 2 * query + toSeconds(WRITE_TIME) + eventsAtEnd(p) * toSeconds(READ_TIME);
  const events = (p.sessions * deposit + p.stores * looks(p) * query) / p.cores;
  // All readers at one of the stores: that is so while the only other one is built anew.
  const reads = (readsQuiet(p) + p.visitorRate + 2 * looks(p)) * query;
  const models = (reads + p.sessions * toSeconds(p.applyTime)) / p.cores;
  return { events, models };
}

/** A round of building anew: a batch is read, applied and accounted for, and nothing else is under way for it meanwhile. */
const batchRead = (p: Values): number => toSeconds(QUERY_TIME + p.batch * READ_TIME);
const batchWritten = (p: Values): number => toSeconds(2 * QUERY_TIME + p.batch * p.applyTime);

/** The same while the model is built anew, which takes of one processor at most the share that a round has for it. */
function loads(p: Values): Loads {
  const { events, models } = usualLoads(p);
  if (p.rebuild === 'not') return { events, models };
  const round = (batchRead(p) + batchWritten(p)) * p.cores;
  return { events: events + batchRead(p) / round, models: models + batchWritten(p) / round };
}

/** A query in the mean. */
const usual = (demand: number, load: number): number => demand / (1 - load);

/**
 * A slow query, the slowest of a hundred: of a demand so many deviations above the mean, and with as many others. On processors that
 * are shared the number that a query finds is geometric whatever their demands, so that a short one takes more than k times what it
 * does in the mean no more often than exp(-k), and a long one more seldom, since those beside it change.
 */
const SLOWEST = -ln(0.01);
const slow = (demand: number, load: number): number =>
  SLOWEST * usual(demand * (1 + DEVIATIONS / Math.sqrt(SHAPE)), load);

/** The load of an account that a deposit is decided on: whatever readers do, it meets none of them. */
export const loadMost = limit((p) => {
  const { events } = loads(p);
  const count = eventsAtEnd(p);
  if (events > BUSY) return toSeconds(p.length);
  const work = toSeconds(QUERY_TIME) + count * toSeconds(READ_TIME);
  return slow(work, events) + count * toSeconds(FOLD_TIME) + toSeconds(2 * NEAR_MAX);
});

/** With a read model the slowest are deposits, which load an account, fold it and append. Overviews are a row. */
function depositMost(p: Values): number {
  const { events, models } = loads(p);
  if (Math.max(events, models) > BUSY) return toSeconds(p.length);
  const work = 2 * toSeconds(QUERY_TIME) + toSeconds(WRITE_TIME) + eventsAtEnd(p) * toSeconds(READ_TIME);
  const ways = toSeconds(2 * FAR_MAX + 4 * NEAR_MAX);
  return slow(work, events) + slow(toSeconds(QUERY_TIME), models) + eventsAtEnd(p) * toSeconds(FOLD_TIME) + ways;
}
/** Where looks wait they are among the slowest. */
export const spared = limit((p) => Math.min(toSeconds(p.length), depositMost(p) + (p.waits ? lag(p) : 0)));

/**
 * An event is seen by the projection when that asks next: with a pause between two looks, which it comes in at any moment of, half a
 * pause later in the mean; so many draws of a uniform number have a mean close to that. Then it has to be read and applied.
 */
export const lagLeast = limit((p) => {
  const pause = toSeconds(p.pollEvery);
  const events = Math.max(1, poissonLow(p.sessions * measured(p)));
  return (pause / 2) * Math.max(0, 1 - DEVIATIONS / Math.sqrt(3 * events));
});

/** At most it waits for a round that has just begun, the pause and a round of its own: three queries, with what came in a pause. */
function lag(p: Values): number {
  const { events, models } = loads(p);
  if (Math.max(events, models) > BUSY) return toSeconds(p.length);
  const come = Math.min(p.batch, poissonMost(p.sessions * toSeconds(p.pollEvery)));
  const fetch = slow(toSeconds(QUERY_TIME) + come * toSeconds(READ_TIME), events);
  const write = slow(2 * toSeconds(QUERY_TIME) + come * toSeconds(p.applyTime), models);
  const round = fetch + write + toSeconds(6 * NEAR_MAX);
  return Math.min(toSeconds(p.length), toSeconds(p.pollEvery) + 2 * round);
}
export const lagMost = limit(lag);

/**
 * A first look misses its deposit if it comes before the projection has begun to ask: the rest of its pause U is uniform up to the
 * pause P, the look comes after an exponential time of mean m and d for the ways, at most, and its own work, in the mean: that it
 * varies only adds to a chance which is convex in it. The mean of 1 - exp(-(U - d) / m) where U is above d.
 */
function missing(p: Values): number {
  const pause = toSeconds(p.pollEvery);
  const ways = toSeconds(2 * (FAR_MAX + NEAR_MAX)) + usual(toSeconds(QUERY_TIME), Math.min(BUSY, loads(p).models));
  const left = Math.max(0, pause - ways);
  const mean = toSeconds(p.firstThink);
  return (left - mean * (1 - exp(-left / mean))) / pause;
}
const firstLooks = (p: Values): number => poissonLow(p.sessions * Math.max(0, measured(p) - 1));
export const missingLeast = limit((p) => {
  if (p.waits) return 0;
  const share = missing(p);
  return Math.max(0, share - DEVIATIONS * Math.sqrt((share * (1 - share)) / Math.max(1, firstLooks(p))));
});
export const waitsLeast = limit((p) => some(firstLooks(p) * missing(p)));

/**
 * Of two stores exactly one has a deposit for a time. They begin to look for events half a pause P after each other, but each round takes its own
 * time, so that before long they are any time d apart, as likely one as another. A deposit then is in one alone for d, from u on,
 * which is uniform up to P - d, with the chance (P - d) / P; the other way round is the same with P - d for d. A session goes back in
 * time if it looks at the one that has it and then at the other within that time, less by how much later the second look may be at
 * its store than the first; which store a look is answered by is a coin's throw, for many others are asked in turn with it. Its first
 * look comes after an exponential time of mean m, the second after another one of mean k. The share of sessions that do, of these two
 * looks and of the two that follow.
 */
function goesBack(p: Values): number {
  const pause = toSeconds(p.pollEvery);
  const [first, later] = [toSeconds(p.firstThink), toSeconds(THINK)];
  const jitter = toSeconds(FAR_MAX - FAR_MIN + NEAR_MAX - NEAR_MIN) + slow(toSeconds(QUERY_TIME), loads(p).models);
  const densities = [
    (t: number) => exp(-t / first) / first,
    (t: number) => (exp(-t / later) - exp(-t / first)) / (later - first),
  ].slice(0, Math.max(0, p.looks - 1));
  const steps = 20;
  let share = 0;
  for (let n = 0.5; n < steps; n++) {
    const apart = (pause * n) / steps;
    const weight = (2 * (pause - apart)) / pause / steps;
    for (let i = 0.5; i < steps; i++) {
      for (let j = 0.5; j < steps; j++) {
        // The look at (j / steps) of the stretch that begins at (i / steps) of its latest beginning.
        const look = ((pause - apart) * i) / steps + (apart * j) / steps;
        const left = Math.max(0, apart * (1 - j / steps) - jitter);
        const seen = (apart / steps / steps) * (1 - exp(-left / later));
        for (const density of densities) share += weight * density(look) * seen;
      }
    }
  }
  return share / 4;
}
const NOT_BACK = new NotClaimed('sessions need not go back and forth between two stores');
export const backLeast = limit((p) => {
  const goes = p.stores === 2 && p.model === 'projection' && !p.sticky && !p.waits;
  const isSure = p.rebuild === 'not' && p.firstThink !== THINK && loads(p).models < BUSY;
  if (!goes || !isSure) return NOT_BACK;
  // How far apart they are is chance's as well: no more is claimed than that there is one.
  return firstLooks(p) * goesBack(p) >= 10 ? 1 : NOT_BACK;
});
/** None with a store of its own, as long as that stays in service, and none that waits for what it has seen. */
const looksOf = (p: Values): number => p.sessions * p.looks * toSeconds(p.length);
export const backOnOneStore = limit((p) => (p.rebuild === 'not' ? 0 : looksOf(p)));
export const backWaiting = limit((p) => (p.checkpoint === 'before' ? looksOf(p) : 0));

/** None of those who wait, but where the checkpoint says that an event is there before it is. */
export const missedMost = limit((p) => (p.checkpoint === 'before' ? looksOf(p) : 0));

/** A store that is to be built anew is left alone for so long before: whoever asked it has been answered by then. */
export const DRAIN_TIME = ms(500);

/** A model that is built anew has all events of the start read and applied. */
const rebuild = (p: Values): number => p.accounts * p.history * toSeconds(READ_TIME + p.applyTime);

/** How many it has applied by the end if there is time for it: thrice as long as that takes, with its queries, on an idle system. */
export const allEvents = limit((p) => {
  const events = p.accounts * p.history;
  const queries = Math.ceil(events / p.batch) * toSeconds(3 * QUERY_TIME + 6 * NEAR_MAX);
  const { events: stored, models } = usualLoads(p);
  const isDone = toSeconds(p.length - p.rebuildAt) > 3 * (rebuild(p) + queries) && Math.max(stored, models) < BUSY / 2;
  return isDone ? events : 0;
});

/**
 * In place readers see rows that lack what is not applied yet: all rows until the events of the last round of the history are, which
 * were replaced before the start. They are a hundredth of all that is stale if they are twice as many as that, beside those that
 * come before the projection has seen the latest deposit.
 */
export const asOld = limit((p) => {
  const inPlace = poissonLow(readsQuiet(p) * rebuild(p) * (1 - 1 / p.history));
  const reads = readsQuiet(p) * measured(p) + p.visitorRate * spike(p);
  const replaced = ((p.sessions * p.width) / p.accounts) * lag(p);
  if (p.stores > 1) return toSeconds(QUERY_TIME);
  const isSeen = inPlace > (2 / 100) * (inPlace + reads * Math.min(1, replaced)) && p.rebuildAt < p.length;
  return isSeen ? toSeconds(p.rebuildAt) / 2 : toSeconds(QUERY_TIME);
});
