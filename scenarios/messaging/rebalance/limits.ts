/**
 * What is claimed of a rolling restart, worked out from the parameters: how many rebalances, how many partitions change
 * hands, and how long they and their records wait. Nothing here looks at a run.
 *
 * What remedies are held to does not ask whether they are there, so that it can be held against the pitfall too.
 * With n members each has at most `most` = ceil(partitions / n) of the partitions, evenly by sticky assignment.
 */
import { ms, s, toSeconds, type Duration } from '../../../sim-core/index.ts';
import { DEVIATIONS, limitOf, poissonLow, poissonMost } from '../../application/chance.ts';
import { NEAR_MAX, SHAPE } from '../../application/distances.ts';
import { GROUP, LINGER_BEFORE_GROUP } from '../application/orders.ts';
import { FIRST_GENERATION, type Values } from './params.ts';

/** Keys, all alike. */
export const KEYS = 60_000;

/** So long it may take until a member hears of a rebalance. */
const HEARTBEAT = GROUP.heartbeatInterval;

const limit = limitOf<Values>;

/** A few messages there and back: what it takes to join, to be given one's part, and to fetch. */
const ASKS = ms(50);

const most = ({ partitions, consumers }: Values): number => Math.ceil(partitions / consumers);

/** Consumers whose restart begins within the run. */
const begun = (p: Values): number =>
  Math.max(0, Math.min(p.consumers, Math.ceil((p.length - p.restartFrom) / p.restartEvery)));

/**
 * Restarts that are over before the next, or the end: the member is back, and in the heartbeat after that, and in the one
 * after a second round, all know.
 */
const settled = (p: Values): number => {
  const time = p.downtime + 3 * HEARTBEAT;
  if (time > p.restartEvery && p.downtime + HEARTBEAT > p.restartEvery) return 0;
  return Math.max(0, Math.min(p.consumers, Math.floor((p.length - time - p.restartFrom) / p.restartEvery) + 1));
};

/** Each goodbye is a round in which all others join anew. The group's first generation is of the warm-up. */
export const rounds = limit((p) => (p.goodbye && !p.isStatic ? settled(p) : 0));

/** Eager: in the round of a goodbye the others give up all that they have; the one that went had at most its share. */
export const givenUpByAll = limit((p) =>
  p.goodbye && !p.isStatic && p.assignor !== 'cooperative-sticky'
    ? settled(p) * Math.max(0, p.partitions - most(p))
    : 0,
);

/**
 * Cooperative: nobody gives up anything for one who goes, and for one who comes back at most its share. A round that is
 * overtaken by the next restart may move as much once more.
 */
export const moved = limit((p) => {
  const perRestart = p.downtime + HEARTBEAT < p.restartEvery ? most(p) : 2 * most(p);
  return p.goodbye ? begun(p) * perRestart : p.partitions * (1 + 4 * begun(p));
});

/** A static member that is back within its session: nobody else hears of it. */
export const undisturbed = limit((p) => (p.downtime + HEARTBEAT < p.sessionTimeout ? 0 : 1 + 4 * p.consumers));
export const nothingMoves = limit((p) =>
  p.downtime + HEARTBEAT < p.sessionTimeout ? 0 : p.partitions * (1 + 4 * begun(p)),
);

/** Nobody ends without a commit, or all do. */
export const committed = limit((p) => (p.goodbye ? 0 : p.rate * toSeconds(p.length)));

/** In seconds: records of one poll after the other, at most. */
const pollMost = ({ processTime }: Values): number =>
  toSeconds(processTime) * (GROUP.pollRecords + DEVIATIONS * Math.sqrt(GROUP.pollRecords / SHAPE));

/**
 * Whoever is killed committed when its interval was over, in its next poll: it has processed since no more than fits into
 * both. All of it is processed again once, by whoever has its partitions next, and that is what this one may lose in turn.
 */
export const processedAgainMost = limit((p) => {
  const records = (toSeconds(p.commitInterval) + pollMost(p)) / toSeconds(p.processTime);
  return p.goodbye ? 0 : begun(p) * (records + DEVIATIONS * Math.sqrt(records / SHAPE) + 1);
});

/**
 * Eager: members commit when they give up everything for a round. The next is called when the one that was killed is back,
 * or when its session is over, which began with its last heartbeat: no sooner than this after the kill.
 */
const calledAfter = (p: Values): Duration => Math.min(p.downtime, p.sessionTimeout - HEARTBEAT);

/** It is over when that session is, and the last of the others has heard of it, done its poll and joined. */
const meetingMost = (p: Values): Duration =>
  Math.max(p.sessionTimeout, p.downtime + HEARTBEAT + s(pollMost(p))) + 2 * ASKS;

/**
 * Kills but the first, after each of which there is time for another round, and to process again: of one restart's time, in
 * which a member that is less than 85 % busy works off what has come in a round and in what it has to do again.
 */
const doneAgain = (p: Values): number =>
  Math.max(
    0,
    Math.min(
      p.consumers,
      Math.floor((p.length - meetingMost(p) - p.restartEvery - p.restartFrom) / p.restartEvery) + 1,
    ) - 1,
  );

/**
 * If the interval of a commit is not over from a round to the next kill, who is killed then has committed nothing of this
 * generation. That is what comes to its partitions from the end of the meeting on, but for what is in its batch yet; if it has
 * a queue it does more, and no less than it can. Less than a poll waits when it dies. That is lost with each of its
 * partitions, of which it has as many as go around for all, and with each kill but the first, before which no round was.
 */
export const processedAgain = limit((p) => {
  const isEager = !p.goodbye && !p.isStatic && p.assignor !== 'cooperative-sticky';
  const works = toSeconds(p.restartEvery - meetingMost(p) - LINGER_BEFORE_GROUP);
  const even = Math.floor(p.partitions / p.consumers) / p.partitions;
  const rate = p.rate * Math.max(0, even - DEVIATIONS * Math.sqrt((even * (1 - even)) / KEYS));
  const isCalm = p.rate * (most(p) / p.partitions) * toSeconds(p.processTime) < 0.85;
  if (!isEager || !isCalm || works <= 0 || p.commitInterval < p.restartEvery - calledAfter(p)) return 0;
  const kills = doneAgain(p);
  return Math.max(0, poissonLow(kills * rate * works) - kills * GROUP.pollRecords);
});

/** Eager: before anybody joins again nobody owns anything. */
export const standsStill = limit((p) =>
  p.goodbye && !p.isStatic && p.assignor !== 'cooperative-sticky' && settled(p) > 0 ? p.partitions : 0,
);

/**
 * Cooperative: the share of the one that went, and in the round of its return the share that it is given; with a restart
 * that overtakes, the same of another. Static, and in time: the shares of those that are away.
 */
export const fewStandStill = limit((p) => {
  const away = 1 + Math.floor((p.downtime + 2 * HEARTBEAT) / p.restartEvery);
  const stays = p.goodbye && (!p.isStatic || p.downtime + HEARTBEAT < p.sessionTimeout);
  return stays ? Math.min(p.partitions, 2 * away * most(p)) : p.partitions;
});

/** Seconds of the run that are measured. */
const measured = ({ length }: Values): number => toSeconds(length - FIRST_GENERATION);

/** The mean number of partitions without an owner, if every restart leaves one member's share without one for so long. */
const withoutOwner = (p: Values, time: Duration): number =>
  Math.min(p.partitions, (begun(p) * most(p) * toSeconds(time)) / measured(p));

/**
 * Cooperative: the share of the one that goes waits until the last has heard of it, a heartbeat at most. If that is before
 * its owner is back, as much moves back to it, and waits until the last has heard of that.
 */
export const ownedBySomebody = limit((p) => {
  const round = HEARTBEAT + ASKS;
  const isOver = p.goodbye && p.downtime + 2 * HEARTBEAT <= p.restartEvery;
  return isOver ? withoutOwner(p, Math.min(p.downtime, round) + ASKS + round) : p.partitions;
});

/** Whether a static member says nothing and is back in time. */
const isMissedByNobody = (p: Values): boolean => p.goodbye && p.downtime + HEARTBEAT < p.sessionTimeout;

/** Static: the share of the one that is away, for as long as it is. */
export const ownedByNameOnly = limit((p) => (isMissedByNobody(p) ? withoutOwner(p, p.downtime + ASKS) : p.partitions));

/**
 * Static: what a record waits for in the mean. With nobody away that is its batch's linger, its ways, its turn in a batch
 * of Poisson size, and the queue before the batch, by Pollaczek and Khinchine's formula for batches. Of the member that is
 * away for a time D the records that come meanwhile wait for D / 2 each in the mean, and as the queue is worked off at 1 − ρ
 * of the rate, all that come until it is gone wait for λ D² / (2 (1 − ρ)) together. That goes with the square of how many
 * come. Keys are spread over partitions by a hash.
 */
export const meanDelay = limit((p) => {
  const share = most(p) / p.partitions;
  const rate = p.rate * Math.min(1, share + DEVIATIONS * Math.sqrt((share * (1 - share)) / KEYS));
  const [time, linger, away] = [p.processTime, LINGER_BEFORE_GROUP, p.downtime + ASKS].map(toSeconds);
  const load = rate * time;
  if (!isMissedByNobody(p) || load > 0.85) return toSeconds(p.length);
  const queue = (time * (1 + rate * linger + load * (1 + 1 / SHAPE))) / (2 * (1 - load));
  const calm = linger + 10 * toSeconds(NEAR_MAX) + time + queue;
  const come = begun(p) * rate * away;
  const chance = come > 0 ? (poissonMost(come) / come) ** 2 : 1;
  const waited = (chance * come * away) / (2 * (1 - load));
  return calm + waited / Math.max(1, poissonLow(p.rate * measured(p)));
});
