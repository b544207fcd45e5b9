/**
 * What is claimed of the log pipeline, worked out from the parameters. Nothing here looks at a run.
 *
 * An order that goes well passes six INFO statements, two in each service. One that fails passes three of them, a warning and three
 * errors. Each passes `debugLines` DEBUG statements in each service. Claims about lines hold while no service is so loaded that
 * orders fail for that. What a remedy sets itself turns none of its claims off: they are held against the pitfall as well.
 */
import { ms, pow, s, toSeconds, us, type Limit, type Time } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost, some } from '../../application/chance.ts';
import { singlesLetThrough } from './bucket-theory.ts';
import { ASKED } from './answers.ts';
import { CUSTOMERS } from './customers.ts';
import type { Values } from './params.ts';
import { GATEWAY_WORK, PAYMENTS_WORK } from './shop.ts';

export const WARM_UP = s(2);
export const INTERVAL = ms(500);
/** After the incident began, somebody has noticed. */
export const NOTICED = s(2);
/** After the last order what is under way has come to the store: when the store is judged, and the run ends. */
export const JUDGED = s(4);
export const SETTLES = s(5);
export const CHUNK_BYTES = 65_536;
/** How often the store looks for what it may delete. */
export const SWEEP_EVERY = s(1);
/** Bytes a second that one querier looks through. */
export const SCAN_RATE = 100e6;

export const ends = (p: Values): Time => p.incidentAt + p.incidentFor + p.rest;

const limit = limitOf<Values>;

const SERVICES = 3;
const INFO_OF_GOOD = 6;
const OF_FAILED = { info: 3, warn: 1, error: 3 };
const ALL_OF_FAILED = OF_FAILED.info + OF_FAILED.warn + OF_FAILED.error;
const SEVERE_OF_FAILED = OF_FAILED.warn + OF_FAILED.error;
/** The gateway's two do not name the order, whose number it does not know. */
const NAMELESS = 2;

/** Orders that are placed, and after the warm-up. */
const orders = (p: Values): number => p.rate * toSeconds(ends(p));
const counted = (p: Values): number => p.rate * toSeconds(ends(p) - WARM_UP);
/** The share of the customers that the failing bank has: numbers go round. */
const share = (p: Values): number => Math.ceil(CUSTOMERS / p.banks) / CUSTOMERS;
const failIn = (p: Values, seconds: number): number => p.rate * share(p) * seconds;
/** Twice refused by chance, at any bank. */
const unlucky = (p: Values): number => orders(p) * p.flaky * p.flaky;
const incident = (p: Values): number => failIn(p, toSeconds(p.incidentFor));
const debugOf = (p: Values): number => SERVICES * p.debugLines;

/** What a line takes beside its fixed cost: its fields, a kilobyte, and a redactor's look at that. */
const LINE_MOST = us(40);
/** No service's processor is busy for more than so much of the time, with every line written. */
const isCalm = (p: Values): boolean => {
  const lines = (p.debugLines + OF_FAILED.info) * (p.lineCost + LINE_MOST);
  const most = Math.max(GATEWAY_WORK, p.work, PAYMENTS_WORK);
  return p.rate * toSeconds(most + lines) < 0.8;
};
const writesInfo = (p: Values): boolean => p.level !== 'WARN' && p.linesMax === 0 && p.sampling === 'none';
/** More than there can be of anything. */
const UNBOUNDED = Number.MAX_SAFE_INTEGER;
/** A claim that nothing less than so much is there, where it can be made. */
const atLeastIf = (holds: (p: Values) => boolean, of: (p: Values) => number): Limit =>
  limit((p) => (isCalm(p) && holds(p) ? of(p) : 0));
const atMostIf = (holds: (p: Values) => boolean, of: (p: Values) => number): Limit =>
  limit((p) => (isCalm(p) && holds(p) ? of(p) : UNBOUNDED));
const shareIf = (holds: (p: Values) => boolean, of: (p: Values) => number): Limit =>
  limit((p) => (isCalm(p) && holds(p) ? Math.min(1, of(p)) : 1));

/** A line names its trace wherever there is a field for it. */
export const named = atLeastIf(writesInfo, () => 1);
export const nameless = shareIf(
  ({ format }) => format === 'plain',
  () => 0,
);

const someFail = (p: Values): boolean => incident(p) >= 30;
const severeAreWritten = (p: Values): boolean => p.linesMax === 0 && someFail(p);
/** Warnings and errors are never sampled. */
export const allSevere = atLeastIf(severeAreWritten, () => 1);
/** Of what is meant to be severe only warnings are: one of each failed order, one of each that was refused once by chance. */
export const warningsAlone = shareIf(
  ({ errorsAs }) => errorsAs === 'INFO',
  (p) => {
    const [lucky, failed] = [poissonMost(orders(p) * p.flaky), poissonLow(incident(p))];
    return (lucky + OF_FAILED.warn * failed) / (lucky + SEVERE_OF_FAILED * failed || 1);
  },
);

/** What is searched for by its trace is found whole. A pattern that masks the order's number leaves nothing to search for. */
export const foundWhole = atLeastIf(
  (p) => writesInfo(p) && someFail(p) && p.redaction !== 'agent',
  () => 1,
);
/** By the order's number alone whatever does not name it is not found. */
export const foundByNumber = shareIf(
  (p) => p.format === 'plain',
  () => (ALL_OF_FAILED - NAMELESS) / ALL_OF_FAILED,
);

/** No order takes longer. */
const ORDER = s(1);
/** A line is deleted so long after it was written, at the latest. */
const goneAfter = (p: Values): number => toSeconds(p.retention + p.chunkAge + SWEEP_EVERY);
/** With a retention there is what was written so lately; no line is longer than a kilobyte. */
export const sizeKept = atMostIf(
  ({ retention, level, linesMax }) => retention > 0 && level !== 'DEBUG' && linesMax === 0,
  (p) =>
    (poissonMost(p.rate * goneAfter(p)) * INFO_OF_GOOD + poissonMost(failIn(p, goneAfter(p))) * ALL_OF_FAILED) * 1024,
);
/** Somebody who asks when all lines of the incident are gone finds those of orders that failed by chance since, of forty. */
export const foundLate = shareIf(
  (p) => p.retention > 0 && toSeconds(p.rest + JUDGED - ORDER) >= goneAfter(p),
  (p) => {
    const asked = poissonLow(incident(p));
    return asked < 1 ? 1 : poissonMost(p.rate * toSeconds(p.rest) * p.flaky * p.flaky) / Math.min(ASKED, asked);
  },
);
/** They were all there once. */
export const linesWritten = atLeastIf(writesInfo, (p) => poissonLow(counted(p)) * INFO_OF_GOOD);

/** The dashboard shows no failure where none is logged as an error, and some otherwise. */
export const unseen = atMostIf(
  ({ errorsAs }) => errorsAs === 'INFO',
  () => 0,
);
export const seen = atLeastIf(severeAreWritten, (p) => some(incident(p)) / toSeconds(p.incidentFor));

/** Of the INFO lines those of the traces that are kept, a binomial number of which each has six lines at most. */
export const sampledShare = shareIf(
  ({ sampling }) => sampling === 'by-trace',
  (p) => {
    const kept = poissonMost(orders(p) / p.oneIn) * INFO_OF_GOOD;
    const [all, failed] = [poissonLow(orders(p)), poissonMost(incident(p) + unlucky(p))];
    return kept / Math.max(1, INFO_OF_GOOD * all - OF_FAILED.info * failed);
  },
);
/** A trace is kept or not, so whatever is there of an order is all there is. Of a few orders none may be kept. */
export const whole = atLeastIf(
  (p) => p.sampling === 'by-trace' && p.level !== 'WARN' && p.linesMax === 0 && orders(p) / p.oneIn >= 15,
  () => 1,
);
/** By line an order has all of its lines only by the chance of each, beside one that may always be. */
export const torn = shareIf(
  ({ sampling, level }) => sampling === 'by-line' && level !== 'WARN',
  (p) => {
    const [keeps, failed] = [1 / p.oneIn, incident(p) + unlucky(p)];
    const whole = orders(p) * pow(keeps, INFO_OF_GOOD) + failed * pow(keeps, OF_FAILED.info);
    const any = orders(p) * (1 - pow(1 - keeps, OF_FAILED.info));
    return (1 + poissonMost(whole)) / Math.max(1, poissonLow(any));
  },
);

/** All lines, with DEBUG for everybody; and without it but for the bank's customers, for as long as it is raised. */
export const linesOfAll = atLeastIf(
  ({ linesMax }) => linesMax === 0,
  (p) => poissonLow(counted(p)) * (INFO_OF_GOOD + debugOf(p)),
);
export const linesOfFew = atMostIf(
  (p) => p.format === 'structured',
  (p) => {
    const raised = Math.min(p.raiseFor, p.incidentFor + p.rest);
    return poissonMost(orders(p)) * ALL_OF_FAILED + poissonMost(failIn(p, toSeconds(raised))) * debugOf(p);
  },
);
export const detailOfAll = atLeastIf(
  (p) => p.linesMax === 0 && someFail(p),
  () => 1,
);
/** Of the orders that fail those after somebody has noticed. */
export const detailOfLater = atLeastIf(
  (p) => p.raiseFor >= p.incidentFor && p.sampling === 'none' && p.linesMax === 0 && someFail(p),
  (p) => {
    const before = Math.min(toSeconds(NOTICED), toSeconds(p.incidentFor));
    const later = poissonLow(failIn(p, toSeconds(p.incidentFor) - before));
    return later / (later + poissonMost(failIn(p, before) + unlucky(p)));
  },
);
/** Lines that an order writes in a service when it comes, before it writes what became of it. */
const burstOf = (p: Pick<Values, 'level' | 'debugLines'>): number => 1 + (p.level === 'DEBUG' ? p.debugLines : 0);
/** Seconds in which a bucket that is full at the start is used up, in the mean. */
const emptied = (p: Pick<Values, 'rate' | 'level' | 'debugLines' | 'linesMax'>): number => {
  const excess = p.rate * (burstOf(p) + 1) - p.linesMax;
  return excess > 0 ? p.linesMax / excess : Infinity;
};
/** What a bucket lets through of each service. */
export const linesAllowed = atMostIf(
  (p) => p.linesMax > 0 && p.format === 'structured',
  (p) => SERVICES * p.linesMax * (1 + toSeconds(ends(p) + SETTLES)),
);

/**
 * The bucket of each service takes no heed of severity: of warnings and errors, which come by themselves, as many go on as of other lines
 * by themselves, once what it had at the start is gone (which takes twice as long as in the mean at most; till then all go on).
 * More lines than are counted here make it fewer. Those of one order lie near each other in time, so that two of its four
 * count as one for what chance may do; which leaves something to claim where some thirty orders fail or more.
 */
export const severeLetThrough = shareIf(
  (p) => p.linesMax > 0 && p.sampling === 'none' && p.level !== 'WARN' && 2 * emptied(p) < toSeconds(p.incidentAt),
  (p) => {
    const through = singlesLetThrough({ orders: p.rate / p.linesMax, burst: burstOf(p) });
    const severe = SEVERE_OF_FAILED * incident(p);
    const before = poissonMost(p.rate * 2 * emptied(p) * (p.flaky + OF_FAILED.error * p.flaky * p.flaky));
    const chance = DEVIATIONS * Math.sqrt((through * (1 - through)) / (severe / 2));
    return (before + severe * through) / (before + severe) + chance;
  },
);

/** An address and a card's number at least, of each order. */
export const leaks = atLeastIf(
  (p) => writesInfo(p) && p.redaction === 'none',
  (p) => 2 * poissonLow(counted(p)),
);
/** The encoded address twice and the note, of each order, are no matter for patterns. */
export const hidden = atLeastIf(
  (p) => writesInfo(p) && p.redaction !== 'source',
  (p) => 3 * poissonLow(counted(p)),
);
/** One number in ten passes Luhn, and stands in one line at least. */
export const takenForCards = atLeastIf(
  (p) => writesInfo(p) && p.redaction === 'agent',
  (p) => poissonLow(counted(p) / 10),
);
/** Whatever nobody has allowed is not written, and nothing is left of what patterns claim to find. */
export const NONE = 0;
