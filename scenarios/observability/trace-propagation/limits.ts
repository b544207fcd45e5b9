/**
 * What is claimed of trace propagation, worked out from the parameters. Nothing here looks at a run.
 *
 * Most of it is logic: an order has seven operations in a row, and between two of them its trace breaks or it does not. Where everything is
 * recorded it lies in one piece more than there are breaks, whatever the seed, unless spans are late because a process has too much to
 * do. What is sampled is counted in binomial numbers.
 */
import { BATCH_LIMITS, ms, NotClaimed, s, SPAN_LIMITS, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { FAR_MAX, SHAPE } from '../../application/distances.ts';
import { LOOKED_UP_AFTER } from './journeys.ts';
import { batchLeast, batchMost, bookedIn, gathersLeast, hasRoom, keepsUp } from './load.ts';
import { NAMES } from './names.ts';
import { REPLACED_AFTER, RESTART_EVERY, type Values } from './params.ts';

export const WARM_UP = s(1);
/** A trace is looked at when nothing has been added for so long: twice as long as spans wait to be exported. */
export const IDLE = s(10);
export const RETENTION = s(60);
/** Spans of one order's own trace, where all is well: two of the edge, three of orders. */
const OWN_SPANS = 5;
const BATCH_SPANS = 2;

const limit = limitOf<Values>;

/**
 * What a remedy sets right. Its claims hold whatever else is wrong, so they ask for the parameters as they would be with this set, and
 * can tell the remedy from the pitfall.
 */
type Repair = Partial<Values>;
const repairedLimit = (of: (p: Values) => number | NotClaimed) => (repair: Repair) =>
  limit((p) => of({ ...p, ...repair }));

/** Whether every span is recorded. */
const recordsAll = ({ sampling, ratio, laterRatio }: Values): boolean =>
  ratio === 1 && (sampling !== 'anew' || laterRatio === 1);

/** Where the trace of an order breaks, of those that do not depend on its place in a batch. */
function breaks(p: Values): number {
  const isRead = p.edgeFormat === p.ordersFormat || p.edgeFormat === 'both' || p.ordersFormat === 'both';
  const behindTheEdge = p.proxyStrips || !isRead ? 1 : 0;
  const inThePool = p.poolLosesContext ? 2 : 0;
  const atTheQueue = !p.injects || !p.extracts || p.batch === 'child-of-a-leaked-context' ? 1 : 0;
  return behindTheEdge + inThePool + atTheQueue;
}

/** Of those that are looked up, the share of the one order whose context was leaked: that one is found in a piece. */
const exceptions = (p: Values): number => (p.batch === 'child-of-a-leaked-context' ? 1 / lookedUp(p) : 0);

/** With all recorded: at most so many pieces where the batch is linked, at least so many whatever it is. */
export const piecesMost = repairedLimit((p) =>
  keepsUp(p) && recordsAll(p) && isLinked(p) ? 1 + breaks(p) : Object.keys(NAMES).length,
);
export const piecesLeast = limit((p) => (keepsUp(p) && recordsAll(p) ? 1 + breaks(p) - exceptions(p) : 1));

/**
 * Whether an order is whole: one break is enough that none is, a batch that is linked to all and sampled with them that all
 * are. A span keeps 128 links.
 */
const isLinked = (p: Values): boolean => p.batch === 'linked' && p.batchMax <= SPAN_LIMITS.links;
const isJoined = (p: Values): boolean => breaks(p) === 0 && isLinked(p);
const isWhole = (p: Values): boolean => isJoined(p) && (recordsAll(p) || p.sampling === 'parent-and-links');
export const allWhole = repairedLimit((p) => (keepsUp(p) && isWhole(p) ? 1 : 0));
export const noneWhole = limit((p) => (breaks(p) > 0 ? exceptions(p) : 1));

/** Each trace has one root and nobody without a parent, for whatever is recorded is recorded with what is above it. */
export const looksWhole = limit((p) => (keepsUp(p) && (recordsAll(p) || p.sampling !== 'anew') ? 1 : 0));
export const noOrphans = repairedLimit((p) => (p.sampling === 'anew' || p.restarts ? ordersMost(p) * OWN_SPANS : 0));

/**
 * Orders that are looked up, at least: all that came early enough, if whoever works on them keeps up. Where somebody does not,
 * nothing is said of their number.
 */
const lookedUp = (p: Values): number => {
  const seconds = toSeconds(p.length - WARM_UP - LOOKED_UP_AFTER - bookedIn(p));
  return keepsUp(p) && seconds > 0 ? Math.max(1, poissonLow(p.rate * seconds)) : 1;
};
const ordersMost = (p: Values): number => 2 * p.rate * toSeconds(p.length) + 100;

/**
 * From the user's sending an order to its booking, less what the trace shows of that. Where all is found that is the way to the edge;
 * where the trace ends at the queue, at least the wait in the batch and the query that books it, since the user's answer is on its
 * way for no longer than the message and the update are.
 *
 * The mean wait is at least half the mean time E[D] that a batch gathers: its first message waits for D, and of the others A come, in
 * the mean rate E[D], and wait together for (E[A^2] - E[A]) / 2 rate by Wald's identities. As E[A^2] >= E[A]^2, both are together no
 * less than E[D] / 2 for each of the 1 + rate E[D].
 */
export const theWayThere = repairedLimit((p) =>
  keepsUp(p) && isWhole(p) && recordsAll(p) ? toSeconds(FAR_MAX) : toSeconds(p.length),
);
export const theBooking = limit((p) => {
  if (!recordsAll(p) || !keepsUp(p) || (p.injects && p.extracts)) return 0;
  // Waits in a batch vary by D / sqrt(12), as uniform ones do, and D by D / sqrt(n), which moves half as much each of its n: as if
  // each wait varied by D / sqrt(3) by itself, or by 2 / sqrt(3) of its mean.
  const wait = (toSeconds(gathersLeast(p)) / 2) * (1 - (DEVIATIONS * 2) / Math.sqrt(3 * lookedUp(p)));
  const batches = Math.max(1, lookedUp(p) / batchMost(p));
  const query = toSeconds(p.queryTime) * (1 - DEVIATIONS / Math.sqrt(SHAPE * batches));
  return Math.max(0, wait) + Math.max(0, query);
});

/**
 * Of a batch whose span is the child of the first message's, the first order is whole. How many a batch has varies no more than a
 * Poisson number does.
 */
export const firstsOfBatches = limit((p) => {
  if (p.batch !== 'child-of-the-first') return isWhole(p) ? 1 : 0;
  if (!keepsUp(p)) return 1;
  return Math.min(1, (1 + DEVIATIONS / Math.sqrt(lookedUp(p))) / batchLeast(p));
});

/** An order's own trace, and the spans of a batch by themselves. */
export const ownSpans = OWN_SPANS;
/** All batches that were exported are in one trace. */
export const leakedSpans = limit((p) => {
  if (p.batch !== 'child-of-a-leaked-context' || !recordsAll(p)) return 1;
  const batches = (lookedUp(p) / batchMost(p)) * (1 - DEVIATIONS / Math.sqrt(lookedUp(p)));
  return Math.max(1, BATCH_SPANS * batches);
});

/**
 * Orders that are whole, of those of which anything is recorded, where a batch is recorded by chance: `both` is the share recorded at
 * the edge and behind it, `any` at one of them, `batch` the chance of a batch, whose orders share its fate. Of n in a batch W
 * are whole and R recorded: W - share R has the variance n `alone` + n (n - 1) `together`, and an order has in the mean no
 * more than 1 + rate linger others in its batch, nor than there is room for.
 */
function wholeByChance(p: Values, both: number, any: number, batch: number): { least: number; most: number } {
  const share = (both * batch) / any;
  const alone = both * batch * (1 - share);
  const together = both * both * batch * (1 - batch);
  const others = Math.min(p.batchMax - 1, 1 + p.rate * toSeconds(p.linger));
  const room = (DEVIATIONS / any) * Math.sqrt((alone + others * together) / lookedUp(p));
  return { least: share - room, most: Math.min(1, share + room) };
}
const [less, more] = [Math.min, Math.max].map((of) => (p: Values) => of(p.ratio, p.laterRatio));
const wholeAnew = (p: Values) => wholeByChance(p, less(p), more(p), p.laterRatio);
export const wholeAnewMost = limit((p) => (p.sampling === 'anew' ? wholeAnew(p).most : 1));
export const wholeAnewLeast = limit((p) =>
  p.sampling === 'anew' && isJoined(p) ? Math.max(0, wholeAnew(p).least) : 0,
);
/** The batch is the root of a trace, which is recorded by the ratio of all roots. */
export const wholeByParent = limit((p) =>
  p.sampling === 'parent' ? wholeByChance(p, p.ratio, p.ratio, p.ratio).most : 1,
);

/** Orders that services behind the edge record and the edge does not; each has a span without its parent. */
export const orphansLeast = limit((p) => {
  const settled = Math.max(0, toSeconds(p.length - WARM_UP - IDLE - LOOKED_UP_AFTER - bookedIn(p)));
  const alone = keepsUp(p) && p.sampling === 'anew' ? Math.max(0, p.laterRatio - p.ratio) : 0;
  return poissonLow(alone * p.rate * settled);
});

/** Names of spans where they are of the handbook's pattern, and where each order has its own. */
export const namesByPattern = Object.keys(NAMES).length;
export const namesByOrder = limit((p) => (p.idsInNames ? OWN_SPANS * p.ratio * lookedUp(p) : 1));

// Processes that end.

const BUSY = new NotClaimed('somebody may have no time left to export spans, or does not export them so');

/** Of an order in orders. */
const ORDERS_SPANS = 3;
const restarts = (p: Values): number => (p.restarts ? Math.ceil(p.length / RESTART_EVERY) - 1 : 0);

/**
 * Where a batch is never full, spans leave a delay after the first that waits. So of a process's life what comes after its last whole
 * delay is lost when it ends, but for what it takes until the next first one comes: ten times the mean, each time; and what is still
 * being worked on is not a span that has ended.
 */
export const lostLeast = limit((p) => {
  const { delay, batchMax } = BATCH_LIMITS.traces;
  const isFilled = poissonMost(ORDERS_SPANS * p.rate * toSeconds(delay)) >= batchMax;
  if (!hasRoom(p) || isFilled || p.processing === 'simple' || p.atShutdown === 'flushes' || p.sampling === 'anew')
    return 0;
  const life = RESTART_EVERY - REPLACED_AFTER;
  const exports = Math.floor(life / delay);
  const left = toSeconds(life - exports * delay - bookedIn(p)) - ((exports + 1) * 10) / p.rate;
  return ORDERS_SPANS * p.ratio * poissonLow(Math.max(0, p.rate * restarts(p) * left));
});

/** Who flushes has time for it, if somebody takes what is flushed. */
export const noneLost = repairedLimit((p) => (hasRoom(p) && p.atShutdown === 'flushes' ? 0 : BUSY));

/** Who exports each span when it ends loses those under way: an export takes less than 20 ms where there is room. */
export const underWay = limit((p) =>
  hasRoom(p) && p.processing === 'simple' ? poissonMost(restarts(p) * ORDERS_SPANS * p.rate * toSeconds(ms(20))) : BUSY,
);
