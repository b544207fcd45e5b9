/**
 * What is claimed of the variants of trace sampling, worked out from the parameters. Nothing here looks at a run, and a remedy's
 * limits do not ask whether it is there: its pitfall's run is held against them as well.
 *
 * Requests come as a Poisson process; whether a trace is sampled where it begins is a throw of a coin for each.
 */
import { exp, INSTRUMENT_COSTS, ms, NotClaimed, s, SECOND, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonMost, some } from '../../application/chance.ts';
import { CARD_TIME, PATIENCE, QUERY_TIME, RARE_SHARE, STALL_MAX } from './shop.ts';
import type { Values } from './params.ts';

const limit = limitOf<Values>;

export const WARM_UP = s(5);
export const INTERVAL = s(0.5);

/**
 * How long after a request's answer all of its trace must have come: its last span ends when a hang is over at the latest, and
 * waits to be exported; a tail sampler that has the first of them decides after its wait, and a second more. One second is room
 * for what it takes to send.
 */
export const settled = ({ exportDelay, decisionWait }: Values): Duration =>
  exportDelay + Math.max(decisionWait + s(1), STALL_MAX) + s(1);

// What comes.

export const peakRate = (p: Values): number => p.rate * p.peakFactor;

/** Seconds of the peak before an instant. */
export const peakBefore = (p: Values, end: number): number =>
  Math.max(0, Math.min(end, toSeconds(p.peakAt + p.peakFor)) - toSeconds(p.peakAt));

/** Requests expected before an instant, in seconds. */
const comesBefore = (p: Values, end: number): number => p.rate * end + (peakRate(p) - p.rate) * peakBefore(p, end);
const all = (p: Values): number => comesBefore(p, toSeconds(p.length));
/** Those that are judged: they ended long enough before the end of the run. */
export const judgedUntil = (p: Values): number => Math.max(0, toSeconds(p.length - settled(p)) - 1);
const judged = (p: Values): number => comesBefore(p, judgedUntil(p));

/** Payments of the peak that the card network refuses at the least: what is more than it takes, and may save up before. */
export const refusedIn = (p: Values, payments: number): number =>
  payments - p.cardRate * peakBefore(p, judgedUntil(p)) - Math.ceil(p.cardRate);
/** Payments that hang for longer than they are waited for. */
const timedOutShare = (p: Values): number =>
  p.paymentTimeout < STALL_MAX ? p.stalls * exp(-p.paymentTimeout / p.stallMean) : 0;

/**
 * Requests that fail, of those that are judged, at the least: each payment of the peak beyond what the card network takes, and
 * those that are timed out outside it.
 */
function errorsLeast(p: Values): number {
  const inPeak = p.writes * peakRate(p) * peakBefore(p, judgedUntil(p));
  const timedOut = (p.writes * judged(p) - inPeak) * timedOutShare(p);
  const refused = refusedIn(p, inPeak);
  if (refused <= 0) return timedOut - DEVIATIONS * Math.sqrt(timedOut);
  return refused + timedOut - DEVIATIONS * Math.sqrt(inPeak + timedOut);
}

/** The load of the busiest service: each begins and ends three spans of a request at most, with eight attributes. */
const load = (p: Values): number => {
  const instruments =
    3 * (INSTRUMENT_COSTS.span + 8 * INSTRUMENT_COSTS.attribute + SPAN_BYTES_MAX * INSTRUMENT_COSTS.byte);
  return (peakRate(p) * toSeconds(p.workTime + instruments)) / p.cores;
};
const SPAN_BYTES_MAX = 400;
/** Whether services have time to export, so that their queues are never full and their traces come before they are judged. */
const keepsUp = (p: Values): boolean => load(p) < 0.9;

/**
 * The share of the requests that are slow though no card hangs: by Markov's inequality no more than their mean time is of what
 * is slow. Three services share their processors, so each takes 1 / (1 - load) times as long as alone.
 */
const slowShare = (p: Values): number => {
  if (load(p) >= 1) return 1;
  const alone = (3 * p.workTime) / p.cores;
  return Math.min(1, (alone / (1 - load(p)) + QUERY_TIME + 2 * CARD_TIME * p.writes + ms(5)) / p.slow);
};

// What is sent and stored of it.

/** Spans of a request: six, and three more of one that is paid. */
const SPANS = 6;
const PAID_SPANS = 9;
const meanSpans = (p: Values): number => SPANS + p.writes * (PAID_SPANS - SPANS);

/**
 * Requests that begin within a span's wait for its export before the warm-up is over or the run is, and what chance adds: they are
 * begun on one side of what is counted and sent on the other.
 */
const atTheEdges = (p: Values): number => {
  const [warm, end, delay] = [WARM_UP, p.length, p.exportDelay].map(toSeconds);
  const within = (until: number): number => comesBefore(p, until) - comesBefore(p, Math.max(0, until - delay));
  return poissonMost(Math.max(within(warm), within(end)));
};
/** Requests after the warm-up, at the least. */
const counted = (p: Values): number => {
  const expected = all(p) - comesBefore(p, toSeconds(WARM_UP));
  return Math.max(1, expected - DEVIATIONS * Math.sqrt(expected));
};

/** Without sampling all spans are sent but those at the end, and what is sent is stored. Who is overloaded sends late or never. */
export const allOfThem = limit((p) => (keepsUp(p) ? 1 - share(p) : 0));

/** What spans alone take of each request that is served, without attributes and bytes. */
export const instrumentsLeast = limit((p) =>
  keepsUp(p) ? (SPANS * INSTRUMENT_COSTS.span * (1 - share(p))) / SECOND : 0,
);
/** What a head sampler leaves of it at most: of a share of the requests all, of the others the context. */
export const instrumentsByHead = limit((p) => {
  const each = INSTRUMENT_COSTS.span + 8 * INSTRUMENT_COSTS.attribute + SPAN_BYTES_MAX * INSTRUMENT_COSTS.byte;
  const sampled = byChance(p.ratio, counted(p)) * (1 + share(p));
  return (PAID_SPANS * (sampled * each + INSTRUMENT_COSTS.unsampledSpan)) / SECOND;
});

/** What is at the edges, as a share of what is counted. */
const share = (p: Values): number => Math.min(1, atTheEdges(p) / counted(p));

/** A share of so many throws of a coin, at most. */
const byChance = (chance: number, throws: number): number =>
  throws < 1 ? 1 : Math.min(1, chance + DEVIATIONS * Math.sqrt((chance * (1 - chance)) / throws));

/** Of errors a head sampler loses what it loses of anything: a binomial number. */
export const headMissed = limit((p) => {
  const errors = Math.max(0, errorsLeast(p));
  return Math.max(0, errors * (1 - p.ratio) - DEVIATIONS * Math.sqrt(errors * p.ratio * (1 - p.ratio)));
});
/** A request paid is one and a half others. */
export const headSent = limit((p) => byChance(p.ratio, counted(p)) * (PAID_SPANS / meanSpans(p)) + share(p));

/** By its traces there were as many as there were: each stands for 1 / ratio, with the variance of n (1 - ratio) / ratio. */
export const countedByHead = limit((p) =>
  p.ratio > 0 && keepsUp(p) ? DEVIATIONS * Math.sqrt(poissonMost(judged(p)) * (1 / p.ratio - 1)) : OVERLOADED,
);

/**
 * Adaptive: an operation's traces come at no more than the target and its tolerance, twice that where chance had a rate measured
 * too low, and so many times that in the peak, if that is over before anything is done about it. Of orders that are
 * placed or deleted all may be sampled.
 */
export const adaptiveSent = limit((p) => {
  const settledRate = 2 * 1.3 * p.target;
  const reads = settledRate * (toSeconds(p.length) + (p.peakFactor - 1) * peakBefore(p, toSeconds(p.length)));
  const first = p.ratio * (p.rate * toSeconds(3 * p.adjust + p.exportDelay));
  const others = all(p) * (p.writes * PAID_SPANS + RARE_SHARE * SPANS);
  return Math.min(1, ((reads + first) * SPANS + others) / (counted(p) * meanSpans(p)) + share(p));
});

/** A count by weights that are right is off by no more deviations than anything else that chance makes. */
export const offByChance = limit((p) => (keepsUp(p) ? DEVIATIONS : OVERLOADED));

/** What a tail sampler keeps stands for itself: of requests that neither pay nor are slow there is no word. */
export const notCounted = limit((p) => {
  const ordinary = judged(p) * (1 - p.writes) * (1 - slowShare(p));
  return keepsUp(p) && seesAll(p) ? Math.max(0, ordinary - DEVIATIONS * Math.sqrt(ordinary)) : 0;
});

/** Tail: what is stored is of requests that pay, in which alone something may go wrong, or that are slow. */
export const tailStored = limit((p) => {
  const spans = p.writes * PAID_SPANS + (1 - p.writes) * SPANS * slowShare(p);
  return Math.min(1, (spans / meanSpans(p)) * (all(p) / counted(p)));
});

/** Who has no time left exports late or never. */
const OVERLOADED = new NotClaimed('a service may have no time left to export its spans');

/** No more than there are requests. */
const asMany = (p: Values): number => poissonMost(all(p));

export const noneDropped = limit((p) => (keepsUp(p) ? 0 : OVERLOADED));

/**
 * Whether a tail sampler has all of what makes a trace an error or a slow one before it decides, and room for the traces
 * until then: the last of it ends a timeout after the first, and waits for its export.
 */
export const hasAllInTime = (p: Values): boolean =>
  p.decisionWait >= p.exportDelay + Math.max(p.paymentTimeout, p.slow) + s(2) &&
  p.numTraces >= poissonMost(peakRate(p) * toSeconds(p.decisionWait + p.exportDelay + s(2))) &&
  p.paymentTimeout < PATIENCE &&
  makesRoom(p) &&
  seesAll(p) &&
  keepsUp(p);
/** Where a new trace waits for room, that comes of decisions which are remembered. */
const makesRoom = (p: Values): boolean => p.whenFull === 'push-out' || p.decisionCache >= asMany(p);
/** Whether its policies find every error and every slow trace: not by a name that no span has, nor by single spans. */
const seesAll = (p: Values): boolean => p.errorBy !== 'http.status_code' && p.policies === 'of-their-own';
export const noneLost = limit((p) =>
  hasAllInTime(p)
    ? 0
    : new NotClaimed('a tail sampler need not have all of a trace when it decides, or need not find its error'),
);

/** Bytes that wait for a decision: of what comes within the wait, a second more, and an export's delay in one batch. */
export const waitingBytes = limit(
  (p) => poissonMost(peakRate(p) * toSeconds(p.decisionWait + s(1) + p.exportDelay)) * PAID_SPANS * SPAN_BYTES_MAX,
);

// What goes wrong with it.

/** By an attribute that no span has only what is slow is kept: of the refusals none but those that were slow. */
export const errorsMissed = limit((p) => {
  const payments = p.writes * peakRate(p) * peakBefore(p, judgedUntil(p));
  return Math.max(0, refusedIn(p, payments - DEVIATIONS * Math.sqrt(payments)) * (1 - slowShare(p)));
});

/**
 * Where the wait is over before the next export, spans come late of requests that are under way at an export: of each at least those
 * that end after it. By Little's law they are at each export as many as come in the time that one takes: a query of everybody's, and a payment's
 * charge and hang, up to the timeout, of what the card network takes.
 */
export const someLate = limit((p) => {
  if (p.decisionWait + s(1) >= p.exportDelay) return 0;
  const [mean, most] = [toSeconds(p.stallMean), toSeconds(p.paymentTimeout)];
  const charge = toSeconds(CARD_TIME) + p.stalls * mean * (1 - exp(-most / mean));
  const [from, until] = [toSeconds(WARM_UP), toSeconds(p.length - p.exportDelay)];
  const inPeak = peakBefore(p, until) - peakBefore(p, from);
  const paid = p.writes * p.rate * (until - from - inPeak) + Math.min(p.cardRate, p.writes * peakRate(p)) * inPeak;
  const asked = comesBefore(p, until) - comesBefore(p, from);
  return some((paid * charge + asked * toSeconds(QUERY_TIME)) / toSeconds(p.exportDelay));
});

/**
 * A trace is pushed out when as many newer ones have come as there is room for. In the peak that is before its time if it
 * comes that long before the end of it; what comes an export's delay before counts when it is sent.
 */
export const pushedOut = limit((p) => {
  const pushes = keepsUp(p) && p.whenFull === 'push-out' && p.numTraces < peakRate(p) * toSeconds(p.decisionWait);
  const inPeak = peakRate(p) * Math.max(0, peakBefore(p, toSeconds(p.length)) - toSeconds(p.exportDelay));
  return pushes ? Math.max(0, inPeak - p.numTraces - DEVIATIONS * Math.sqrt(inPeak)) : 0;
});
