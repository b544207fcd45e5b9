/**
 * What is claimed of trace propagation, worked out from the parameters. Nothing here looks at a run.
 *
 * Most of it is logic: an order has seven operations in a row, and between two of them its trace breaks or it does not. Where everything is
 * recorded it lies in one piece more than there are breaks, whatever the seed. What is sampled is counted in binomial numbers.
 */
import { s, SPAN_LIMITS, toSeconds } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow } from '../../application/chance.ts';
import { FAR_MAX, SHAPE } from '../../application/distances.ts';
import { LOOKED_UP_AFTER } from './journeys.ts';
import { NAMES } from './names.ts';
import type { Values } from './params.ts';

export const WARM_UP = s(1);
/** A trace is looked at when nothing has been added for so long: twice as long as spans wait to be exported. */
export const IDLE = s(10);
export const RETENTION = s(60);
/** From an order until it is booked, generously: nothing here is loaded. */
const BOOKED = s(2);
/** Spans of one order's own trace, where all is well: two of the edge, three of orders. */
const OWN_SPANS = 5;
const BATCH_SPANS = 2;

const limit = limitOf<Values>;

/**
 * What a remedy sets right. Its claims hold whatever else is wrong, so they ask for the parameters as they would be with this set, and
 * can tell the remedy from the pitfall.
 */
type Repair = Partial<Values>;
const repairedLimit = (of: (p: Values) => number) => (repair: Repair) => limit((p) => of({ ...p, ...repair }));

/** Whether every span is recorded. */
const recordsAll = ({ sampling, ratio, laterRatio }: Values): boolean =>
  ratio === 1 && (sampling !== 'anew' || laterRatio === 1);

/** Where the trace of an order breaks, of those that do not depend on its place in a batch. */
function breaks(p: Values): number {
  const meets = p.edgeFormat === p.ordersFormat || p.edgeFormat === 'both' || p.ordersFormat === 'both';
  const behindTheEdge = p.proxyStrips || !meets ? 1 : 0;
  const inThePool = p.poolLosesContext ? 2 : 0;
  const atTheQueue = !p.injects || !p.extracts || p.batch === 'child-of-a-leaked-context' ? 1 : 0;
  return behindTheEdge + inThePool + atTheQueue;
}

/** Of those that are looked up, the share of the one order whose context was leaked: that one is found in a piece. */
const exceptions = (p: Values): number => (p.batch === 'child-of-a-leaked-context' ? 1 / lookedUp(p) : 0);

/** With all recorded: at most so many pieces where the batch is linked, at least so many whatever it is. */
export const piecesMost = repairedLimit((p) =>
  recordsAll(p) && isLinked(p) ? 1 + breaks(p) : Object.keys(NAMES).length,
);
export const piecesLeast = limit((p) => (recordsAll(p) ? 1 + breaks(p) - exceptions(p) : 1));

/**
 * Whether an order is whole: one break is enough that none is, a batch that is linked to all and sampled with them that all
 * are. A span keeps 128 links.
 */
const isLinked = (p: Values): boolean => p.batch === 'linked' && p.batchMax <= SPAN_LIMITS.links;
const isWhole = (p: Values): boolean =>
  breaks(p) === 0 && isLinked(p) && (recordsAll(p) || p.sampling === 'parent-and-links');
export const allWhole = repairedLimit((p) => (isWhole(p) ? 1 : 0));
export const noneWhole = limit((p) => (breaks(p) > 0 ? exceptions(p) : 1));

/** Each trace has one root and nobody without a parent, for whatever is recorded is recorded with what is above it. */
export const looksWhole = limit((p) => (recordsAll(p) || p.sampling !== 'anew' ? 1 : 0));
export const noOrphans = repairedLimit((p) => (p.sampling === 'anew' ? ordersMost(p) * OWN_SPANS : 0));

/** Orders that are looked up, at least, and seconds in which those come. */
const lookedUpIn = (p: Values): number => toSeconds(p.length - LOOKED_UP_AFTER - BOOKED - WARM_UP);
const lookedUp = (p: Values): number => Math.max(1, poissonLow(p.rate * lookedUpIn(p)));
const ordersMost = (p: Values): number => 2 * p.rate * toSeconds(p.length) + 100;

/**
 * From the user's sending an order to its booking, less what the trace shows of that: where all is found, the way to the edge; where
 * the trace ends at the queue, at least the query that books a batch, whose mean is that of a gamma distribution over so
 * many batches.
 */
export const theWayThere = repairedLimit((p) =>
  isWhole(p) && recordsAll(p) ? toSeconds(FAR_MAX) : toSeconds(p.length),
);
export const theBooking = limit((p) => {
  if (!recordsAll(p) || (p.injects && p.extracts)) return 0;
  const batches = Math.max(1, lookedUp(p) / p.batchMax);
  const chance = DEVIATIONS / Math.sqrt(SHAPE * batches);
  return Math.max(0, toSeconds(p.queryTime) * (1 - chance));
});

/**
 * Of a batch whose span is the child of the first message's, the first order is whole. A batch is full, or has waited for the linger:
 * there are no more than one for so many messages and one for each linger.
 */
export const firstsOfBatches = limit((p) => {
  if (p.batch !== 'child-of-the-first') return isWhole(p) ? 1 : 0;
  const lingers = toSeconds(p.length) / toSeconds(p.linger) + 1;
  return Math.min(1, 1 / p.batchMax + lingers / lookedUp(p));
});

/** An order's own trace, and the spans of a batch by themselves. */
export const ownSpans = OWN_SPANS;
/** All batches that were exported are in one trace: no fewer than would all have been full. */
export const leakedSpans = limit((p) => {
  if (p.batch !== 'child-of-a-leaked-context' || !recordsAll(p)) return 1;
  return Math.max(1, (BATCH_SPANS * lookedUp(p)) / p.batchMax);
});

/** Of those that the one records that keeps more, the other one has its part of a share. */
export const recordedByBoth = limit((p) => {
  if (p.sampling !== 'anew') return 1;
  const [less, more] = [Math.min(p.ratio, p.laterRatio), Math.max(p.ratio, p.laterRatio)];
  const both = less / more;
  return Math.min(1, both + DEVIATIONS * Math.sqrt((both * (1 - both)) / Math.max(1, more * lookedUp(p))));
});

/** Orders that services behind the edge record and the edge does not; each has a span without its parent. */
export const orphansLeast = limit((p) => {
  const settled = Math.max(0, toSeconds(p.length - IDLE - LOOKED_UP_AFTER - BOOKED));
  const alone = p.sampling === 'anew' ? Math.max(0, p.laterRatio - p.ratio) : 0;
  return poissonLow(alone * p.rate * settled);
});

/**
 * A batch begins a trace of its own, which is recorded by chance whatever was decided of its messages. Those of an order that
 * are recorded share its fate: a batch of n has 1 + (n - 1) ratio of them, as seen by one of them.
 */
export const batchIsRecordedToo = limit((p) => {
  const { ratio } = p;
  const together = 1 + (p.batchMax - 1) * ratio;
  const variance = (together * ratio * (1 - ratio)) / Math.max(1, ratio * lookedUp(p));
  return Math.min(1, ratio + DEVIATIONS * Math.sqrt(variance));
});

/** Names of spans where they are of the handbook's pattern, and where each order has its own. */
export const namesByPattern = Object.keys(NAMES).length;
export const namesByOrder = limit((p) => (p.idsInNames ? OWN_SPANS * p.ratio * lookedUp(p) : 1));
