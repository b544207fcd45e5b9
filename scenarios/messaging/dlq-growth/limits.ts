/**
 * What is claimed of the dead letters, worked out from the parameters. Nothing here looks at a run.
 *
 * During the trouble a share of the orders dies: a Poisson number of `deadRate` a second, each after its attempts.
 */
import { toSeconds, type Limit } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLeast, poissonMost } from '../../application/chance.ts';
import { troubleFrom, troubleLasts, troubleUntil } from '../../application/trouble.ts';
import type { Values } from './params.ts';

export const CONSUMERS = 2;
export const CONCURRENCY = 4;
/** The robot decides by so many of the messages that it took out last. */
export const SAMPLES = 20;

const limit = limitOf<Values>;

/** Keys of the customers whose orders fail: the first ones. */
export const troubled = (p: Values): number => Math.max(1, Math.round(p.customers * p.troubleShare));
const deadRate = (p: Values): number => (p.rate * troubled(p)) / p.customers;
const end = (p: Values): number => toSeconds(p.length);

/** An order's attempts take a while: what came last may not be dead yet. */
const dying = (p: Values): number => 2 * p.attempts * toSeconds(p.workTime) + 1;

/** Nobody takes anything out. */
export const allOfThem = limit((p) => {
  const dead = deadRate(p) * Math.max(0, troubleLasts(p) - dying(p));
  return dead > 0 ? poissonLeast(dead) : 0;
});
/** The oldest has been there since shortly after the trouble began: the first comes after an exponential time. */
export const sinceTheBeginning = limit((p) =>
  Math.max(0, end(p) - troubleFrom(p) - dying(p) - 12.5 / deadRate(p) - toSeconds(p.every)),
);

/**
 * The alert by the rate fires at the first look at which more than rate x window have come in the window: a gamma time for so
 * many, as long as they come in less than a window. The one by age fires at the first look after the oldest is that old.
 * Both count from the last look at which the queue was empty, a look and a first message earlier.
 */
function detection(p: Values): number {
  const needed = p.alertRate * toSeconds(p.alertWindow) + 1;
  const byRate = (needed + DEVIATIONS * Math.sqrt(needed)) / deadRate(p);
  const byAge = toSeconds(p.alertAge) + 12.5 / deadRate(p);
  const first = byRate < toSeconds(p.alertWindow) / 2 ? Math.min(byRate, byAge) : byAge;
  return first + 3 * toSeconds(p.every) + dying(p);
}
export const detectedWithin = limit(detection);

/** Somebody is woken, if that is while orders still die. */
export const alerted = limit((p) => (troubleFrom(p) + detection(p) < troubleUntil(p) ? 1 : 0));

/** What dies until somebody has been woken and has mended it. */
export const untilMended = limit((p) =>
  poissonMost(deadRate(p) * Math.min(troubleLasts(p), detection(p) + toSeconds(p.reaction))),
);

/**
 * When all that ever died has been redriven, none of it twice after the mending. A claim of what is left then is made where
 * that is before the end, and where consumers have the time.
 */
const isDone = (at: number, p: Values): boolean => at < end(p) && spare(p) > 0;
const byHand = (p: Values): number => {
  const mended = Math.min(troubleUntil(p), troubleFrom(p) + detection(p) + toSeconds(p.reaction));
  const dead = poissonMost(deadRate(p) * (mended - troubleFrom(p)));
  const started = troubleFrom(p) + detection(p) + toSeconds(p.reaction);
  return started + dead / Math.min(p.handRate, spare(p)) + dying(p) + toSeconds(p.every);
};
const byRobot = (p: Values): number => {
  const dead = poissonMost(deadRate(p) * troubleLasts(p));
  // It may just have stopped when the trouble ends, and once more over what it finds of that time.
  return (
    troubleUntil(p) + 2 * toSeconds(p.pause) + dead / Math.min(p.robotRate, spare(p)) + dying(p) + toSeconds(p.every)
  );
};

/** No dead letter is left. */
const emptyIf = (at: (p: Values) => number): Limit =>
  limit((p) => (isDone(at(p), p) ? 0 : poissonMost(deadRate(p) * (end(p) - troubleFrom(p)))));
export const emptyByHand = emptyIf(byHand);
export const emptyByRobot = emptyIf(byRobot);

/**
 * Everything that was accepted is done but for what is at hand when the run ends. With half of their time to spare the
 * consumers have an order waiting for no longer than its work takes, on average: by Little's law rate x twice that time, and
 * a hundredth of a second for the ways between the nodes.
 */
const atHand = (p: Values): number => poissonMost(p.rate * (2 * toSeconds(p.workTime) + 0.01));
const undoneIf = (at: (p: Values) => number): Limit =>
  limit((p) => (isDone(at(p), p) ? atHand(p) : poissonMost(p.rate * end(p))));
export const undoneByHand = undoneIf(byHand);
export const undoneByRobot = undoneIf(byRobot);

/**
 * An order is set aside after `redrivesMax` redrives that failed: each was made before the trouble was over. The robot works in
 * spells with a pause between them: in as many as k there is time for so many redrives, and so many of them at most are of what
 * had come back within the spell. An order has one redrive in each spell and all further ones of that kind: so it needs
 * `redrivesMax` of the first number, and `redrivesMax` - k of the second. What is claimed is the worst k.
 */
export const parkedMost = limit((p) => {
  const trouble = troubleLasts(p);
  const spells = 1 + Math.floor(trouble / toSeconds(p.pause));
  return Math.max(...Array.from({ length: spells }, (_, i) => parkedIn(i + 1)));

  function parkedIn(k: number): number {
    const redrives = p.robotRate * (trouble - (k - 1) * toSeconds(p.pause)) + k;
    const byAll = redrives / p.redrivesMax;
    return k < p.redrivesMax ? Math.min(byAll, comeBack(p, redrives, k) / (p.redrivesMax - k)) : byAll;
  }
});

/**
 * Redrives in k spells of what came back in the same one. A spell ends when more than a share of some samples did, so that is
 * the share of all of them at most, and of one set of samples a spell. It comes to those only behind all that had
 * been there before; from then on they are mixed with new ones as the robot's rate is with theirs. Where that is more than the
 * share, chance keeps the spell from its end for a few sets of samples at most.
 */
function comeBack(p: Values, redrives: number, k: number): number {
  const aSet = p.stopShare * SAMPLES;
  const most = p.stopShare * redrives + k * aSet;
  const mixed = p.robotRate / (p.robotRate + deadRate(p));
  if (mixed <= p.stopShare) return most;
  const sets = Math.ceil((DEVIATIONS ** 2 * mixed * (1 - mixed)) / (SAMPLES * (mixed - p.stopShare) ** 2));
  return Math.min(most, k * aSet * sets);
}

/** Orders a second that consumers can do beside the new ones. */
const spare = (p: Values): number => (CONSUMERS * CONCURRENCY) / toSeconds(p.workTime) / 2 - p.rate;

/** During the trouble the robot's own rate bounds what it sends in vain; a little of that comes back later. */
export const inVain = limit(
  (p) => p.robotRate * troubleLasts(p) + DEVIATIONS * Math.sqrt(p.robotRate * end(p)) + SAMPLES,
);

/**
 * Without limits all that is dead goes round: as fast as it is taken out, or as consumers fail at it. Twice `deadRate` a
 * second of that is not there again: they fail at what is new too, and what is new is redriven a first time. Half of the rest
 * is claimed: it takes time to get there, and consumers have all the other orders to do.
 */
export const round = limit((p) => {
  const failing = (CONSUMERS * CONCURRENCY) / toSeconds(p.workTime) / p.attempts;
  return (Math.max(0, Math.min(p.unlimitedRate, failing) - 2 * deadRate(p)) * troubleLasts(p)) / 2;
});

/** With SQS a dead letter is gone when it has been kept for its retention since it was sent, dead or alive: all but the last. */
export const expired = limit((p) => {
  const kept = toSeconds(p.deadRetention) + 1;
  const dead = deadRate(p) * Math.max(0, Math.min(troubleUntil(p), end(p) - kept) - troubleFrom(p) - dying(p));
  return dead > 0 ? poissonLeast(dead) : 0;
});

/** Of all that died nothing is there when the last has been kept for its retention, and the monitor has looked since. */
export const emptyByItself = limit((p) => {
  const last = troubleUntil(p) + toSeconds(p.deadRetention) + 1 + dying(p) + toSeconds(p.every);
  return last < end(p) ? 0 : poissonMost(deadRate(p) * troubleLasts(p));
});
