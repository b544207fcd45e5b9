/**
 * What is claimed of each way of writing results, worked out from the parameters. Nothing here looks at a run.
 *
 * A worker that crashes comes back, finds what has piled up, and crashes again a while later: in the midst of a full
 * poll, of which something is in the log and nothing is committed. How far the poll had got is chance, so that of what an
 * open poll leaves behind no more is claimed than that there is something.
 */
import { ms, s, toSeconds } from '../../../sim-core/index.ts';
import { limitOf } from '../../application/chance.ts';
import { GROUP } from '../application/orders.ts';
import type { Values } from './params.ts';

/** Users have stopped so long before the end that everything is read. */
export const DRAIN = s(10);
/** A worker that is up again works for so long until it crashes once more. */
export const RELAPSE = ms(1500);
export const WORKERS = 2;

const limit = limitOf<Values>;

/** Pairs of crashes whose second one comes while users send. */
export const pairs = (p: Values): number => {
  const last = p.length - DRAIN - p.downtime - RELAPSE;
  return Math.max(0, Math.floor((last - p.crashFrom) / p.crashEvery) + 1);
};

/** A worker needs so long for an order, about; a payment is a call to somebody else. */
const orderTime = ({ processTime, pays }: Values): number => toSeconds(processTime + (pays ? ms(2) : 0));

/** What a worker finds when it is up again, and what comes until it crashes. */
const piledUp = ({ rate, downtime }: Values): number => (rate / WORKERS) * toSeconds(downtime + RELAPSE);
/** What it could do until then, if it began a fifth of a second after its start and writing took it a fifth of its time. */
const done = (p: Values): number => (0.8 * toSeconds(RELAPSE - ms(200))) / orderTime(p);

/** Whether it is at a full poll when it crashes again, which takes long enough for something of it to be in the log. */
const isCaught = (p: Values): boolean =>
  done(p) + p.pollRecords < piledUp(p) && p.pollRecords * p.processTime >= ms(100) && pairs(p) >= 2;

export const something = limit((p) => (isCaught(p) ? 1 : 0));

/**
 * Committed by itself every 5 s, and not once in the life between two crashes: all that was written in it, but for the poll
 * that was open, is written again.
 */
export const writtenAgain = limit((p) =>
  isCaught(p) && RELAPSE < GROUP.autoCommitInterval ? Math.max(1, pairs(p) * (done(p) - p.pollRecords)) : 0,
);

/**
 * A broker that stalls for longer than a producer waits: what is sent in the meantime is not answered in time and sent
 * again, and is appended both times.
 */
export const sentTwice = limit((p) =>
  p.stallFor >= 2 * p.requestTimeout && p.rate >= 50 && p.stallAt + p.stallFor < p.crashFrom ? 1 : 0,
);

/**
 * All that was sent is read by the end, if workers have time enough after the last crash: for what piled up at one of
 * them while it was away, twice, and during the stall, and for what comes until users stop. Writing takes a fifth of their
 * time. Where they have not, nothing is claimed.
 */
export const nothingMissing = limit((p) => {
  const each = p.rate / WORKERS;
  const back = p.crashFrom + (pairs(p) - 1) * p.crashEvery + 2 * p.downtime + RELAPSE;
  const away = toSeconds(2 * p.downtime + p.stallFor + s(2));
  const stillComes = Math.max(0, toSeconds(p.length - DRAIN - back));
  const left = toSeconds(p.length - back - s(1.5));
  const isDone = pairs(p) > 0 && each * (away + stillComes) + 2 * p.pollRecords < (0.8 * left) / orderTime(p);
  return isDone && p.crashEvery >= 2 * p.downtime + RELAPSE ? 0 : 2 * p.rate * toSeconds(p.length);
});
